"""A handover per customer as it is read: pages of entries, how far it is, what waits for a receiver."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlalchemy import case as when
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from domain.desk.records import PORTFOLIO, EntryState, RecordKind
from domain.portfolio import HANDED_OVER_IN
from models.desk.handover_people import Part
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.paging import Paged, page
from models.desk.portfolio_tables import CustomerCapacity
from models.desk.scopes import Within
from models.desk.tables import Customer
from models.desk.trail_tables import PortfolioEntry
from models.tables import CaseView, Employee

_TASKS = (EntryState.PROPOSED, EntryState.ACCEPTED, EntryState.WAITING)
"""States in which a receiver is to do something."""


@dataclass(frozen=True)
class EntryFilter:
    kind: RecordKind | None = None
    state: EntryState | None = None
    receiver: str | None = None
    """An employee's id."""


def entries(
    session: Session, case_id: str, part: Part, reach: Within, wanted: EntryFilter, limit: int, cursor: str | None
) -> Paged:
    """Rows of (PortfolioEntry, number, customer's name, receiver): by kind and record.

    Number and name only where the person receives the entry, reaches the customer at the desk, or is HR in charge.
    """
    known = (
        true() if part.in_charge else or_(col(PortfolioEntry.receiver) == part.employee_id, reach(col(Customer.owner)))
    )
    number = func.coalesce(col(SalesOrder.number), col(Receivable.number), col(Customer.number))
    receiver = aliased(Employee)
    query = (
        select(PortfolioEntry, when((known, number)), when((known, col(Customer.name))), receiver)
        .join(Customer, col(Customer.id) == col(PortfolioEntry.customer_id))
        .outerjoin(receiver, col(receiver.id) == col(PortfolioEntry.receiver))
        .outerjoin(SalesOrder, _is(RecordKind.ORDER, col(SalesOrder.id)))
        .outerjoin(Receivable, _is(RecordKind.RECEIVABLE, col(Receivable.id)))
        .where(PortfolioEntry.case_id == case_id, _seen(part))
    )
    for name in ("kind", "state", "receiver"):
        if value := getattr(wanted, name):
            query = query.where(getattr(PortfolioEntry, name) == value)
    place = (col(PortfolioEntry.kind), col(PortfolioEntry.record_id))
    return page(session, query, place, (str, str), limit, cursor)


def progress(session: Session, case_id: str, part: Part) -> dict[RecordKind, dict[EntryState, int]]:
    """How many entries of each kind are in which state, of those that the person may see."""
    rows = session.exec(
        select(PortfolioEntry.kind, PortfolioEntry.state, func.count())
        .where(PortfolioEntry.case_id == case_id, _seen(part))
        .group_by(col(PortfolioEntry.kind), col(PortfolioEntry.state))
    ).all()
    found: dict[RecordKind, dict[EntryState, int]] = {kind: {} for kind in PORTFOLIO}
    for kind, state, count in rows:
        found[RecordKind(kind)][EntryState(state)] = count
    return found


def tasks(session: Session, employee_id: str) -> list[tuple[CaseView, str, RecordKind, dict[EntryState, int]]]:
    """What waits for a receiver: one line a case and kind, the nearest last day first."""
    rows = session.exec(
        select(PortfolioEntry.case_id, PortfolioEntry.kind, PortfolioEntry.state, func.count())
        .join(CaseView, col(CaseView.case_id) == col(PortfolioEntry.case_id))
        .where(
            PortfolioEntry.receiver == employee_id,
            col(PortfolioEntry.state).in_(_TASKS),
            col(CaseView.stage).in_(HANDED_OVER_IN),
        )
        .group_by(col(PortfolioEntry.case_id), col(PortfolioEntry.kind), col(PortfolioEntry.state))
    ).all()
    found: dict[tuple[str, str], dict[EntryState, int]] = defaultdict(dict)
    for case_id, kind, state, count in rows:
        found[case_id, kind][EntryState(state)] = count
    cases = {case_id for case_id, _ in found}
    views = session.exec(
        select(CaseView, Employee.name)
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
        .where(col(CaseView.case_id).in_(sorted(cases)))
        .order_by(col(CaseView.last_day), col(CaseView.case_id))
    ).all()
    return [
        (view, name, kind, found[view.case_id, kind])
        for view, name in views
        for kind in PORTFOLIO
        if (view.case_id, kind) in found
    ]


def capacities(session: Session, mine: Within, limit: int, cursor: str | None) -> Paged:
    """Rows of (Employee, capacity or None): everybody within reach who is still here, by number."""
    query = (
        select(Employee, CustomerCapacity.customers)
        .outerjoin(CustomerCapacity, col(CustomerCapacity.employee_id) == col(Employee.id))
        .where(mine(Employee.id), col(Employee.active))
    )
    return page(session, query, (col(Employee.number),), (str,), limit, cursor)


def _is(kind: RecordKind, record: Any) -> ColumnElement[bool]:
    return and_(col(PortfolioEntry.kind) == kind.value, record == col(PortfolioEntry.record_id))


def _seen(part: Part) -> ColumnElement[bool]:
    if part.sees is None:
        return true()
    own = col(PortfolioEntry.receiver) == part.employee_id
    return or_(own, col(PortfolioEntry.kind).in_(part.sees)) if part.sees else own
