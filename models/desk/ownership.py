"""Who owns what: the one place where customers, orders and receivables get another owner, each change kept for ever."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, insert, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from domain.desk.orders import OPEN
from domain.desk.records import ReceivableState, RecordKind
from models.database import table
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.tables import Customer, OwnershipChange, new_id
from models.tables import Employee

Owned = Customer | SalesOrder | Receivable
_AT_ONCE = 5_000
"""Ids in one statement: fewer than any database's limit."""
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


def give_all(
    session: Session,
    kind: type[Owned],
    which: ColumnElement[bool],
    to: Employee,
    reason: str,
    by: str,
    now: datetime,
    case_id: str | None = None,
) -> int:
    """Gives every record of one kind that fulfils the condition to somebody else, in few statements; says how many."""
    records = table(kind)
    customer = records.c.id if kind is Customer else records.c.customer_id
    found = select_rows(records.c.id, customer.label("customer_id"), records.c.owner)
    found = found.where(which, records.c.owner != to.id).order_by(records.c.id).with_for_update(key_share=True)
    connection = session.connection()
    rows = connection.execute(found).all()
    same = {"kind": _KINDS[kind].value, "to_owner": to.id, "reason": reason, "by": by, "at": now, "case_id": case_id}
    changes = [
        {**same, "id": new_id(), "record_id": row.id, "customer_id": row.customer_id, "from_owner": row.owner}
        for row in rows
    ]
    if changes:
        connection.execute(insert(table(OwnershipChange)), changes)
    values: dict[str, Any] = {"owner": to.id, "updated_at": now, "version": records.c.version + 1}
    if kind is not Receivable:
        values["department"] = to.department
    for begin in range(0, len(rows), _AT_ONCE):
        ids = [row.id for row in rows[begin : begin + _AT_ONCE]]
        connection.execute(update(records).where(records.c.id.in_(ids)).values(values))
    return len(rows)


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
