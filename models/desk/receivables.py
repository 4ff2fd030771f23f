"""Money that customers owe: how it is found, entered and paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, func, select

from domain.desk.amounts import exactly, from_minor
from domain.desk.records import ReceivableState
from domain.errors import conflict, invalid, not_found
from domain.money import Money
from models.desk import customers, joining
from models.desk.changes import made_number
from models.desk.customers import among
from models.desk.gate import Passage
from models.desk.order_tables import Payment, Receivable
from models.desk.paging import Paged, page
from models.desk.people import id_of
from models.desk.scopes import Within
from models.desk.tables import Customer
from models.desk.trail_bodies import NewPayment, NewReceivable
from models.tables import Employee

_NUMBER = "AR"
_SHOWN = (
    select(Receivable, Customer, Employee)
    .join(Customer, col(Customer.id) == col(Receivable.customer_id))
    .join(Employee, col(Employee.id) == col(Receivable.owner))
)


@dataclass(frozen=True)
class ReceivableFilter:
    customers: Sequence[str] = ()
    owner: str | None = None
    state: str | None = None
    due_before: date | None = None


def receivables(session: Session, mine: Within, wanted: ReceivableFilter, limit: int, cursor: str | None) -> Paged:
    """Rows of (Receivable, its customer, its owner), the first due first."""
    reach = among(Receivable.customer_id, wanted.customers) if wanted.customers else mine(Receivable.owner)
    query = _SHOWN.where(reach)
    if wanted.owner:
        query = query.where(Receivable.owner == id_of(session, wanted.owner))
    if wanted.state:
        query = query.where(Receivable.state == wanted.state)
    if wanted.due_before:
        query = query.where(Receivable.due_on < wanted.due_before)
    return page(session, query, (col(Receivable.due_on), col(Receivable.id)), (date, str), limit, cursor)


def receivable(session: Session, mine: Within, receivable_id: str) -> Any:
    """One row as in the list, within reach through its owner or its customer. Raises Refusal."""
    reach = or_(mine(Receivable.owner), mine(Customer.owner))
    found = session.exec(_SHOWN.where(Receivable.id == receivable_id, reach)).one_or_none()
    if found is None:
        raise not_found("desk.receivable_unknown")
    return found


def held(session: Session, mine: Within, receivable_id: str) -> Receivable:
    """A receivable within reach, locked to be changed. Raises Refusal."""
    query = select(Receivable).where(Receivable.id == receivable_id, mine(Receivable.owner))
    query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = session.exec(query).one_or_none()
    if found is None:
        raise not_found("desk.receivable_unknown")
    return found


def payments(session: Session, receivable_id: str) -> list[Payment]:
    """What was paid, in the order in which it was entered."""
    query = select(Payment).where(Payment.receivable_id == receivable_id)
    return list(session.exec(query.order_by(col(Payment.at), col(Payment.id))).all())


def enter(
    session: Session, receivable_id: str, customer: Customer, owner: str, body: NewReceivable, by: str, passage: Passage
) -> Receivable:
    """Raises Refusal if the number is taken, or it falls due before it is issued."""
    if body.due_on < body.issued_on:
        raise invalid("desk.due_before_issued")
    number = body.number or made_number(_NUMBER, receivable_id)
    if session.exec(select(Receivable.id).where(Receivable.number == number)).first() is not None:
        raise conflict("desk.number_taken", number=number)
    row = Receivable(
        id=receivable_id,
        number=number,
        customer_id=customer.id,
        order_id=body.order,
        owner=owner,
        currency=body.currency,
        amount=exactly(Money(body.amount, body.currency)),
        issued_on=body.issued_on,
        due_on=body.due_on,
        state=ReceivableState.OPEN.value,
        created_at=passage.now,
        created_by=by,
        updated_at=passage.now,
    )
    session.add(row)
    session.flush()
    joining.join(session, owner, by, passage.now, customer.id)
    return row


def pay(session: Session, row: Receivable, body: NewPayment, by: str, passage: Passage) -> Payment:
    """Enters a payment, once a reference; the last one settles the receivable. Raises Refusal."""
    amount = exactly(Money(body.amount, row.currency))
    if amount == 0:
        raise invalid("desk.payment_of_nothing")
    if body.received_on > passage.now.date() + timedelta(days=1):
        raise invalid("desk.not_yet_taken_place")
    if body.received_on < row.issued_on and amount > 0:
        raise invalid("desk.paid_before_issued", issued=row.issued_on.isoformat())
    known = select(Payment.id).where(Payment.receivable_id == row.id, Payment.reference == body.reference)
    if session.exec(known).first() is not None:
        raise conflict("desk.payment_known", reference=body.reference)
    paid = row.paid + amount
    if not 0 <= paid <= row.amount:
        left = from_minor(row.amount - row.paid, row.currency)
        raise invalid("desk.payment_beyond", left=str(left.amount), currency=row.currency)
    payment = Payment(
        receivable_id=row.id,
        amount=amount,
        currency=row.currency,
        received_on=body.received_on,
        reference=body.reference,
        at=passage.now,
        by=by,
    )
    session.add(payment)
    settled = paid == row.amount
    session.flush()
    latest = session.exec(select(func.max(Payment.received_on)).where(Payment.receivable_id == row.id)).one()
    row.paid, row.paid_on = paid, latest if settled else None
    row.state = (ReceivableState.PAID if settled else ReceivableState.OPEN).value
    row.updated_at, row.version = passage.now, row.version + 1
    session.flush()
    joining.join(session, row.owner, by, passage.now, customers.original(session, row.customer_id))
    return payment
