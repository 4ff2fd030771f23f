"""What somebody is to the handover of a leaver's portfolio, and who may be named to receive."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from domain.desk.entries import Side
from domain.desk.records import RecordKind
from domain.errors import conflict, forbidden, not_found
from domain.people import Role
from domain.portfolio import proposal, unassigned
from models import projection, queries
from models.accounts import Caller
from models.desk.trail_tables import PortfolioEntry
from models.nominations import stays
from models.tables import Account, CaseView, Employee, Participant
from models.visibility import relations, sees_everything


@dataclass(frozen=True)
class Part:
    """What the person asking is to a handover."""

    employee_id: str | None
    leaver: bool
    supervisor: bool
    """The witness or HR, and not the leaver."""
    in_charge: bool
    """HR in charge of the case, who assigns and waives: customers by number and name, and nothing more of them."""
    assigns: bool
    """A supervisor, or the leaver's manager."""
    sees: tuple[RecordKind, ...] | None
    """Kinds of which they see every entry; None: all. They see their own in any case."""

    def sides(self, receiver: str | None) -> tuple[Side, ...]:
        """As what they may decide about an entry with this receiver."""
        own = self.employee_id is not None and receiver == self.employee_id and not self.leaver
        return (*((Side.RECEIVER,) if own else ()), *((Side.SUPERVISOR,) if self.supervisor else ()))


def part_of(session: Session, case_id: str, caller: Caller) -> Part:
    """Raises Refusal: a case that is none of their business is not there."""
    row = session.get(CaseView, case_id)
    if row is None:
        raise not_found("case.unknown")
    of = relations(caller, row.snapshot, queries.takes_part(session, caller.account, case_id))
    leaver = "leaver" in of
    supervisor = not leaver and ("witness" in of or caller.has(Role.HR))
    manages = not leaver and _manages(session, caller, row.employee_id)
    if not of and not manages and not _receives(session, case_id, caller):
        raise not_found("case.unknown")
    sees = None if manages or sees_everything(of) else _looked_after(row.snapshot, caller.account)
    in_charge = supervisor and caller.has(Role.HR) and caller.account == row.hr
    return Part(caller.employee_id, leaver, supervisor, in_charge, supervisor or manages, sees)


def receivers(session: Session, numbers: Sequence[str], leaver: str) -> list[tuple[Employee, Account]]:
    """The people with these staff numbers, in that order. Raises Refusal unless each has an account and stays."""
    wanted = tuple(dict.fromkeys(numbers))
    rows = session.exec(
        select(Employee, Account)
        .join(Account, col(Account.employee_id) == col(Employee.id))
        .where(col(Employee.number).in_(wanted))
    ).all()
    found = {employee.number: (employee, account) for employee, account in rows}
    for number in wanted:
        if number not in found or not found[number][0].active or not found[number][1].active:
            raise not_found("portfolio.receiver_unknown", number=number)
        if found[number][0].id == leaver:
            raise forbidden("portfolio.leaver_cannot_receive")
        if not stays(session, found[number][1]):
            raise conflict("portfolio.receiver_is_leaving", number=number)
    return [found[number] for number in wanted]


def who_stays(session: Session, account_id: str, leaver: str) -> list[Employee]:
    """The employee behind the account of a case's receiver; none if they leave as well, or are no employee."""
    account = session.get(Account, account_id)
    if account is None or account.employee_id in (None, leaver) or not stays(session, account):
        return []
    return [session.get_one(Employee, account.employee_id)]


def invite(session: Session, case: CaseView, shares: Mapping[str, int], which: str, now: datetime) -> None:
    """Receivers, by their employees' ids, take part in the case from now on, and hear how much is proposed to them."""
    rows = session.exec(
        select(Account.id, Account.employee_id).where(col(Account.employee_id).in_(sorted(shares)))
    ).all()
    told = {account: shares[employee] for account, employee in rows if employee is not None}
    for account in told:
        if session.get(Participant, (account, case.case_id)) is None:
            session.add(projection.participant(account, case))
    notes = tuple(proposal(account, count, which) for account, count in told.items())
    projection.tell(session, case.case_id, case.version, notes, now)


def call_supervisors(session: Session, case: CaseView, count: int, which: str, now: datetime) -> None:
    """The witness and HR in charge hear that nobody is asked to take so many entries."""
    plan = case.snapshot["plan"]
    note = unassigned(tuple(dict.fromkeys((plan["witness"], plan["hr"]))), count, which)
    projection.tell(session, case.case_id, case.version, (note,), now)


def _manages(session: Session, caller: Caller, leaver: str) -> bool:
    if caller.employee_id is None:
        return False
    manager = select(Employee.manager).where(Employee.id == leaver).scalar_subquery()
    own = select(Employee.id).where(Employee.id == caller.employee_id, col(Employee.number) == manager)
    return session.exec(own).first() is not None


def _receives(session: Session, case_id: str, caller: Caller) -> bool:
    if caller.employee_id is None:
        return False
    mine = select(PortfolioEntry.kind).where(
        PortfolioEntry.case_id == case_id, PortfolioEntry.receiver == caller.employee_id
    )
    return session.exec(mine.limit(1)).first() is not None


def _looked_after(snapshot: dict[str, Any], account: str) -> tuple[RecordKind, ...]:
    """Kinds that a department looks after for which this account is asked to confirm."""
    return tuple(
        RecordKind(kind)
        for clearance in snapshot.get("clearances", ())
        if any(seat["account"] == account for seat in clearance["seats"])
        for kind in clearance.get("portfolio", ())
    )
