"""Who owns what: the one place where customers, orders and receivables get another owner, each change kept for ever."""

from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, select

from domain.desk.orders import OPEN
from domain.desk.records import ReceivableState, RecordKind
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.tables import Customer, OwnershipChange
from models.tables import Employee

Owned = Customer | SalesOrder | Receivable
_KINDS = {Customer: RecordKind.CUSTOMER, SalesOrder: RecordKind.ORDER, Receivable: RecordKind.RECEIVABLE}


class Moved(NamedTuple):
    """How many orders and receivables went along with a customer."""

    orders: int
    receivables: int


def hand_over(
    session: Session, customer: Customer, to: Employee, reason: str, by: str, now: datetime, case_id: str | None = None
) -> Moved:
    """Gives a customer to somebody else, with the open orders and receivables that its owner has there.

    The caller holds the customer's row. What is finished stays with whoever finished it.
    """
    before = customer.owner
    orders = session.exec(
        select(SalesOrder)
        .where(SalesOrder.customer_id == customer.id, SalesOrder.owner == before, col(SalesOrder.state).in_(OPEN))
        .order_by(col(SalesOrder.id))
        .with_for_update(key_share=True)
    ).all()
    receivables = session.exec(
        select(Receivable)
        .where(
            Receivable.customer_id == customer.id,
            Receivable.owner == before,
            Receivable.state == ReceivableState.OPEN,
        )
        .order_by(col(Receivable.id))
        .with_for_update(key_share=True)
    ).all()
    moved: tuple[Owned, ...] = (customer, *orders, *receivables)
    for row in moved:
        give(session, row, to, reason, by, now, case_id)
    session.flush()
    return Moved(len(orders), len(receivables))


def give(
    session: Session, row: Owned, to: Employee, reason: str, by: str, now: datetime, case_id: str | None = None
) -> None:
    """Gives one record to somebody else. The caller holds its row."""
    if row.owner == to.id:
        return
    session.add(
        OwnershipChange(
            kind=_KINDS[type(row)].value,
            record_id=row.id,
            customer_id=row.id if isinstance(row, Customer) else row.customer_id,
            from_owner=row.owner,
            to_owner=to.id,
            reason=reason,
            by=by,
            at=now,
            case_id=case_id,
        )
    )
    row.owner, row.updated_at, row.version = to.id, now, row.version + 1
    if not isinstance(row, Receivable):
        row.department = to.department
