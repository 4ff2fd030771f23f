"""Whoever gives notice receives nothing more in other handovers: what waits for their answer is to be assigned anew.

What they have accepted is theirs, and part of what they hand over themselves. Items and seats of departments stay with
them while they are here; the witness and HR hear of them, too (domain.nominees).
"""

from datetime import datetime

from sqlalchemy import and_, update
from sqlmodel import Session, col, select

from domain import nominees
from domain.desk.assignment import AssignedBecause
from domain.desk.records import EntryState
from domain.portfolio import HANDED_OVER_IN
from models import facts, projection
from models.database import table
from models.desk import assignments, entries, handover_people
from models.desk.trail_tables import PortfolioEntry
from models.tables import Account, CaseView, Participant

RECEIVER_LEAVES = "PortfolioReceiverLeaves"
_ENTRY = table(PortfolioEntry)


def step_back(session: Session, leaver: Account, now: datetime) -> None:
    """In every other running case: takes back what is proposed to this person, and tells who can name somebody else."""
    waits = and_(_ENTRY.c.receiver == leaver.employee_id, _ENTRY.c.state == EntryState.PROPOSED.value)
    for case_id in _concerned(session, leaver):
        found = assignments.held(session, case_id, waits)
        held = select(CaseView).where(CaseView.case_id == case_id).with_for_update()
        case = session.exec(held.execution_options(populate_existing=True)).one()
        if case.stage not in HANDED_OVER_IN:
            continue
        if found:
            values = {"receiver": None, "because": AssignedBecause.NOBODY.value, "updated_at": now}
            back = update(_ENTRY).where(_ENTRY.c.case_id == case_id, waits)
            session.connection().execute(back.values({**values, "version": _ENTRY.c.version + 1}))
            said = entries.told(found)
            facts.append_foreign(session, case_id, RECEIVER_LEAVES, "", said, now)
            handover_people.call_supervisors(session, case, len(found), said["sha256"], now)
        notes = nominees.leaving(projection.from_snapshot(case.snapshot), leaver.id)
        projection.tell(session, case_id, case.version, notes, now)


def _concerned(session: Session, leaver: Account) -> list[str]:
    """Other open cases in which they take part or are to receive, in the order in which their rows are locked."""
    part = select(Participant.case_id).where(Participant.account == leaver.id, col(Participant.open))
    asked = select(PortfolioEntry.case_id).where(
        PortfolioEntry.receiver == leaver.employee_id, PortfolioEntry.state == EntryState.PROPOSED
    )
    found = {*session.exec(part).all(), *session.exec(asked.distinct()).all()}
    others = select(CaseView.case_id).where(
        col(CaseView.case_id).in_(sorted(found)), CaseView.employee_id != leaver.employee_id
    )
    return sorted(session.exec(others).all())
