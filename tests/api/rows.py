"""Rows of the read model, written as a case's workflow would write them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from domain import opening
from domain.access import settle
from domain.case import Case
from models import projection
from models.database import writing
from models.messages import StartCase
from models.planner import DatabasePlanner
from models.tables import CaseView, FactRow, NotificationRow, TaskRow
from tests import builders

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PEOPLE = ("lin", "zhou", "wang", "it-clerk", "sales-head")
DEPARTMENTS = ("sales", "finance", "it")
LONG_AGO, LATER = datetime(2026, 3, 9, 1, 0, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
STAGES = ("handing_over", "signing", "pursuing", "completed")


def case_id(number: int) -> str:
    """The id of the case with that number; their order is not that of the numbers."""
    return f"{number * 7919 % 10007:032x}"


def case_row(number: int, **values: Any) -> CaseView:
    """A case that differs from its neighbours in everything that lists look at; many share a day and an instant."""
    stage = STAGES[number % len(STAGES)]
    return CaseView(
        **{
            "case_id": case_id(number),
            "employee_id": f"e-{PEOPLE[number % len(PEOPLE)]}",
            "department": DEPARTMENTS[number % len(DEPARTMENTS)],
            "leaver": f"a-{PEOPLE[number % len(PEOPLE)]}",
            "hr": "a-hr",
            "stage": stage,
            "arrived_at": START + timedelta(hours=number // 3),
            "last_day": date(2026, 4, 1) + timedelta(days=number // 4),
            "next_due_at": (None, LONG_AGO, LONG_AGO, LATER, LATER)[number % 5],
            "failing": number % 7 == 0,
            "open": stage != "completed",
            "version": 1,
            "snapshot": {"case_id": case_id(number), "employee_id": f"e-{PEOPLE[number % len(PEOPLE)]}"},
            "updated_at": START,
            **values,
        }
    )


def add_cases(engine: Engine, *numbers: int, participants: tuple[str, ...] = ("a-hr",), **values: Any) -> None:
    """Cases with these numbers, in which these accounts take part."""
    with writing(engine) as session:
        for number in numbers:
            row = case_row(number, **values)
            session.add(row)
            session.add_all(projection.participant(account, row) for account in participants)


def add_tasks(engine: Engine, account: str, *numbers: int) -> None:
    """Something that waits for the account in each of these cases; every third has no date."""
    with writing(engine) as session:
        for number in numbers:
            due = None if number % 3 == 0 else START + timedelta(days=number // 2)
            session.add(
                TaskRow(
                    account=account,
                    case_id=case_id(number),
                    key="clearance:it",
                    kind="decide_clearance",
                    subject="it",
                    due_at=due or projection.END_OF_TIME,
                    has_due=due is not None,
                )
            )


def add_messages(engine: Engine, account: str, *numbers: int) -> None:
    with writing(engine) as session:
        for number in numbers:
            key, case, at = f"{account}:{number}", case_id(number), START + timedelta(minutes=number)
            session.add(NotificationRow(key=key, account=account, case_id=case, kind="case_opened", at=at))


def add_facts(engine: Engine, case: str, count: int) -> None:
    with writing(engine) as session:
        for seq in range(1, count + 1):
            link, follows = f"{seq:064x}", f"{seq - 1:064x}"
            fact = FactRow(
                case_id=case, seq=seq, kind="StageEntered", at=START, recorded_at=START, previous=follows, hash=link
            )
            session.add(fact)


def opened_case(engine: Engine, number: int = 1) -> Case:
    """A case as its workflow opens it for `lin`, from the plan that the company's data gives."""
    name = case_id(number)
    builders.notice(engine, name, START, open_for=None)
    start = StartCase(case_id=name, employee_id="e-lin", arrived_at=START)
    plan = DatabasePlanner(engine).plan(start)
    change = opening.open_case(Case(name, "e-lin", START), plan, START)
    return settle(change.case, START)


def write_case(engine: Engine, case: Case, version: int = 1) -> None:
    """The case as it stands, in the read model."""
    with writing(engine) as session:
        if session.get(CaseView, case.case_id) is None:
            session.add(projection.new_row(case, START))
            session.flush()
        projection.project(session, case, version, START)
