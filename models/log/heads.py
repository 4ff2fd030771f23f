"""Tree heads: what the log was at an instant, signed, stamped, and proved to continue what was signed before."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine, Select, select
from sqlmodel import Session

from domain.errors import conflict, not_found
from models.database import reading, table, writing
from models.log import checking, nodes, tree
from models.log.integration import hold
from models.log.ports import HeadSigner, Stamper
from models.log.tables import LogLeaf, TreeHead, TreeHeadStamp
from verifier import heads, merkle

_HEAD, _STAMP, _LEAF = table(TreeHead), table(TreeHeadStamp), table(LogLeaf)


def newest(session: Session) -> TreeHead | None:
    """The head that was signed last."""
    return session.execute(select(TreeHead).order_by(_HEAD.c.size.desc()).limit(1)).scalars().first()


def sign(engine: Engine, signer: HeadSigner, now: datetime) -> int:
    """Signs the log as it is, unless nothing came since; the size that is signed now, 0 for an empty log.

    Raises LogBroken, and signs nothing, if the log does not continue what was signed before.
    """
    with writing(engine) as session:
        hold(session)
        last = newest(session)
        length = checking.require_grown(session, last, signer.known)
        if length and (last is None or last.size < length):
            root = nodes.root(session, length)
            key = heads.key_id(signer.public_key)
            said = heads.statement(length, root, now, key)
            content = heads.to_file(said, signer.public_key, signer.sign(said))
            session.add(TreeHead(size=length, root=root.hex(), at=now, key=key, content=content))
        return length


def stamp(engine: Engine, stamper: Stamper, now: datetime) -> int:
    """Has every head stamped that is not yet, the newest first; returns how many. Raises OSError if nobody answers.

    The authority is asked outside any transaction; a second stamp of the same head is let go.
    """
    with reading(engine) as session:
        query = select(TreeHead).join(TreeHeadStamp, _STAMP.c.size == _HEAD.c.size, isouter=True)
        without = query.where(_STAMP.c.size.is_(None)).order_by(_HEAD.c.size.desc())
        waiting = [(row.size, row.content) for row in session.execute(without).scalars()]
    for size, content in waiting:
        token = stamper.stamp(hashlib.sha256(content).digest())
        with writing(engine) as session:
            hold(session)
            if session.get(TreeHeadStamp, size) is None:
                session.add(TreeHeadStamp(size=size, token=token, at=now))
    return len(waiting)


def listed(session: Session, limit: int, before: int | None) -> list[tuple[TreeHead, bytes | None]]:
    """Heads with their stamps, newest first, from those below a size; one more than the limit if there are more."""
    query = _with_stamps().order_by(_HEAD.c.size.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(_HEAD.c.size < before)
    return [(found, token) for found, token in session.execute(query)]


def head(session: Session, size: int) -> tuple[TreeHead, bytes | None]:
    """The head of that size and its stamp. Raises Refusal if none was signed at that size."""
    found = session.execute(_with_stamps().where(_HEAD.c.size == size)).one_or_none()
    if found is None:
        raise not_found("log.no_head", size=size)
    return found[0], found[1]


def stamped(session: Session, size: int) -> tuple[TreeHead, bytes]:
    """As `head`. Raises Refusal if it has no stamp yet."""
    found, token = head(session, size)
    if token is None:
        raise conflict("log.head_not_stamped", size=size)
    return found, token


def first_covering(session: Session, places: Sequence[int], below: int) -> list[TreeHead]:
    """For each place of the log the first stamped head that covers it, each once, of those smaller than `below`."""
    query = select(_HEAD.c.size).join_from(_HEAD, _STAMP, _STAMP.c.size == _HEAD.c.size)
    sizes = session.execute(query.where(_HEAD.c.size < below).order_by(_HEAD.c.size)).scalars().all()
    wanted, at = [], 0
    for size in sizes:
        if any(at <= place < size for place in places):
            wanted.append(size)
        at = size
    return list(session.execute(select(TreeHead).where(_HEAD.c.size.in_(wanted)).order_by(_HEAD.c.size)).scalars())


def place_of(session: Session, case_id: str, seq: int) -> int:
    """Where in the log the fact stands. Raises Refusal if it is not there yet, or there is no such fact."""
    found = session.execute(select(_LEAF.c.place).where(_LEAF.c.case_id == case_id, _LEAF.c.seq == seq)).scalar()
    if found is None:
        raise not_found("log.no_such_fact", seq=seq)
    return int(found)


def covering(session: Session, place: int, size: int | None) -> TreeHead:
    """The head of that size, or the newest. Raises Refusal if there is none, or it does not cover the place."""
    found = head(session, size)[0] if size is not None else newest(session)
    if found is None or found.size <= place:
        raise not_found("log.not_covered", place=place)
    return found


def inclusion(session: Session, place: int, of: TreeHead, leaf: bytes) -> list[bytes]:
    """The proof that the leaf's data stands at that place. Raises LogBroken if what is stored proves nothing."""
    (proof,) = inclusions(session, [(place, leaf)], of)
    return proof


def inclusions(session: Session, leaves: Sequence[tuple[int, bytes]], of: TreeHead) -> list[list[bytes]]:
    """As `inclusion`, for many leaves by their places; what they have in common is read once."""
    ways = [tree.inclusion(place, of.size) for place, _ in leaves]
    known = nodes.hashes(session, (part for ranges in ways for part in tree.needed(ranges)))
    proofs = [tree.hashed(ranges, known) for ranges in ways]
    for (place, leaf), proof in zip(leaves, proofs, strict=True):
        if not merkle.includes(place, of.size, merkle.leaf_hash(leaf), proof, bytes.fromhex(of.root)):
            raise nodes.LogBroken([f"place {place} of the log can't be proved by the tree head of {of.size} entries"])
    return proofs


def consistency(session: Session, first: TreeHead, second: TreeHead) -> list[bytes]:
    """The proof that the log only grew in between. Raises LogBroken if what is stored proves nothing."""
    proof = nodes.proof(session, tree.consistency(first.size, second.size))
    roots = (bytes.fromhex(first.root), bytes.fromhex(second.root))
    if not merkle.consistent(first.size, second.size, *roots, proof):
        raise nodes.LogBroken([f"the log did not only grow from {first.size} to {second.size} entries"])
    return proof


def _with_stamps() -> Select[tuple[TreeHead, bytes | None]]:
    return select(TreeHead, _STAMP.c.token).join(TreeHeadStamp, _STAMP.c.size == _HEAD.c.size, isouter=True)
