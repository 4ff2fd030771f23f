"""What came after a notice, counted in the database: orders, conversations, attempts, defaults (S4.2, S3.5)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, case, func, select
from sqlmodel import Session

from domain.desk.access import Action
from domain.desk.orders import OrderState
from domain.desk.records import Outcome, RecordKind
from domain.timezones import end_of
from models.database import table
from models.desk import turnover
from models.desk.after_views import (
    ActorClass,
    AttemptsOf,
    DefaultedOrder,
    OrdersBy,
    Period,
    TalksBy,
)
from models.desk.figures import Amount, amount
from models.desk.order_tables import OrderStateChange
from models.desk.order_views import OfCustomer
from models.desk.trail_tables import Attempt, Communication, PortfolioEntry
from models.desk.views import Person
from models.tables import Account, CaseView

MOST_LISTED = 200
_PERIOD = "period"
"""Grouped by its name: PostgreSQL takes the expression with its parameters for another one."""
_ORDER, _CUSTOMER, _EMPLOYEE = turnover.ORDER, turnover.CUSTOMER, turnover.EMPLOYEE
_ENTRY, _TALK, _ATTEMPT = table(PortfolioEntry), table(Communication), table(Attempt)
_STEP, _ACCOUNT = table(OrderStateChange), table(Account)


@dataclass(frozen=True)
class Departed:
    """A case as these figures need it."""

    case_id: str
    employee_id: str
    arrived_at: datetime
    last_day: date
    zone: str

    @property
    def ended_at(self) -> datetime:
        """24:00 of the last day."""
        return end_of(self.last_day, self.zone)


def departed(view: CaseView) -> Departed:
    """The case, with days in the time zone by which it counts them."""
    plan = view.snapshot.get("plan") or {}
    zone = (plan.get("calendar") or {}).get("zone", "Asia/Shanghai")
    return Departed(view.case_id, view.employee_id, view.arrived_at, view.last_day, zone)


def portfolio(case_id: str) -> Subquery:
    """Every customer row that belongs to a firm of the portfolio: its `id` and the `firm`'s.

    One of the portfolio that was merged into another one of it is no firm of its own.
    """
    own = select(_ENTRY.c.record_id).where(_ENTRY.c.case_id == case_id, _ENTRY.c.kind == RecordKind.CUSTOMER.value)
    head = select(_CUSTOMER.c.id, _CUSTOMER.c.id.label("firm")).where(_CUSTOMER.c.id.in_(own))
    merged = select(_CUSTOMER.c.id, _CUSTOMER.c.merged_into.label("firm")).where(_CUSTOMER.c.merged_into.in_(own))
    return (
        head.where(_CUSTOMER.c.merged_into.is_(None) | _CUSTOMER.c.merged_into.not_in(own))
        .union_all(merged)
        .subquery("portfolio")
    )


def orders(session: Session, of: Departed) -> tuple[list[OrdersBy], list[OrdersBy]]:
    """Orders from the notice on: of the portfolio's customers, and the leaver's own for other customers."""
    theirs, people = portfolio(of.case_id), actors(session, of)
    within = _ORDER.c.customer_id.in_(select(theirs.c.id))
    counts = _ORDER.c.state.in_(turnover.STATES) & (_ORDER.c.placed_at >= of.arrived_at)
    leaver = [account for account, actor in people.items() if actor is ActorClass.LEAVER]
    return (
        _orders(session, of, people, counts & within),
        _orders(session, of, people, counts & _ORDER.c.placed_by.in_(leaver) & ~within),
    )


def _orders(
    session: Session, of: Departed, people: dict[str, ActorClass], condition: ColumnElement[bool]
) -> list[OrdersBy]:
    period = _period(_ORDER.c.placed_at, of)
    columns = (_ORDER.c.placed_by, _ORDER.c.incoming, period, _ORDER.c.currency)
    query = select(*columns, func.count(), func.sum(_ORDER.c.total)).where(condition)
    query = query.group_by(_ORDER.c.placed_by, _ORDER.c.incoming, _PERIOD, _ORDER.c.currency)
    found: dict[tuple[Period, ActorClass, str], list[int]] = defaultdict(lambda: [0, 0])
    for by, incoming, when, currency, count, value in session.execute(query):
        actor = ActorClass.CUSTOMER if incoming else people.get(by, ActorClass.OTHER)
        line = found[Period(when), actor, currency]
        line[0], line[1] = line[0] + count, line[1] + int(value)
    return [
        OrdersBy(actor=actor, period=when, orders=count, value=amount(value, currency))
        for (when, actor, currency), (count, value) in sorted(found.items(), key=_listed)
    ]


def communications(session: Session, of: Departed) -> list[TalksBy]:
    """Who of ours spoke with the portfolio's customers from the notice on."""
    theirs, known = portfolio(of.case_id), receivers(session, of.case_id)
    period = _period(_TALK.c.at, of)
    query = (
        select(_TALK.c.employee_id, period, func.count())
        .where(_TALK.c.customer_id.in_(select(theirs.c.id)), _TALK.c.at >= of.arrived_at)
        .group_by(_TALK.c.employee_id, _PERIOD)
    )
    found: dict[tuple[Period, ActorClass], int] = defaultdict(int)
    for employee, when, count in session.execute(query):
        found[Period(when), actor_class(employee, of, known)] += count
    return [
        TalksBy(actor=actor, period=when, communications=count)
        for (when, actor), count in sorted(found.items(), key=_listed)
    ]


def attempts(session: Session, case_id: str) -> list[AttemptsOf]:
    """What the leaver tried in notice, blocked and let through."""
    query = (
        select(_ATTEMPT.c.action, _ATTEMPT.c.outcome, func.count(), func.min(_ATTEMPT.c.at), func.max(_ATTEMPT.c.at))
        .where(_ATTEMPT.c.case_id == case_id)
        .group_by(_ATTEMPT.c.action, _ATTEMPT.c.outcome)
        .order_by(_ATTEMPT.c.action, _ATTEMPT.c.outcome)
    )
    return [
        AttemptsOf(action=Action(action), outcome=Outcome(outcome), attempts=count, first_at=first, last_at=last)
        for action, outcome, count, first, last in session.execute(query)
    ]


def defaulted(session: Session, of: Departed) -> tuple[list[DefaultedOrder], list[Amount]]:
    """Orders of the portfolio that were defaulted on from the notice on, the newest first, and what they were worth."""
    theirs = portfolio(of.case_id)
    happened = (
        (_STEP.c.to_state == OrderState.DEFAULTED.value)
        & (_STEP.c.at >= of.arrived_at)
        & _ORDER.c.customer_id.in_(select(theirs.c.id))
    )
    joined = _STEP.join(_ORDER, _ORDER.c.id == _STEP.c.order_id)
    sums = select(_ORDER.c.currency, func.sum(_ORDER.c.total)).select_from(joined).where(happened)
    sums = sums.group_by(_ORDER.c.currency).order_by(_ORDER.c.currency)
    named = joined.join(_CUSTOMER, _CUSTOMER.c.id == _ORDER.c.customer_id)
    named = named.join(_EMPLOYEE, _EMPLOYEE.c.id == _ORDER.c.owner)
    listed = (
        select(
            _ORDER.c.id,
            _ORDER.c.number,
            _ORDER.c.currency,
            _ORDER.c.total,
            _STEP.c.at,
            _STEP.c.reason,
            _CUSTOMER.c.id.label("customer_id"),
            _CUSTOMER.c.number.label("customer_number"),
            _CUSTOMER.c.name.label("customer"),
            _EMPLOYEE.c.number.label("owner_number"),
            _EMPLOYEE.c.name.label("owner"),
        )
        .select_from(named)
        .where(happened)
        .order_by(_STEP.c.at.desc(), _STEP.c.id.desc())
        .limit(MOST_LISTED)
    )
    rows = [_default(row, of) for row in session.execute(listed)]
    return rows, [amount(int(value), currency) for currency, value in session.execute(sums)]


def _default(row: Any, of: Departed) -> DefaultedOrder:
    return DefaultedOrder(
        order_id=row.id,
        number=row.number,
        customer=OfCustomer(id=row.customer_id, number=row.customer_number, name=row.customer),
        owner=Person(number=row.owner_number, name=row.owner),
        period=Period.NOTICE if row.at < of.ended_at else Period.AFTERWARDS,
        defaulted_at=row.at,
        reason=row.reason,
        value=amount(row.total, row.currency),
    )


def receivers(session: Session, case_id: str) -> set[str]:
    query = select(_ENTRY.c.receiver).where(_ENTRY.c.case_id == case_id, _ENTRY.c.receiver.is_not(None)).distinct()
    return set(session.execute(query).scalars())


def actors(session: Session, of: Departed) -> dict[str, ActorClass]:
    """The accounts of the leaver and the receivers."""
    known = receivers(session, of.case_id)
    query = select(_ACCOUNT.c.id, _ACCOUNT.c.employee_id)
    query = query.where(_ACCOUNT.c.employee_id.in_(sorted({of.employee_id, *known})))
    return {account: actor_class(employee, of, known) for account, employee in session.execute(query)}


def actor_class(employee: str | None, of: Departed, known: set[str]) -> ActorClass:
    if employee == of.employee_id:
        return ActorClass.LEAVER
    return ActorClass.RECEIVER if employee in known else ActorClass.OTHER


def _period(column: ColumnElement[Any], of: Departed) -> ColumnElement[str]:
    return case((column < of.ended_at, Period.NOTICE.value), else_=Period.AFTERWARDS.value).label(_PERIOD)


def _listed(item: tuple[tuple[Any, ...], Any]) -> tuple[Any, ...]:
    (when, actor, *rest), _ = item
    return (list(Period).index(when), list(ActorClass).index(actor), *rest)
