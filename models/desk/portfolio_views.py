"""What is shown of a handover per customer: the shapes of its answers."""

from datetime import date, datetime

from pydantic import BaseModel

from domain.desk.assignment import AssignedBecause
from domain.desk.entries import Step
from domain.desk.records import EntryState
from models.desk.views import Person
from models.templates import PortfolioKind


class EntryLine(BaseModel):
    """One customer, order or receivable of a portfolio."""

    kind: PortfolioKind
    record: str
    customer: str
    """Id of the customer to whom it belongs, or itself."""
    number: str | None
    """The company's own; null, as the name, for who neither reaches nor receives the customer, nor is HR in charge."""
    customer_name: str | None
    state: EntryState
    receiver: Person | None
    because: AssignedBecause | None
    """Why this receiver, or none."""
    reason: str
    updated_at: datetime
    accepted_at: datetime | None
    version: int


class KindProgress(BaseModel):
    """How far the handover of one kind of records is."""

    kind: PortfolioKind
    total: int
    open: int
    states: dict[EntryState, int]


class PortfolioPage(BaseModel):
    """A page of a portfolio; `counts` are of everything that the person asking may see, whatever the filters."""

    counts: list[KindProgress]
    items: list[EntryLine]
    next: str | None = None


class Share(BaseModel):
    receiver: Person
    entries: int


class EntriesAssigned(BaseModel):
    receivers: list[Share]
    unassigned: int
    """Entries that nobody has room for."""


class EntriesDecided(BaseModel):
    step: Step
    customers: int
    orders: int
    receivables: int
    """How many entries changed, with the orders and receivables that went with their customers."""


class PortfolioTask(BaseModel):
    """What waits for a receiver in one handover, of one kind."""

    case_id: str
    leaver_name: str
    kind: PortfolioKind
    to_answer: int
    to_introduce: int
    """Accepted customers that have not heard of their new contact."""
    to_confirm: int
    """Customers that were written to and have not answered."""
    last_day: date


class CapacityLine(BaseModel):
    """What somebody looks after, beside what they can."""

    employee: Person
    customers: int
    """Their own, and those that they are asked to take over."""
    capacity: int | None
