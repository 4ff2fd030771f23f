"""Withdrawal of a resignation: a request, the employer's consent, and everything is as it was before."""

from datetime import timedelta

import pytest

from domain import closing, grants, last_day
from domain.case import Case, Stage
from domain.handover import ClearanceStatus, ItemStatus
from domain.people import Actor
from domain.rights import GrantStatus
from domain.timezones import end_of
from tests.domain import cases as c

EMPLOYED = [Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY]
OVER = end_of(c.LAST_DAY, c.SHANGHAI)


def requested(case: Case | None = None) -> Case:
    return last_day.request_withdrawal(case or c.handing_over(), c.LEAVER, "I stay", c.NOW).case


def consented(case: Case | None = None) -> Case:
    return c.after(last_day.answer_withdrawal(requested(case), c.HR, True, "welcome back", c.NOW))


@pytest.mark.law("NOT-09")
def test_the_leaver_asks_and_nothing_is_undone_yet() -> None:
    """NOT-09: after arrival a withdrawal takes the employer's consent."""
    change = last_day.request_withdrawal(c.handing_over(), c.LEAVER, "I stay", c.NOW)
    assert change.case.stage is Stage.HANDING_OVER
    assert (c.kinds(change), change.facts[0].data["rule"]) == (("WithdrawalRequested",), "NOT-09")
    assert c.told(change, "withdrawal_requested") == ("hr",)


@pytest.mark.parametrize("by", [c.HR, c.WITNESS, c.RECEIVER])
def test_nobody_takes_back_the_resignation_of_another(by: Actor) -> None:
    with c.forbidden("withdrawal.only_leaver"):
        last_day.request_withdrawal(c.handing_over(), by, "r", c.NOW)


def test_it_is_asked_for_once() -> None:
    with c.conflict("withdrawal.already_requested"):
        last_day.request_withdrawal(requested(), c.LEAVER, "please", c.NOW)


@pytest.mark.parametrize("stage", EMPLOYED)
def test_with_consent_every_right_comes_back_at_once_from_any_stage(stage: Stage) -> None:
    case = consented(c.in_stage(c.handing_over(), stage))
    assert case.stage is Stage.WITHDRAWING
    assert [s.desired for s in case.systems] == [s.held for s in case.systems]


def test_a_declined_withdrawal_lets_the_case_go_on_and_may_be_asked_for_again() -> None:
    change = last_day.answer_withdrawal(requested(), c.OTHER_HR, False, "replaced already", c.NOW)
    assert (change.case.stage, change.case.withdrawal) == (Stage.HANDING_OVER, None)
    assert (c.kinds(change), c.told(change, "withdrawal_declined")) == (("WithdrawalDeclined",), ("lin",))
    assert requested(change.case).withdrawal is not None


@pytest.mark.law("NOT-09")
@pytest.mark.parametrize("by", [c.LEAVER, c.LEAVER_OF_ALL_ROLES, c.WITNESS, c.COUNSEL])
def test_only_hr_consents_and_never_the_leaver(by: Actor) -> None:
    with c.forbidden("withdrawal.only_hr_answers"):
        last_day.answer_withdrawal(requested(), by, True, "", c.NOW)


def test_without_a_request_there_is_nothing_to_answer() -> None:
    with c.conflict("withdrawal.nothing_requested"):
        last_day.answer_withdrawal(c.handing_over(), c.HR, True, "", c.NOW)


@pytest.mark.parametrize("stage", [Stage.LEAVING, Stage.PURSUING, Stage.COMPLETED])
def test_after_the_last_day_nothing_can_be_taken_back(stage: Stage) -> None:
    with c.conflict("last_day.over"):
        requested(c.in_stage(c.handing_over(), stage))
    with c.conflict("last_day.over"):
        last_day.answer_withdrawal(c.in_stage(requested(), stage), c.HR, True, "", c.NOW)


def test_the_employment_that_has_ended_is_not_revived_before_the_case_notices() -> None:
    just_before = OVER - timedelta(seconds=1)
    assert last_day.answer_withdrawal(requested(), c.HR, True, "", just_before).case.stage is Stage.WITHDRAWING
    with c.conflict("last_day.over"):
        last_day.answer_withdrawal(requested(), c.HR, True, "", OVER)


@pytest.mark.law("NOT-09")
def test_everything_that_was_done_is_undone_last_step_first() -> None:
    """N6: every action knows its undo."""
    case = c.accepted(c.handing_over())
    case = grants.request(case, c.LEAVER, "erp", ("create_orders",), "r", 1, c.NOW).case
    case = c.approved(grants.decide(case, c.SECURITY, "g1", True, "", None, c.NOW).case)
    case = c.sealed(c.signed(c.presented(c.in_stage(case, Stage.SIGNING))), c.NOW).case
    change = last_day.answer_withdrawal(requested(case), c.HR, True, "", c.NOW)
    assert c.kinds(change)[1:] == ("RecordVoided", "GrantEnded", "HandoverCancelled", "ClearancesCancelled")
    undone = change.case
    assert undone.record is None
    assert {i.status for i in undone.items} == {ItemStatus.CANCELLED}
    assert {s.status for s in undone.clearances} == {ClearanceStatus.CANCELLED}
    assert {g.status for g in undone.grants} == {GrantStatus.ENDED}


def test_a_withdrawn_case_is_closed_without_gaps_and_keeps_every_right() -> None:
    change = closing.withdrawn(consented(), c.NOW)
    case = c.after(change)
    assert (case.stage, case.closed, case.closed_at, case.gaps) == (Stage.WITHDRAWN, True, c.NOW, ())
    assert [s.desired for s in case.systems] == [s.held for s in case.systems]
    assert (c.kinds(change), c.told(change, "case_withdrawn")) == (("CaseWithdrawn",), ("lin", "wang", "zhou", "hr"))


def test_the_last_day_ends_a_request_that_nobody_answered() -> None:
    assert closing.leave(requested(), OVER).case.withdrawal is None
