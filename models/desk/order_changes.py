"""How orders come to be and change."""

from typing import Any

from sqlmodel import Session, col, select

from domain.desk.orders import OrderState, line_amount, order_total, require_changeable, require_move
from domain.desk.records import RecordKind
from domain.errors import conflict, not_found
from domain.portfolio import routed
from models import projection
from models.accounts import Caller
from models.desk import customers, gate, joining, routing
from models.desk.changes import made_number, note, require_version
from models.desk.gate import Passage
from models.desk.order_bodies import IncomingOrder, MoveOrder, NewOrder, OrderChange, OrderedLine
from models.desk.order_tables import OrderLine, OrderStateChange, SalesOrder
from models.desk.routing import Assigned
from models.desk.scopes import Within
from models.desk.tables import Carrier, Customer
from models.tables import Account

_NUMBER = "SO"
_ANY_VERSION = 0
"""Of the case: the order's number is enough to tell one message from another."""


def ordering(session: Session, mine: Within, customer_id: str, caller: Caller) -> tuple[Customer, Assigned]:
    """The customer of a new order, held as it is, and whose the order will be. Raises Refusal.

    Rights are locked before customers: so the owner is looked up first, and again if the customer moved in between.
    """
    row, _ = customers.customer(session, mine, customer_id)
    assigned = routing.assign(session, row, caller)
    owner = row.owner
    row = customers.held(session, mine, customer_id, to_change=False)
    return row, assigned if row.owner == owner else routing.assign(session, row, caller)


def customer_of_number(session: Session, number: str) -> str:
    """The id of the customer with the company's number, or of the one that it is a duplicate of. Raises Refusal."""
    found = session.exec(select(Customer).where(Customer.number == number)).one_or_none()
    if found is None:
        raise not_found("desk.customer_number_unknown", number=number)
    return found.merged_into or found.id


def place(
    session: Session,
    order_id: str,
    customer: Customer,
    assigned: Assigned,
    body: NewOrder | IncomingOrder,
    by: str,
    passage: Passage,
) -> SalesOrder:
    """Writes an order down. Raises Refusal if its number is taken, or it comes to too much."""
    now = passage.now
    number = body.number or made_number(_NUMBER, order_id)
    if session.exec(select(SalesOrder.id).where(SalesOrder.number == number)).first() is not None:
        raise conflict("desk.number_taken", number=number)
    incoming = isinstance(body, IncomingOrder)
    state = OrderState.CONFIRMED if isinstance(body, IncomingOrder) else OrderState(body.state)
    carrier = None if isinstance(body, IncomingOrder) else _carrier(session, body.carrier)
    rows = _lines(order_id, body.lines, body.currency)
    row = SalesOrder(
        id=order_id,
        number=number,
        customer_id=customer.id,
        owner=assigned.owner.id,
        department=assigned.owner.department,
        origin_owner=customer.owner,
        routed_because=assigned.because or "",
        case_id=assigned.case_id,
        placed_by=by,
        placed_at=now,
        incoming=incoming,
        customer_reference=body.customer_reference,
        state=state.value,
        state_at=now,
        currency=body.currency,
        total=order_total(line.amount for line in rows),
        promised_on=body.promised_on,
        carrier_id=carrier,
        updated_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(rows)
    session.add(OrderStateChange(order_id=order_id, to_state=state.value, at=now, by=by))
    session.flush()
    joining.join(session, row.owner, by, now, customer.id)
    if assigned.because is not None and assigned.case_id is not None:
        data = {"order": row.id, "customer": customer.id, "from": customer.owner, "to": row.owner}
        data["because"] = assigned.because.value
        gate.tell_case(session, assigned.case_id, routing.ROUTED, by, data, now)
        _tell_owner(session, assigned, row)
    return row


def _tell_owner(session: Session, assigned: Assigned, row: SalesOrder) -> None:
    """Whoever got the order of somebody who leaves hears of it; nobody, if it had to stay where it was."""
    account = session.exec(select(Account.id).where(Account.employee_id == row.owner)).one_or_none()
    if account is not None and assigned.case_id is not None and row.owner != row.origin_owner:
        projection.tell(session, assigned.case_id, _ANY_VERSION, (routed(account, row.number),), row.placed_at)


def change(session: Session, row: SalesOrder, body: OrderChange, by: str, passage: Passage) -> None:
    """Changes a draft or a quotation; its lines of before are kept. Raises Refusal."""
    require_changeable(OrderState(row.state))
    require_version(row, body.version)
    changes: dict[str, tuple[Any, Any]] = {}
    given = {"promised_on": body.promised_on, "customer_reference": body.customer_reference}
    given["carrier_id"] = _carrier(session, body.carrier)
    for name, value in given.items():
        if value is not None and value != getattr(row, name):
            changes[name] = (getattr(row, name), value)
            setattr(row, name, value)
    if body.lines is not None:
        changes["lines"] = _replace_lines(session, row, body.lines)
    if changes:
        note(session, RecordKind.ORDER, row.id, row.customer_id, changes, by, passage)
        row.updated_at, row.version = passage.now, row.version + 1
    session.flush()


def move(session: Session, row: SalesOrder, body: MoveOrder, by: str, passage: Passage) -> None:
    """Brings an order into its next state. Raises Refusal."""
    require_move(OrderState(row.state), body.state, body.reason)
    require_version(row, body.version)
    session.add(
        OrderStateChange(
            order_id=row.id,
            from_state=row.state,
            to_state=body.state.value,
            reason=body.reason,
            at=passage.now,
            by=by,
        )
    )
    row.state, row.state_at = body.state.value, passage.now
    row.updated_at, row.version = passage.now, row.version + 1
    session.flush()


def _replace_lines(session: Session, row: SalesOrder, wanted: tuple[OrderedLine, ...]) -> tuple[Any, Any]:
    before = session.exec(select(OrderLine).where(OrderLine.order_id == row.id).order_by(col(OrderLine.position))).all()
    kept = [line.model_dump(mode="json", exclude={"order_id"}) for line in before]
    for line in before:
        session.delete(line)
    session.flush()
    after = _lines(row.id, wanted, row.currency)
    row.total = order_total(line.amount for line in after)
    session.add_all(after)
    return kept, [line.model_dump(mode="json", exclude={"order_id"}) for line in after]


def _lines(order_id: str, wanted: tuple[OrderedLine, ...], currency: str) -> list[OrderLine]:
    return [
        OrderLine(
            order_id=order_id,
            position=position,
            amount=line_amount(line.quantity, line.unit_price, line.discount, currency),
            **line.model_dump(),
        )
        for position, line in enumerate(wanted, 1)
    ]


def _carrier(session: Session, carrier_id: str | None) -> str | None:
    if carrier_id is not None and session.get(Carrier, carrier_id) is None:
        raise not_found("desk.carrier_unknown")
    return carrier_id
