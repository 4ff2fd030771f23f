"""Tables of the desk: orders, receivables, payments. Amounts are whole numbers of the currency's smallest unit."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from models.database import Exact
from models.desk.tables import new_id
from models.tables import instant


class SalesOrder(SQLModel, table=True):
    __tablename__ = "sales_order"
    id: str = Field(primary_key=True, default_factory=new_id)
    number: str = Field(unique=True)
    """The company's own."""
    customer_id: str = Field(foreign_key="customer.id")
    owner: str = Field(foreign_key="employee.id")
    department: str = Field(foreign_key="department.key")
    origin_owner: str = Field(foreign_key="employee.id")
    """Whose customer it was when the order came: for the commission question (S3.4). Never changes."""
    routed_because: str = ""
    """Why the order came to somebody else than `origin_owner`; empty if it did not."""
    case_id: str | None = None
    """The departure because of which it was routed."""
    placed_by: str
    placed_at: datetime = instant()
    """Read after the gate was passed: no order of a frozen person is later than the freeze."""
    incoming: bool = False
    """It was the customer who sent it; nobody of ours went for it."""
    customer_reference: str = ""
    """The customer's own number for it."""
    state: str
    state_at: datetime = instant()
    currency: str
    total: int = Field(sa_type=BigInteger)
    promised_on: date | None = None
    carrier_id: str | None = Field(default=None, foreign_key="carrier.id", index=True)
    updated_at: datetime = instant()
    version: int = 1

    __table_args__ = (
        Index("sales_order_by_placed", "placed_at", "id"),
        Index("sales_order_by_owner", "owner", "placed_at", "id"),
        Index("sales_order_by_customer", "customer_id", "placed_at", "id"),
        Index("sales_order_by_department", "department", "placed_at", "id"),
        Index("sales_order_by_state", "state", "placed_at", "id"),
        Index("sales_order_by_origin", "origin_owner", "placed_at", "id"),
        Index("sales_order_by_person", "placed_by", "placed_at"),
        Index("sales_order_turnover", "customer_id", "currency", "placed_at", "state", "total"),
        Index("sales_order_turnover_by_owner", "owner", "currency", "placed_at", "state", "total"),
        Index("sales_order_by_reference", "customer_id", "customer_reference"),
    )


class OrderLine(SQLModel, table=True):
    """Replaced with its order's other lines while the order is a draft or a quotation; never changed afterwards."""

    __tablename__ = "order_line"
    order_id: str = Field(primary_key=True, foreign_key="sales_order.id")
    position: int = Field(primary_key=True)
    product: str = Field(index=True)
    """The product's code."""
    name: str
    quantity: Decimal = Field(sa_type=Exact)
    unit_price: Decimal = Field(sa_type=Exact)
    """In the currency itself: prices may be finer than its smallest unit."""
    discount: Decimal = Field(default=Decimal(0), sa_type=Exact)
    """A share of the price."""
    amount: int = Field(sa_type=BigInteger)
    commission_rate: Decimal | None = Field(default=None, sa_type=Exact)


class OrderStateChange(SQLModel, table=True):
    """An order's way; append-only, from the state in which it was placed on."""

    __tablename__ = "order_state_change"
    id: str = Field(primary_key=True, default_factory=new_id)
    order_id: str = Field(foreign_key="sales_order.id")
    from_state: str = ""
    to_state: str
    reason: str = ""
    at: datetime = instant()
    by: str

    __table_args__ = (
        Index("order_state_change_by_order", "order_id", "at", "id"),
        Index("order_state_change_by_state", "to_state", "at"),
    )


class Receivable(SQLModel, table=True):
    id: str = Field(primary_key=True, default_factory=new_id)
    number: str = Field(unique=True)
    customer_id: str = Field(foreign_key="customer.id")
    order_id: str | None = Field(default=None, foreign_key="sales_order.id", index=True)
    owner: str = Field(foreign_key="employee.id")
    """Who looks after it."""
    currency: str
    amount: int = Field(sa_type=BigInteger)
    paid: int = Field(default=0, sa_type=BigInteger)
    """The sum of its payments."""
    issued_on: date
    due_on: date
    state: str
    paid_on: date | None = None
    """The day of the payment that settled it."""
    created_at: datetime = instant()
    created_by: str
    updated_at: datetime = instant()
    version: int = 1

    __table_args__ = (
        Index("receivable_by_due", "due_on", "id"),
        Index("receivable_by_owner", "owner", "due_on", "id"),
        Index("receivable_by_owner_state", "owner", "state", "due_on", "id"),
        Index("receivable_by_customer", "customer_id", "due_on", "id"),
        Index("receivable_by_state", "state", "due_on", "id"),
    )


class Payment(SQLModel, table=True):
    """Money that came in, or went back (negative); append-only."""

    id: str = Field(primary_key=True, default_factory=new_id)
    receivable_id: str = Field(foreign_key="receivable.id")
    amount: int = Field(sa_type=BigInteger)
    currency: str
    received_on: date
    reference: str
    """The bank's or the books' own; one payment of a receivable each."""
    at: datetime = instant()
    by: str

    __table_args__ = (
        Index("payment_once", "receivable_id", "reference", unique=True),
        Index("payment_by_day", "received_on"),
    )
