"""Lists stay quick as cases add up: every query walks an index in the wanted order, and their number is fixed."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from activities import starter
from domain.case import Stage
from models import queries
from models.database import reading
from models.queries import CaseFilter, encode_cursor
from tests.api.house import Api
from tests.api.rows import START, add_cases, add_facts, add_messages, add_tasks, case_id, opened_case, write_case

DAY, MOMENT = encode_cursor(date(2026, 4, 9), case_id(3)), encode_cursor(START, case_id(3))
FILTERS: dict[str, dict[str, Any]] = {
    "all": {},
    "one stage": {"stages": (Stage.SIGNING.value,)},
    "a department": {"department": "sales"},
    "open": {"open": True},
    "closed": {"open": False},
    "overdue": {"overdue": True},
    "mine": {"participant": "a-hr"},
    "mine and open": {"participant": "a-hr", "open": True},
    "mine and overdue": {"participant": "a-hr", "overdue": True},
}
CASES = {
    f"{name} by {'-' * down}{sort}{' after a cursor' * bool(cursor)}": (
        CaseFilter(**values, sort=sort, descending=down),
        cursor,
    )
    for (name, values), sort, down in itertools.product(FILTERS.items(), queries.SORTS, (False, True))
    for cursor in (None, DAY if sort == "last_day" else MOMENT)
}
LISTS: dict[str, Callable[[Session], Any]] = {
    "tasks": lambda s: queries.tasks(s, "a-hr", 50, None),
    "more tasks": lambda s: queries.tasks(s, "a-hr", 50, encode_cursor(START, case_id(3), "x")),
    "messages": lambda s: queries.messages(s, "a-hr", 50, None),
    "more messages": lambda s: queries.messages(s, "a-hr", 50, encode_cursor(START, 7)),
    "facts": lambda s: queries.facts(s, case_id(1), 50, None),
    "more facts": lambda s: queries.facts(s, case_id(1), 50, encode_cursor(7)),
    "all facts": lambda s: queries.all_facts(s, case_id(1)),
    "employees": lambda s: queries.employees(s, 50, None),
    "accounts": lambda s: queries.accounts(s, 50, encode_cursor("x")),
    "one case": lambda s: queries.case_view(s, case_id(1)),
    "taking part": lambda s: queries.takes_part(s, "a-hr", case_id(1)),
    "names": lambda s: queries.names(s, {"a-hr", "a-lin"}),
}
UNSORTED: dict[str, Callable[[Session], Any]] = {
    "tasks of a case": lambda s: queries.tasks_of_case(s, case_id(1)),
    "documents": lambda s: queries.documents(s, case_id(1)),
    "entitlements": lambda s: queries.entitlements(s, "e-lin"),
    "open cases of": lambda s: queries.open_cases_of(s, ["a-hr"]),
    "closed cases asking": lambda s: queries.closed_cases_asking(s, ["a-hr"]),
}
"""The few rows of one case or one person: found by index; in which order they are read does not matter."""


@contextmanager
def statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """What is sent to the database within the block."""
    seen: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if not statement.startswith("BEGIN"):
            seen.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plan(engine: Engine, ask: Callable[[Session], Any]) -> str:
    """How the database answers the one query that `ask` sends."""
    with reading(engine) as session, statements(engine) as seen:
        ask(session)
    ((statement, parameters),) = seen
    return explained(engine, statement, parameters)


def explained(engine: Engine, statement: str, parameters: Any) -> str:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return "\n".join(str(row[-1]) for row in found)
        for shortcut in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):  # they pay for tables as small as these
            connection.exec_driver_sql(f"SET LOCAL enable_{shortcut} = off")
        return "\n".join(str(row[0]) for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters))


def scans(found: str) -> list[str]:
    """Lines of a plan in which a whole table is read without an index."""
    return [line for line in found.splitlines() if "Seq Scan" in line or ("SCAN" in line and "USING" not in line)]


def sorts(found: str) -> list[str]:
    return [line for line in found.splitlines() if "Sort" in line.split(" Key")[0] or "TEMP B-TREE" in line]


@pytest.fixture
def filled(company: Engine) -> Engine:
    """Enough rows for a planner to see that an index is worth its while; most cases were closed long ago."""
    add_cases(company, *range(60))
    add_cases(company, *range(60, 600), stage="completed", open=False)
    add_tasks(company, "a-hr", *range(100))
    add_messages(company, "a-hr", *range(100))
    add_facts(company, case_id(1), 50)
    with company.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return company


def test_every_list_walks_an_index_in_its_own_order(filled: Engine) -> None:
    plans = {name: plan(filled, ask) for name, ask in LISTS.items()}
    for name, (wanted, cursor) in CASES.items():
        plans[name] = plan(filled, partial(queries.cases, wanted=wanted, limit=50, cursor=cursor))
    bad = [f"{name}:\n{found}" for name, found in plans.items() if scans(found) or sorts(found)]
    assert not bad, "\n\n".join(bad)
    assert "case_by_open_" in plans["open by last_day"], "closed cases add up, and are not read for the open ones"


def test_what_belongs_to_one_case_or_person_is_found_by_index(filled: Engine) -> None:
    for name, ask in UNSORTED.items():
        found = plan(filled, ask)
        assert not scans(found), f"{name}:\n{found}"


def test_what_waits_for_its_workflow_is_found_by_index(filled: Engine) -> None:
    with statements(filled) as seen:
        starter.waiting(filled)
    assert len(seen) == 1
    assert not scans(found := explained(filled, *seen[0])), found


async def test_an_answer_takes_as_many_statements_for_many_rows_as_for_few(api: Api) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    paths = {
        "/cases": 2,
        "/cases?mine=true": 2,
        f"/cases/{case.case_id}": 5,
        f"/cases/{case.case_id}/facts": 5,
        f"/cases/{case.case_id}/documents": 5,
        "/inbox/tasks": 2,
        "/inbox/messages": 2,
        "/employees": 2,
        "/me": 2,
    }
    hr = api.person("hr")
    for more in (False, True):
        if more:
            add_cases(api.engine, *range(2, 80))
            add_tasks(api.engine, "a-hr", *range(2, 80))
            add_messages(api.engine, "a-hr", *range(2, 80))
            add_facts(api.engine, case.case_id, 60)
        for path, most in paths.items():
            with statements(api.engine) as seen:
                assert (await hr.get(path)).status_code == 200
            assert len(seen) <= most, (path, [statement for statement, _ in seen])
            assert path.startswith("/cases/") or not any("snapshot" in statement for statement, _ in seen)


async def test_a_decision_takes_few_statements_before_the_engine_is_asked(api: Api) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    hr = api.person("hr")
    with statements(api.engine) as seen:
        await hr.decide(case.case_id, "waive_items", items=["devices"], reason="not needed")
    assert len(seen) <= 5, [statement for statement, _ in seen]
