"""Brings ledger and read model of a case in line with its workflow, which is the truth about where a case stands."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from domain.case import Case
from domain.retention import case_file_erased
from models import facts, projection
from models.database import utc_now, writing
from models.messages import NumberedFact
from models.tables import CaseView, Employee, FactRow, Notice

LOST = "lost"
"""Channel of a notice that stands in for one that the database has lost."""


@dataclass(frozen=True)
class Told:
    """A case as its workflow tells it."""

    case: Case
    version: int
    facts: tuple[NumberedFact, ...]


@dataclass(frozen=True)
class Restored:
    """What had to be done. `row` is `made`, `changed` or `right`."""

    case_id: str
    row: str
    facts_added: int
    facts_voided: int
    notice_there: bool
    """Or erased, because it may not be there any more (PIP-04)."""


def bring_in_line(engine: Engine, told: Told, *, settled: bool = False) -> Restored | None:
    """Writes what the database lacks.

    None, and nothing is written, if the database differs without being older: a write may just be under way. Ask the
    workflow again; `settled` says that this was done, and that neither side moved.
    """
    with writing(engine) as session:
        row = session.exec(
            select(CaseView).where(CaseView.case_id == told.case.case_id).with_for_update()
        ).one_or_none()
        ledger = _ledger(session, told.case.case_id)
        right = (
            row is not None
            and (row.version, row.snapshot) == (told.version, projection.to_snapshot(told.case))
            and not facts.differences(ledger, told.facts)
        )
        older = row is None or row.version < told.version
        if not (right or older or settled):
            return None
        voided = facts.append(session, told.case.case_id, told.facts, utc_now())
        added = len(_ledger(session, told.case.case_id)) - len(ledger) - len(voided)
        written_at = _written_at(row, told)
        if row is None:
            session.add(projection.new_row(told.case, written_at))
            session.flush()
        projection.project(session, told.case, told.version, written_at)
        notice = session.get(Notice, told.case.case_id)
        erased = case_file_erased(told.case)
        if notice is None and not erased:
            _stand_in(session, told)
        elif notice is not None and told.case.closed:
            notice.open_for = None
        state = "made" if row is None else "right" if right else "changed"
        return Restored(told.case.case_id, state, added, len(voided), notice is not None or erased)


def _stand_in(session: Session, told: Told) -> None:
    """In the place of a lost notice, without its text: one open case a person, and imports leave the rights alone."""
    case = told.case
    known = session.get(Employee, case.employee_id) is not None
    taken = session.exec(select(Notice.case_id).where(Notice.open_for == case.employee_id)).first() is not None
    if known:
        session.add(
            Notice(
                case_id=case.case_id,
                employee_id=case.employee_id,
                arrived_at=case.arrived_at,
                recorded_at=utc_now(),
                channel=LOST,
                text="",
                text_sha256=hashlib.sha256(b"").hexdigest(),
                registered_by=case.plan.hr if case.plan else "",
                started_at=case.arrived_at,
                open_for=None if case.closed or taken else case.employee_id,
            )
        )


def _ledger(session: Session, case_id: str) -> Sequence[FactRow]:
    return session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))).all()


def _written_at(row: CaseView | None, told: Told) -> datetime:
    """An instant on the case's clock that no write yet to come can precede: the ledger takes older ones for late."""
    known = [fact.at for fact in told.facts[-1:]]
    if row is not None and row.version:  # before the first write the row has an instant of another clock
        known.append(row.updated_at)
    return max(known, default=told.case.arrived_at)
