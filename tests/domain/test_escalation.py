"""Departments that stay silent and approvers who leave: somebody else is asked, HR in the end, and it always ends."""

from datetime import date, datetime, timedelta

import pytest

from domain import agenda, clearances, closing
from domain.case import Case
from domain.change import Change
from domain.handover import Clearance, ClearanceStatus
from domain.people import Actor
from tests.domain import cases as c


def accounts(clearance: Clearance) -> tuple[str, ...]:
    return tuple(seat.account for seat in clearance.seats)


def sales(case: Case) -> Clearance:
    return c.find_clearance(case, "sales")


def finance(case: Case) -> Clearance:
    return c.find_clearance(case, "finance")


def left(case: Case, *who: str) -> Change:
    return closing.people_left(case, who, c.NOW)


def silent_until(case: Case, instant: datetime) -> Change:
    return clearances.escalate_due(case, instant)


FIRST, SECOND, THIRD = (c.opening(date(2026, *day)) for day in ((11, 27), (12, 3), (12, 9)))
A_SECOND = timedelta(seconds=1)


def test_a_silent_level_is_escalated_at_its_instant_and_not_before() -> None:
    case = c.handing_over()
    assert silent_until(case, FIRST - A_SECOND).facts == ()
    change = silent_until(case, FIRST)
    assert (accounts(sales(change.case)), sales(change.case).level) == (("sales-clerk", "sales-head"), 1)
    assert change.facts[0].data == {"department": "sales", "level": 1, "because": "silence"}
    assert "sales-head" in c.told(change, "clearance_escalated")


def test_those_asked_before_may_still_decide_after_the_escalation() -> None:
    case = silent_until(c.handing_over(), FIRST).case
    for by in (c.CLERK, c.HEAD):
        decided = clearances.decide(case, by, "sales", True, "", FIRST).case
        assert sales(decided).status is ClearanceStatus.APPROVED


def test_silence_climbs_level_by_level_and_ends_at_hr() -> None:
    second = silent_until(silent_until(c.handing_over(), FIRST).case, SECOND)
    assert accounts(sales(second.case)) == ("sales-clerk", "sales-head", "sales-director")
    third = silent_until(second.case, THIRD)
    assert (sales(third.case).escalate_at, sales(third.case).level) == (None, 3)
    assert c.told(third, "clearance_unanswered") == ("hr",)
    assert silent_until(third.case, THIRD + c.days(30)).facts == ()


def test_hr_is_told_of_the_silence_but_does_not_decide_in_the_place_of_people_who_are_there() -> None:
    change = silent_until(c.handing_over(), FIRST)
    assert accounts(c.find_clearance(change.case, "it")) == ("it-clerk",)
    assert c.told(change, "clearance_unanswered") == ("hr", "hr")


def test_a_level_that_brings_nobody_new_is_passed_over() -> None:
    levels = (("sales-clerk",), ("sales-clerk", "lin"), ("sales-head",))
    case = c.handing_over(clearances=(c.department("sales", *levels),))
    change = silent_until(case, FIRST)
    assert (accounts(sales(change.case)), sales(change.case).level) == (("sales-clerk", "sales-head"), 2)


def test_reminders_go_on_when_there_is_nobody_left_to_escalate_to() -> None:
    case = silent_until(c.handing_over(), FIRST).case
    case = silent_until(silent_until(case, SECOND).case, THIRD).case
    remind_at = sales(case).remind_at
    assert remind_at is not None
    assert remind_at > THIRD
    assert "digest" in {note.kind for note in agenda.advance(case, remind_at).notifications}


def test_an_approver_who_left_makes_room_for_the_next_level() -> None:
    change = left(c.handing_over(), "sales-clerk")
    assert accounts(sales(change.case)) == ("sales-head",)
    assert c.kinds(change) == ("ApproverLeft", "ClearanceEscalated")
    assert change.facts[1].data["because"] == "approver_left"
    with c.forbidden("clearance.not_asked"):
        clearances.decide(change.case, c.CLERK, "sales", True, "", c.NOW)


def test_those_who_left_together_do_not_succeed_each_other() -> None:
    change = left(c.handing_over(), "sales-clerk", "sales-head")
    assert accounts(sales(change.case)) == ("sales-director",)


def test_when_the_last_approver_has_left_hr_is_asked() -> None:
    change = left(c.handing_over(), "it-clerk")
    it = c.find_clearance(change.case, "it")
    assert (accounts(it), it.escalate_at) == (("hr",), None)
    assert c.told(change, "clearance_unanswered") == ("hr",)
    decided = clearances.decide(change.case, c.HR, "it", True, "", c.NOW).case
    assert c.find_clearance(decided, "it").status is ClearanceStatus.APPROVED


def test_as_long_as_the_quorum_can_be_met_nobody_is_asked_in_the_place_of_one_who_left() -> None:
    change = left(c.handing_over(), "auditor")
    assert (accounts(finance(change.case)), c.kinds(change)) == (("bookkeeper", "cashier"), ("ApproverLeft",))


def test_a_quorum_that_can_not_be_met_any_more_brings_in_hr_although_somebody_is_still_there() -> None:
    change = left(left(c.handing_over(), "auditor").case, "cashier")
    assert accounts(finance(change.case)) == ("bookkeeper", "hr")
    both = clearances.decide(change.case, c.BOOKKEEPER, "finance", True, "", c.NOW).case
    both = clearances.decide(both, c.HR, "finance", True, "", c.NOW).case
    assert finance(both).status is ClearanceStatus.APPROVED


def test_a_quorum_asks_as_many_levels_as_it_takes() -> None:
    case = c.handing_over(clearances=(c.department("sales", ("a", "b"), ("d",), ("e",), ("f",), quorum=3),))
    change = left(case, "a")
    assert (accounts(sales(change.case)), sales(change.case).level) == (("b", "d", "e"), 2)


def test_the_approval_of_somebody_who_left_afterwards_still_counts() -> None:
    case = clearances.decide(c.handing_over(), c.BOOKKEEPER, "finance", True, "", c.NOW).case
    change = left(case, "bookkeeper")
    assert change.facts == ()
    decided = clearances.decide(change.case, c.CASHIER, "finance", True, "", c.NOW).case
    assert finance(decided).status is ClearanceStatus.APPROVED


def test_a_delegate_who_left_is_replaced_like_any_approver() -> None:
    case = clearances.delegate(c.handing_over(), c.CLERK, "sales", "chen", "", c.NOW).case
    assert accounts(sales(left(case, "chen").case)) == ("sales-head",)


def test_a_department_that_sent_back_finds_a_new_approver_for_the_resubmission() -> None:
    back = clearances.decide(c.handing_over(), c.CLERK, "sales", False, "r", c.NOW).case
    case = left(back, "sales-clerk").case
    assert (sales(case).status, accounts(sales(case))) == (ClearanceStatus.SENT_BACK, ("sales-head",))
    again = clearances.resubmit(case, c.LEAVER, "sales", "", c.NOW)
    assert c.told(again, "clearance_asked") == ("sales-head",)


def test_a_department_that_is_done_does_not_care_who_leaves() -> None:
    case = c.approved(c.handing_over())
    assert left(case, "sales-clerk", "bookkeeper", "it-clerk").facts == ()


@pytest.mark.parametrize("order", [("it-clerk", "hr"), ("hr", "it-clerk")])
def test_hr_who_has_left_is_not_asked_in_the_place_of_the_last_approver(order: tuple[str, str]) -> None:
    """Asking somebody who is gone would be found out, and asked again, without end."""
    case = c.handing_over()
    for account in order:
        case = left(case, account).case
    assert accounts(c.find_clearance(case, "it")) == ()
    again = left(case, "hr")
    assert (again.case, again.facts, again.notifications) == (case, (), ())


def test_a_department_that_lost_everybody_is_given_to_somebody_by_another_hr_officer() -> None:
    case = left(c.handing_over(), "it-clerk", "hr").case
    case = clearances.reassign(case, c.OTHER_HR, "it", "", "chen", "all have left", c.NOW).case
    decided = clearances.decide(case, Actor("chen"), "it", True, "", c.NOW).case
    assert c.find_clearance(decided, "it").status is ClearanceStatus.APPROVED


@pytest.mark.parametrize("order", [("zhou", "wang", "hr"), ("hr", "wang", "zhou"), ("wang", "zhou", "hr")])
def test_items_do_not_travel_between_people_who_have_all_left(order: tuple[str, ...]) -> None:
    case = c.handing_over()
    for account in order:
        case = left(case, account).case
    for account in order:
        assert left(case, account).facts == ()


def test_a_receiver_and_the_witness_who_left_together_are_followed_by_hr() -> None:
    case = left(c.handing_over(), "zhou", "wang").case
    assert {i.receiver for i in case.items} == {"hr"}


def test_nobody_leaves_a_case_that_is_over() -> None:
    over = closing.close(c.pursuing(), c.NOW).case
    assert left(over, "sales-clerk").case == over
