"""After a backup came back, ledger and read model are brought in line with the workflow, and nothing true is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import delete, select

from domain.case import Case, Stage
from models import facts
from models.database import reading, writing
from models.restore import LOST, Restored, Told, bring_in_line
from models.tables import CaseView, Notice, TaskRow
from tests.builders import ARRIVAL
from tests.models import written

TRUTH = (*written.facts(1, "CaseOpened", "LawAsked"), *written.facts(3, "AccessVerified"))


@pytest.fixture
def case(company: Engine) -> Case:
    """A case as the backup has it: two facts, version 1."""
    case = written.opened(company)
    written.ledger(company).record(written.request(case, 1, TRUTH[:2]))
    return case


def standing(engine: Engine) -> list[str]:
    rows = written.chain(engine)
    assert facts.verify("c1", rows).problems == ()
    return [row.kind for row in facts.standing(rows)]


def tasks(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.exec(select(TaskRow)).all())


def test_what_the_database_lacks_is_written(company: Engine, case: Case) -> None:
    told = Told(replace(case, close_requested_by="a-hr"), 4, TRUTH)
    assert bring_in_line(company, told) == Restored("c1", "changed", 1, 0, True)
    assert standing(company) == ["CaseOpened", "LawAsked", "AccessVerified"]
    row = written.view(company)
    assert (row.version, row.snapshot["close_requested_by"]) == (4, "a-hr")


def test_what_is_right_stays_and_its_tasks_are_made_anew(company: Engine, case: Case) -> None:
    before = tasks(company)
    with writing(company) as session:
        session.execute(delete(TaskRow))
    assert bring_in_line(company, Told(case, 1, TRUTH[:2])) == Restored("c1", "right", 0, 0, True)
    assert tasks(company) == before > 0


def test_a_write_under_way_is_not_disturbed(company: Engine, case: Case) -> None:
    decided = replace(case, close_requested_by="a-hr")
    written.ledger(company).record(written.request(decided, 2, TRUTH[2:]))
    told_before_it_was_confirmed = Told(case, 2, TRUTH[:2])
    assert bring_in_line(company, told_before_it_was_confirmed) is None
    assert standing(company)[-1] == "AccessVerified"
    assert written.view(company).snapshot["close_requested_by"] == "a-hr"


def test_what_never_was_is_voided_once_it_is_settled(company: Engine, case: Case) -> None:
    never = replace(case, close_requested_by="a-hr")
    written.ledger(company).record(written.request(never, 2, written.facts(3, "CloseRequested")))
    told = Told(case, 2, TRUTH)
    assert bring_in_line(company, told) is None
    assert bring_in_line(company, told, settled=True) == Restored("c1", "changed", 1, 1, True)
    assert standing(company) == ["CaseOpened", "LawAsked", "AccessVerified"]
    assert written.view(company).snapshot["close_requested_by"] == ""


def test_the_next_write_of_the_workflow_is_never_taken_for_a_late_one(company: Engine, case: Case) -> None:
    bring_in_line(company, Told(case, 4, TRUTH))
    next_one = replace(case, close_requested_by="a-hr")
    at_the_same_instant = max(TRUTH[-1].at, written.view(company).updated_at)
    written.ledger(company).record(
        written.request(next_one, 5, written.facts(4, "CloseRequested"), now=at_the_same_instant)
    )
    assert standing(company)[-1] == "CloseRequested"


def test_a_case_registered_but_not_written_yet_keeps_its_first_write(company: Engine, case: Case) -> None:
    other = replace(case, case_id="c2", employee_id="e-zhou")
    with writing(company) as session:
        row = session.get(CaseView, "c1")
        assert row is not None
        ahead = {**row.model_dump(), "case_id": "c2", "version": 0, "updated_at": ARRIVAL + timedelta(hours=9)}
        session.add(CaseView(**ahead))
    bring_in_line(company, Told(other, 1, ()))
    written.ledger(company).record(written.request(other, 1, written.facts(1, "CaseOpened"), now=ARRIVAL))
    assert [row.kind for row in written.chain(company, "c2")] == ["CaseOpened"]


def test_a_case_that_the_backup_does_not_know_comes_back_with_a_stand_in_for_its_notice(
    company: Engine, case: Case
) -> None:
    other = replace(case, case_id="c2", employee_id="e-zhou")
    assert bring_in_line(company, Told(other, 3, TRUTH)) == Restored("c2", "made", 3, 0, False)
    with reading(company) as session:
        notice = session.get(Notice, "c2")
    assert notice is not None
    assert (notice.channel, notice.text, notice.open_for, notice.registered_by) == (LOST, "", "e-zhou", "a-hr")
    assert bring_in_line(company, Told(other, 3, TRUTH)) == Restored("c2", "right", 0, 0, True)


def test_a_case_that_has_closed_meanwhile_lets_its_person_resign_again(company: Engine, case: Case) -> None:
    closed = replace(case, stage=Stage.WITHDRAWN, closed_at=ARRIVAL)
    bring_in_line(company, Told(closed, 6, TRUTH))
    with reading(company) as session:
        open_for = session.get_one(Notice, "c1").open_for
    assert (open_for, tasks(company), written.view(company).open) == (None, 0, False)
