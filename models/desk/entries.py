"""The entries of a handover as the database keeps them: how many are open, what stands for them, who has to hear of it.

Decisions about them take their locks in the order of the gate: customers, orders and receivables first, then entries,
the case's row last. Whoever holds that row knows that no decision about its entries is half done.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Update, func
from sqlalchemy import case as when
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select

from domain.desk.records import OPEN_ENTRIES, PORTFOLIO, RecordKind
from domain.errors import conflict
from domain.handover import KindCount
from domain.portfolio import HANDED_OVER_IN
from models.desk.portfolio_tables import CaseSignal
from models.desk.trail_tables import PortfolioEntry
from models.tables import CaseView

RECHECK = "recheck_portfolio"
"""The signal by which a case counts its portfolio anew."""
_MOST_NAMED = 5_000
"""Ids in one statement: fewer than any database's limit."""


class Named(Protocol):
    """Whatever names an entry within its case."""

    @property
    def kind(self) -> str: ...

    @property
    def record_id(self) -> str: ...


def counts(session: Session, case_id: str) -> tuple[KindCount, ...]:
    """How many records of each kind there are, and how many of them are open."""
    is_open = when((col(PortfolioEntry.state).in_(OPEN_ENTRIES), 1), else_=0)
    rows = session.exec(
        select(PortfolioEntry.kind, func.count(), func.sum(is_open))
        .where(PortfolioEntry.case_id == case_id)
        .group_by(col(PortfolioEntry.kind))
    ).all()
    found = {kind: (int(total), int(still_open)) for kind, total, still_open in rows}
    return tuple(KindCount(kind, *found.get(kind.value, (0, 0))) for kind in PORTFOLIO)


def open_of(session: Session, case_id: str, kinds: Sequence[RecordKind]) -> dict[RecordKind, int]:
    """How many entries of these kinds are open, of those kinds of which any is."""
    return {c.kind: c.open for c in counts(session, case_id) if c.kind in kinds and c.open}


def fingerprint(names: Iterable[str]) -> str:
    """SHA-256 over the names, sorted: the same records always have the same."""
    return hashlib.sha256("".join(f"{name}\n" for name in sorted(names)).encode()).hexdigest()


def hold_case(session: Session, case_id: str) -> CaseView:
    """The row of a case that hands over now, held until the transaction ends. Raises Refusal in any other stage."""
    held = select(CaseView).where(CaseView.case_id == case_id).with_for_update()
    row = session.exec(held.execution_options(populate_existing=True)).one()
    if row.stage not in HANDED_OVER_IN:
        raise conflict("portfolio.not_in_this_stage", stage=row.stage)
    return row


def tell_of_crossing(session: Session, case_id: str, before: Sequence[KindCount], now: datetime) -> None:
    """Has the case count anew if the last entry of a kind was settled, or the first one opened again.

    The caller holds the case's row, so that one mark is enough however many decide.
    """
    after = counts(session, case_id)
    if [bool(count.open) for count in before] == [bool(count.open) for count in after]:
        return
    mark(session, case_id, now)


def mark(session: Session, case_id: str, now: datetime) -> None:
    """Has the case count anew. The caller holds the case's row."""
    found = session.get(CaseSignal, (case_id, RECHECK))
    if found is None:
        session.add(CaseSignal(case_id=case_id, signal=RECHECK, at=now))
    else:
        found.at = now


def told(found: Sequence[Named]) -> dict[str, Any]:
    """What a fact says of entries: how many of each kind, and their fingerprint."""
    many = {kind.value: sum(entry.kind == kind for entry in found) for kind in PORTFOLIO}
    return {**many, "sha256": fingerprint(f"{entry.kind}:{entry.record_id}" for entry in found)}


def in_portions(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The ids, so many at a time as one statement can name."""
    for begin in range(0, len(ids), _MOST_NAMED):
        yield ids[begin : begin + _MOST_NAMED]


def changed(session: Session, statement: Update) -> int:
    """Carries an UPDATE out, and says how many rows it changed."""
    result: CursorResult[Any] = session.connection().execute(statement)
    return result.rowcount
