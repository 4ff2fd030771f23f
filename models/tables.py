"""The tables. No methods, no rules: what they mean is decided elsewhere. All SQL that reads them is in `queries`."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.database import UtcDateTime


def instant(**options: Any) -> Any:
    """A column that holds an instant."""
    return Field(sa_type=UtcDateTime, **options)


class Department(SQLModel, table=True):
    key: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    head: str | None = None
    """Employee number of the head."""


class Employee(SQLModel, table=True):
    id: str = Field(primary_key=True)
    number: str = Field(unique=True)
    name: str
    department: str = Field(foreign_key="department.key", index=True)
    job: str
    """Key of the job, for the choice of a checklist template."""
    title: str = ""
    manager: str | None = Field(default=None, index=True)
    """Employee number of the manager."""
    hired_on: date
    probation_until: date | None = None
    time_zone: str = "Asia/Shanghai"
    active: bool = True


class Account(SQLModel, table=True):
    id: str = Field(primary_key=True)
    login: str = Field(unique=True)
    password_hash: str
    employee_id: str | None = Field(default=None, foreign_key="employee.id", unique=True)
    name: str
    email: str = ""
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    language: str = "zh"
    time_zone: str = "Asia/Shanghai"
    active: bool = True
    failed_sign_ins: int = 0
    locked_until: datetime | None = instant(default=None)


class AccessToken(SQLModel, table=True):
    __tablename__ = "access_token"
    hash: str = Field(primary_key=True)
    account: str = Field(foreign_key="account.id", index=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)


class IdempotentRequest(SQLModel, table=True):
    __tablename__ = "idempotent_request"
    account: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    digest: str
    status: int | None = None
    response: Any = Field(default=None, sa_column=Column(JSON))
    created_at: datetime = instant(index=True)


class ConnectedSystem(SQLModel, table=True):
    __tablename__ = "connected_system"
    key: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    connector: str
    """`wanbi`: Wanbi's own entitlement store; `webhook`: another system, over signed HTTP."""
    url: str = ""
    secret: str = ""
    """Name of the setting that holds the webhook's secret; the secret itself is never stored here."""


class SystemRight(SQLModel, table=True):
    __tablename__ = "system_right"
    system: str = Field(primary_key=True, foreign_key="connected_system.key")
    right: str = Field(primary_key=True)
    name_zh: str
    name_en: str
    frozen_on_notice: bool = False
    protects_data: bool = False
    """Taking it away stops no work, but protects data (FRZ-05): mass export, others' customers, administration."""


class Entitlement(SQLModel, table=True):
    employee_id: str = Field(primary_key=True, foreign_key="employee.id")
    system: str = Field(primary_key=True, foreign_key="connected_system.key")
    right: str = Field(primary_key=True)
    active: bool = True
    changed_at: datetime = instant()
    changed_by: str = ""
    """Idempotency key of the effect that changed it last."""


class Template(SQLModel, table=True):
    """A checklist template; a published version never changes."""

    __tablename__ = "checklist_template"
    key: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    industry: str
    body: Any = Field(sa_column=Column(JSON, nullable=False))
    published_at: datetime = instant()


class Notice(SQLModel, table=True):
    """A resignation as it arrived (NOT-07): never changed, but for the mark that its case was started."""

    case_id: str = Field(primary_key=True)
    employee_id: str = Field(foreign_key="employee.id", index=True)
    arrived_at: datetime = instant()
    recorded_at: datetime = instant()
    channel: str
    text: str = Field(sa_type=Text)
    text_sha256: str
    requested_last_day: date | None = None
    receiver: str = ""
    registered_by: str
    ending: str = "resignation"
    """How the employment ends (domain.law.endings)."""
    grounds: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    """Of art. 38, if the employer's fault ends it."""
    initiator: str = ""
    """Who proposed to part, if both sides agree."""
    agreement: str = ""
    """Where the agreement to part is filed."""
    not_fault_because: str = ""
    """Why words that sound like the employer's fault don't mean it; who registered the notice answers for it."""
    started_at: datetime | None = instant(default=None)
    open_for: str | None = Field(default=None, unique=True)
    """The employee while the case is open, else empty: one open case a person, kept by the database itself."""

    __table_args__ = (Index("notice_waiting", "started_at", "recorded_at"),)


class CaseView(SQLModel, table=True):
    """The read model of a case: the latest snapshot that its workflow wrote, and the columns that lists need."""

    __tablename__ = "case_view"
    case_id: str = Field(primary_key=True)
    employee_id: str
    department: str
    leaver: str
    hr: str
    stage: str
    arrived_at: datetime = instant()
    last_day: date
    closed_at: datetime | None = instant(default=None)
    next_due_at: datetime | None = instant(default=None)
    """When the first open task is late; lists compare it with now."""
    failing: bool = False
    restricted: bool = False
    """True once the file is only stored (PIP-04)."""
    open: bool = True
    version: int
    snapshot: Any = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = instant()

    __table_args__ = (
        Index("case_by_last_day", "last_day", "case_id"),
        Index("case_by_arrival", "arrived_at", "case_id"),
        Index("case_by_stage_last_day", "stage", "last_day", "case_id"),
        Index("case_by_stage_arrival", "stage", "arrived_at", "case_id"),
        Index("case_by_department_last_day", "department", "last_day", "case_id"),
        Index("case_by_department_arrival", "department", "arrived_at", "case_id"),
        Index("case_by_open_last_day", "open", "last_day", "case_id"),
        Index("case_by_open_arrival", "open", "arrived_at", "case_id"),
    )


class Participant(SQLModel, table=True):
    """Who takes part in a case, now or earlier; they may see their part of it. The rest is copied for their lists."""

    account: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    last_day: date
    arrived_at: datetime = instant()
    open: bool = True

    __table_args__ = (
        Index("participant_by_last_day", "account", "last_day", "case_id"),
        Index("participant_by_arrival", "account", "arrived_at", "case_id"),
        Index("participant_by_open_last_day", "account", "open", "last_day", "case_id"),
        Index("participant_by_open_arrival", "account", "open", "arrived_at", "case_id"),
        Index("participant_by_case", "case_id"),
    )


class TaskRow(SQLModel, table=True):
    """What waits for whom; replaced with every snapshot."""

    __tablename__ = "task"
    account: str = Field(primary_key=True)
    case_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    kind: str
    subject: str
    due_at: datetime = instant()
    """Tasks without a date sort last, at the end of time."""
    has_due: bool = True

    __table_args__ = (
        Index("task_inbox", "account", "due_at", "case_id", "key"),
        Index("task_by_case", "case_id"),
    )


class FactRow(SQLModel, table=True):
    """The ledger: append-only (the database refuses DELETE, and UPDATE but to erase content), hash-chained per case."""

    __tablename__ = "fact"
    case_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    number: int | None = None
    """Number within the workflow; empty for facts from elsewhere."""
    kind: str
    at: datetime = instant()
    by: str = ""
    data: Any = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    previous: str
    hash: str
    recorded_at: datetime = instant()

    __table_args__ = (Index("fact_by_number", "case_id", "number"),)


class UsedProof(SQLModel, table=True):
    """A decision token that was used, and the fact it led to."""

    __tablename__ = "used_proof"
    id: str = Field(primary_key=True)
    case_id: str
    number: int


class NotificationRow(SQLModel, table=True):
    """One message to one person: the in-app inbox, and the outgoing mail with its delivery."""

    __tablename__ = "notification"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    account: str = Field(foreign_key="account.id")
    case_id: str
    kind: str
    subjects: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    at: datetime = instant()
    read_at: datetime | None = instant(default=None)
    mail: str = "none"
    """`none`, `waiting`, `sent`, `failed`."""
    mail_attempts: int = 0
    mail_at: datetime | None = instant(default=None)
    """When to try next, or when it was sent."""
    mail_error: str = ""

    __table_args__ = (
        Index("notification_inbox", "account", "at", "id"),
        Index("notification_mail", "mail", "mail_at"),
    )


class Document(SQLModel, table=True):
    """A document's exact bytes; never changed."""

    id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    kind: str
    media_type: str
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
    at: datetime = instant()


class Seal(SQLModel, table=True):
    """How a signed document was closed: the statement of all parties, and its keyed hash."""

    document_id: str = Field(primary_key=True, foreign_key="document.id")
    statement: str = Field(sa_type=Text)
    mac: str
    at: datetime = instant()


class EffectRow(SQLModel, table=True):
    """Effects that Wanbi's own entitlement store carried out, once a key."""

    __tablename__ = "effect"
    key: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    employee_id: str
    system: str
    operation: str
    at: datetime = instant()
