"""Whether the log still is what was signed: recomputed from the facts, beside what is stored and what was said of it.

A chain of facts shows what was changed within it; the log shows what was taken from its end, and a case that is gone.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlmodel import Session

from models.database import table
from models.log import nodes, tree
from models.log.tables import QueuedFact, TreeHead
from models.tables import FactRow
from verifier import heads, merkle
from verifier.heads import Head

_AT_ONCE = 4096
_MOST_SAID = 20
_FACT, _QUEUE, _HEAD = table(FactRow), table(QueuedFact), table(TreeHead)


def require_grown(session: Session, last: TreeHead | None, keys: Collection[str]) -> int:
    """The log's size, if it continues what was signed last. Raises LogBroken if it was cut, rewritten or edited.

    What was added since is recomputed from the facts; what was there before is proved by the tree head.
    """
    length = nodes.size(session)
    problems = list(islice(_since(session, last, length, keys), _MOST_SAID))
    if problems:
        raise nodes.LogBroken(problems)
    return length


def problems(session: Session, keys: Collection[str]) -> Iterator[str]:
    """Everything that is wrong with the whole log: all of it recomputed, every tree head, facts that are in neither."""
    length = nodes.size(session)
    yield from recomputed(session, 0, length)
    for row in session.execute(select(TreeHead).order_by(_HEAD.c.size)).scalars():
        yield from _since(session, row, length, keys, recompute=False)
    yield from _lost(session)


def require_continues(session: Session, held: Head) -> None:
    """Raises LogBroken unless the log only grew since a tree head that somebody kept outside."""
    length = nodes.size(session)
    if length < held.size:
        raise nodes.LogBroken([f"the log was cut: {length} entries, and {held.size} were signed"])
    if found := list(_not_continued(session, held, length)):
        raise nodes.LogBroken(found)


def recomputed(session: Session, begin: int, end: int) -> Iterator[str]:
    """Leaves from `begin` to before `end` beside the facts, and every subtree that they complete beside its hash."""
    grown_from = nodes.frontier(session, begin)
    for at in range(begin, end, _AT_ONCE):
        after = min(at + _AT_ONCE, end)
        rows = _leaves(session, at, after)
        if [row.place for row in rows] != list(range(at, after)):
            yield f"places of the log are missing between {at} and {after}"
            return
        found = dict(tree.grown(at, grown_from, (bytes.fromhex(row.hash) for row in rows)))
        yield from _unlike(session, found)
        known = dict(zip(tree.subtrees(0, at), grown_from, strict=True)) | found
        grown_from = [known[part] for part in tree.subtrees(0, after)]


def _since(
    session: Session, last: TreeHead | None, length: int, keys: Collection[str], *, recompute: bool = True
) -> Iterator[str]:
    """What speaks against the log as a continuation of a tree head."""
    begin = last.size if last is not None else 0
    if length < begin:
        yield f"the log was cut: {length} entries, and {begin} were signed"
        return
    try:
        if last is not None:
            yield from _unproved(session, last, length, keys)
        if recompute:
            yield from recomputed(session, begin, length)
    except nodes.LogBroken as broken:
        yield from broken.problems


def _unproved(session: Session, last: TreeHead, length: int, keys: Collection[str]) -> Iterator[str]:
    try:
        said = heads.from_file(last.content, keys)
    except ValueError as error:
        yield f"tree head {last.size}: {error}"
        return
    if (said.size, said.root.hex()) != (last.size, last.root):
        yield f"tree head {last.size} is stored with another size or root than was signed"
        return
    yield from _not_continued(session, said, length)


def _not_continued(session: Session, said: Head, length: int) -> Iterator[str]:
    proof = nodes.proof(session, tree.consistency(said.size, length))
    if not merkle.consistent(said.size, length, said.root, nodes.root(session, length), proof):
        yield f"the log was rewritten: it does not continue what was signed at {said.size} entries"


def _leaves(session: Session, begin: int, end: int) -> Sequence[Row[tuple[int, str]]]:
    leaf = nodes.LEAF
    same = (_FACT.c.case_id == leaf.c.case_id) & (_FACT.c.seq == leaf.c.seq)
    query = select(leaf.c.place, _FACT.c.hash).join_from(leaf, _FACT, same)
    return session.execute(query.where(leaf.c.place >= begin, leaf.c.place < end).order_by(leaf.c.place)).all()


def _unlike(session: Session, found: dict[tree.Subtree, bytes]) -> Iterator[str]:
    """Subtrees whose stored hash is another one, or not there."""
    levels: dict[int, list[int]] = {}
    for level, place in found:
        levels.setdefault(level, []).append(place)
    node = nodes.NODE
    spans = [and_(node.c.level == level, node.c.place.between(min(p), max(p))) for level, p in levels.items()]
    stored = session.execute(select(node.c.level, node.c.place, node.c.hash).where(or_(*spans)))
    kept = {(level, place): bytes(digest) for level, place, digest in stored}
    for part, digest in found.items():
        if kept.get(part) != digest:
            yield f"subtree {part[0]}/{part[1]} of the log is not made of the facts"


def _lost(session: Session) -> Iterator[str]:
    """Facts that are neither in the log nor on their way; leaves beyond the tree."""
    same = (nodes.LEAF.c.case_id == _FACT.c.case_id) & (nodes.LEAF.c.seq == _FACT.c.seq)
    waits = (_QUEUE.c.case_id == _FACT.c.case_id) & (_QUEUE.c.seq == _FACT.c.seq)
    lost = ~exists().where(same) & ~exists().where(waits)
    rows = session.execute(select(_FACT.c.case_id, _FACT.c.seq).where(lost).limit(_MOST_SAID)).all()
    yield from (f"fact {row.seq} of case {row.case_id} is not in the log" for row in rows)
    whole = session.execute(select(func.count()).select_from(nodes.LEAF)).scalar_one()
    if whole != nodes.size(session):
        yield f"the log has {whole} entries, and its last place is {nodes.size(session) - 1}"
