"""The one clock of a case: what is due when, who is reminded of what, and that it always moves on."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from domain import access, agenda, checklist, clearances, closing, grants, last_day, signing
from domain.case import Case, Stage
from domain.change import Change
from domain.timezones import end_of
from domain.working_days import WorkingCalendar
from tests.domain import cases as c

WEDNESDAY = c.opening(date(2026, 11, 25))
OVER = end_of(c.LAST_DAY, c.SHANGHAI)


def task_kinds(case: Case) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {task.key: (task.kind, task.accounts) for task in agenda.tasks(case)}


def test_the_tasks_say_who_has_to_do_what() -> None:
    case = c.handed_over(c.handing_over(), "devices")
    case = clearances.decide(case, c.CLERK, "sales", False, "r", c.NOW).case
    case = clearances.decide(case, c.BOOKKEEPER, "finance", True, "", c.NOW).case
    case = grants.request(case, c.LEAVER, "erp", ("create_orders",), "r", 1, c.NOW).case
    case = last_day.propose(case, c.LEAVER, date(2027, 1, 29), "r", c.NOW).case
    case = last_day.request_withdrawal(case, c.LEAVER, "r", c.NOW).case
    assert task_kinds(case) == {
        "item:customer_files": ("hand_over_item", ("lin",)),
        "item:open_orders": ("hand_over_item", ("lin",)),
        "item:devices": ("decide_item", ("zhou",)),
        "clearance:sales": ("resubmit_clearance", ("lin",)),
        "clearance:finance": ("decide_clearance", ("cashier", "auditor")),
        "clearance:it": ("decide_clearance", ("it-clerk",)),
        "grant:g1": ("decide_grant", ("sec",)),
        "last_day": ("answer_last_day", ("hr",)),
        "withdrawal": ("answer_withdrawal", ("hr",)),
    }


def test_what_hr_proposes_the_leaver_answers() -> None:
    case = last_day.propose(c.handing_over(), c.OTHER_HR, date(2027, 1, 29), "r", c.NOW).case
    assert task_kinds(case)["last_day"] == ("answer_last_day", ("lin",))


def test_each_party_is_asked_to_sign_and_a_refusal_to_be_witnessed_by_somebody_else() -> None:
    case = signing.sign(c.signing_case(), c.LEAVER, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    case = signing.refuse(case, c.WITNESS, "wang", "r", c.NOW).case
    assert task_kinds(case) == {
        "signature:zhou": ("sign_record", ("zhou",)),
        "signature:wang": ("witness_refusal", ("hr",)),
    }
    case = signing.refuse(case, c.RECEIVER, "zhou", "r", c.NOW).case
    assert task_kinds(case)["signature:zhou"] == ("witness_refusal", ("wang",))


def test_a_record_that_was_answered_asks_for_the_seal_and_a_sealed_one_asks_nobody() -> None:
    case = c.signed(c.signing_case())
    assert task_kinds(case) == {"seal": ("approve_seal", ("hr",))}
    assert agenda.tasks(c.sealed(case, c.NOW).case) == ()


@pytest.mark.parametrize("stage", [Stage.WITHDRAWING, Stage.WITHDRAWN, Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS])
def test_a_case_that_ends_asks_nobody_waits_for_nothing_and_does_nothing(stage: Stage) -> None:
    """However late its clock wakes up: what was open when the case closed is a gap now, not a task."""
    case = c.in_stage(c.handing_over(), stage)
    much_later = c.NOW + c.days(400)
    assert agenda.tasks(case) == ()
    assert agenda.next_due(case, much_later) is None
    assert agenda.advance(case, much_later) == Change(case)


def test_an_unopened_case_has_no_clock() -> None:
    case = Case("c1", "e1", c.NOW)
    assert (agenda.tasks(case), agenda.next_due(case, c.NOW), agenda.advance(case, c.NOW).facts) == ((), None, ())


def test_the_next_thing_due_is_the_earliest() -> None:
    assert agenda.next_due(c.handing_over(), c.NOW) == WEDNESDAY
    asked = grants.request(c.handing_over(), c.LEAVER, "erp", ("create_orders",), "r", 3, c.NOW).case
    assert agenda.next_due(asked, c.NOW) == c.opening(date(2026, 11, 24))
    active = grants.decide(asked, c.SECURITY, "g1", True, "", None, c.NOW).case
    assert agenda.next_due(active, c.NOW) == c.NOW + timedelta(hours=2)


def test_what_is_overdue_is_due_now_but_milestones_are_not_waited_for_twice() -> None:
    late = c.NOW + c.days(2)
    assert agenda.next_due(c.handing_over(), late) == WEDNESDAY
    done = c.sealed(c.signed(c.signing_case()), c.NOW).case
    quiet = replace(c.in_stage(done, Stage.AWAITING_LAST_DAY), warned_days=(7, 3, 0))
    assert agenda.next_due(quiet, c.NOW) == c.opening(c.LAST_DAY)
    assert agenda.next_due(quiet, c.opening(c.LAST_DAY)) == OVER
    assert agenda.next_due(quiet, OVER) is None


def test_the_pursuit_ends_at_its_deadline() -> None:
    case = c.pursuing(c.sealed(c.signed(c.signing_case()), c.NOW).case)
    assert case.pursue_until is not None
    assert agenda.next_due(case, OVER) == case.pursue_until
    assert agenda.next_due(case, case.pursue_until) is None


def test_reminders_of_one_instant_are_one_digest_for_each_person() -> None:
    change = agenda.advance(c.handing_over(), WEDNESDAY)
    assert c.kinds(change) == ("DigestSent",)
    digests = {note.to[0]: note.subjects for note in change.notifications}
    assert digests["lin"] == ("item:customer_files", "item:open_orders", "item:devices")
    assert digests["cashier"] == ("clearance:finance",)
    assert change.facts[0].data["to"] == ("lin", "sales-clerk", "bookkeeper", "cashier", "auditor", "it-clerk")


def test_nobody_is_reminded_a_second_too_early() -> None:
    change = agenda.advance(c.handing_over(), WEDNESDAY - timedelta(seconds=1))
    assert (change.facts, change.notifications) == ((), ())


def test_a_reminder_is_counted_and_comes_again_after_so_many_working_days() -> None:
    """The second reminder after Wednesday's is Friday's, the third skips the weekend."""
    case = agenda.advance(c.handing_over(), WEDNESDAY).case
    for name in ("devices", "open_orders"):
        assert (c.find_item(case, name).reminders, c.find_item(case, name).remind_at) == (
            1,
            c.opening(date(2026, 11, 27)),
        )
    again = agenda.advance(case, c.opening(date(2026, 11, 27))).case
    assert c.find_item(again, "devices").remind_at == c.opening(date(2026, 12, 1))


def test_requests_and_signatures_are_reminded_of_too() -> None:
    asked = grants.request(c.handing_over(), c.LEAVER, "erp", ("create_orders",), "r", 3, c.NOW).case
    case = agenda.advance(asked, c.opening(date(2026, 11, 24))).case
    assert (c.find_grant(case).reminders, c.find_grant(case).remind_at) == (1, WEDNESDAY)
    signed = agenda.advance(c.signing_case(), WEDNESDAY).case
    assert signed.record is not None
    assert (signed.record.reminders, signed.record.remind_at) == (1, c.opening(date(2026, 11, 27)))


def test_a_request_is_due_on_the_next_working_day_and_late_from_then_on() -> None:
    """Reminding somebody of it does not make it less late."""
    asked = grants.request(c.signing_case(), c.LEAVER, "erp", ("create_orders",), "r", 3, c.NOW).case
    tuesday = c.opening(date(2026, 11, 24))
    assert not agenda.overdue(asked, tuesday)
    assert agenda.overdue(asked, tuesday + timedelta(seconds=1))
    assert agenda.overdue(agenda.advance(asked, tuesday).case, tuesday + timedelta(hours=1))


def test_a_person_without_account_gets_no_digest() -> None:
    change = agenda.advance(c.handing_over(leaver=""), WEDNESDAY)
    assert "" not in {account for note in change.notifications for account in note.to}


def test_hr_leaver_and_witness_are_warned_seven_three_and_no_days_before_the_last() -> None:
    """NOT-08: working on past the last day unnoticed is a liability."""
    case, warned = c.sealed(c.signed(c.signing_case()), c.NOW).case, []
    now = c.NOW
    while (due := agenda.next_due(case, now)) is not None:
        now = due
        change = agenda.advance(case, now)
        case = change.case
        warned += [(now, fact.data["days"]) for fact in change.facts if fact.kind == "LastDayWarned"]
        assert c.told(change, "last_day_near") in ((), ("hr", "lin", "wang"))
    assert warned == [(c.opening(date(2026, 12, day)), left) for day, left in ((16, "7"), (20, "3"), (23, "0"))]


@pytest.mark.parametrize(("clock", "left"), [(time(8, 59), []), (time(9, 0), ["7"])])
def test_a_warning_comes_at_the_opening_hour(clock: time, left: list[str]) -> None:
    change = agenda.advance(c.handing_over(), c.opening(date(2026, 12, 16), clock))
    assert [fact.data["days"] for fact in change.facts if fact.kind == "LastDayWarned"] == left


def test_a_warning_that_comes_late_tells_the_days_that_are_left() -> None:
    """NOT-02: in probation three days are all there is; nobody is told of seven."""
    case = c.handing_over(last_day=date(2026, 11, 26), earliest_last_day=date(2026, 11, 26))
    change = agenda.advance(case, c.NOW)
    assert [fact.data["days"] for fact in change.facts] == ["3"]
    assert change.notifications[0].subjects == ("3", "2026-11-26")
    assert change.case.warned_days == (7, 3)


def test_a_moved_last_day_is_warned_of_again() -> None:
    case = agenda.advance(c.handing_over(), c.opening(date(2026, 12, 16))).case
    assert case.warned_days == (7,)
    case = last_day.propose(case, c.HR, date(2027, 1, 29), "r", c.opening(date(2026, 12, 16))).case
    case = last_day.answer(case, c.LEAVER, date(2027, 1, 29), True, "", c.opening(date(2026, 12, 16))).case
    change = agenda.advance(case, c.opening(date(2027, 1, 22)))
    assert "LastDayWarned" in c.kinds(change)


def test_after_the_last_day_nobody_is_warned_of_it() -> None:
    change = agenda.advance(c.in_stage(c.handing_over(), Stage.LEAVING, OVER), OVER)
    assert "LastDayWarned" not in c.kinds(change)


def test_the_record_is_presented_on_the_morning_of_the_last_day_at_the_latest() -> None:
    case = c.handing_over(calendar=WorkingCalendar("Europe/Berlin", opens_at=time(8, 30)))
    assert agenda.signing_due(case) == c.opening(c.LAST_DAY, time(8, 30), "Europe/Berlin")


@pytest.mark.parametrize(
    ("instant", "late"),
    [(c.opening(date(2026, 12, 3)), False), (c.opening(date(2026, 12, 3)) + timedelta(seconds=1), True)],
)
def test_a_department_is_late_after_its_due_instant(instant: datetime, late: bool) -> None:
    assert agenda.overdue(c.accepted(c.handing_over()), instant) is late


def test_an_item_is_late_when_the_last_day_is_over() -> None:
    case = c.approved(c.handing_over())
    assert not agenda.overdue(case, OVER)
    assert agenda.overdue(case, OVER + timedelta(seconds=1))


def test_a_system_that_does_not_follow_is_late_at_once() -> None:
    assert agenda.overdue(access.record_failing(c.opened(), "erp", 1, "down", 6, c.NOW).case, c.NOW)


def test_everything_that_is_due_happens_in_one_step() -> None:
    asked = grants.request(c.handing_over(), c.LEAVER, "erp", ("create_orders",), "r", 24, c.NOW).case
    case = grants.decide(asked, c.SECURITY, "g1", True, "", None, c.NOW).case
    change = agenda.advance(case, c.opening(date(2026, 12, 16)))
    escalated = ("ClearanceEscalated",) * 3
    assert c.kinds(change) == ("GrantExpired", *escalated, "LastDayWarned", "DigestSent")
    after = agenda.next_due(change.case, c.opening(date(2026, 12, 16)))
    assert after is not None
    assert after > c.opening(date(2026, 12, 16))


def test_a_department_that_was_sent_back_reminds_the_leaver() -> None:
    case = clearances.decide(c.accepted(c.handing_over()), c.CLERK, "sales", False, "r", c.NOW).case
    change = agenda.advance(case, WEDNESDAY)
    assert ("lin",) in {note.to for note in change.notifications}
    assert c.find_clearance(change.case, "sales").reminders == 1


def test_a_waived_item_reminds_nobody() -> None:
    case = checklist.waive(c.approved(c.handing_over()), c.HR, c.ITEMS, "r", c.NOW).case
    assert agenda.advance(case, WEDNESDAY).facts == ()


def test_a_case_that_left_is_still_pursued_by_reminders() -> None:
    case = closing.leave(c.handing_over(), OVER).case
    assert "digest" in {
        note.kind for note in agenda.advance(c.in_stage(case, Stage.PURSUING, OVER), OVER).notifications
    }
