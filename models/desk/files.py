"""Customers' files, looked at from the distance: one row a firm, with what is on file about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, exists, func, select
from sqlmodel import Session

from domain.desk import orders
from domain.desk.completeness import Criterion
from domain.desk.records import CommunicationKind
from models.database import table
from models.desk import turnover
from models.desk.scopes import Within
from models.desk.tables import Contact
from models.desk.trail_tables import Communication

_CUSTOMER, _ORDER = turnover.CUSTOMER, turnover.ORDER
_CONTACT, _TALK = table(Contact), table(Communication)
_OPEN = tuple(state.value for state in orders.OPEN)


def files(mine: Within, since: datetime, before: datetime | None = None) -> Subquery:
    """By firm: its owner, `contacts`, a column 0 or 1 for each criterion, and `asked` 0 or 1 for the last of them.

    Recent is what took place since `since`, and before `before`.
    """
    firms = turnover.firms(mine(_CUSTOMER.c.owner))
    people = select(func.count()).where(_CONTACT.c.customer_id == firms.c.id, _CONTACT.c.active).scalar_subquery()
    reachable = _CONTACT.c.active & ((_CONTACT.c.phone != "") | (_CONTACT.c.mail != ""))
    recent = (_TALK.c.customer_id == firms.c.id) & (_TALK.c.at >= since)
    if before is not None:
        recent &= _TALK.c.at < before
    followed = recent & (_TALK.c.kind == CommunicationKind.FOLLOW_UP.value)
    open_order = firms.c.id.in_(select(_ORDER.c.customer_id).where(_ORDER.c.state.in_(_OPEN)))
    each = (
        select(
            firms.c.firm,
            firms.c.owner,
            people.label("contacts"),
            _flag(exists().where(_CONTACT.c.customer_id == firms.c.id, reachable)).label("reachable"),
            _flag(_CUSTOMER.c.industry != "").label("industry"),
            _flag(exists().where(recent)).label("recent_contact"),
            _flag(open_order).label("asked"),
            _flag(exists().where(followed)).label("followed_up"),
        )
        .join_from(firms, _CUSTOMER, _CUSTOMER.c.id == firms.c.id)
        .subquery("each")
    )
    asked = func.max(each.c.asked)
    return (
        select(
            each.c.firm,
            each.c.owner,
            func.sum(each.c.contacts).label("contacts"),
            _flag(func.sum(each.c.contacts) > 0).label(Criterion.CONTACT.value),
            func.max(each.c.reachable).label(Criterion.REACHABLE.value),
            func.max(each.c.industry).label(Criterion.INDUSTRY.value),
            func.max(each.c.recent_contact).label(Criterion.RECENT_CONTACT.value),
            asked.label("asked"),
            (asked * func.max(each.c.followed_up)).label(Criterion.FOLLOWED_UP.value),
        )
        .group_by(each.c.firm, each.c.owner)
        .subquery("files")
    )


def asked_of(found: Subquery, criterion: Criterion) -> ColumnElement[bool]:
    """The condition that the criterion is asked of a file."""
    return found.c.asked == 1 if criterion is Criterion.FOLLOWED_UP else found.c.firm.is_not(None)


def by_owner(
    session: Session, mine: Within, since: datetime, before: datetime | None = None
) -> dict[str, dict[str, int]]:
    """By owner: the sums of all columns, `customers`, and `with_one_contact`."""
    found = files(mine, since, before)
    columns = (*(criterion.value for criterion in Criterion), "asked")
    sums = [func.sum(found.c[name]).label(name) for name in columns]
    one = func.sum(_flag(found.c.contacts == 1)).label("with_one_contact")
    query = select(found.c.owner, func.count().label("customers"), one, *sums).group_by(found.c.owner)
    return {owner: _numbers(row) for owner, row in _keyed(session.execute(query).mappings())}


def _keyed(rows: Iterable[Any]) -> list[tuple[str, Any]]:
    return [(row["owner"], row) for row in rows]


def _numbers(row: Any) -> dict[str, int]:
    return {name: int(value) for name, value in row.items() if name != "owner"}


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
