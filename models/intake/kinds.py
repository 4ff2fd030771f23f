"""The kinds of files for the desk, in the order in which they are loaded: each refers to those before it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.desk.records import RecordKind
from models.import_rows import Row
from models.intake.communication_kind import communications, identity
from models.intake.customer_kinds import carriers, contacts, customers
from models.intake.desk import Desk, Rows
from models.intake.desk_rows import (
    CarrierRow,
    CommunicationRow,
    ContactRow,
    CustomerRow,
    OrderLineRow,
    OrderRow,
    PaymentRow,
    ReceivableRow,
)
from models.intake.money_kinds import payments, receivables
from models.intake.order_kinds import order_lines, orders

_PART = "\x1f"


@dataclass(frozen=True)
class DeskKind:
    shape: type[Row]
    place: Callable[[Any], str]
    """What is written together; rows of one place are handed over at once, in the order of the file."""
    identity: Callable[[Any], str | None]
    """What no two rows of a file may share."""
    key: str
    """The column that a report names when they do."""
    settle: Callable[[Desk, Rows[Any]], None]
    record: RecordKind


KINDS: Mapping[str, DeskKind] = {
    "customers": DeskKind(
        CustomerRow, lambda r: r.number, lambda r: r.number, "number", customers, RecordKind.CUSTOMER
    ),
    "contacts": DeskKind(
        ContactRow,
        lambda r: r.customer,
        lambda r: _PART.join((r.customer, r.name)),
        "name",
        contacts,
        RecordKind.CONTACT,
    ),
    "carriers": DeskKind(CarrierRow, lambda r: r.number, lambda r: r.number, "number", carriers, RecordKind.CARRIER),
    "orders": DeskKind(
        OrderRow, lambda r: r.number, lambda r: None if r.product else r.number, "number", orders, RecordKind.ORDER
    ),
    "order_lines": DeskKind(OrderLineRow, lambda r: r.order, lambda _: None, "order", order_lines, RecordKind.ORDER),
    "receivables": DeskKind(
        ReceivableRow, lambda r: r.number, lambda r: r.number, "number", receivables, RecordKind.RECEIVABLE
    ),
    "payments": DeskKind(
        PaymentRow,
        lambda r: r.receivable,
        lambda r: _PART.join((r.receivable, r.reference)),
        "reference",
        payments,
        RecordKind.PAYMENT,
    ),
    "communications": DeskKind(
        CommunicationRow, identity, identity, "summary", communications, RecordKind.COMMUNICATION
    ),
}
