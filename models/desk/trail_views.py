"""What the desk shows of conversations, files, carriers, money owed, and of who looked and who tried."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from domain.desk.records import CommunicationKind, Direction, DocumentKind, Outcome, ReceivableState
from models.desk.order_views import OfCustomer
from models.desk.views import Person


class AttachmentLine(BaseModel):
    """A file beside a communication, by its SHA-256."""

    sha256: str
    name: str
    media_type: str


class CommunicationLine(BaseModel):
    id: str
    kind: CommunicationKind
    direction: Direction
    customer: OfCustomer
    contact_id: str | None
    order_id: str | None
    at: datetime
    recorded_at: datetime
    by: str
    by_name: str
    summary: str
    attachments: list[AttachmentLine]


class Filed(BaseModel):
    """A file that was taken in."""

    id: str
    sha256: str
    size: int


class CustomerDocumentLine(BaseModel):
    id: str
    customer_id: str
    order_id: str | None
    kind: DocumentKind
    title: str
    name: str
    media_type: str
    sha256: str
    at: datetime
    by: str
    by_name: str


class ReceivableLine(BaseModel):
    """Money that a customer owes; amounts are exact decimals, as text."""

    id: str
    number: str
    customer: OfCustomer
    order_id: str | None
    owner: Person
    currency: str
    amount: Decimal
    paid: Decimal
    issued_on: date
    due_on: date
    state: ReceivableState
    paid_on: date | None
    version: int


class PaymentLine(BaseModel):
    id: str
    amount: Decimal
    currency: str
    received_on: date
    reference: str
    at: datetime
    by: str


class ReceivableDetail(ReceivableLine):
    payments: list[PaymentLine]


class CarrierLine(BaseModel):
    id: str
    number: str
    name: str
    service: str
    contact_name: str
    phone: str
    mail: str
    terms: str
    active: bool
    updated_at: datetime
    version: int


class ReadLine(BaseModel):
    """Somebody read or exported something."""

    id: int
    account: str
    account_name: str
    at: datetime
    action: str
    kind: str
    record_id: str
    records: int
    purpose: str


class AttemptLine(BaseModel):
    """Somebody tried something without the right to it, or did something in notice."""

    id: str
    account: str
    account_name: str
    at: datetime
    action: str
    system: str
    right: str
    kind: str
    record_id: str
    customer_id: str | None
    outcome: Outcome
    code: str
    case_id: str | None
