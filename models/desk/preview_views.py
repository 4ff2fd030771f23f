"""What a departure would orphan: the shape of the answer."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel, Field

from domain.desk.orders import OrderState
from models.desk.figures import Amount
from models.desk.views import Person


class TurnoverShare(BaseModel):
    """Turnover of the customers held now, over twelve months, in one currency."""

    turnover: Amount
    company: Amount
    team: Amount
    share_of_company: Decimal | None = Field(examples=["0.1834"])
    """Of 1, to four places; null if the company sold nothing in this currency."""
    share_of_team: Decimal | None


class LastContacts(BaseModel):
    """How many customers by how long ago anybody of ours last spoke with them, in days."""

    within_30: int
    within_90: int
    within_180: int
    longer_ago: int
    never: int


class CustomersHeld(BaseModel):
    customers: int
    without_contact: int
    """Nobody there is known."""
    with_one_contact: int
    turnover_from: date
    turnover_until: date
    turnover: list[TurnoverShare]
    last_contact: LastContacts


class OpenOrders(BaseModel):
    state: OrderState
    orders: int
    value: Amount


class OpenReceivables(BaseModel):
    receivables: int
    open: Amount
    """Still to come in."""
    overdue: int
    overdue_amount: Amount


class Asked(BaseModel):
    """What the person is asked for in running cases, by kind."""

    kind: str = Field(examples=["decide_clearance"])
    tasks: int
    next_due_at: datetime | None
    cases: list[str]
    """Up to 50 of them."""


class Part(BaseModel):
    """What the person is to running cases: `hr`, `witness`, `receiver` of everything, `receiver_of_customers`."""

    part: str
    cases: list[str]
    """Up to 50 of them."""
    count: int


class SystemHeld(BaseModel):
    system: str
    rights: list[str]
    frozen_on_notice: list[str]
    """What a freeze with a full basis would take away."""


class AskedDepartment(BaseModel):
    """A department that would have to confirm, and whom it would be asked of, level after level."""

    department: str
    levels: list[list[str]]
    quorum: int


class ChecklistPreview(BaseModel):
    """The checklist that would be chosen today, and who would have part in it, as names."""

    template: str
    version: int
    items: list[str]
    departments: list[AskedDepartment]
    witness: str
    security: list[str]
    counsel: list[str]


class Holdings(BaseModel):
    """Everything that would be left without somebody."""

    customers: CustomersHeld
    orders: list[OpenOrders]
    receivables: list[OpenReceivables]
    asked: list[Asked]
    parts: list[Part]
    entitlements: list[SystemHeld]
    reports: list[Person]
    """People who report to them directly."""
    heads: list[str]
    """Departments that they head."""
