"""What is paid at the end: on its day, asked for before, alarmed of after, whatever the handover (PAY-02, HND-03)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain import aftercare, aftercare_decisions, agenda, closing, last_day, process, settlement
from domain.case import Case, Stage
from domain.change import Change, Fact, Rule
from domain.law.severance import Termination, is_due
from domain.obligations import DutyKind, PaymentKind
from domain.people import Actor
from domain.plan import Policy
from tests import duties
from tests.domain import afterwards as a
from tests.domain import cases as c
from tests.domain import pay
from tests.domain.pay import SEVERANCE, WAGES, confirmed, payment

FAULT = Termination.EMPLOYER_FAULT
LATER = c.opening(date(2027, 3, 1))


def lived(case: Case, until: datetime, now: datetime = c.NOW) -> tuple[Case, list[tuple[str, str]]]:
    """The case at `until`, and what happened about payments on the way if nobody did anything."""
    after, facts = a.lived(case, until, now)
    return after, a.days(tuple(fact for fact in facts if fact.kind.startswith("Payment")))


@pytest.mark.law("PAY-02", "CRT-04")
def test_wages_are_due_on_the_last_day_and_asked_for_three_working_days_before() -> None:
    case = pay.case()
    assert [p.kind for p in case.payments] == [WAGES]
    assert (payment(case).due, payment(case).ask_at) == (c.LAST_DAY, c.opening(date(2026, 12, 18)))
    case, facts = lived(case, c.opening(date(2026, 12, 22)))
    assert facts == [("PaymentAsked", "2026-12-18T09:00")]
    (task,) = (task for task in agenda.tasks(case) if task.kind == "confirm_payment")
    assert (task.subject, task.accounts, task.due_at) == ("wages", ("hr",), c.OVER)
    assert task.remind_at == c.opening(c.LAST_DAY)


@pytest.mark.law("PAY-02", "PAY-08")
def test_wages_that_are_not_entered_alarm_hr_and_counsel_the_moment_the_day_is_over_and_once() -> None:
    case, facts = a.lived(pay.case(counsel=("counsel",)), c.OVER - timedelta(seconds=1), c.NOW)
    assert "PaymentOverdue" not in {fact.kind for fact in facts}
    change = process.carry_out(lambda case, now: Change(case), case, c.OVER)
    (fact,) = (fact for fact in change.facts if fact.kind == "PaymentOverdue")
    assert dict(fact.data) == {
        "payment": "wages",
        "due": "2026-12-23",
        "tolerated_until": "2026-12-23",
        "rule": "PAY-02",
        "exposure": "PAY-08",
    }
    assert c.told(change, "payment_overdue") == ("hr", "counsel")
    _, later = lived(change.case, LATER, c.OVER)
    assert later == []


@pytest.mark.law("PAY-02")
@pytest.mark.parametrize(
    ("region", "tolerated"), [("CN-SH", "2026-12-23"), ("CN-GD-SZ", "2026-12-28"), ("", "2026-12-23")]
)
def test_what_a_region_tolerates_is_told_and_moves_no_due_day(region: str, tolerated: str) -> None:
    _, facts = a.lived(pay.case(region=region), c.OVER, c.NOW)
    (fact,) = (fact for fact in facts if fact.kind == "PaymentOverdue")
    assert (fact.data["due"], fact.data["tolerated_until"]) == ("2026-12-23", tolerated)


@pytest.mark.law("PAY-02")
def test_the_due_day_moves_with_the_last_day_and_is_asked_for_anew() -> None:
    case, _ = lived(pay.case(), c.opening(date(2026, 12, 21)))
    now = c.opening(date(2026, 12, 21)) + timedelta(hours=1)
    for day, ask_at in ((date(2027, 1, 6), c.opening(date(2027, 1, 1))), (date(2026, 12, 24), None)):
        case = process.carry_out(_moved(day), case, now).case
        assert payment(case).due == day
        assert payment(case).ask_at == (ask_at or c.opening(date(2026, 12, 21)))
    assert payment(case).remind_at == c.opening(date(2026, 12, 24)), "asked for at once: the day is near"
    _, facts = a.lived(case, c.opening(date(2027, 1, 10)), now)
    assert [fact.data["due"] for fact in facts if fact.kind == "PaymentOverdue"] == ["2026-12-24"]


@pytest.mark.law("PAY-02")
@pytest.mark.parametrize(("day", "owed_anew"), [(date(2026, 12, 24), True), (date(2026, 12, 22), False)])
def test_what_was_paid_early_is_owed_anew_if_the_last_day_moves_on_and_only_then(day: date, owed_anew: bool) -> None:
    paid = confirmed(pay.case(FAULT), date(2026, 12, 10)).case
    case = process.carry_out(_moved(day), paid, c.opening(date(2026, 12, 10)) + timedelta(hours=1)).case
    assert payment(case).settled is not owed_anew
    assert (payment(case).due == day) is owed_anew
    assert payment(case, SEVERANCE).due == day + timedelta(days=30)


def _moved(day: date) -> Rule:
    def both_agree(case: Case, now: datetime) -> Change:
        proposed = last_day.propose(case, c.HR, day, "a reason", now)
        return proposed.then(last_day.answer(proposed.case, c.LEAVER, day, True, "", now))

    return both_agree


@pytest.mark.law("PAY-02")
@pytest.mark.parametrize(("on", "late"), [(date(2026, 12, 10), False), (c.LAST_DAY, False), (date(2026, 12, 24), True)])
def test_what_is_paid_is_entered_whether_early_in_time_or_late_and_then_left_in_peace(on: date, late: bool) -> None:
    case, _ = lived(pay.case(), c.opening(on))
    change = confirmed(case, on)
    fact = change.facts[0]
    assert (fact.kind, fact.by, fact.data["late"], fact.data["paid_on"]) == (
        "PaymentConfirmed",
        "hr",
        late,
        on.isoformat(),
    )
    assert c.told(change, "payment_confirmed") == ("lin",)
    after, facts = lived(change.case, LATER, c.opening(on) + timedelta(hours=1))
    assert facts == []
    assert settlement.settled(after)
    assert settlement.late(after) == ((WAGES,) if late else ())


@pytest.mark.law("HND-03")
@pytest.mark.parametrize("termination", [*Termination, None])
def test_severance_is_paid_where_the_ending_gives_it_and_asked_for_where_that_is_open(
    termination: Termination | None,
) -> None:
    kinds = {planned.kind: planned.doubtful for planned in pay.plan(termination).payments}
    expected = {WAGES: False}
    if termination is None or is_due(termination):
        expected[SEVERANCE] = termination is None
    assert kinds == expected


@pytest.mark.law("HND-03", "HND-02")
def test_severance_waits_for_the_handover_and_the_wages_do_not() -> None:
    case = pay.case(FAULT)
    assert payment(case, SEVERANCE).due == c.LAST_DAY + timedelta(days=30)
    left = process.carry_out(closing.leave, case, c.OVER).case
    assert payment(left, WAGES).overdue_at == c.OVER
    assert payment(left, SEVERANCE).overdue_at is None
    done = c.opening(date(2026, 12, 28))
    finished = c.approved(c.accepted(left, done), done)
    change = process.carry_out(lambda case, now: Change(case), finished, done)
    assert (payment(change.case, SEVERANCE).due, payment(change.case, SEVERANCE).released_on) == (
        date(2026, 12, 28),
        date(2026, 12, 28),
    )
    assert c.told(change, "payment_asked") == ("hr",)
    _, facts = lived(change.case, LATER, done)
    assert facts == [("PaymentOverdue", "2026-12-29T00:00")]


@pytest.mark.law("HND-03")
def test_a_handover_that_is_done_before_the_last_day_makes_severance_due_on_it() -> None:
    finished = c.approved(c.accepted(pay.case(FAULT)))
    case = process.carry_out(lambda case, now: Change(case), finished, c.NOW).case
    assert payment(case, SEVERANCE).due == c.LAST_DAY
    moved = process.carry_out(_moved(date(2026, 12, 10)), case, c.NOW).case
    assert payment(moved, SEVERANCE).due == date(2026, 12, 10)


@pytest.mark.law("HND-03")
@pytest.mark.parametrize("hold", [0, 1, 30, 90])
def test_severance_never_waits_longer_than_the_policy_lets_it(hold: int) -> None:
    case = pay.case(FAULT, policy=Policy(severance_hold=hold))
    _, facts = a.lived(case, LATER + timedelta(days=60), c.NOW)
    (overdue,) = (f for f in facts if f.kind == "PaymentOverdue" and f.data["payment"] == "severance")
    assert overdue.at == c.OVER + timedelta(days=hold)
    assert (overdue.data["rule"], overdue.data["due"]) == (
        "HND-03",
        (c.LAST_DAY + timedelta(days=hold)).isoformat(),
    )


@pytest.mark.law("HND-03")
def test_where_the_notice_leaves_severance_open_counsel_finds_that_it_is_not_owed_and_nobody_else() -> None:
    case = pay.case(None)
    for nobody in (c.HR, c.LEAVER_OF_ALL_ROLES, c.WITNESS):
        with c.forbidden("payment.only_counsel_dismisses"):
            settlement.dismiss(case, nobody, SEVERANCE, "she declined", c.NOW)
    with c.invalid("reason.required"):
        settlement.dismiss(case, c.COUNSEL, SEVERANCE, "", c.NOW)
    with c.conflict("payment.owed_by_law"):
        settlement.dismiss(case, c.COUNSEL, WAGES, "no money", c.NOW)
    with c.conflict("payment.owed_by_law"):
        settlement.dismiss(pay.case(FAULT), c.COUNSEL, SEVERANCE, "no money", c.NOW)
    change = settlement.dismiss(case, c.COUNSEL, SEVERANCE, "she declined the same terms", c.NOW)
    assert c.kinds(change) == ("PaymentDismissed",)
    assert c.told(change, "payment_dismissed") == ("lin", "hr")
    _, facts = lived(change.case, LATER)
    assert [kind for kind, _ in facts] == ["PaymentAsked", "PaymentOverdue"], "the wages are"


@pytest.mark.law("PAY-02")
def test_only_hr_enters_payments_and_only_what_is_owed_and_has_happened() -> None:
    case = pay.case()
    for nobody in (c.COUNSEL, c.LEAVER_OF_ALL_ROLES, c.WITNESS):
        with c.forbidden("payment.only_hr"):
            _confirm(case, nobody)
    with c.invalid("payment.in_the_future"):
        _confirm(case, paid_on=date(2026, 11, 24))
    with c.not_found("payment.not_owed"):
        _confirm(case, kind=SEVERANCE)
    with c.conflict("payment.settled_already"):
        _confirm(_confirm(case).case)
    with c.conflict("payment.not_running"):
        _confirm(c.handing_over())


def _confirm(case: Case, by: Actor = c.HR, kind: PaymentKind = WAGES, paid_on: date = c.TODAY) -> Change:
    return settlement.confirm(case, by, kind, paid_on, "bank 7", c.NOW)


@pytest.mark.law("NOT-09")
def test_a_withdrawal_ends_them() -> None:
    case = last_day.request_withdrawal(pay.case(FAULT), c.LEAVER, "I stay", c.NOW).case
    agreed = lambda case, now: last_day.answer_withdrawal(case, c.HR, True, "", now)  # noqa: E731
    change = process.carry_out(agreed, case, c.NOW)
    assert "PaymentsEnded" in c.kinds(change)
    assert change.case.payments == ()
    _, facts = lived(change.case, LATER)
    assert facts == []
    with c.conflict("payment.not_running"):
        _confirm(change.case)


@pytest.mark.law("PAY-02", "HND-02")
def test_a_closed_case_keeps_asking_and_its_file_is_in_use_until_everything_is_paid() -> None:
    case = replace(pay.case(), stage=Stage.AWAITING_LAST_DAY)
    left = process.carry_out(closing.leave, case, c.OVER).case
    alone = process.carry_out(aftercare.take_over, replace(left, stage=Stage.COMPLETED, closed_at=c.OVER), c.OVER).case
    for kind in duties.EVERYWHERE:
        alone = a.on(date(2026, 12, 28), _done(kind), alone).case
    after, facts = a.lived(alone, c.opening(date(2028, 6, 1)), c.opening(date(2026, 12, 28)) + timedelta(hours=1))
    assert [fact.kind for fact in facts] == ["LimitationOver"]
    assert [task.key for task in agenda.tasks(after)] == ["payment:wages"]
    reminded = payment(after).reminders
    assert reminded > 100
    change = confirmed(after, date(2028, 6, 1))
    assert c.kinds(change) == ("PaymentConfirmed", "FileRestricted")
    assert settlement.late(change.case) == (WAGES,)


def _done(kind: DutyKind) -> Rule:
    day = date(2026, 12, 28)
    return lambda case, now: aftercare_decisions.complete_duty(case, c.HR, kind, day, "receipt 3", now)


@pytest.mark.law("PAY-02")
def test_counsel_is_asked_once_hr_has_left() -> None:
    case, _ = lived(pay.case(counsel=("counsel",)), c.opening(date(2026, 12, 18)))
    gone = closing.people_left(case, ("hr",), c.opening(date(2026, 12, 18))).case
    assert {task.accounts for task in agenda.tasks(gone) if task.kind == "confirm_payment"} == {("counsel",)}


def test_a_case_from_before_there_was_a_settlement_pays_nothing_here() -> None:
    change = process.carry_out(closing.leave, c.handing_over(), c.OVER)
    assert not {kind for kind in c.kinds(change) if kind.startswith("Payment")}
    assert change.case.payments == ()


def test_the_case_knows_no_amount() -> None:
    def fields(fact: Fact) -> set[str]:
        return {name for name, value in fact.data.items() if "amount" in name or "sum" in name or "CNY" in str(value)}

    case = pay.case(FAULT)
    _, facts = a.lived(case, LATER, c.NOW)
    assert set().union(*(fields(fact) for fact in facts)) == set()


@pytest.mark.law("PAY-02")
def test_nothing_was_paid_because_of_a_departure_before_its_notice_arrived() -> None:
    with c.invalid("payment.before_the_notice"):
        settlement.confirm(pay.case(), c.HR, pay.WAGES, date(2020, 1, 1), "bank 7", c.NOW)
    assert settlement.confirm(pay.case(), c.HR, pay.WAGES, c.TODAY, "bank 7", c.NOW).facts
