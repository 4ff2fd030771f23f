"""What the API shows: the shapes of its answers."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

from models.law_views import LawAnswer

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list. `next` goes into `cursor` for the next page; null on the last."""

    items: list[T]
    next: str | None = None


class CaseLine(BaseModel):
    """A case in a list."""

    case_id: str
    employee_id: str
    name: str
    """Of the leaver; empty once the file is only stored, but for counsel and auditors."""
    restricted: bool
    """The file is only stored, or erased already (PIP-04)."""
    department: str
    stage: Annotated[str, Field(examples=["handing_over"])]
    arrived_at: datetime
    last_day: date
    open: bool
    overdue: bool
    failing: bool
    """A connected system does not follow."""


class CaseDetail(CaseLine):
    """A case as far as the person asking may see it; what is not for them is absent."""

    version: int
    relations: list[str]
    """What the person asking is to this case."""
    case: dict[str, Any]
    law: list[LawAnswer]
    """What the law said of notice and freeze when the case opened; for whoever sees the whole case.

    The witness, who may not read the notice, sees no working that tells of its grounds.
    """
    tasks: list[dict[str, Any]]
    people: dict[str, str]
    """Names of the accounts mentioned."""
    temporal_url: str | None = None


class FactLine(BaseModel):
    """One entry of a case's evidence chain."""

    seq: int
    number: int | None
    """Within the workflow; null for what happened outside it."""
    kind: str
    at: datetime
    by: str
    by_name: str
    data: dict[str, Any]
    previous: str
    hash: str
    recorded_at: datetime


class NoticeOnFile(BaseModel):
    """The notice as it arrived; nothing of it is ever changed (NOT-07)."""

    case_id: str
    channel: Annotated[str, Field(examples=["email"])]
    text: str
    text_sha256: str
    """Of the text in UTF-8; the case's first fact carries it as well."""
    arrived_at: datetime
    """When it reached the company."""
    recorded_at: datetime
    """When it was registered here."""
    registered_by: str
    registered_by_name: str
    ending: Annotated[str, Field(examples=["resignation"])]
    grounds: list[str]
    initiator: str
    agreement: str
    not_fault_because: str
    requested_last_day: date | None


class InboxTask(BaseModel):
    """Something that waits for the person asking."""

    case_id: str
    key: str
    kind: Annotated[str, Field(examples=["decide_clearance"])]
    subject: str
    leaver_name: str
    due_at: datetime | None
    overdue: bool


class InboxMessage(BaseModel):
    """A message in the in-app inbox, in the reader's language."""

    id: int
    case_id: str
    kind: str
    title: str
    at: datetime
    read: bool
    mail: str


class EmployeeLine(BaseModel):
    id: str
    number: str
    name: str
    department: str
    job: str
    title: str
    manager: str | None
    active: bool


class EntitlementLine(BaseModel):
    system: str
    right: str
    active: bool
    frozen_on_notice: bool
    changed_at: datetime


class AccountLine(BaseModel):
    id: str
    login: str
    name: str
    email: str
    employee_id: str | None
    roles: list[str]
    language: str
    time_zone: str
    active: bool


class ChainCheck(BaseModel):
    """The result of recomputing a case's evidence chain."""

    case_id: str
    facts: int
    head: str
    intact: bool
    problems: list[str]
