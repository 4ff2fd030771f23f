"""Orders: how they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from domain.errors import not_found
from models.desk.customers import among
from models.desk.order_tables import OrderLine, OrderStateChange, SalesOrder
from models.desk.paging import Paged, page
from models.desk.people import id_of
from models.desk.scopes import Within
from models.desk.tables import Customer
from models.tables import Account, Employee

_ORIGIN = aliased(Employee)
_SHOWN = (
    select(SalesOrder, Customer, Employee, _ORIGIN)
    .join(Customer, col(Customer.id) == col(SalesOrder.customer_id))
    .join(Employee, col(Employee.id) == col(SalesOrder.owner))
    .join(_ORIGIN, col(_ORIGIN.id) == col(SalesOrder.origin_owner))
)


@dataclass(frozen=True)
class OrderFilter:
    """What a list of orders is narrowed to. `customers`: of these, however their orders' owners are related to me."""

    customers: Sequence[str] = ()
    owner: str | None = None
    origin: str | None = None
    department: str | None = None
    state: str | None = None
    placed_from: datetime | None = None
    placed_before: datetime | None = None


def orders(session: Session, mine: Within, wanted: OrderFilter, limit: int, cursor: str | None) -> Paged:
    """Rows of (SalesOrder, its customer, its owner, whose customer it was), the newest first.

    Of the whole company they are those whose owner is within reach; of one customer that is, all of its orders.
    """
    query = _SHOWN.where(
        among(SalesOrder.customer_id, wanted.customers) if wanted.customers else mine(SalesOrder.owner)
    )
    for column, number in ((SalesOrder.owner, wanted.owner), (SalesOrder.origin_owner, wanted.origin)):
        if number:
            query = query.where(column == id_of(session, number))
    if wanted.department:
        query = query.where(SalesOrder.department == wanted.department)
    if wanted.state:
        query = query.where(SalesOrder.state == wanted.state)
    if wanted.placed_from:
        query = query.where(SalesOrder.placed_at >= wanted.placed_from)
    if wanted.placed_before:
        query = query.where(SalesOrder.placed_at < wanted.placed_before)
    place = (col(SalesOrder.placed_at), col(SalesOrder.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def order(session: Session, mine: Within, order_id: str) -> Any:
    """One row as in the list of orders, within reach through its owner or its customer. Raises Refusal."""
    found = session.exec(
        _SHOWN.where(SalesOrder.id == order_id, or_(mine(SalesOrder.owner), mine(Customer.owner)))
    ).one_or_none()
    if found is None:
        raise not_found("desk.order_unknown")
    return found


def held(session: Session, mine: Within, order_id: str) -> SalesOrder:
    """An order within reach, locked to be changed. Raises Refusal."""
    query = (
        select(SalesOrder)
        .join(Customer, col(Customer.id) == col(SalesOrder.customer_id))
        .where(SalesOrder.id == order_id, or_(mine(SalesOrder.owner), mine(Customer.owner)))
        .with_for_update(of=SalesOrder, key_share=True)
    )
    found = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise not_found("desk.order_unknown")
    return found


def lines(session: Session, order_id: str) -> list[OrderLine]:
    """The order's lines as they stand on it."""
    query = select(OrderLine).where(OrderLine.order_id == order_id)
    return list(session.exec(query.order_by(col(OrderLine.position))).all())


def way(session: Session, order_id: str) -> list[Any]:
    """Rows of (OrderStateChange, name of who made it), from the beginning."""
    query = (
        select(OrderStateChange, Account.name)
        .join(Account, col(Account.id) == col(OrderStateChange.by))
        .where(OrderStateChange.order_id == order_id)
    )
    return list(session.exec(query.order_by(col(OrderStateChange.at), col(OrderStateChange.id))).all())
