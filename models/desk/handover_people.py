"""What somebody is to the handover of a leaver's portfolio, and who may be named to receive."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from domain.desk.entries import Side
from domain.desk.records import RecordKind
from domain.errors import conflict, forbidden, not_found
from domain.people import Role
from models import queries
from models.accounts import Caller
from models.desk.trail_tables import PortfolioEntry
from models.nominations import stays
from models.tables import Account, CaseView, Employee
from models.visibility import relations, sees_everything


@dataclass(frozen=True)
class Part:
    """What the person asking is to a handover."""

    employee_id: str | None
    leaver: bool
    supervisor: bool
    """The witness or HR, and not the leaver."""
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
    return Part(caller.employee_id, leaver, supervisor, supervisor or manages, sees)


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
