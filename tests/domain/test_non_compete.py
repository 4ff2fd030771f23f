"""A non-compete is enforced or waived by a person, in time, and no case closes before (NC-06)."""

from typing import Any

import pytest

from domain import agenda, closing, non_compete
from domain.case import Case, Stage
from domain.law.answers import LegalAnswer
from domain.plan import NonCompetePlan
from tests.domain import cases as c

YEAR = NonCompetePlan(12, 3)


def case(**changes: Any) -> Case:
    return c.handing_over(non_compete=YEAR, **changes)


def test_a_contract_without_a_non_compete_asks_nobody() -> None:
    assert not [task for task in agenda.tasks(c.handing_over()) if task.key == "non_compete"]
    with c.not_found("non_compete.none"):
        non_compete.decide(c.handing_over(), c.HR, True, "x", c.NOW)


@pytest.mark.law("NC-06")
def test_hr_is_asked_until_the_last_day_and_reminded() -> None:
    (task,) = [task for task in agenda.tasks(case()) if task.key == "non_compete"]
    assert (task.accounts, task.due_at) == (("hr",), closing.last_day_end(case()))
    assert task.remind_at is not None
    reminded = agenda.advance(case(), task.remind_at)
    assert "non_compete" in reminded.facts[0].data["tasks"]  # type: ignore[operator]  # the digest lists its tasks
    assert reminded.case.non_compete is not None
    assert reminded.case.non_compete.reminders == 1


@pytest.mark.law("NC-06")
@pytest.mark.parametrize(("enforce", "kind"), [(True, "NonCompeteEnforced"), (False, "NonCompeteWaived")])
def test_in_time_either_way_costs_no_extra_months(enforce: bool, kind: str) -> None:
    change = non_compete.decide(case(), c.HR, enforce, "as discussed", c.NOW)
    assert c.kinds(change) == (kind,)
    assert (change.facts[0].data["extra_months"], change.facts[0].data["in_time"]) == (0, True)
    assert not non_compete.undecided(change.case)
    with c.conflict("non_compete.already_decided"):
        non_compete.decide(change.case, c.HR, enforce, "again", c.NOW)


@pytest.mark.law("NC-06")
@pytest.mark.parametrize(("enforce", "extra"), [(True, 0), (False, 3)])
def test_a_waiver_after_the_last_day_costs_extra_months(enforce: bool, extra: int) -> None:
    change = non_compete.decide(c.pursuing(case()), c.HR, enforce, "late", closing.last_day_end(case()))
    assert change.facts[0].data["extra_months"] == extra


@pytest.mark.law("NC-01", "NC-02", "NC-08")
def test_what_stands_against_it_is_written_down_with_the_decision() -> None:
    doubt = LegalAnswer("NC-02", "art. 24", "36 > 24", "cn", "2026-11")
    doubtful = c.handing_over(non_compete=NonCompetePlan(24, 3, (doubt,)))
    (fact,) = non_compete.decide(doubtful, c.HR, True, "counsel agrees", c.NOW).facts
    assert fact.data["against"] == ("NC-02: 36 > 24",)


def test_only_hr_decides_with_a_reason_and_not_while_the_case_is_undone() -> None:
    for actor in (c.LEAVER_OF_ALL_ROLES, c.SECURITY, c.WITNESS):
        with c.forbidden("non_compete.only_hr"):
            non_compete.decide(case(), actor, True, "x", c.NOW)
    with c.invalid("reason.required"):
        non_compete.decide(case(), c.HR, True, "", c.NOW)
    with c.conflict("non_compete.not_in_this_stage"):
        non_compete.decide(c.in_stage(case(), Stage.WITHDRAWING), c.HR, True, "x", c.NOW)


@pytest.mark.law("NC-06")
def test_no_case_closes_while_it_is_undecided() -> None:
    open_case = c.pursuing(case())
    with c.conflict("close.non_compete_undecided"):
        closing.request_close(open_case, c.HR, "enough", c.NOW)
    assert open_case.pursue_until is not None
    assert not closing.may_close(open_case, open_case.pursue_until)
    decided = non_compete.decide(open_case, c.HR, False, "free", c.NOW).case
    assert "non_compete" not in {task.key for task in agenda.tasks(decided)}
