"""Customers as they are found: by reach, by number, by name, and as the family of a customer and its duplicates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from domain.desk.keys import name_key
from domain.errors import conflict, not_found
from models.desk.paging import Paged, page
from models.desk.people import id_of
from models.desk.scopes import Within
from models.desk.tables import Contact, Customer, CustomerNote, OwnershipChange, RecordChange
from models.tables import Account, Employee

_AFTER_ALL = "\U0010ffff"
"""Sorts behind every text that goes on after the one before it."""
_MOST_ALIKE = 50


@dataclass(frozen=True)
class CustomerFilter:
    """What a list of customers is narrowed to; `name` is how it begins, in whatever writing."""

    owner: str | None = None
    department: str | None = None
    status: str | None = None
    region: str | None = None
    name: str | None = None


def customers(session: Session, mine: Within, wanted: CustomerFilter, limit: int, cursor: str | None) -> Paged:
    """Rows of (Customer, its owner), by number, or by name if one is looked for."""
    query = (
        select(Customer, Employee)
        .join(Employee, col(Employee.id) == col(Customer.owner))
        .where(mine(Customer.owner), col(Customer.merged_into).is_(None))
    )
    if wanted.owner:
        query = query.where(Customer.owner == id_of(session, wanted.owner))
    for name in ("department", "status", "region"):
        if value := getattr(wanted, name):
            query = query.where(getattr(Customer, name) == value)
    if not wanted.name:
        return page(session, query, (col(Customer.number),), (str,), limit, cursor)
    begins = name_key(wanted.name)
    query = query.where(col(Customer.name_key) >= begins, col(Customer.name_key) < begins + _AFTER_ALL)
    return page(session, query, (col(Customer.name_key), col(Customer.id)), (str, str), limit, cursor)


def customer(session: Session, mine: Within, customer_id: str) -> tuple[Customer, Employee]:
    """A customer and its owner. Raises Refusal: one out of reach is not there."""
    found = session.exec(
        select(Customer, Employee)
        .join(Employee, col(Employee.id) == col(Customer.owner))
        .where(Customer.id == customer_id, mine(Customer.owner))
    ).one_or_none()
    if found is None:
        raise not_found("desk.customer_unknown")
    return found


def held(session: Session, mine: Within, customer_id: str, *, to_change: bool = True) -> Customer:
    """A customer within reach, locked: to be changed, or so that it stays as it is while something is added to it.

    Raises Refusal if it is out of reach, or was merged into another one.
    """
    query = select(Customer).where(Customer.id == customer_id, mine(Customer.owner))
    # NO KEY UPDATE: whoever merely refers to the customer need not wait.
    query = query.with_for_update(key_share=True) if to_change else query.with_for_update(read=True)
    found = session.exec(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise not_found("desk.customer_unknown")
    if found.merged_into is not None:
        raise conflict("desk.customer_merged", into=found.merged_into)
    return found


def family(session: Session, customer_id: str) -> list[str]:
    """The customer and all its duplicates: the history of one is the history of all."""
    duplicates = select(Customer.id).where(Customer.merged_into == customer_id)
    return [customer_id, *session.exec(duplicates).all()]


def original(session: Session, customer_id: str) -> str:
    """The customer of which this one is a duplicate, or itself."""
    into = session.exec(select(Customer.merged_into).where(Customer.id == customer_id)).one()
    return into or customer_id


def among(column: Any, ids: Sequence[str]) -> Any:
    """The condition that a column names one of these; said of a single one so that an index gives its order, too."""
    return column == ids[0] if len(ids) == 1 else column.in_(ids)


def contacts(session: Session, ids: Sequence[str]) -> list[Contact]:
    """The people at these customers, the first to ask first."""
    query = select(Contact).where(among(Contact.customer_id, ids))
    return list(session.exec(query.order_by(col(Contact.is_primary).desc(), col(Contact.id))).all())


def notes(session: Session, ids: Sequence[str], limit: int, cursor: str | None) -> Paged:
    """Rows of (CustomerNote, name of who wrote it), the newest first."""
    query = (
        select(CustomerNote, Account.name)
        .join(Account, col(Account.id) == col(CustomerNote.by))
        .where(among(CustomerNote.customer_id, ids))
    )
    place = (col(CustomerNote.at), col(CustomerNote.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def changes(session: Session, customer_id: str, limit: int, cursor: str | None) -> Paged:
    """Rows of (RecordChange, name of who made it): of the customer and whatever hangs on it, the newest first."""
    query = (
        select(RecordChange, Account.name)
        .join(Account, col(Account.id) == col(RecordChange.by))
        .where(RecordChange.customer_id == customer_id)
    )
    place = (col(RecordChange.at), col(RecordChange.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def owners(session: Session, customer_id: str, limit: int, cursor: str | None) -> Paged:
    """Rows of (OwnershipChange, name of who made it), the newest first."""
    query = (
        select(OwnershipChange, Account.name)
        .join(Account, col(Account.id) == col(OwnershipChange.by))
        .where(OwnershipChange.customer_id == customer_id)
    )
    place = (col(OwnershipChange.at), col(OwnershipChange.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def duplicates(
    session: Session, mine: Within, row: Customer, people: Sequence[Contact]
) -> list[tuple[Customer, Employee, tuple[str, ...]]]:
    """Rows of (Customer, its owner, tuple of why): others within reach that look like this one.

    Why: the same normalised `name`, or somebody with the same `phone` or `mail`; each is looked up in its own index.
    """
    phones = sorted({person.phone_key for person in people if person.phone_key})
    mails = sorted({person.mail_key for person in people if person.mail_key})
    others = select(Customer.id).where(Customer.id != row.id, col(Customer.merged_into).is_(None), mine(Customer.owner))
    through = others.join(Contact, col(Contact.customer_id) == col(Customer.id))
    looks = {
        "name": others.where(Customer.name_key == row.name_key),
        "phone": through.where(col(Contact.phone_key).in_(phones)) if phones else None,
        "mail": through.where(col(Contact.mail_key).in_(mails)) if mails else None,
    }
    why: dict[str, list[str]] = {}
    for reason, query in looks.items():
        if query is not None:
            for found in session.exec(query.distinct().limit(_MOST_ALIKE)).all():
                why.setdefault(found, []).append(reason)
    if not why:
        return []
    rows = session.exec(
        select(Customer, Employee)
        .join(Employee, col(Employee.id) == col(Customer.owner))
        .where(col(Customer.id).in_(sorted(why)))
        .order_by(col(Customer.number))
    ).all()
    return [(*found, tuple(why[found[0].id])) for found in rows]
