"""What one row of each kind of desk file looks like. People are named by staff number, records by the company's own."""

import re
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from domain.desk.orders import OrderState
from domain.desk.records import CommunicationKind, CustomerStatus, Direction
from domain.timezones import at_local
from models.desk.bodies import Address, CustomerName, LongText, Mail, PersonName, Phone, Word
from models.desk.order_bodies import FIRST, LAST, Currency, Price, Quantity, Share
from models.desk.trail_bodies import Amount, SignedAmount, Terms
from models.fields import Key
from models.forms import LINE, TEXT
from models.import_rows import Day, Row, YesOrNo

COMPANY_ZONE = "Asia/Shanghai"
_MOMENT = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?")


def _moment(text: Any, info: ValidationInfo) -> Any:
    """A day alone is its beginning; what names no zone is in the mapping's."""
    found = _MOMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return text
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    zone = (info.context or {}).get("time_zone", COMPANY_ZONE)
    return at_local(date(year, month, day), time(hour, minute, second), zone)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None or not FIRST <= instant.date() <= LAST:
        raise PydanticCustomError("malformed", "no instant of a business's life")
    return instant


Preferences = Annotated[str, StringConstraints(max_length=2000, pattern=TEXT)]
BusinessDay = Annotated[Day, Field(ge=FIRST, le=LAST)]
Instant = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_aware)]
Position = Annotated[int, Field(ge=1, le=10_000)]


class CustomerRow(Row):
    number: Key
    name: CustomerName
    owner: Key
    """Staff number. Of a customer that is there already the owner stays: that changes at the desk, with a reason."""
    industry: Word = ""
    region: Word = ""
    city: Word = ""
    address: Address = ""
    source: Word = ""
    status: CustomerStatus = CustomerStatus.ACTIVE


class ContactRow(Row):
    """Somebody at a customer, known by their name there."""

    customer: Key
    name: PersonName
    title: Word = ""
    phone: Phone = ""
    mail: Mail = ""
    message_id: Word = ""
    preferences: Preferences = ""
    is_primary: YesOrNo = False
    active: YesOrNo = True


class CarrierRow(Row):
    number: Key
    name: CustomerName
    service: Word = ""
    contact_name: Word = ""
    phone: Phone = ""
    mail: Mail = ""
    terms: Terms = ""
    active: YesOrNo = True


class _Line(Row):
    quantity: Quantity | None = None
    unit_price: Price | None = None
    discount: Share = Decimal(0)
    commission_rate: Share | None = None
    position: Position | None = None
    """Among the lines of its order; without it, as the file has them."""


class OrderRow(_Line):
    """An order; or one line of it, if the row names a product: then its other rows say the same of the order."""

    number: Key
    customer: Key
    owner: Key | None = None
    """Staff number; without it, the customer's owner."""
    placed_at: Instant
    state: OrderState
    currency: Currency = "CNY"
    promised_on: BusinessDay | None = None
    carrier: Key | None = None
    customer_reference: Word = ""
    product: Key | None = None
    product_name: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] = ""

    @model_validator(mode="after")
    def _whole_line(self) -> "OrderRow":
        if self.product and (self.quantity is None or self.unit_price is None):
            raise PydanticCustomError("line_incomplete", "a product without quantity or price")
        return self


class OrderLineRow(_Line):
    """A line of an order that has none yet; all of its lines are in one file."""

    order: Key
    product: Key
    product_name: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] = ""
    quantity: Quantity
    unit_price: Price


class ReceivableRow(Row):
    number: Key
    customer: Key
    order: Key | None = None
    owner: Key | None = None
    """Staff number; without it, the customer's owner."""
    currency: Currency = "CNY"
    amount: Amount
    issued_on: BusinessDay
    due_on: BusinessDay


class PaymentRow(Row):
    """Negative: money that went back."""

    receivable: Key
    reference: Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=LINE)]
    amount: SignedAmount
    received_on: BusinessDay


class CommunicationRow(Row):
    """What took place. The same content once more is the same communication."""

    customer: Key
    kind: CommunicationKind
    direction: Direction
    at: Instant
    employee: Key | None = None
    order: Key | None = None
    contact: Word = ""
    summary: LongText
