"""What the desk shows of customers: the shapes of its answers."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from domain.desk.records import CustomerStatus, NoteKind


class Person(BaseModel):
    """One of ours."""

    number: str
    name: str


class CustomerLine(BaseModel):
    """A customer in a list."""

    id: str
    number: str
    name: str
    industry: str
    region: str
    city: str
    status: CustomerStatus
    owner: Person
    department: str
    updated_at: datetime
    version: int


class ContactView(BaseModel):
    """A person at a customer; what the reader does not need is masked with stars."""

    id: str
    name: str
    title: str
    phone: str
    mail: str
    message_id: str
    preferences: str
    is_primary: bool
    active: bool
    version: int


class CustomerDetail(CustomerLine):
    """A customer with its people, also those of its duplicates."""

    address: str
    source: str
    merged_into: str | None
    created_at: datetime
    contacts: list[ContactView]
    masked: list[str]
    """Fields of the contacts that this reader sees masked."""


class DuplicateLine(BaseModel):
    """A customer that looks like another one, and why."""

    id: str
    number: str
    name: str
    owner: Person
    same: list[str]
    """What is the same, however it is written: `name`, `phone`, `mail`."""


class LookAlikes(BaseModel):
    """A customer, and those of higher numbers that look like the same one."""

    id: str
    number: str
    name: str
    owner: Person
    alike: list[DuplicateLine]


class CustomerAdded(BaseModel):
    id: str
    number: str
    version: int
    possible_duplicates: list[DuplicateLine]
    """Others within reach that look like the same customer. Nothing is merged unless a person does it."""


class Written(BaseModel):
    """What was written."""

    id: str
    version: int = 1


class NoteLine(BaseModel):
    id: str
    customer_id: str
    kind: NoteKind
    text: str
    at: datetime
    by: str
    by_name: str


class ChangeLine(BaseModel):
    """A change of a record: by field, what it was and what it became."""

    id: str
    kind: str
    record_id: str
    changes: dict[str, tuple[Any, Any]]
    at: datetime
    by: str
    by_name: str


class OwnershipLine(BaseModel):
    """Somebody got a customer, an order or a receivable of somebody else's."""

    id: str
    kind: str
    record_id: str
    from_owner: Person
    to_owner: Person
    reason: str
    at: datetime
    by: str
    by_name: str
    case_id: str | None


class Reassigned(BaseModel):
    customers: int
    orders: int
    receivables: int
