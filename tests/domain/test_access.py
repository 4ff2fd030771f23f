"""What the leaver may do in each system: computed from the case, changed by revision, believed only when read back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain import access, closing, grants
from domain.case import Case, Stage
from domain.plan import SystemPlan
from domain.rights import Operation
from tests.domain import cases as c

LATER = c.NOW + timedelta(hours=1)


def desired(case: Case, system: str = "erp") -> tuple[str, ...]:
    return access.find(case, system).desired


def with_grant() -> Case:
    asked = grants.request(c.handing_over(), c.LEAVER, "erp", ("create_orders",), "one order", 24, c.NOW).case
    return c.after(grants.decide(asked, c.SECURITY, "g1", True, "", None, c.NOW))


def test_the_notice_takes_away_exactly_what_the_plan_freezes() -> None:
    case = c.opened()
    assert [s.desired for s in case.systems] == [("view",), ("view_orders",), ("send",)]
    assert access.find(case, "crm").operation is Operation.FREEZE


def test_a_system_from_which_nothing_is_frozen_is_left_alone() -> None:
    mail = access.find(c.opened(), "mail")
    assert (mail.revision, mail.operation, mail.verified) == (0, Operation.NONE, True)


@pytest.mark.parametrize("stage", [Stage.OPENING, Stage.WITHDRAWING, Stage.WITHDRAWN])
def test_before_the_case_and_after_a_withdrawal_every_right_is_held(stage: Stage) -> None:
    case = replace(with_grant(), stage=stage)
    assert [access.allowed_rights(case, s) for s in case.systems] == [s.held for s in case.systems]


@pytest.mark.parametrize("stage", [Stage.LEAVING, Stage.PURSUING, Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS])
def test_after_the_last_day_no_right_is_left_not_even_a_granted_one(stage: Stage) -> None:
    case = replace(with_grant(), stage=stage)
    assert [access.allowed_rights(case, s) for s in case.systems] == [(), (), ()]


@pytest.mark.parametrize("stage", [Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY])
def test_in_the_notice_period_an_active_grant_adds_its_rights_in_its_system_only(stage: Stage) -> None:
    case = replace(with_grant(), stage=stage)
    allowed = [access.allowed_rights(case, s) for s in case.systems]
    assert allowed == [("view",), ("create_orders", "view_orders"), ("send",)]


def test_a_right_that_was_never_held_is_not_given_even_if_the_freeze_names_it() -> None:
    case = c.handing_over(systems=(SystemPlan("erp", ("view_orders",), ("create_orders",)),))
    asked = grants.request(case, c.LEAVER, "erp", ("create_orders",), "r", 1, c.NOW).case
    granted = c.after(grants.decide(asked, c.SECURITY, "g1", True, "", None, c.NOW))
    assert desired(granted) == ("view_orders",)


def test_each_change_of_rights_is_a_new_revision_that_is_not_yet_verified() -> None:
    case = with_grant()
    erp = access.find(case, "erp")
    assert (erp.revision, erp.verified, erp.operation, erp.wanted_since) == (2, False, Operation.GRANT, c.NOW)
    assert access.unverified(case) == (erp,)


def test_nothing_changes_where_nothing_is_wanted_anew() -> None:
    case = c.opened()
    assert access.settle(case, LATER) is case


def test_the_operations_follow_the_story_of_the_case() -> None:
    case = with_grant()
    case = c.after(grants.revoke(case, c.SECURITY, "g1", "", LATER), LATER)
    assert access.find(case, "erp").operation is Operation.REVOKE
    assert access.find(c.after(closing.leave(case, LATER), LATER), "erp").operation is Operation.CLOSE
    assert access.find(c.withdrawing(case), "erp").operation is Operation.RESTORE


def test_a_read_back_of_the_wanted_rights_verifies_the_revision() -> None:
    change = access.record_verified(c.opened(), "erp", 1, ("view_orders",), 3, LATER)
    erp = access.find(change.case, "erp")
    assert (erp.verified, erp.observed) == (True, ("view_orders",))
    assert change.facts[0].data == {
        "system": "erp",
        "operation": "freeze",
        "revision": 1,
        "observed": ("view_orders",),
        "attempts": 3,
    }


def test_a_receipt_of_an_overtaken_revision_is_a_fact_and_verifies_nothing() -> None:
    case = with_grant()
    change = access.record_verified(case, "erp", 1, ("view_orders",), 1, LATER)
    assert change.case == case
    assert c.kinds(change) == ("AccessVerified",)


def test_a_system_that_does_not_follow_alarms_hr_and_security_each_round() -> None:
    first = access.record_failing(c.opened(), "erp", 1, "connection refused", 5, LATER)
    second = access.record_failing(first.case, "erp", 1, "still refused", 5, LATER + timedelta(hours=1))
    erp = access.find(second.case, "erp")
    assert (erp.failing_since, erp.last_problem, erp.verified) == (LATER, "still refused", False)
    for change in (first, second):
        assert c.kinds(change) == ("AccessUnverified",)
        assert c.told(change, "access_alarm") == ("hr", "sec")


def test_a_failure_of_an_overtaken_revision_is_no_news() -> None:
    case = with_grant()
    change = access.record_failing(case, "erp", 1, "too late", 1, LATER)
    assert (change.case, change.facts, change.notifications) == (case, (), ())


def test_the_alarm_is_cleared_when_the_system_follows_at_last() -> None:
    failing = access.record_failing(c.opened(), "erp", 1, "down", 5, c.NOW).case
    change = access.record_verified(failing, "erp", 1, ("view_orders",), 9, LATER)
    erp = access.find(change.case, "erp")
    assert (erp.failing_since, erp.last_problem) == (None, "")
    assert c.kinds(change) == ("AccessVerified", "AccessAlarmCleared")
    assert c.told(change, "access_alarm_cleared") == ("hr", "sec")


def test_a_new_wish_starts_with_a_clean_sheet() -> None:
    failing = access.record_failing(c.opened(), "erp", 1, "down", 5, c.NOW).case
    erp = access.find(c.withdrawing(failing), "erp")
    assert (erp.revision, erp.failing_since, erp.last_problem) == (2, None, "")


def test_hr_who_is_also_security_is_told_once() -> None:
    assert access.alarm_recipients(c.opened(security=("hr", "sec"))) == ("hr", "sec")


def test_a_case_knows_only_its_own_systems() -> None:
    with pytest.raises(KeyError):
        access.find(c.opened(), "payroll")
