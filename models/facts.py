"""The ledger (证据链): facts in a hash chain per case. They are appended and read, never changed.

A fact's hash covers its content and its predecessor's hash, in canonical JSON (RFC 8785). A fact from an attempt that
Temporal never confirmed (a worker killed in the middle of a step) is not removed either: a `FactVoided` names it. The
content of a fact that may not be kept any longer is erased (PIP-04): its hash stays, and a later `FileErased`
covers it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from sqlalchemy import Connection, Row, bindparam, func, insert, or_
from sqlmodel import Session, col, select

from domain.retention import ERASED
from models.database import table
from models.messages import NumberedFact
from models.tables import FactRow

GENESIS = "0" * 64
VOIDED = "FactVoided"
FILE_ERASED = "FileErased"
_FACT = table(FactRow)
_HEAD = select(func.max(_FACT.c.seq)).where(_FACT.c.case_id == bindparam("held")).scalar_subquery()
_END = (
    _FACT.select()
    .where(_FACT.c.case_id == bindparam("held"), or_(_FACT.c.number >= bindparam("first"), _FACT.c.seq == _HEAD))
    .order_by(_FACT.c.seq)
)
"""The last fact of a case's chain, and every one numbered from `first` on."""


def fact_hash(row: FactRow) -> str:
    """SHA-256 of the fact as it stands in the chain."""
    return _hash(row, row.kind, row.at, row.by, row.data)


def _hash(place: FactRow | Row[Any], kind: str, at: datetime, by: str, data: dict[str, Any]) -> str:
    """The hash that a fact with this content has in this place of the chain."""
    content = {
        "case_id": place.case_id,
        "seq": place.seq,
        "number": place.number,
        "kind": kind,
        "at": at.astimezone(UTC).isoformat(),
        "by": by,
        "data": data,
        "previous": place.previous,
    }
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def head(session: Session, case_id: str) -> str:
    """The hash of the last fact of a case's chain; the genesis hash if there is none."""
    query = select(FactRow.hash).where(FactRow.case_id == case_id).order_by(col(FactRow.seq).desc()).limit(1)
    return session.exec(query).first() or GENESIS


def is_erased(row: FactRow | Row[Any]) -> bool:
    """True if the fact's content was erased, and its hash alone is left."""
    return bool(row.data == ERASED and not row.by)


def append(session: Session, case_id: str, facts: Sequence[NumberedFact], now: datetime) -> list[int]:
    """Adds facts at the end of the case's chain, each once; returns the numbers of those that it voided.

    The caller holds the case's row. From the first number given on, these facts and no others are the case's: the same
    fact found there is this one written before, any other comes from an attempt that never was, and is voided. So a
    write whose attempt failed is put right by the next one, also if it came later than the one that was confirmed.
    """
    if not facts:
        return []
    connection, first = session.connection(), facts[0].number
    end = connection.execute(_END, {"held": case_id, "first": first}).all()
    found = [row for row in end if row.number is not None and row.number >= first]
    given = {_told(fact): fact for fact in facts}
    contents = _contents(found, facts)
    strangers = any(content not in given for content in contents.values())
    voided = _voided(session, case_id) if strangers else set()
    standing = {contents[row.seq]: row for row in found if row.seq not in voided}
    phantoms = [row for content, row in standing.items() if content not in given]
    new = [_row(case_id, fact) for content, fact in given.items() if content not in standing]
    _chain(connection, end[-1:], [*(_void(row, now) for row in phantoms), *new], now)
    return [row.number for row in phantoms if row.number is not None]


def append_foreign(session: Session, case_id: str, kind: str, by: str, data: dict[str, Any], now: datetime) -> None:
    """Adds a fact that happened outside the case's workflow. The caller holds the case's row."""
    row = FactRow(case_id=case_id, seq=0, kind=kind, at=now, by=by, data=data, previous="", hash="", recorded_at=now)
    connection = session.connection()
    _chain(connection, connection.execute(_END, {"held": case_id, "first": None}).all(), [row], now)


def _chain(connection: Connection, last: Sequence[Row[Any]], rows: Sequence[FactRow], now: datetime) -> None:
    if not rows:
        return
    seq, previous = (last[-1].seq, last[-1].hash) if last else (0, GENESIS)
    for row in rows:
        seq += 1
        row.seq, row.previous, row.recorded_at = seq, previous, now
        row.hash = previous = fact_hash(row)
    connection.execute(insert(_FACT), [row.model_dump() for row in rows])


def _row(case_id: str, fact: NumberedFact) -> FactRow:
    return FactRow(
        case_id=case_id,
        seq=0,
        number=fact.number,
        kind=fact.kind,
        at=fact.at,
        by=fact.by,
        data=_json(fact),
        previous="",
        hash="",
        recorded_at=fact.at,
    )


def _void(row: Row[Any], now: datetime) -> FactRow:
    data = {"seq": row.seq, "because": "the step that wrote it was never confirmed"}
    return FactRow(case_id=row.case_id, seq=0, kind=VOIDED, at=now, data=data, previous="", hash="", recorded_at=now)


def _voided(session: Session, case_id: str) -> set[int]:
    rows = session.exec(select(FactRow.data).where(FactRow.case_id == case_id, FactRow.kind == VOIDED)).all()
    return {int(data["seq"]) for data in rows}


def _json(fact: NumberedFact) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fact.data.items()}


Content = tuple[int | None, str, str, datetime, bytes]


def _contents(rows: Sequence[FactRow | Row[Any]], told: Sequence[NumberedFact]) -> dict[int, Content]:
    """What each row says, by its place. One that was erased says what is told of it, if that has the row's hash."""
    by_number = {fact.number: fact for fact in told}
    found: dict[int, Content] = {}
    for row in rows:
        fact = by_number.get(row.number) if is_erased(row) and row.number is not None else None
        same = fact is not None and _hash(row, fact.kind, fact.at, fact.by, _json(fact)) == row.hash
        found[row.seq] = _told(fact) if fact is not None and same else _content(row)
    return found


def _content(row: FactRow | Row[Any]) -> Content:
    return row.number, row.kind, row.by, row.at.astimezone(UTC), rfc8785.dumps(row.data)


def _told(fact: NumberedFact) -> Content:
    """As `_content`, of a fact that no row holds yet."""
    return fact.number, fact.kind, fact.by, fact.at.astimezone(UTC), rfc8785.dumps(_json(fact))


@dataclass(frozen=True)
class ChainReport:
    """What a check of one case's chain found."""

    case_id: str
    facts: int
    head: str
    problems: tuple[str, ...]


def verify(case_id: str, rows: Iterable[FactRow]) -> ChainReport:
    """Recomputes the whole chain of a case, given in order; says where it is broken.

    What was erased can't be recomputed: its hash is taken as it stands, and it has to be covered by a `FileErased`.
    """
    previous, count, problems = GENESIS, 0, []
    gone, through = [], 0
    for row in rows:
        count += 1
        if row.seq != count:
            problems.append(f"fact {count} is missing; found {row.seq}")
            count = row.seq
        if row.previous != previous:
            problems.append(f"fact {row.seq} does not follow its predecessor")
        if is_erased(row):
            gone.append(row.seq)
        elif row.hash != fact_hash(row):
            problems.append(f"fact {row.seq} was changed")
        elif row.kind == FILE_ERASED:
            through = row.seq
        previous = row.hash
    problems += [f"fact {seq} was erased, and nothing says why" for seq in gone if seq > through]
    return ChainReport(case_id, count, previous, tuple(problems))


def standing(rows: Sequence[FactRow]) -> list[FactRow]:
    """The facts that hold: those that no later fact voids, without the voiding ones."""
    gone = {int(row.data["seq"]) for row in rows if row.kind == VOIDED}
    return [row for row in rows if row.seq not in gone and row.kind != VOIDED]


def differences(rows: Sequence[FactRow], told: Sequence[NumberedFact]) -> tuple[str, ...]:
    """How the facts of a case that stand in the ledger differ from those that its workflow tells."""
    numbered = [row for row in standing(rows) if row.number is not None]
    contents = _contents(numbered, told)
    kept = {contents[row.seq]: row for row in numbered}
    wanted = {_told(fact): fact for fact in told}
    missing = [f"fact number {f.number} ({f.kind}) is missing" for c, f in wanted.items() if c not in kept]
    strange = [f"fact {r.seq} ({r.kind}) is not the workflow's" for c, r in kept.items() if c not in wanted]
    return (*missing, *strange)
