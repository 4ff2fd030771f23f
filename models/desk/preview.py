"""What a departure would orphan, as the records stand now (N8). All SQL of the dry run; it changes nothing."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from domain.desk import orders
from domain.desk.orders import OrderState
from domain.desk.records import EntryState, ReceivableState
from domain.desk.turnover import share, twelve_months_until
from models import queries
from models.database import table
from models.desk import turnover
from models.desk.figures import amount, shown_share, zone
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.preview_views import (
    Asked,
    CustomersHeld,
    Holdings,
    LastContacts,
    OpenOrders,
    OpenReceivables,
    Part,
    SystemHeld,
    TurnoverShare,
)
from models.desk.tables import Contact
from models.desk.trail_tables import Communication, PortfolioEntry
from models.desk.views import Person
from models.projection import END_OF_TIME
from models.tables import Account, CaseView, Department, Employee, TaskRow

MOST_NAMED = 50
_ORDER, _RECEIVABLE, _CONTACT = table(SalesOrder), table(Receivable), table(Contact)
_TALK, _TASK, _VIEW, _ENTRY = table(Communication), table(TaskRow), table(CaseView), table(PortfolioEntry)
_ACCOUNT, _STAFF, _DEPARTMENT = table(Account), table(Employee), table(Department)
_UNFINISHED = (EntryState.PROPOSED.value, EntryState.ACCEPTED.value, EntryState.WAITING.value)


def holdings(session: Session, employee: Employee, now: datetime, today: date) -> Holdings:
    """Everything the employee holds, and every place where people wait for them."""
    account = session.execute(select(_ACCOUNT.c.id).where(_ACCOUNT.c.employee_id == employee.id)).scalar()
    return Holdings(
        customers=_customers(session, employee, now, today),
        orders=_orders(session, employee.id),
        receivables=_receivables(session, employee.id, today),
        asked=_asked(session, account) if account else [],
        parts=_parts(session, account, employee.id),
        entitlements=_entitlements(session, employee.id),
        reports=_reports(session, employee.number),
        heads=_heads(session, employee.number),
    )


def _customers(session: Session, employee: Employee, now: datetime, today: date) -> CustomersHeld:
    theirs = turnover.firms(turnover.CUSTOMER.c.owner == employee.id)
    last = select(func.max(_TALK.c.at)).where(_TALK.c.customer_id == theirs.c.id).scalar_subquery()
    people = select(func.count()).where(_CONTACT.c.customer_id == theirs.c.id, _CONTACT.c.active).scalar_subquery()
    each = (
        select(func.max(last).label("last"), func.sum(people).label("people"))
        .select_from(theirs)
        .group_by(theirs.c.firm)
        .subquery()
    )
    ages = [now - timedelta(days=days) for days in (30, 90, 180)]
    counted = session.execute(
        select(
            func.count(),
            *(_count(each.c.people == number) for number in (0, 1)),
            *(_count(each.c.last >= since) for since in ages),
            _count(each.c.last.is_(None)),
        ).select_from(each)
    ).one()
    customers, none, one, in_30, in_90, in_180, never = (int(value or 0) for value in counted)
    year = twelve_months_until(today)
    return CustomersHeld(
        customers=customers,
        without_contact=none,
        with_one_contact=one,
        turnover_from=year.first,
        turnover_until=year.last,
        turnover=_turnover(session, employee, today),
        last_contact=LastContacts(
            within_30=in_30,
            within_90=in_90 - in_30,
            within_180=in_180 - in_90,
            longer_ago=customers - never - in_180,
            never=never,
        ),
    )


def _turnover(session: Session, employee: Employee, today: date) -> list[TurnoverShare]:
    year, here = twelve_months_until(today), zone()
    own = turnover.of_owner(session, employee.id, year, here)
    if not own:
        return []
    team = turnover.of_team(session, employee.department, year, here)
    company = turnover.of_company(session, year, here)
    return [
        TurnoverShare(
            turnover=amount(sold, currency),
            company=amount(company[currency], currency),
            team=amount(team[currency], currency),
            share_of_company=shown_share(share(sold, company[currency])),
            share_of_team=shown_share(share(sold, team[currency])),
        )
        for currency, sold in sorted(own.items())
    ]


def _orders(session: Session, owner: str) -> list[OpenOrders]:
    states = [state.value for state in orders.OPEN]
    query = (
        select(_ORDER.c.state, _ORDER.c.currency, func.count(), func.sum(_ORDER.c.total))
        .where(_ORDER.c.owner == owner, _ORDER.c.state.in_(states))
        .group_by(_ORDER.c.state, _ORDER.c.currency)
    )
    found = [
        OpenOrders(state=OrderState(state), orders=count, value=amount(int(value), currency))
        for state, currency, count, value in session.execute(query)
    ]
    return sorted(found, key=lambda line: (states.index(line.state), line.value.currency))


def _receivables(session: Session, owner: str, today: date) -> list[OpenReceivables]:
    left, late = _RECEIVABLE.c.amount - _RECEIVABLE.c.paid, _RECEIVABLE.c.due_on < today
    query = (
        select(
            _RECEIVABLE.c.currency,
            func.count(),
            func.sum(left),
            _count(late),
            func.sum(case((late, left), else_=0)),
        )
        .where(_RECEIVABLE.c.owner == owner, _RECEIVABLE.c.state == ReceivableState.OPEN.value)
        .group_by(_RECEIVABLE.c.currency)
        .order_by(_RECEIVABLE.c.currency)
    )
    return [
        OpenReceivables(
            receivables=count,
            open=amount(int(open_), currency),
            overdue=int(overdue),
            overdue_amount=amount(int(overdue_sum), currency),
        )
        for currency, count, open_, overdue, overdue_sum in session.execute(query)
    ]


def _asked(session: Session, account: str) -> list[Asked]:
    """Tasks of closed cases are there, too: their aftercare asks for them."""
    query = select(_TASK.c.kind, _TASK.c.case_id, _TASK.c.due_at).where(_TASK.c.account == account)
    rows = session.execute(query.order_by(_TASK.c.kind, _TASK.c.due_at, _TASK.c.case_id)).all()
    found = []
    for kind in dict.fromkeys(row.kind for row in rows):
        mine = [row for row in rows if row.kind == kind]
        due = mine[0].due_at if mine[0].due_at < END_OF_TIME else None
        cases = list(dict.fromkeys(row.case_id for row in mine))
        found.append(Asked(kind=kind, tasks=len(mine), next_due_at=due, cases=cases[:MOST_NAMED]))
    return found


def _parts(session: Session, account: str | None, employee_id: str) -> list[Part]:
    open_cases = select(_VIEW.c.case_id).where(_VIEW.c.open).order_by(_VIEW.c.last_day, _VIEW.c.case_id)
    plan = _VIEW.c.snapshot["plan"]
    conditions: dict[str, ColumnElement[bool]] = {}
    if account:
        conditions |= {
            "hr": _VIEW.c.hr == account,
            "witness": plan["witness"].as_string() == account,
            "receiver": plan["receiver"].as_string() == account,
        }
    customers = select(_ENTRY.c.case_id).where(_ENTRY.c.receiver == employee_id, _ENTRY.c.state.in_(_UNFINISHED))
    conditions["receiver_of_customers"] = _VIEW.c.case_id.in_(customers)
    parts = []
    for name, condition in conditions.items():
        cases = session.execute(open_cases.where(condition)).scalars().all()
        if cases:
            parts.append(Part(part=name, cases=list(cases[:MOST_NAMED]), count=len(cases)))
    return parts


def _entitlements(session: Session, employee_id: str) -> list[SystemHeld]:
    found: dict[str, SystemHeld] = {}
    for row, frozen in queries.entitlements(session, employee_id):
        if row.active:
            held = found.setdefault(row.system, SystemHeld(system=row.system, rights=[], frozen_on_notice=[]))
            held.rights.append(row.right)
            held.frozen_on_notice += [row.right] if frozen else []
    return list(found.values())


def _reports(session: Session, number: str) -> list[Person]:
    query = select(_STAFF.c.number, _STAFF.c.name).where(_STAFF.c.manager == number, _STAFF.c.active)
    return [Person(number=n, name=name) for n, name in session.execute(query.order_by(_STAFF.c.number))]


def _heads(session: Session, number: str) -> list[str]:
    query = select(_DEPARTMENT.c.key).where(_DEPARTMENT.c.head == number).order_by(_DEPARTMENT.c.key)
    return list(session.execute(query).scalars())


def _count(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, 1), else_=0))
