"""What came after a notice: the shapes of the answers. Amounts are exact, as text; shares are of 1."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field

from domain.desk.access import Action
from domain.desk.loss import Fate
from domain.desk.records import Outcome
from models.desk.figures import Amount
from models.desk.order_views import OfCustomer
from models.desk.views import Person


class ActorClass(StrEnum):
    """Who did something with a customer of the portfolio."""

    LEAVER = "leaver"
    RECEIVER = "receiver"
    OTHER = "other"
    """Somebody else of ours, or one of our systems."""
    CUSTOMER = "customer"
    """The customer sent the order; nobody of ours went for it."""


class Period(StrEnum):
    NOTICE = "notice"
    """From the notice's arrival to 24:00 of the last day."""
    AFTERWARDS = "afterwards"


class OrdersBy(BaseModel):
    """Orders of the portfolio's customers that count as turnover, by who took them."""

    actor: ActorClass
    period: Period
    orders: int
    value: Amount


class TalksBy(BaseModel):
    """Communications with the portfolio's customers, by who of ours spoke."""

    actor: ActorClass
    period: Period
    communications: int


class AttemptsOf(BaseModel):
    """What the leaver tried at the desk while in notice (S3.5)."""

    action: Action
    outcome: Outcome
    """`refused`: blocked; `granted`: under a temporary grant; `allowed`: with a right that the freeze left."""
    attempts: int
    first_at: datetime
    last_at: datetime


class DefaultedOrder(BaseModel):
    """An order of the portfolio that we did not deliver as promised, from the notice on."""

    order_id: str
    number: str
    customer: OfCustomer
    owner: Person
    period: Period
    defaulted_at: datetime
    reason: str
    value: Amount
    """Of the order. What the default cost is evidenced elsewhere, not guessed."""


class TurnoverCompared(BaseModel):
    """Days after the last day beside the same days a year before, in one currency."""

    before: Amount
    after: Amount
    expected: Amount
    """`before`, had it moved as the company's other customers did."""
    effect: Amount
    """`after` less `expected`: the difference in differences."""
    others_trend: Decimal | None = Field(examples=["0.9500"])
    """What a unit of the others' turnover became; null: they bought nothing before, and `expected` is `before`."""
    working: str = Field(examples=["6000.00 − 10000.00 × 0.9500 = −3500.00"])


class Window(BaseModel):
    """So many days after the last day. Only days that are over are compared; nothing is extrapolated."""

    days: int
    days_over: int
    complete: bool
    after_from: date
    after_until: date
    """The last of its days, whether or not it is over."""
    before_from: date | None
    before_until: date | None
    """The same days a year before, as far as they are compared; null as long as no day is over."""
    turnover: list[TurnoverCompared]
    fates: dict[Fate, int]
    """Customers by what became of them; empty until the window is over."""


class ReceiverWindow(BaseModel):
    days: int
    turnover: list[TurnoverCompared]
    fates: dict[Fate, int]


class ReceiverOutcome(BaseModel):
    """The customers that one receiver got; null: those that nobody got."""

    receiver: Person | None
    customers: int
    windows: list[ReceiverWindow]


class MissedItemView(BaseModel):
    """What the handover missed."""

    id: str
    what: str
    item: str
    customer: OfCustomer | None
    found_on: date
    at: datetime
    by: str
    by_name: str


class After(BaseModel):
    """What came after the notice, as everything stands at `as_of`."""

    case_id: str
    as_of: date
    arrived_at: datetime
    last_day: date
    customers: int
    """Of the portfolio as it was taken when the notice arrived."""
    orders: list[OrdersBy]
    orders_elsewhere: list[OrdersBy]
    """Orders that the leaver took from the notice on for customers outside the portfolio."""
    communications: list[TalksBy]
    attempts: list[AttemptsOf]
    windows: list[Window]
    receivers: list[ReceiverOutcome]
    defaulted: list[DefaultedOrder]
    defaulted_value: list[Amount]
    missed: list[MissedItemView]


class CustomerWindow(BaseModel):
    days: int
    complete: bool
    fate: Fate | None
    """Null until the window is over."""
    turnover: list[TurnoverCompared]


class CustomerOutcome(BaseModel):
    """What became of one customer of the portfolio."""

    customer: OfCustomer
    receiver: Person | None
    main_currency: str
    """The currency of most of its orders: its fate is told in it. Empty if it bought nothing."""
    windows: list[CustomerWindow]
