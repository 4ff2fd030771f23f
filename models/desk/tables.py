"""Tables of the desk: customers, their people, and the history of who they belonged to. No methods, no rules.

Customers and all that hangs on them belong to the company (S1.1): no row is ever deleted, and the database itself lets
histories only grow. `owner` is always an employee's id, `by` an account's.
"""

import secrets
import time
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, String, Text, text
from sqlmodel import Field, SQLModel

from models.tables import instant

BY_CODE_POINT = String().with_variant(String(collation="C"), "postgresql")
"""Normalised keys are compared by code point on every database, so that an index finds what begins with something."""

_MERGED = text("merged_into IS NOT NULL")
"""Nearly no customer is a duplicate."""


def new_id() -> str:
    """An opaque id that sorts by the millisecond it was made in: rows made together lie together in their indexes."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Customer(SQLModel, table=True):
    id: str = Field(primary_key=True, default_factory=new_id)
    number: str = Field(unique=True)
    """The company's own."""
    name: str
    name_key: str = Field(sa_type=BY_CODE_POINT)
    """The name as duplicates are found by (domain.desk.keys)."""
    industry: str = ""
    region: str = ""
    city: str = ""
    address: str = ""
    source: str = ""
    status: str
    owner: str = Field(foreign_key="employee.id")
    department: str = Field(foreign_key="department.key")
    """The owner's team when it became theirs."""
    merged_into: str | None = Field(default=None, foreign_key="customer.id")
    """The customer that this one was a duplicate of; its own history stays where it is. Never a chain."""
    created_at: datetime = instant()
    created_by: str
    updated_at: datetime = instant()
    version: int = 1

    __table_args__ = (
        Index("customer_by_owner", "owner", "number"),
        Index("customer_by_department", "department", "number"),
        Index("customer_by_status", "status", "number"),
        Index("customer_by_region", "region", "number"),
        Index("customer_by_name", "name_key", "id"),
        Index("customer_merged", "merged_into", sqlite_where=_MERGED, postgresql_where=_MERGED),
    )


class Contact(SQLModel, table=True):
    """A person at a customer. Who has left there is marked so, and stays."""

    id: str = Field(primary_key=True, default_factory=new_id)
    customer_id: str = Field(foreign_key="customer.id", index=True)
    name: str
    title: str = ""
    phone: str = ""
    phone_key: str | None = Field(default=None, index=True)
    mail: str = ""
    mail_key: str | None = Field(default=None, index=True)
    message_id: str = ""
    """Where messages reach them, such as a WeChat id."""
    preferences: str = Field(default="", sa_type=Text)
    is_primary: bool = False
    active: bool = True
    created_at: datetime = instant()
    created_by: str
    updated_at: datetime = instant()
    version: int = 1


class CustomerNote(SQLModel, table=True):
    """Preferences, the history of cooperation, whatever is worth knowing; append-only."""

    __tablename__ = "customer_note"
    id: str = Field(primary_key=True, default_factory=new_id)
    customer_id: str = Field(foreign_key="customer.id")
    kind: str
    text: str = Field(sa_type=Text)
    at: datetime = instant()
    by: str

    __table_args__ = (Index("customer_note_by_customer", "customer_id", "at", "id"),)


class OwnershipChange(SQLModel, table=True):
    """A customer, order or receivable got another owner; append-only."""

    __tablename__ = "ownership_change"
    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    """`customer`, `order` or `receivable`."""
    record_id: str
    customer_id: str = Field(foreign_key="customer.id")
    from_owner: str
    to_owner: str
    reason: str
    by: str
    at: datetime = instant()
    case_id: str | None = None
    """The departure that moved it; empty if a manager did."""

    __table_args__ = (
        Index("ownership_change_by_customer", "customer_id", "at", "id"),
        Index("ownership_change_by_record", "record_id", "at", "id"),
        Index("ownership_change_by_from", "from_owner", "at"),
        Index("ownership_change_by_to", "to_owner", "at"),
        Index("ownership_change_by_case", "case_id", "record_id"),
    )


class RecordChange(SQLModel, table=True):
    """What a record said before it was changed: so that nothing is lost by overwriting it. Append-only."""

    __tablename__ = "record_change"
    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    record_id: str
    customer_id: str | None = None
    changes: Any = Field(sa_column=Column(JSON, nullable=False))
    """By field: what it was and what it is now."""
    at: datetime = instant()
    by: str

    __table_args__ = (
        Index("record_change_by_record", "record_id", "at", "id"),
        Index("record_change_by_customer", "customer_id", "at", "id"),
        Index("record_change_by_person", "by", "at"),
    )


class Carrier(SQLModel, table=True):
    """Who carries goods for the company (logistics); orders name theirs."""

    id: str = Field(primary_key=True, default_factory=new_id)
    number: str = Field(unique=True)
    name: str
    service: str = ""
    """What they carry, and where: road freight, express, customs …"""
    contact_name: str = ""
    phone: str = ""
    mail: str = ""
    terms: str = Field(default="", sa_type=Text)
    """Rates and conditions in words."""
    active: bool = True
    created_at: datetime = instant()
    created_by: str
    updated_at: datetime = instant()
    version: int = 1
