"""Department clearances: asked in parallel, decided by those who were asked, each on its own clock."""

from dataclasses import replace
from datetime import date

import pytest

from domain import clearances, signing
from domain.case import Case, Stage
from domain.handover import ClearanceStatus
from domain.people import Actor
from domain.working_days import WorkingCalendar
from tests.domain import cases as c


def approve(case: Case, by: Actor, department: str = "sales") -> Case:
    return clearances.decide(case, by, department, True, "", c.NOW).case


def sent_back(case: Case | None = None) -> Case:
    return clearances.decide(case or c.handing_over(), c.CLERK, "sales", False, "two visits are missing", c.NOW).case


def status(case: Case, department: str = "sales") -> ClearanceStatus:
    return c.find_clearance(case, department).status


def test_all_departments_are_asked_at_once_each_on_its_own_clock() -> None:
    change = clearances.open_all(c.opened(), c.NOW)
    assert c.kinds(change) == ("ClearancesOpened",)
    assert c.told(change, "clearance_asked") == ("sales-clerk", "bookkeeper", "cashier", "auditor", "it-clerk")
    sales = c.find_clearance(change.case, "sales")
    assert (sales.opened_at, sales.level, sales.status) == (c.NOW, 0, ClearanceStatus.PENDING)
    assert sales.remind_at == c.opening(date(2026, 11, 25))
    assert sales.escalate_at == c.opening(date(2026, 11, 27))
    assert sales.due_at == c.opening(date(2026, 12, 3))


def test_the_clock_of_a_department_counts_working_days() -> None:
    """Asked on the Wednesday before the Spring Festival of 2027: it has four working days, not four days."""
    festival = tuple(date(2027, 2, day) for day in (8, 9, 10, 11, 12))
    calendar = WorkingCalendar(c.SHANGHAI, festival, makeup_days=(date(2027, 2, 14),))
    case = c.opened(c.opening(date(2027, 2, 3)), calendar=calendar)
    assert c.find_clearance(case, "sales").escalate_at == c.opening(date(2027, 2, 15))


def test_the_leaver_is_never_asked() -> None:
    case = c.opened(clearances=(c.department("it", ("lin", "it-clerk")),))
    assert [seat.account for seat in c.find_clearance(case, "it").seats] == ["it-clerk"]


def test_one_approval_clears_a_department() -> None:
    change = clearances.decide(c.handing_over(), c.CLERK, "sales", True, "fine", c.NOW)
    sales = c.find_clearance(change.case, "sales")
    assert (sales.status, sales.remind_at, sales.escalate_at) == (ClearanceStatus.APPROVED, None, None)
    assert [(a.account, a.note) for a in sales.approvals] == [("sales-clerk", "fine")]
    assert c.kinds(change) == ("ClearanceApprovalGiven", "ClearanceApproved")
    assert not clearances.done(change.case)


def test_a_department_does_not_confirm_while_items_of_its_categories_are_open_unless_it_says_why() -> None:
    sales = replace(c.department("sales", ("sales-clerk",)), categories=("customers",))
    case = c.handing_over(clearances=(sales,))
    mine = tuple(item.id for item in case.items if item.category == "customers")
    assert clearances.open_items(case, case.clearances[0]) == mine
    with c.conflict("clearance.items_open"):
        clearances.decide(case, c.CLERK, "sales", True, "", c.NOW)
    assert clearances.decide(case, c.CLERK, "sales", True, "they come on Monday", c.NOW).facts
    assert clearances.decide(case, c.CLERK, "sales", False, "do it", c.NOW).facts
    with c.conflict("clearance.items_open"):
        clearances.decide(c.handed_over(case), c.CLERK, "sales", True, "", c.NOW)
    assert clearances.decide(c.accepted(case), c.CLERK, "sales", True, "", c.NOW).facts


def test_the_handover_is_cleared_when_every_department_said_so() -> None:
    assert clearances.done(c.approved(c.handing_over()))


def test_a_quorum_of_two_takes_two_different_people() -> None:
    once = clearances.decide(c.handing_over(), c.BOOKKEEPER, "finance", True, "", c.NOW)
    assert (status(once.case, "finance"), c.kinds(once)) == (ClearanceStatus.PENDING, ("ClearanceApprovalGiven",))
    with c.conflict("clearance.already_approved_by_you"):
        approve(once.case, c.BOOKKEEPER, "finance")
    assert status(approve(once.case, c.AUDITOR, "finance"), "finance") is ClearanceStatus.APPROVED


def test_one_who_sends_back_undoes_the_approvals_of_the_others() -> None:
    once = approve(c.handing_over(), c.BOOKKEEPER, "finance")
    back = clearances.decide(once, c.CASHIER, "finance", False, "an invoice is open", c.NOW).case
    again = clearances.resubmit(back, c.LEAVER, "finance", "paid", c.NOW).case
    assert c.find_clearance(again, "finance").undecided() == ("bookkeeper", "cashier", "auditor")


def test_a_quorum_beyond_the_first_level_asks_the_next_without_waiting() -> None:
    """Four eyes, clerk and head: when the clerk has approved, nobody else is asked yet, so the head is."""
    case = c.handing_over(clearances=(c.department("sales", ("sales-clerk",), ("sales-head",), quorum=2),))
    change = clearances.decide(case, c.CLERK, "sales", True, "", c.NOW)
    assert c.kinds(change) == ("ClearanceApprovalGiven", "ClearanceEscalated")
    assert change.facts[1].data["because"] == "quorum"
    assert c.told(change, "clearance_escalated") == ("sales-head",)
    assert status(approve(change.case, c.HEAD)) is ClearanceStatus.APPROVED


def test_nobody_clears_the_own_departure() -> None:
    with c.forbidden("clearance.self_approval"):
        approve(c.handing_over(), c.LEAVER_OF_ALL_ROLES)


@pytest.mark.parametrize("by", [c.HEAD, c.HR, c.WITNESS, c.BOOKKEEPER, c.STRANGER])
def test_only_those_who_are_asked_decide(by: Actor) -> None:
    with c.forbidden("clearance.not_asked"):
        approve(c.handing_over(), by)


def test_a_department_is_cleared_once() -> None:
    with c.conflict("clearance.not_pending"):
        approve(approve(c.handing_over(), c.CLERK), c.CLERK)


def test_a_department_outside_the_template_is_not_found() -> None:
    with c.not_found("clearance.unknown"):
        approve(c.handing_over(), c.CLERK, "catering")


@pytest.mark.parametrize("stage", [Stage.WITHDRAWING, Stage.COMPLETED, Stage.WITHDRAWN])
def test_nothing_is_cleared_in_a_case_that_ends(stage: Stage) -> None:
    case = c.in_stage(c.handing_over(), stage)
    with c.conflict("clearance.not_in_this_stage"):
        approve(case, c.CLERK)
    with c.conflict("clearance.not_in_this_stage"):
        clearances.delegate(case, c.CLERK, "sales", "chen", "", c.NOW)


@pytest.mark.parametrize("stage", [Stage.FREEZING, Stage.SIGNING, Stage.AWAITING_LAST_DAY, Stage.PURSUING])
def test_departments_may_confirm_as_long_as_the_case_runs(stage: Stage) -> None:
    assert status(approve(c.in_stage(c.handing_over(), stage), c.CLERK)) is ClearanceStatus.APPROVED


def test_sending_back_needs_a_reason() -> None:
    with c.invalid("reason.required"):
        clearances.decide(c.handing_over(), c.CLERK, "sales", False, "", c.NOW)


def test_what_is_sent_back_waits_for_the_leaver_and_is_not_escalated() -> None:
    change = clearances.decide(c.handing_over(), c.CLERK, "sales", False, "two visits are missing", c.NOW)
    sales = c.find_clearance(change.case, "sales")
    assert (sales.status, sales.sent_back, sales.escalate_at) == (ClearanceStatus.SENT_BACK, 1, None)
    assert sales.last_reason == "two visits are missing"
    assert c.told(change, "clearance_sent_back") == ("lin", "wang")
    later = c.NOW + c.days(60)
    assert clearances.escalate_due(change.case, later).case.clearances[0] == sales


@pytest.mark.parametrize("by", [c.LEAVER, c.WITNESS, c.HR])
def test_what_was_missing_is_resubmitted_to_the_same_people_on_a_new_clock(by: Actor) -> None:
    later = c.opening(date(2026, 11, 30))
    change = clearances.resubmit(sent_back(), by, "sales", "visits added", later)
    sales = c.find_clearance(change.case, "sales")
    assert (sales.status, sales.undecided()) == (ClearanceStatus.PENDING, ("sales-clerk",))
    assert sales.escalate_at == c.opening(date(2026, 12, 4))
    assert sales.due_at == c.opening(date(2026, 12, 3)), "sending back moves no deadline"
    assert (c.kinds(change), c.told(change, "clearance_asked")) == (("ClearanceResubmitted",), ("sales-clerk",))
    assert status(approve(change.case, c.CLERK)) is ClearanceStatus.APPROVED


@pytest.mark.parametrize("by", [c.RECEIVER, c.CLERK, c.SECURITY])
def test_others_do_not_resubmit(by: Actor) -> None:
    with c.forbidden("clearance.may_not_resubmit"):
        clearances.resubmit(sent_back(), by, "sales", "", c.NOW)


def test_only_what_was_sent_back_is_resubmitted() -> None:
    with c.conflict("clearance.not_sent_back"):
        clearances.resubmit(c.handing_over(), c.LEAVER, "sales", "", c.NOW)


def test_a_withdrawal_ends_all_asking() -> None:
    case = approve(c.handing_over(), c.CLERK)
    change = clearances.cancel(case, c.NOW)
    assert {s.status for s in change.case.clearances} == {ClearanceStatus.CANCELLED}
    assert c.told(change, "clearance_cancelled") == ("bookkeeper", "cashier", "auditor", "it-clerk")
    assert change.facts[0].data == {"departments": ("finance", "it")}


def test_a_case_without_departments_has_nothing_to_cancel() -> None:
    case = c.handing_over(clearances=())
    assert clearances.cancel(case, c.NOW).facts == ()
    assert clearances.done(case)


@pytest.mark.parametrize("what", ["partial approval", "approval", "sent back", "resubmitted"])
def test_whatever_a_department_says_overtakes_the_unsealed_record_that_quotes_it(what: str) -> None:
    ready = c.in_stage(c.handing_over(), Stage.SIGNING)
    case = c.presented(sent_back(ready) if what == "resubmitted" else ready)
    change = {
        "partial approval": lambda: clearances.decide(case, c.BOOKKEEPER, "finance", True, "", c.NOW),
        "approval": lambda: clearances.decide(case, c.CLERK, "sales", True, "", c.NOW),
        "sent back": lambda: clearances.decide(case, c.CLERK, "sales", False, "r", c.NOW),
        "resubmitted": lambda: clearances.resubmit(case, c.LEAVER, "sales", "", c.NOW),
    }[what]()
    assert change.case.record is None
    assert c.kinds(change)[-1] == "RecordOvertaken"
    assert signing.substance(change.case) != signing.substance(case)
