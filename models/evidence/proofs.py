"""The facts of a case as a bundle holds them, with what proves them: places in the log, and tree heads."""

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from models.database import table
from models.log import heads, nodes
from models.log.tables import TreeHead
from models.tables import FactRow

_FACT = table(FactRow)


@dataclass(frozen=True)
class Proved:
    """The facts of a case that a tree head covers, in order, each with its place in the log."""

    case_id: str
    head: TreeHead
    stamp: bytes
    rows: list[FactRow]
    places: list[int]
    earlier: list[tuple[TreeHead, bytes]]
    """The first stamped heads that cover some of them, with their stamps: they say by when those facts existed."""


def proved(session: Session, case_id: str, size: int) -> Proved:
    """What the stamped head of that size proves of the case. Raises Refusal if there is none, or no stamp yet."""
    head, stamp = heads.stamped(session, size)
    leaf = nodes.LEAF
    same = (leaf.c.case_id == _FACT.c.case_id) & (leaf.c.seq == _FACT.c.seq)
    query = select(FactRow, leaf.c.place).join(leaf, same).where(_FACT.c.case_id == case_id, leaf.c.place < size)
    found = session.execute(query.order_by(leaf.c.place)).all()
    places = [int(place) for _, place in found]
    earlier = [heads.stamped(session, other.size) for other in heads.first_covering(session, places, size)]
    return Proved(case_id, head, stamp, [row for row, _ in found], places, earlier)


def facts_file(of: Proved) -> dict[str, Any]:
    """Each fact with everything that its hash is made of, and nothing else."""
    return {"case": of.case_id, "facts": [_fact(row) for row in of.rows]}


def proofs_file(session: Session, of: Proved) -> dict[str, Any]:
    """For each fact the way up to the head; from each earlier head the proof that the log only grew."""
    leaves = [(place, bytes.fromhex(row.hash)) for row, place in zip(of.rows, of.places, strict=True)]
    ways = heads.inclusions(session, leaves, of.head)
    included = [
        {"seq": row.seq, "index": place, "proof": [part.hex() for part in way]}
        for row, place, way in zip(of.rows, of.places, ways, strict=True)
    ]
    grown = [
        {"size": other.size, "consistency": [part.hex() for part in heads.consistency(session, other, of.head)]}
        for other, _ in of.earlier
    ]
    return {"facts": included, "heads": grown}


def _fact(row: FactRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "number": row.number,
        "kind": row.kind,
        "at": row.at.astimezone(UTC).isoformat(),
        "by": row.by,
        "data": row.data,
        "previous": row.previous,
        "hash": row.hash,
    }
