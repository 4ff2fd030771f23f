"""Reading the log's tree: hashes of subtrees, roots, proofs. A handful of primary keys, in one statement."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlmodel import Session

from models.database import table
from models.log import tree
from models.log.tables import LogLeaf, LogNode
from models.log.tree import Hashes, Range, Subtree

LEAF, NODE = table(LogLeaf), table(LogNode)
_AT_ONCE = 5000
"""Hashes that one statement asks for."""
_SIZE = select(func.coalesce(func.max(LEAF.c.place) + 1, literal(0)))


class LogBroken(Exception):
    """The log is not what it has to be: cut, rewritten or edited. Each problem says where."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems[:3]))
        self.problems = tuple(problems)


def size(session: Session) -> int:
    """How many facts are in the log."""
    return int(session.execute(_SIZE).scalar_one())


def hashes(session: Session, wanted: Iterable[Subtree]) -> Hashes:
    """The hashes of these subtrees. Raises LogBroken if one is not there."""
    places = sorted(set(wanted))
    found: dict[Subtree, bytes] = {}
    for at in range(0, len(places), _AT_ONCE):
        query = select(NODE.c.level, NODE.c.place, NODE.c.hash).where(_among(places[at : at + _AT_ONCE]))
        found |= {(level, place): bytes(digest) for level, place, digest in session.execute(query)}
    if missing := [part for part in places if part not in found]:
        raise LogBroken([f"the hash of subtree {level}/{place} is missing" for level, place in missing])
    return found


def _among(places: Sequence[Subtree]) -> ColumnElement[bool]:
    """Level by level, not `(level, place) IN (…)`: SQLite goes through the whole table for that."""
    levels: dict[int, list[int]] = {}
    for level, place in places:
        levels.setdefault(level, []).append(place)
    return or_(*(and_(NODE.c.level == level, NODE.c.place.in_(of_level)) for level, of_level in levels.items()))


def frontier(session: Session, length: int) -> list[bytes]:
    """The hashes of the subtrees that the first `length` leaves are made of, the largest first."""
    parts = tree.subtrees(0, length)
    found = hashes(session, parts)
    return [found[part] for part in parts]


def root(session: Session, length: int) -> bytes:
    """The root of the first `length` leaves."""
    return tree.combined(frontier(session, length))


def proof(session: Session, ranges: Sequence[Range]) -> list[bytes]:
    """The hashes of these ranges."""
    return tree.hashed(ranges, hashes(session, tree.needed(ranges)))
