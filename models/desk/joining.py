"""What somebody in notice comes to own all the same joins the portfolio of their case (S1.4, N9).

A customer that they enter under a grant, an order that nobody else can take, a receivable that finance posts: whoever
makes somebody the owner of a record calls `join` in the same transaction. Whatever came by another road is found when
the case is counted, when a department confirms, and when the record is put before its parties and sealed.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from domain.desk.assignment import Receiver
from domain.portfolio import HANDED_OVER_IN
from models import facts
from models.database import table
from models.desk import assignments, entries, handover_people, holdings
from models.desk.trail_tables import PortfolioEntry
from models.tables import CaseView, Notice

JOINED = "PortfolioJoined"
_ENTRY = table(PortfolioEntry)


def join_everybody(session: Session, by: str, now: datetime) -> None:
    """As `join`, for everybody in notice: for whoever has given records to many people at once."""
    for leaver in session.exec(select(Notice.open_for).where(col(Notice.open_for).is_not(None))).all():
        join(session, leaver or "", by, now)


def join(session: Session, owner: str, by: str, now: datetime, customer: str | None = None) -> None:
    """Proposes what this person owns beyond the entries of their case to its receiver; nothing if they stay.

    `customer`: only that one, and what hangs on it. Orders and receivables of a customer that has a receiver go there.
    `by`: the account because of whose deed the person owns it; empty if the case itself has found it.
    """
    case_id = session.exec(select(Notice.case_id).where(Notice.open_for == owner)).one_or_none()
    if case_id is not None:
        join_case(session, case_id, owner, by, now, customer)


def join_case(session: Session, case_id: str, owner: str, by: str, now: datetime, customer: str | None = None) -> None:
    """As `join`, for the case of this leaver."""
    stage = session.exec(select(CaseView.stage).where(CaseView.case_id == case_id)).one_or_none()
    if stage not in HANDED_OVER_IN:
        return
    if not holdings.any_unwritten(session, case_id, owner, customer):
        return
    named = session.exec(select(CaseView.snapshot).where(CaseView.case_id == case_id)).one()["plan"]["receiver"]
    to = assignments.receivers(session, handover_people.who_stays(session, named, owner))
    held = select(CaseView).where(CaseView.case_id == case_id).with_for_update()
    case = session.exec(held.execution_options(populate_existing=True)).one()
    if case.stage not in HANDED_OVER_IN:
        return
    entries.mark(session, case_id, now)
    if is_taken(session, case_id):
        holdings.write_down(session, case_id, owner, now, customer)
        _propose(session, case, to, by, now)


def is_taken(session: Session, case_id: str) -> bool:
    """True if the snapshot of the case is written, were it an empty one that the case knows of."""
    if session.exec(select(PortfolioEntry.kind).where(PortfolioEntry.case_id == case_id).limit(1)).first() is not None:
        return True
    snapshot: Any = session.exec(select(CaseView.snapshot).where(CaseView.case_id == case_id)).one()
    return snapshot.get("portfolio") is not None


def _propose(session: Session, case: CaseView, to: Sequence[Receiver], by: str, now: datetime) -> None:
    found = assignments.held(session, case.case_id, assignments.UNTOUCHED)
    count, rest = assignments.follow(session, case.case_id, found, now)
    proposed = assignments.propose(session, case.case_id, rest, to, now)
    count += Counter(proposed.receivers)
    said = {**entries.told(found), "receivers": sorted(count), "shares": [count[one] for one in sorted(count)]}
    said |= {"unassigned": proposed.unassigned}
    facts.append_foreign(session, case.case_id, JOINED, by, said, now)
    handover_people.invite(session, case, count, said["sha256"], now)
    if proposed.unassigned:
        handover_people.call_supervisors(session, case, proposed.unassigned, said["sha256"], now)
