"""Lists of the desk stay quick as records add up: each is found by an index, with one's own reach, a team's, or all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from domain.desk.access import Scope
from domain.desk.records import EntryState
from models.database import reading, writing
from models.desk import (
    assignments,
    audit,
    carriers,
    customers,
    duplicates,
    entries,
    orders,
    portfolio_lists,
    receivables,
    trail,
)
from models.desk.audit import AttemptFilter, ReadFilter
from models.desk.customers import CustomerFilter
from models.desk.handover_people import Part
from models.desk.orders import OrderFilter
from models.desk.portfolio_lists import EntryFilter
from models.desk.receivables import ReceivableFilter
from models.desk.scopes import Within, within
from models.desk.tables import Contact, Customer
from models.desk.trail import CommunicationFilter
from models.desk.trail_tables import Attempt, Communication, PortfolioEntry, RecordRead
from models.intake import views
from models.queries import encode_cursor
from tests.api.desk.trade import add_customer
from tests.api.rows import START
from tests.api.test_query_plans import explained, scans, sorts, statements

List = Callable[[Session, Within], Any]
OWN, TEAM, ALL = Scope(top="e-lin"), Scope(top="e-sales-head"), Scope(everything=True)
AT, DUE = encode_cursor(START, "x"), encode_cursor(date(2026, 3, 2), "x")
CUSTOMERS: dict[str, tuple[CustomerFilter, str | None]] = {
    "customers": (CustomerFilter(), None),
    "more customers": (CustomerFilter(), encode_cursor("N-3")),
    "customers by name": (CustomerFilter(name="客户"), encode_cursor("客户", "c")),
    "customers by status": (CustomerFilter(status="lost"), None),
    "customers by region": (CustomerFilter(region="CN-SH"), None),
    "customers by department": (CustomerFilter(department="hr"), None),
}
ORDERS: dict[str, tuple[OrderFilter, str | None]] = {
    "orders": (OrderFilter(), None),
    "more orders": (OrderFilter(), AT),
    "orders of a customer": (OrderFilter(customers=("c-1",)), AT),
    "orders by state": (OrderFilter(state="defaulted"), None),
    "orders by department": (OrderFilter(department="hr"), None),
    "orders by time": (OrderFilter(placed_from=START, placed_before=START + timedelta(days=1)), None),
}
RECEIVABLES: dict[str, tuple[ReceivableFilter, str | None]] = {
    "receivables": (ReceivableFilter(), None),
    "more receivables": (ReceivableFilter(), DUE),
    "receivables of a customer": (ReceivableFilter(customers=("c-1",)), None),
    "receivables by state": (ReceivableFilter(state="paid"), None),
}


def _list(ask: Any, wanted: Any, cursor: str | None, session: Session, mine: Within) -> Any:
    return ask(session, mine, wanted, 50, cursor)


LISTS: dict[str, List] = {
    **{name: partial(_list, customers.customers, *wanted) for name, wanted in CUSTOMERS.items()},
    **{name: partial(_list, orders.orders, *wanted) for name, wanted in ORDERS.items()},
    **{name: partial(_list, receivables.receivables, *wanted) for name, wanted in RECEIVABLES.items()},
    "files": lambda s, _: views.imports(s, 50, AT),
    "problems of a file": lambda s, _: views.problems(s, "i-1", 50, encode_cursor(3)),
    "communications": lambda s, m: trail.communications(s, m, CommunicationFilter(), 50, AT),
    "said to a customer": lambda s, m: trail.communications(s, m, CommunicationFilter(("c-1",)), 50, None),
}
ONE: dict[str, List] = {
    "a customer": lambda s, m: customers.customer(s, m, "c-1"),
    "contacts": lambda s, m: customers.contacts(s, ["c-1"]),
    "notes": lambda s, m: customers.notes(s, ["c-1"], 50, AT),
    "changes": lambda s, m: customers.changes(s, "c-1", 50, AT),
    "owners": lambda s, m: customers.owners(s, "c-1", 50, AT),
    "documents": lambda s, m: trail.documents(s, ["c-1"], 50, AT),
    "family": lambda s, m: customers.family(s, "c-1"),
    "an order": lambda s, m: orders.order(s, m, "o-1"),
    "lines": lambda s, m: orders.lines(s, "o-1"),
    "way": lambda s, m: orders.way(s, "o-1"),
    "a receivable": lambda s, m: receivables.receivable(s, m, "r-1"),
    "payments": lambda s, m: receivables.payments(s, "r-1"),
    "carriers": lambda s, m: carriers.carriers(s, 50, encode_cursor("x")),
    "reads": lambda s, m: audit.reads(s, ReadFilter(), 50, encode_cursor(START, 1)),
    "reads by account": lambda s, m: audit.reads(s, ReadFilter(account="a-lin"), 50, None),
    "reads of a record": lambda s, m: audit.reads(s, ReadFilter(record="c-1"), 50, None),
    "attempts": lambda s, m: audit.attempts(s, AttemptFilter(), 50, AT),
    "attempts in a case": lambda s, m: audit.attempts(s, AttemptFilter(case="c1"), 50, None),
    "attempts of somebody": lambda s, m: audit.attempts(s, AttemptFilter(employee="e-lin"), 50, None),
}
CASE, PART = "1" * 32, Part("e-zhou", leaver=False, supervisor=True, in_charge=False, assigns=True, sees=None)
RECEIVER = replace(PART, supervisor=False, assigns=False, sees=())
WAITING = EntryFilter(state=EntryState.WAITING)
HANDED_OVER: dict[str, List] = {
    "entries": lambda s, m: portfolio_lists.entries(s, CASE, PART, m, EntryFilter(), 50, encode_cursor("order", "o")),
    "entries by state": lambda s, m: portfolio_lists.entries(
        s, CASE, PART, m, EntryFilter(state=EntryState.WAITING), 50, None
    ),
    "entries of a receiver": lambda s, m: portfolio_lists.entries(s, CASE, RECEIVER, m, EntryFilter(), 50, None),
    "entries that are to be assigned": lambda s, m: assignments.waiting(s, CASE),
    "progress": lambda s, m: portfolio_lists.progress(s, CASE, PART),
    "what a receiver has been asked": lambda s, m: portfolio_lists.progress(s, CASE, RECEIVER),
    "counts": lambda s, m: entries.counts(s, CASE),
}


@pytest.fixture
def filled(company: Engine) -> Engine:
    """Enough rows for a planner to see that an index is worth its while."""
    with writing(company) as session:
        for number in range(400):
            owner = ("lin", "zhou", "wang", "sales-head")[number % 4]
            add_customer(session, f"c-{number}", owner, region=f"R{number % 40}")
            at, name = START + timedelta(minutes=number), f"e-{owner}"
            said: dict[str, Any] = {"kind": "call", "direction": "in", "recorded_at": at, "by": "a-hr", "summary": "s"}
            session.add(Communication(customer_id=f"c-{number}", at=at, employee_id=name, **said))
            read: dict[str, Any] = {"action": "read", "kind": "customer", "record_id": f"c-{number}", "purpose": "work"}
            session.add(RecordRead(account=f"a-{owner}", employee_id=name, at=at, **read))
            tried: dict[str, Any] = {"action": "x", "system": "x", "right": "x", "kind": "order", "outcome": "refused"}
            entry: dict[str, Any] = {"kind": "customer", "record_id": f"c-{number}", "customer_id": f"c-{number}"}
            entry |= {"holder": name, "receiver": "e-zhou" if number % 9 == 0 else None, "state": "proposed"}
            session.add(PortfolioEntry(case_id=f"{number % 20:032}", at=at, updated_at=at, **entry))
            session.add(Attempt(account=f"a-{owner}", employee_id=name, at=at, case_id=f"case{number}", **tried))
    with company.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return company


def plan(engine: Engine, scope: Scope, ask: List) -> str:
    """How the database answers the one query of a list."""
    with reading(engine) as session:
        mine = within(session, scope)
        with statements(engine) as seen:
            ask(session, mine)
    ((statement, parameters),) = seen
    return explained(engine, statement, parameters)


def bad(engine: Engine, scope: Scope, lists: dict[str, List], *, in_order: bool) -> list[str]:
    found = {name: plan(engine, scope, ask) for name, ask in lists.items()}
    return [f"{name}:\n{text}" for name, text in found.items() if scans(text) or (in_order and sorts(text))]


@pytest.mark.parametrize("scope", [OWN, ALL], ids=["own", "all"])
def test_every_list_of_ones_own_and_of_everything_walks_an_index_in_its_own_order(filled: Engine, scope: Scope) -> None:
    assert (found := bad(filled, scope, LISTS, in_order=True)) == [], "\n\n".join(found)


def test_a_teams_lists_read_no_table_from_end_to_end(filled: Engine) -> None:
    assert (found := bad(filled, TEAM, LISTS, in_order=False)) == [], "\n\n".join(found)


def test_what_belongs_to_one_record_is_found_by_index(filled: Engine) -> None:
    assert (found := bad(filled, ALL, ONE, in_order=False)) == [], "\n\n".join(found)


def test_the_entries_of_one_handover_are_found_by_index(filled: Engine) -> None:
    assert (found := bad(filled, OWN, HANDED_OVER, in_order=False)) == [], "\n\n".join(found)


def test_duplicates_are_looked_up_each_in_its_own_index(filled: Engine) -> None:
    with reading(filled) as session:
        mine, row = within(session, OWN), session.get_one(Customer, "c-lin")
        people = [session.get_one(Contact, "p-lin")]
        with statements(filled) as seen:
            customers.duplicates(session, mine, row, people)
    assert len(seen) == 4, "three ways to look alike, and the rows"
    assert [found for statement, values in seen if scans(found := explained(filled, statement, values))] == []


def test_all_that_look_alike_are_looked_up_by_index(filled: Engine) -> None:
    with reading(filled) as session:
        mine = within(session, ALL)
        with statements(filled) as seen:
            rows, _ = duplicates.alike(session, mine, 50, None)
    assert rows
    assert len(seen) == 6, "the page, three ways to look alike, the rows and their owners"
    assert [found for one in seen[:4] if scans(found := explained(filled, *one))] == []


def test_who_is_below_whom_is_found_by_index(filled: Engine) -> None:
    with reading(filled) as session, statements(filled) as seen:
        within(session, TEAM)
    ((statement, parameters),) = seen
    assert "ix_employee_manager" in explained(filled, statement, parameters)
