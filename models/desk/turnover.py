"""Turnover in the database: sums of orders by whose customers they are, each currency by itself.

A customer that was found to be a duplicate counts as the one that it was merged into: the same firm is nobody's twice.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, select, union_all
from sqlmodel import Session

from domain.desk.turnover import COUNTED, Days
from models.database import table
from models.desk.order_tables import SalesOrder
from models.desk.scopes import Within
from models.desk.tables import Customer
from models.tables import Employee

ORDER, CUSTOMER, EMPLOYEE = table(SalesOrder), table(Customer), table(Employee)
STATES = tuple(state.value for state in COUNTED)
Sums = dict[str, int]
"""By currency, in its smallest unit."""


def placed_within(days: Days, zone: str) -> ColumnElement[bool]:
    """The condition that an order counts for the turnover of these days."""
    counts = ORDER.c.state.in_(STATES)
    return counts & (ORDER.c.placed_at >= days.starts(zone)) & (ORDER.c.placed_at < days.ends(zone))


def firms(owners: ColumnElement[bool] | None = None) -> Subquery:
    """Every customer row's `id`, the `firm` it stands for, and the firm's `owner`; or only those of these owners.

    `owners` is a condition on CUSTOMER.c.owner.
    """
    head = CUSTOMER.alias("head")
    own = select(CUSTOMER.c.id, CUSTOMER.c.id.label("firm"), CUSTOMER.c.owner).where(CUSTOMER.c.merged_into.is_(None))
    merged = select(head.c.id, CUSTOMER.c.id.label("firm"), CUSTOMER.c.owner).join_from(
        CUSTOMER, head, head.c.merged_into == CUSTOMER.c.id
    )
    if owners is not None:
        own, merged = own.where(owners), merged.where(owners)
    return union_all(own, merged).subquery("firms")


def of_company(session: Session, days: Days, zone: str) -> Sums:
    """The whole company's turnover."""
    return _sums(session, _by_currency().where(placed_within(days, zone)))


def of_owner(session: Session, owner: str, days: Days, zone: str) -> Sums:
    """The turnover of the customers that an employee holds now, whoever took their orders."""
    return _of(session, CUSTOMER.c.owner == owner, days, zone)


def of_team(session: Session, department: str, days: Days, zone: str) -> Sums:
    """The turnover of the customers that the people of a department hold now."""
    team = select(EMPLOYEE.c.id).where(EMPLOYEE.c.department == department)
    return _of(session, CUSTOMER.c.owner.in_(team), days, zone)


def by_owner(session: Session, mine: Within, days: Days, zone: str) -> dict[str, Sums]:
    """By whoever holds the customers now, of those within reach."""
    theirs = firms(mine(CUSTOMER.c.owner))
    query = (
        select(theirs.c.owner, ORDER.c.currency, func.sum(ORDER.c.total))
        .join_from(ORDER, theirs, theirs.c.id == ORDER.c.customer_id)
        .where(placed_within(days, zone))
        .group_by(theirs.c.owner, ORDER.c.currency)
    )
    found: dict[str, Sums] = defaultdict(dict)
    for owner, currency, total in session.connection().execute(query):
        found[owner][currency] = int(total)
    return found


def _of(session: Session, owners: ColumnElement[bool], days: Days, zone: str) -> Sums:
    theirs = firms(owners)
    query = _by_currency().join(theirs, theirs.c.id == ORDER.c.customer_id).where(placed_within(days, zone))
    return _sums(session, query)


def _by_currency() -> Select[Any]:
    return select(ORDER.c.currency, func.sum(ORDER.c.total)).select_from(ORDER).group_by(ORDER.c.currency)


def _sums(session: Session, query: Select[Any]) -> Sums:
    return {currency: int(total) for currency, total in session.connection().execute(query)}
