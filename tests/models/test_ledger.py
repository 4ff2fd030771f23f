"""The ledger: one unbroken chain a case, whatever is repeated, late, cut short or done at once."""

import random
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from domain.change import Notification
from models import facts
from models.database import reading, utc_now, writing
from models.facts import GENESIS, VOIDED, fact_hash, standing, verify
from models.tables import CaseView, FactRow, NotificationRow
from tests.builders import ARRIVAL
from tests.models import written


@pytest.fixture
def chained(company: Engine) -> Engine:
    """Five facts of the case c1, written in two steps."""
    case = written.opened(company)
    ledger = written.ledger(company)
    ledger.record(written.request(case, 1, written.facts(1, "CaseOpened", "LawAsked", rule="NOT-01")))
    ledger.record(written.request(case, 2, written.facts(3, "AccessVerified", "StageEntered", "ItemsHandedOver")))
    return company


def kinds(engine: Engine) -> list[str]:
    return [row.kind for row in written.chain(engine)]


def test_every_fact_carries_the_hash_of_its_predecessor(chained: Engine) -> None:
    rows = written.chain(chained)
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous for row in rows] == [GENESIS, *(row.hash for row in rows[:-1])]
    report = verify("c1", rows)
    assert (report.facts, report.head, report.problems) == (5, rows[-1].hash, ())


def test_a_fact_hashes_alike_before_it_is_stored_and_after(chained: Engine) -> None:
    kept = written.chain(chained)[1]
    again = FactRow(
        case_id="c1",
        seq=2,
        number=2,
        kind="LawAsked",
        at=ARRIVAL + timedelta(minutes=2),
        data={"rule": "NOT-01"},
        previous=kept.previous,
        hash="",
        recorded_at=utc_now(),
    )
    assert fact_hash(again) == kept.hash


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", "CaseClosed"),
        ("by", "a-hr"),
        ("number", 7),
        ("at", ARRIVAL),
        ("data", {"rule": "NOT-02"}),
        ("case_id", "c2"),
    ],
)
def test_a_changed_fact_is_found(chained: Engine, field: str, value: Any) -> None:
    rows = written.chain(chained)
    setattr(rows[2], field, value)
    assert verify("c1", rows).problems == ("fact 3 was changed",)


def test_a_fact_that_was_changed_and_hashed_anew_is_found_at_its_successor(chained: Engine) -> None:
    rows = written.chain(chained)
    rows[2].kind = "AccessUnverified"
    rows[2].hash = fact_hash(rows[2])
    assert verify("c1", rows).problems == ("fact 4 does not follow its predecessor",)


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize("missing", [0, 1, 3])
def test_a_missing_fact_is_found(chained: Engine, missing: int) -> None:
    rows = written.chain(chained)
    del rows[missing]
    assert f"fact {missing + 1} is missing; found {missing + 2}" in verify("c1", rows).problems


@pytest.mark.law("EVD-03")
def test_facts_in_another_order_are_found(chained: Engine) -> None:
    rows = written.chain(chained)
    rows[1], rows[2] = rows[2], rows[1]
    assert len(verify("c1", rows).problems) > 2


def test_a_fact_of_another_case_does_not_fit_in(chained: Engine) -> None:
    written.ledger(chained).record(
        written.request(written.opened(chained, "c2", "zhou"), 1, written.facts(1, "CaseOpened", "LawAsked"))
    )
    assert verify("c1", [written.chain(chained)[0], written.chain(chained, "c2")[1]]).problems


def test_what_is_cut_off_at_the_end_shows_beside_the_workflow(chained: Engine) -> None:
    told = (*written.facts(1, "CaseOpened", "LawAsked", rule="NOT-01"), *written.facts(3, "AccessVerified"))
    rows = written.chain(chained)
    assert facts.differences(rows[:3], told) == ()
    assert facts.differences(rows[:2], told) == ("fact number 3 (AccessVerified) is missing",)
    assert facts.differences(rows[:4], told) == ("fact 4 (StageEntered) is not the workflow's",)


def test_a_write_repeated_changes_nothing(chained: Engine) -> None:
    before = [row.hash for row in written.chain(chained)]
    case = written.opened(chained, "other", "zhou")
    note = Notification("case_opened", ("a-zhou",))
    again = written.request(
        replace(case, case_id="c1"),
        2,
        written.facts(3, "AccessVerified", "StageEntered", "ItemsHandedOver"),
        notifications=[note],
    )
    for _ in range(3):
        written.ledger(chained).record(again)
    with reading(chained) as session:
        told = session.exec(select(NotificationRow).where(NotificationRow.case_id == "c1")).all()
    assert [row.hash for row in written.chain(chained)] == before
    assert len(told) == 1


@pytest.mark.law("EVD-04")
def test_a_fact_is_written_in_one_with_the_business_it_tells_of_or_not_at_all(
    chained: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Formed in the normal course of business: nobody writes the chain afterwards, or beside the case."""
    before, version = [row.hash for row in written.chain(chained)], written.view(chained).version
    case = replace(written.opened(chained, "other", "zhou"), case_id="c1", close_requested_by="a-hr")
    request = written.request(case, 3, written.facts(6, "CloseRequested"))
    with monkeypatch.context() as broken:
        broken.setattr("models.projection.project", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            written.ledger(chained).record(request)
    assert ([row.hash for row in written.chain(chained)], written.view(chained).version) == (before, version)
    written.ledger(chained).record(request)
    assert kinds(chained)[5:] == ["CloseRequested"]
    assert (written.view(chained).version, written.view(chained).snapshot["close_requested_by"]) == (3, "a-hr")


def test_a_late_write_changes_nothing(company: Engine) -> None:
    case = written.opened(company)
    ledger = written.ledger(company)
    ledger.record(written.request(case, 1, written.facts(1, "CaseOpened")))
    ledger.record(written.request(replace(case, close_requested_by="a-hr"), 3, written.facts(2, "CloseRequested")))
    ledger.record(written.request(case, 2, written.facts(2, "SomethingElse")))
    assert kinds(company) == ["CaseOpened", "CloseRequested"]
    assert (written.view(company).version, written.view(company).snapshot["close_requested_by"]) == (3, "a-hr")


def test_a_fact_that_was_never_confirmed_is_voided_and_stays_in_the_chain(chained: Engine) -> None:
    case = written.opened(chained, "other", "zhou")
    ledger = written.ledger(chained)
    attempt = written.request(replace(case, case_id="c1"), 3, written.facts(6, "ItemsRefused", "ItemsWaived"))
    ledger.record(attempt)
    truth = written.facts(6, "ItemsAccepted")
    ledger.record(written.request(attempt.case, 3, truth, now=attempt.now + timedelta(seconds=5)))
    rows = written.chain(chained)
    assert [row.kind for row in rows[5:]] == ["ItemsRefused", "ItemsWaived", VOIDED, VOIDED, "ItemsAccepted"]
    assert [row.data["seq"] for row in rows if row.kind == VOIDED] == [6, 7]
    assert [row.kind for row in standing(rows)[5:]] == ["ItemsAccepted"]
    assert verify("c1", rows).problems == ()


def test_a_fact_of_the_same_number_kind_and_data_but_another_person_is_not_taken_for_the_same(chained: Engine) -> None:
    case = replace(written.opened(chained, "other", "zhou"), case_id="c1")
    ledger = written.ledger(chained)
    first = written.request(case, 3, written.facts(6, "ClearanceApproved", by="a-it-clerk"))
    ledger.record(first)
    second = written.facts(6, "ClearanceApproved", by="a-it-head")
    ledger.record(written.request(case, 3, second, now=first.now + timedelta(seconds=1)))
    assert [row.by for row in standing(written.chain(chained))][5:] == ["a-it-head"]


def at_once(work: Callable[[int], None], count: int) -> list[BaseException]:
    """Runs `work` in that many threads that start together; returns what they raised."""
    together, problems = threading.Barrier(count), []

    def run(number: int) -> None:
        together.wait()
        try:
            work(number)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_appends_at_once_to_one_case_leave_one_unbroken_chain(chained: Engine) -> None:
    def append(number: int) -> None:
        for turn in range(5):
            with writing(chained) as session:
                session.exec(select(CaseView).where(CaseView.case_id == "c1").with_for_update()).one()
                facts.append_foreign(session, "c1", "OrderRouted", "", {"by": number, "turn": turn}, utc_now())

    assert at_once(append, 8) == []
    rows = written.chain(chained)
    assert verify("c1", rows).problems == ()
    assert len(rows) == 5 + 40
    for number in range(8):
        turns = [row.data["turn"] for row in rows if row.kind == "OrderRouted" and row.data["by"] == number]
        assert turns == [0, 1, 2, 3, 4]


def test_writes_at_once_and_in_any_order_leave_the_newest_state_and_an_unbroken_chain(company: Engine) -> None:
    case = written.opened(company)
    written.ledger(company).record(written.request(case, 1, written.facts(1, "CaseOpened")))
    versions = list(range(2, 10))
    random.Random(5).shuffle(versions)

    def record(number: int) -> None:
        version = versions[number]
        changed = replace(case, close_requested_by=f"v{version}")
        written.ledger(company).record(written.request(changed, version, written.facts(version, "StageEntered")))

    assert at_once(record, len(versions)) == []
    rows = written.chain(company)
    assert verify("c1", rows).problems == ()
    assert (written.view(company).version, written.view(company).snapshot["close_requested_by"]) == (9, "v9")
    assert standing(rows)[-1].number == 9
