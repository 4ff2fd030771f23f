"""What the desk shows of orders. Amounts are exact decimals, as text, in the currency beside them."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from domain.desk.orders import OrderState
from models.desk.views import Person


class OfCustomer(BaseModel):
    """The customer that a record belongs to."""

    id: str
    number: str
    name: str


class OrderLineView(BaseModel):
    position: int
    product: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    amount: Decimal
    commission_rate: Decimal | None


class OrderInList(BaseModel):
    """An order in a list."""

    id: str
    number: str
    customer: OfCustomer
    owner: Person
    origin_owner: Person
    """Whose customer it was when the order came."""
    routed_because: str
    """Why it came to somebody else: `portfolio`, `case`, `manager`, `nobody`; empty if it did not."""
    department: str
    placed_at: datetime
    placed_by: str
    incoming: bool
    state: OrderState
    state_at: datetime
    currency: str
    total: Decimal
    promised_on: date | None
    version: int


class OrderStep(BaseModel):
    """A step on an order's way."""

    from_state: str
    to_state: OrderState
    reason: str
    at: datetime
    by: str
    by_name: str


class OrderDetail(OrderInList):
    """An order with its lines and its way so far."""

    customer_reference: str
    carrier_id: str | None
    lines: list[OrderLineView]
    way: list[OrderStep]


class OrderPlaced(BaseModel):
    """Where an order went."""

    id: str
    number: str
    version: int
    state: OrderState
    placed_at: datetime
    owner: Person
    routed_because: str
    currency: str
    total: Decimal
