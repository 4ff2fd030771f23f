"""After the last day: duties, compensation and limitation, each on its day and each once (CRT-02, CRT-03, NC-05)."""

from collections import Counter
from datetime import date, timedelta

import pytest

from domain import aftercare, aftercare_decisions, agenda, closing, holds, non_compete, process
from domain.case import Case, Side, Stage
from domain.change import Change
from domain.law.non_compete_payments import Payment, arrears
from domain.law.periods import add_months
from domain.obligations import Compensation, DutyKind, InterruptionKind
from domain.timezones import end_of
from models.law import library
from tests import duties
from tests.domain import afterwards as a
from tests.domain import cases as c
from tests.domain.law.pay import yuan

ARCHIVES = DutyKind.ARCHIVES_AND_INSURANCE
LATER = end_of(date(2029, 12, 31), c.SHANGHAI)


def months(case: Case) -> tuple[Compensation, ...]:
    assert case.aftercare is not None
    return case.aftercare.compensations or ()


def paid(case: Case, month: int, on: date) -> Case:
    return a.on(
        on, lambda case, now: aftercare_decisions.confirm_compensation(case, c.HR, month, on, "bank 7", now), case
    ).case


def done(case: Case, kind: DutyKind, on: date) -> Change:
    return a.on(on, lambda case, now: aftercare_decisions.complete_duty(case, c.HR, kind, on, "receipt 3", now), case)


def interrupted(case: Case, on: date) -> Case:
    claim = InterruptionKind.CLAIM
    return a.on(
        on, lambda case, now: aftercare_decisions.record_interruption(case, c.COUNSEL, claim, on, "letter", now), case
    ).case


@pytest.mark.law("CRT-02", "CRT-03", "HND-02")
def test_every_duty_has_its_day_whatever_the_state_of_the_handover() -> None:
    case = a.left()
    assert case.stage is Stage.LEAVING
    assert case.aftercare is not None
    assert {duty.kind.value: (duty.due - c.LAST_DAY).days for duty in case.aftercare.duties} == {
        "unemployed_list": 7,
        "archives_and_insurance": 15,
        "housing_fund": 30,
    }
    asked = [task for task in agenda.tasks(case) if task.kind == "complete_duty"]
    assert {task.accounts for task in asked} == {("hr",)}
    assert asked[1].due_at == end_of(c.LAST_DAY + timedelta(days=15), c.SHANGHAI)


@pytest.mark.law("CRT-02", "CRT-03")
def test_what_nobody_does_is_warned_of_and_missed_each_once_on_its_day() -> None:
    case, facts = a.lived(a.closed(), c.opening(date(2027, 2, 28)))
    assert a.days(facts) == [
        ("DutyMissed", "2026-12-31T00:00"),
        ("DutyWarned", "2027-01-02T09:00"),
        ("DutyMissed", "2027-01-08T00:00"),
        ("DutyMissed", "2027-01-23T00:00"),
    ]
    assert [task.subject for task in agenda.tasks(case)] == [kind.value for kind in duties.EVERYWHERE], (
        "they stay to be done"
    )
    assert aftercare.missed(case) == duties.EVERYWHERE


@pytest.mark.law("CRT-02")
def test_what_is_done_in_time_is_neither_warned_of_nor_missed() -> None:
    change = done(a.closed(), ARCHIVES, date(2026, 12, 30))
    assert change.facts[0].data["late"] is False
    _, facts = a.lived(change.case, LATER, c.opening(date(2026, 12, 30)) + timedelta(hours=1))
    assert ARCHIVES.value not in {fact.data.get("duty") for fact in facts}


@pytest.mark.law("CRT-02")
def test_what_is_done_late_is_entered_as_late() -> None:
    case, _ = a.lived(a.closed(), c.opening(date(2027, 1, 20)))
    assert done(case, ARCHIVES, date(2027, 1, 20)).facts[0].data["late"] is True


@pytest.mark.law("NC-03")
def test_a_month_is_asked_for_a_week_before_it_is_due_and_then_left_in_peace() -> None:
    case = a.closed(2)
    assert [month.due for month in months(case)] == [date(2027, 1, 23), date(2027, 2, 23)]
    case, facts = a.lived(case, c.opening(date(2027, 1, 16)))
    assert a.days(facts)[-1] == ("CompensationAsked", "2027-01-16T09:00")
    assert "compensation:1" in {task.key for task in agenda.tasks(case)}
    case = paid(case, 1, date(2027, 1, 20))
    _, facts = a.lived(case, LATER, c.opening(date(2027, 1, 20)) + timedelta(hours=1))
    assert [fact.kind for fact in facts if fact.data.get("month") == 1] == []


@pytest.mark.law("NC-05")
def test_unpaid_months_alarm_on_the_first_day_escalate_before_the_third_and_let_the_employee_rescind() -> None:
    case, facts = a.lived(a.closed(4), c.opening(date(2027, 4, 1)))
    about_pay = [line for line in a.days(facts) if line[0].startswith(("Compensation", "NonCompete"))]
    assert about_pay == [
        ("CompensationAsked", "2027-01-16T09:00"),
        ("CompensationOverdue", "2027-01-24T09:00"),
        ("CompensationAsked", "2027-02-16T09:00"),
        ("CompensationOverdue", "2027-02-24T09:00"),
        ("CompensationAsked", "2027-03-16T09:00"),
        ("CompensationEscalated", "2027-03-23T09:00"),
        ("CompensationOverdue", "2027-03-24T09:00"),
        ("NonCompeteRescindable", "2027-03-24T09:00"),
    ]
    assert case.aftercare is not None
    assert case.aftercare.rescindable_since == date(2027, 3, 24)


@pytest.mark.law("NC-05")
def test_a_month_that_the_employee_keeps_from_being_paid_does_not_count() -> None:
    case, _ = a.lived(a.closed(3), c.opening(date(2027, 1, 30)))
    excuse = lambda case, now: aftercare_decisions.excuse_compensation(case, c.HR, 1, "account closed", now)  # noqa: E731
    case = a.on(date(2027, 1, 30), excuse, case).case
    _, facts = a.lived(case, LATER, c.opening(date(2027, 1, 30)) + timedelta(hours=1))
    assert "NonCompeteRescindable" not in {fact.kind for fact in facts}


@pytest.mark.law("NC-05")
def test_a_payment_made_on_the_day_of_the_right_to_rescind_comes_too_late() -> None:
    day = date(2027, 3, 24)
    case, _ = a.lived(a.closed(4), c.opening(day) - timedelta(hours=1))
    pay = lambda case, now: aftercare_decisions.confirm_compensation(case, c.HR, 1, day, "bank 7", now)  # noqa: E731
    early = c.opening(day) - timedelta(minutes=30)
    case, facts = a.lived(process.carry_out(pay, case, early).case, c.opening(day), early)
    assert ("NonCompeteRescindable", "2027-03-24T09:00") in a.days(facts)
    assert case.aftercare is not None
    assert case.aftercare.rescindable_since == day


@pytest.mark.law("NC-05")
@pytest.mark.parametrize("paid_on", [None, date(2027, 2, 23), date(2027, 3, 23)])
def test_a_case_acts_on_the_days_that_a_question_is_answered_with(paid_on: date | None) -> None:
    """The first month is paid on that day; the others stay unpaid."""
    case, before = a.lived(a.closed(6), c.opening(paid_on) if paid_on else c.OVER)
    case = paid(case, 1, paid_on) if paid_on else case
    now = c.opening(paid_on) + timedelta(hours=1) if paid_on else c.OVER
    case, after = a.lived(case, c.opening(date(2027, 5, 30)), now)
    said = {(fact.kind, fact.data.get("due")): fact.at.date() for fact in (*before, *after)}
    payments = tuple(Payment(month.due, yuan(1), month.paid_on) for month in months(case))
    answer = arrears(library().book(), c.LAST_DAY, payments)
    first = min(month.due for month in months(case) if not month.settled).isoformat()
    assert said["CompensationOverdue", first] == answer.warn_on
    assert said["CompensationEscalated", first] == answer.escalate_on
    assert said["NonCompeteRescindable", None] == answer.rescission_from


@pytest.mark.law("NC-05", "NC-06")
def test_whoever_is_free_has_nothing_to_rescind_whatever_is_still_owed() -> None:
    case, _ = a.lived(a.closed(12), c.opening(date(2027, 3, 1)))
    day = date(2027, 3, 1)
    end = lambda case, now: aftercare_decisions.end_non_compete(case, c.HR, Side.EMPLOYER, day, "over", now)  # noqa: E731
    ended = a.on(day, end, case).case
    _, facts = a.lived(ended, LATER, c.opening(day) + timedelta(hours=1))
    about_pay = [(fact.kind, fact.at.date(), fact.data["due"]) for fact in facts if fact.kind.startswith("Comp")]
    extra = [(kind, on) for kind, on, due in about_pay if due == day.isoformat()]
    assert Counter(extra) == {
        ("CompensationOverdue", date(2027, 3, 2)): 3,
        ("CompensationEscalated", date(2027, 4, 30)): 3,
    }
    assert "NonCompeteRescindable" not in {fact.kind for fact in facts}


@pytest.mark.law("NC-06")
@pytest.mark.parametrize(("side", "extra"), [(Side.EMPLOYER, 3), (Side.EMPLOYEE, 0)])
def test_an_end_before_its_time_drops_later_months_and_costs_the_employer_three_more(side: Side, extra: int) -> None:
    case, _ = a.lived(a.closed(12), c.opening(date(2027, 3, 1)))
    day = date(2027, 3, 1)
    end = lambda case, now: aftercare_decisions.end_non_compete(case, c.HR, side, day, "over", now)  # noqa: E731
    ended = a.on(day, end, case).case
    kept = [month.due for month in months(ended)]
    assert kept == [date(2027, 1, 23), date(2027, 2, 23), date(2027, 3, 23), *[day] * extra]
    assert len({month.month for month in months(ended)}) == len(kept)


@pytest.mark.law("NC-06")
@pytest.mark.parametrize(("hours", "owed"), [(-1, 0), (1, 3)])
def test_a_waiver_after_the_last_day_costs_three_months_and_one_before_costs_none(hours: int, owed: int) -> None:
    decided = c.OVER + timedelta(hours=hours)
    case = c.handing_over(aftercare=a.AFTERCARE, non_compete=a.YEAR)
    if hours > 0:
        case = process.carry_out(closing.leave, case, c.OVER).case
    waive = lambda case, now: non_compete.decide(case, c.HR, False, "no need", now)  # noqa: E731
    case = process.carry_out(waive, case, decided).case
    case = case if hours > 0 else process.carry_out(closing.leave, case, c.OVER).case
    assert [month.due for month in months(case)] == [date(2026, 12, 24)] * owed
    _, facts = a.lived(case, c.opening(date(2026, 12, 25)), max(decided, c.OVER))
    assert [fact.kind for fact in facts].count("CompensationOverdue") == owed


@pytest.mark.law("LIM-01")
def test_the_year_for_claims_runs_from_the_last_day_and_begins_anew_with_each_interruption() -> None:
    case, facts = a.lived(a.closed(), LATER)
    assert [line for line in a.days(facts) if line[0] == "LimitationOver"] == [("LimitationOver", "2027-12-24T00:00")]
    claimed = interrupted(a.closed(), date(2027, 6, 1))
    _, facts = a.lived(claimed, LATER, c.opening(date(2027, 6, 1)) + timedelta(hours=1))
    assert [line for line in a.days(facts) if line[0] == "LimitationOver"] == [("LimitationOver", "2028-06-02T00:00")]
    revived = interrupted(case, date(2028, 3, 1))
    assert revived.aftercare is not None
    assert (revived.aftercare.arbitration_until, revived.aftercare.limitation_over_at) == (date(2029, 3, 1), None)


def test_nothing_happens_twice_in_twenty_five_months_and_then_the_file_is_only_stored() -> None:
    case, now = a.closed(24), c.OVER
    said: Counter[tuple[str, str]] = Counter()
    for kind in duties.EVERYWHERE:
        now = c.opening(date(2026, 12, 28)) + timedelta(hours=1)
        case = done(case, kind, date(2026, 12, 28)).case
    for month in range(1, 25):
        day = add_months(c.LAST_DAY, month)
        case, facts = a.lived(case, c.opening(day), now)
        said.update((fact.kind, str(fact.data.get("month", ""))) for fact in facts)
        now = c.opening(day) + timedelta(hours=1)
        case = paid(case, month, day)
    assert said == {("LimitationOver", ""): 1, **{("CompensationAsked", str(month)): 1 for month in range(1, 25)}}
    assert case.aftercare is not None
    assert case.aftercare.restricted_at == now
    assert agenda.tasks(case) == ()


def test_a_legal_hold_keeps_it_open() -> None:
    held = a.on(
        date(2026, 12, 28), lambda case, now: holds.place_hold(case, c.COUNSEL, "arbitration", now), a.closed()
    ).case
    for kind in duties.EVERYWHERE:
        held = done(held, kind, date(2026, 12, 29)).case
    case, _ = a.lived(held, LATER, c.opening(date(2026, 12, 29)) + timedelta(hours=1))
    assert aftercare.lives(case)
    change = process.carry_out(lambda case, now: holds.lift_hold(case, c.COUNSEL, "settled", now), case, LATER)
    assert c.kinds(change)[:2] == ("HoldLifted", "FileRestricted")


def test_counsel_is_asked_once_hr_has_left() -> None:
    case = a.closed()
    gone = closing.people_left(case, ("hr",), c.OVER).case
    assert {task.accounts for task in agenda.tasks(gone)} == {gone.agreed.counsel}


def test_a_case_from_before_there_was_aftercare_has_none() -> None:
    case = process.carry_out(closing.leave, c.handing_over(), c.OVER).case
    assert case.aftercare is None
    assert process.carry_out(aftercare.take_over, case, c.OVER).facts == ()


def test_only_hr_enters_what_was_done_and_counsel_what_concerns_claims() -> None:
    case, day = a.closed(2), date(2026, 12, 24)
    now = c.opening(day) + timedelta(hours=1)
    for nobody in (c.LEAVER_OF_ALL_ROLES, c.COUNSEL, c.STRANGER):
        with c.forbidden("aftercare.only_hr"):
            aftercare_decisions.complete_duty(case, nobody, ARCHIVES, day, "r", now)
    with c.forbidden("aftercare.only_hr_or_counsel"):
        aftercare_decisions.record_interruption(case, c.SECURITY, InterruptionKind.CLAIM, day, "r", now)


def test_what_can_not_be_is_refused() -> None:
    case, day = a.closed(2), date(2026, 12, 24)
    now = c.opening(day) + timedelta(hours=1)
    with c.conflict("aftercare.not_running"):
        aftercare_decisions.complete_duty(c.handing_over(aftercare=a.AFTERCARE), c.HR, ARCHIVES, day, "r", c.NOW)
    with c.invalid("aftercare.in_the_future"):
        aftercare_decisions.complete_duty(case, c.HR, ARCHIVES, date(2026, 12, 25), "r", now)
    with c.invalid("aftercare.before_the_notice"):
        aftercare_decisions.complete_duty(case, c.HR, ARCHIVES, date(2020, 1, 1), "r", now)
    with c.conflict("aftercare.duty_done_already"):
        done(done(case, ARCHIVES, day).case, ARCHIVES, day)
    with c.not_found("aftercare.no_such_month"):
        aftercare_decisions.confirm_compensation(case, c.HR, 3, day, "r", now)
    with c.conflict("aftercare.month_settled_already"):
        paid(paid(case, 1, day), 1, day)
    with c.invalid("aftercare.before_the_end"):
        aftercare_decisions.record_interruption(case, c.HR, InterruptionKind.PROMISE, date(2026, 12, 1), "r", now)
    with c.invalid("reason.required"):
        aftercare_decisions.excuse_compensation(case, c.HR, 1, "", now)
    with c.conflict("aftercare.no_non_compete_runs"):
        aftercare_decisions.end_non_compete(a.closed(), c.HR, Side.EMPLOYER, day, "r", now)
    with c.not_found("aftercare.no_such_duty"):
        aftercare_decisions.complete_duty(a.without_duties(), c.HR, ARCHIVES, day, "r", now)
