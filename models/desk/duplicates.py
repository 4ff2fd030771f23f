"""Customers that look alike, throughout one's reach: a list to work off. Only a person merges them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col
from sqlmodel import select as rows_of

from models.desk import people
from models.desk.paging import page
from models.desk.scopes import Within
from models.desk.tables import Contact, Customer
from models.tables import Employee

_OTHER: Any = aliased(Customer)
_PERSON: Any = aliased(Contact)
_OTHER_PERSON: Any = aliased(Contact)


class Alike(NamedTuple):
    """A customer that looks like one before it, and why: the same `name`, `phone` or `mail`, however written."""

    customer: Customer
    owner: Employee
    same: tuple[str, ...]


def alike(
    session: Session, mine: Within, limit: int, cursor: str | None
) -> tuple[list[tuple[Customer, Employee, list[Alike]]], str | None]:
    """A page of customers, by number, each with those of higher numbers that look like it: so no pair is told twice.

    Every look-up is by an index; what a page finds takes one query for each reason, however many customers it has.
    """
    here = (mine(Customer.owner), col(Customer.merged_into).is_(None))
    query = (
        rows_of(Customer, Employee)
        .join(Employee, col(Employee.id) == col(Customer.owner))
        .where(*here, or_(*(_exists(reason, mine) for reason in _REASONS)))
    )
    rows, after = page(session, query, (col(Customer.number),), (str,), limit, cursor)
    found = _found(session, mine, [customer.id for customer, _ in rows])
    return [(customer, owner, found[customer.id]) for customer, owner in rows], after


def _behind(mine: Within) -> Any:
    """Another customer within reach, and not before this one."""
    return and_(_OTHER.number > Customer.number, _OTHER.merged_into.is_(None), mine(_OTHER.owner))


def _same_person(key: str) -> Any:
    return and_(
        _PERSON.customer_id == Customer.id,
        _OTHER_PERSON.customer_id == _OTHER.id,
        getattr(_PERSON, key) == getattr(_OTHER_PERSON, key),
    )


_REASONS = {
    "name": _OTHER.name_key == Customer.name_key,
    "phone": _same_person("phone_key"),
    "mail": _same_person("mail_key"),
}


def _exists(reason: str, mine: Within) -> Any:
    looks = exists().where(_REASONS[reason], _behind(mine))
    return looks.correlate(Customer)


def _found(session: Session, mine: Within, ids: Sequence[str]) -> dict[str, list[Alike]]:
    if not ids:
        return {}
    whys: dict[str, dict[str, list[str]]] = {number: {} for number in ids}
    for reason, same in _REASONS.items():
        pairs = select(col(Customer.id), _OTHER.id).where(col(Customer.id).in_(ids), same, _behind(mine))
        for one, other in session.execute(pairs.distinct()):
            whys[one].setdefault(other, []).append(reason)
    others = {other for found in whys.values() for other in found}
    rows = {row.id: row for row in session.exec(rows_of(Customer).where(col(Customer.id).in_(others))).all()}
    owners = people.by_id(session, {row.owner for row in rows.values()})

    def alike(other: str, same: list[str]) -> Alike:
        return Alike(rows[other], owners[rows[other].owner], tuple(same))

    return {
        one: sorted((alike(other, same) for other, same in found.items()), key=_number) for one, found in whys.items()
    }


def _number(found: Alike) -> str:
    return found.customer.number
