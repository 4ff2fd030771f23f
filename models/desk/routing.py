"""Whose an order is: its customer's owner's, or, if the owner can't take orders any more, the receiver's (S3.4)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from domain.desk.access import CREATE_ORDERS
from domain.desk.entries import TO_RECEIVER
from domain.desk.orders import Candidate, RoutedBecause, route
from domain.desk.records import RecordKind
from models.accounts import Caller
from models.database import table
from models.desk import gate, people
from models.desk.tables import Customer
from models.desk.trail_tables import PortfolioEntry
from models.tables import Account, CaseView, Employee, Notice

ROUTED = "OrderRouted"
_VIEW, _NOTICE = table(CaseView), table(Notice)
_NAMED = (
    select(_VIEW.c.snapshot["plan"]["receiver"].as_string(), _NOTICE.c.receiver)
    .join(_NOTICE, _NOTICE.c.case_id == _VIEW.c.case_id)
    .where(_VIEW.c.case_id == bindparam("case_id"))
)
"""Who receives, by the plan of the case; by the notice while there is no plan yet."""


@dataclass(frozen=True)
class Assigned:
    """Whose an order will be."""

    owner: Employee
    because: RoutedBecause | None = None
    """Why it is not the customer's owner; None if it is."""
    case_id: str | None = None
    """The departure because of which."""


def assign(session: Session, customer: Customer, caller: Caller) -> Assigned:
    """Whose a new order of this customer is. Nobody's freeze comes between this and the end of the transaction.

    An owner who takes the order in person has passed the gate, so nothing is to be asked of them again.
    """
    owner = session.get_one(Employee, customer.owner)
    if caller.employee_id == owner.id or _able(session, owner):
        return Assigned(owner)
    case_id = session.exec(select_rows(Notice.case_id).where(Notice.open_for == owner.id)).one_or_none()
    chosen, because = route(owner.id, _candidates(session, customer, owner, case_id))
    return Assigned(session.get_one(Employee, chosen), because, case_id)


def _able(session: Session, employee: Employee) -> bool:
    """True if the employee is here, and no freeze and no last day has taken the right to take orders.

    Somebody who never had the right never entered orders, and still has customers whose orders others enter.
    """
    standing = gate.standing(session, CREATE_ORDERS, employee.id, hold=True)
    return employee.active and (standing.active or not standing.held)


def _candidates(session: Session, customer: Customer, owner: Employee, case_id: str | None) -> Iterator[Candidate]:
    """Whoever may get the order, in turn; each is looked up, and held, only if nobody before can."""
    for because, employee in _named(session, customer, owner, case_id):
        if employee is not None:
            yield Candidate(employee.id, because, _able(session, employee))


def _named(
    session: Session, customer: Customer, owner: Employee, case_id: str | None
) -> Iterator[tuple[RoutedBecause, Employee | None]]:
    yield RoutedBecause.PORTFOLIO, _receiver_of(session, customer)
    if case_id is not None:
        planned, named = session.connection().execute(_NAMED, {"case_id": case_id}).one()
        yield RoutedBecause.CASE, _of_account(session, planned or named)
    for manager in people.above(session, owner):
        yield RoutedBecause.MANAGER, manager


def _receiver_of(session: Session, customer: Customer) -> Employee | None:
    """Who receives this customer in the latest handover, unless they or the customer refused, or it was called off."""
    return session.exec(
        select_rows(Employee)
        .join(PortfolioEntry, col(PortfolioEntry.receiver) == col(Employee.id))
        .where(
            PortfolioEntry.kind == RecordKind.CUSTOMER,
            PortfolioEntry.record_id == customer.id,
            PortfolioEntry.holder == customer.owner,
            col(PortfolioEntry.state).in_(TO_RECEIVER),
        )
        .order_by(col(PortfolioEntry.at).desc())
        .limit(1)
    ).first()


def _of_account(session: Session, account: str | None) -> Employee | None:
    join = col(Account.employee_id) == col(Employee.id)
    return session.exec(select_rows(Employee).join(Account, join).where(Account.id == account)).one_or_none()
