"""What was said and filed, who looked, who tried what: append-only, all but the entries of a handover."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.desk.tables import new_id
from models.tables import instant


class Communication(SQLModel, table=True):
    """A call, mail, visit, message or order follow-up (S1.2)."""

    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    direction: str
    customer_id: str = Field(foreign_key="customer.id")
    contact_id: str | None = Field(default=None, foreign_key="contact.id")
    order_id: str | None = Field(default=None, foreign_key="sales_order.id", index=True)
    at: datetime = instant()
    """When it took place."""
    recorded_at: datetime = instant()
    by: str
    employee_id: str | None = Field(default=None, foreign_key="employee.id")
    """Who of ours spoke; empty for a system."""
    summary: str = Field(sa_type=Text)

    __table_args__ = (
        Index("communication_by_at", "at", "id"),
        Index("communication_by_customer", "customer_id", "at", "id"),
        Index("communication_by_employee", "employee_id", "at", "id"),
    )


class Attachment(SQLModel, table=True):
    """A file's bytes, once, under their hash. What it is called and holds is said where it is used."""

    sha256: str = Field(primary_key=True)
    size: int
    content: bytes = Field(sa_type=LargeBinary)
    at: datetime = instant()


class CommunicationAttachment(SQLModel, table=True):
    __tablename__ = "communication_attachment"
    communication_id: str = Field(primary_key=True, foreign_key="communication.id")
    sha256: str = Field(primary_key=True, foreign_key="attachment.sha256")
    name: str
    media_type: str
    at: datetime = instant()
    by: str


class CustomerDocument(SQLModel, table=True):
    """A contract, quotation or technical document of a customer."""

    __tablename__ = "customer_document"
    id: str = Field(primary_key=True, default_factory=new_id)
    customer_id: str = Field(foreign_key="customer.id")
    order_id: str | None = Field(default=None, foreign_key="sales_order.id", index=True)
    kind: str
    title: str
    name: str
    media_type: str
    sha256: str = Field(foreign_key="attachment.sha256")
    at: datetime = instant()
    by: str

    __table_args__ = (Index("customer_document_by_customer", "customer_id", "at", "id"),)


class RecordRead(SQLModel, table=True):
    """Who read or exported which record, or how many, and for what (S1.3)."""

    __tablename__ = "record_read"
    id: int | None = Field(default=None, primary_key=True)
    account: str
    employee_id: str | None = None
    at: datetime = instant()
    action: str
    """domain.desk.access.Action."""
    kind: str
    record_id: str = ""
    """The one record, or the customer whose records they were; empty for a list of everything within reach."""
    records: int = 1
    purpose: str

    __table_args__ = (
        Index("record_read_by_at", "at", "id"),
        Index("record_read_by_account", "account", "at", "id"),
        Index("record_read_by_employee", "employee_id", "action", "at"),
        Index("record_read_by_record", "record_id", "at", "id"),
    )


class Attempt(SQLModel, table=True):
    """What somebody without the right tried, and what somebody in notice did (S3.5): written by the gate itself."""

    __tablename__ = "desk_attempt"
    id: str = Field(primary_key=True, default_factory=new_id)
    account: str
    employee_id: str | None = None
    at: datetime = instant()
    action: str
    system: str
    right: str
    kind: str
    record_id: str = ""
    customer_id: str | None = None
    outcome: str
    """domain.desk.records.Outcome."""
    code: str = ""
    """Why it was refused."""
    case_id: str | None = None
    """The person's open case."""

    __table_args__ = (
        Index("desk_attempt_by_at", "at", "id"),
        Index("desk_attempt_by_employee", "employee_id", "at", "id"),
        Index("desk_attempt_by_case", "case_id", "at", "id"),
    )


class PortfolioEntry(SQLModel, table=True):
    """One customer, order or receivable of a leaver's portfolio, and where its handover stands (S1.4)."""

    __tablename__ = "portfolio_entry"
    case_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """`customer`, `order` or `receivable`."""
    record_id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customer.id")
    holder: str = Field(foreign_key="employee.id")
    """Whose it was when the notice arrived."""
    receiver: str | None = Field(default=None, foreign_key="employee.id")
    state: str
    """domain.desk.records.EntryState."""
    because: str = ""
    """Why this receiver, or none (domain.desk.assignment.AssignedBecause)."""
    reason: str = Field(default="", sa_type=Text)
    accepted_at: datetime | None = instant(default=None)
    """When its present receiver took it over."""
    at: datetime = instant()
    updated_at: datetime = instant()
    version: int = 1

    __table_args__ = (
        Index("portfolio_entry_by_record", "kind", "record_id", "at"),
        Index("portfolio_entry_by_customer", "customer_id"),
        Index("portfolio_entry_by_receiver", "receiver", "state", "case_id"),
        Index("portfolio_entry_by_state", "case_id", "state", "kind", "record_id"),
        Index("portfolio_entry_of_receiver", "case_id", "receiver", "kind", "record_id"),
    )
