"""What the operations of the desk share: parameters, and how a write is asked for."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from domain.desk.access import Scope
from domain.desk.masking import masked, masked_fields
from domain.desk.records import RecordKind
from models.accounts import Caller
from models.desk import customers
from models.desk.gate import Target
from models.desk.order_views import OfCustomer
from models.desk.scopes import Within, reached, within
from models.desk.tables import Contact, Customer, new_id
from models.desk.transactions import AT_WORK, Request
from models.desk.views import ContactView, Person
from models.fields import Key
from models.forms import LINE
from models.tables import Employee

Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]
RecordId = Annotated[Key, Path(examples=["019a3f5c2b7e4d1c8a90f3b2e6d75c41"])]
Purpose = Annotated[
    Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)],
    Query(description="What it is read for; kept in the log of reads.", examples=["答复客户催单"]),
]


def asked(caller: Caller, key: str, name: str, body: BaseModel) -> Request:
    """A write as its idempotency key stands for it."""
    return Request(caller, key, name, body.model_dump(mode="json", exclude_unset=True))


def person(employee: Employee) -> Person:
    return Person(number=employee.number, name=employee.name)


def of_customer(customer: Customer) -> OfCustomer:
    return OfCustomer(id=customer.id, number=customer.number, name=customer.name)


def hidden_from(session: Session, caller: Caller, owner: str, purpose: str) -> frozenset[str]:
    """Fields of a customer's people that the caller sees masked."""
    theirs = reached(session, within(session, Scope(top=caller.employee_id)), owner)
    return masked_fields(caller.roles, theirs=theirs, purpose_given=purpose != AT_WORK)


def dumped(status: int, answer: BaseModel) -> tuple[int, Any]:
    """An answer as it is remembered under its key."""
    return status, answer.model_dump(mode="json")


def held_customer(customer_id: str) -> Callable[[Session, Within], Target]:
    """Finds a customer to be changed."""

    def find(session: Session, mine: Within) -> Target:
        row = customers.held(session, mine, customer_id)
        return Target(RecordKind.CUSTOMER, row, row.id, row.id)

    return find


def added_to(customer_id: str, kind: RecordKind) -> Callable[[Session, Within], Target]:
    """Finds a customer to which something of this kind is added; `row` is the customer."""

    def find(session: Session, mine: Within) -> Target:
        row = customers.held(session, mine, customer_id, to_change=False)
        return Target(kind, row, new_id(), row.id, new=True)

    return find


def shown_contact(row: Contact, hidden: frozenset[str]) -> ContactView:
    """A contact as somebody sees it from whom these fields are hidden."""
    values = row.model_dump()
    return ContactView.model_validate({**values, **masked({name: values[name] for name in hidden}, hidden)})
