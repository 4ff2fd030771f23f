"""Non-compete agreements: what is refused, what is warned of, what they cost, and when they fall away."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.averages import AverageWage
from domain.law.months_owed import unpaid
from domain.law.non_compete import Concern, NonCompete, check, default_compensation, waive
from domain.law.non_compete_payments import Payment, arrears, schedule
from domain.law.periods import add_months
from domain.money import Money
from tests.domain.law.books import book
from tests.domain.law.pay import LAST_DAY, deterministic, yuan

BOOK = book()
AVERAGE = AverageWage(yuan(240_000), 12)
GOOD = NonCompete(months=12, monthly=yuan(6000), penalty=None, knew_secrets=True)


def concerns(**changed: Any) -> list[tuple[str, str]]:
    found = check(BOOK, LAST_DAY, replace(GOOD, **changed), AVERAGE)
    return [(one.concern.value, one.answer.action) for one in found]


@pytest.mark.law("NC-01", "NC-02", "NC-07", "NC-08")
@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({}, []),
        ({"knew_secrets": False}, [(Concern.NO_SECRETS, "warn")]),
        ({"months": 24, "monthly": yuan(10_000)}, []),
        ({"months": 25, "monthly": yuan(10_000)}, [(Concern.TOO_LONG, "block")]),
        ({"monthly": yuan("5999.99")}, [(Concern.BELOW_STATUTE, "warn")]),
        ({"months": 13}, [(Concern.BELOW_GUIDELINE, "warn")]),
        ({"months": 13, "monthly": yuan("9999.99")}, [(Concern.BELOW_GUIDELINE, "warn")]),
        (
            {"months": 13, "monthly": yuan(100)},
            [(Concern.BELOW_MINIMUM_WAGE, "warn"), (Concern.BELOW_STATUTE, "warn"), (Concern.BELOW_GUIDELINE, "warn")],
        ),
        ({"penalty": yuan(360_000)}, [(Concern.PENALTY_DOES_NOT_FREE, "record")]),
        (
            {"penalty": yuan("360000.01")},
            [(Concern.PENALTY_TOO_HIGH, "warn"), (Concern.PENALTY_DOES_NOT_FREE, "record")],
        ),
        ({"penalty": yuan(0)}, []),
        ({"monthly": None}, [(Concern.NO_COMPENSATION_AGREED, "record")]),
        (
            {"monthly": None, "penalty": yuan("360000.01")},
            [
                (Concern.NO_COMPENSATION_AGREED, "record"),
                (Concern.PENALTY_TOO_HIGH, "warn"),
                (Concern.PENALTY_DOES_NOT_FREE, "record"),
            ],
        ),
        (
            {"months": 36, "monthly": yuan(1), "knew_secrets": False},
            [
                (Concern.NO_SECRETS, "warn"),
                (Concern.TOO_LONG, "block"),
                (Concern.BELOW_MINIMUM_WAGE, "warn"),
                (Concern.BELOW_STATUTE, "warn"),
                (Concern.BELOW_GUIDELINE, "warn"),
            ],
        ),
    ],
)
def test_an_agreement_is_checked_in_the_order_of_the_rules(
    changed: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert concerns(**changed) == found


@pytest.mark.law("NC-08")
def test_the_workings_of_a_check() -> None:
    found = check(BOOK, LAST_DAY, replace(GOOD, months=13, penalty=yuan(400_000)), AVERAGE)
    assert [one.answer.answer for one in found] == [
        "6000.00 < 20000.00 × 50 % = 10000.00",
        "400000.00 > 5 × 13 × 6000.00 = 390000.00",
        "400000.00",
    ]


@pytest.mark.parametrize("changed", [{"months": 0}, {"monthly": yuan(-1)}, {"penalty": yuan(-1)}])
def test_an_agreement_without_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a month at least"):
        replace(GOOD, **changed)


@pytest.mark.law("NC-04", "PAY-11")
@pytest.mark.parametrize(
    ("together", "monthly"),
    [
        ("240000", "6000"),
        ("107600", "2690"),
        ("107599.80", "2690"),
        ("107600.20", "2690.01"),  # 2690.005, half up
        ("0", "2690"),
    ],
)
def test_without_agreement_thirty_percent_are_owed_and_the_minimum_wage_at_least(together: str, monthly: str) -> None:
    found = default_compensation(BOOK, LAST_DAY, AverageWage(yuan(together), 12))
    assert (found.monthly, found.minimum_known) == (yuan(monthly), True)


@pytest.mark.law("NC-04", "PAY-11")
def test_a_minimum_wage_that_is_not_known_is_said() -> None:
    found = default_compensation(book({}), LAST_DAY, AverageWage(yuan(12_000), 12))
    assert (found.monthly, found.minimum_known) == (yuan(300), False)
    known = default_compensation(BOOK, LAST_DAY, AVERAGE).answer.answer
    assert known == ("240000.00 ÷ 12 = 20000.00; 20000.00 × 30 % = 6000.00; max(6000.00, 2690.00) = 6000.00")


@pytest.mark.law("NC-03")
def test_payments_fall_due_by_calendar_month_and_return_to_the_31st() -> None:
    plan = schedule(BOOK, date(2026, 12, 31), 4, yuan("6000.005"))
    assert [payment.due for payment in plan.payments] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]
    assert (plan.ends, plan.total) == (date(2027, 4, 30), yuan("24000.04"))
    assert plan.answer.answer == "4 × 6000.01 = 24000.04"


@pytest.mark.law("NC-02", "NC-03")
@deterministic
@given(st.dates(date(2008, 1, 1), date(2060, 1, 1)), st.integers(1, 24), st.decimals(0, 90_000, places=3).map(yuan))
def test_a_schedule_has_a_payment_for_each_month_in_order(last_day: date, months: int, monthly: Money) -> None:
    plan = schedule(BOOK, last_day, months, monthly)
    dues = [payment.due for payment in plan.payments]
    first = last_day.year * 12 + last_day.month
    assert [due.year * 12 + due.month - first for due in dues] == list(range(1, months + 1))
    assert last_day < dues[0]
    assert plan.ends == dues[-1] == add_months(last_day, months)
    assert plan.total == yuan(sum(payment.amount.amount for payment in plan.payments))


def test_a_schedule_of_no_months_is_refused() -> None:
    with pytest.raises(ValueError, match="a month at least"):
        schedule(BOOK, LAST_DAY, 0, yuan(1))


def paid(*days: date | None, excused: tuple[int, ...] = ()) -> tuple[Payment, ...]:
    """Payments due on the 23rd of each month from January 2027, paid on the given days."""
    return tuple(
        Payment(add_months(LAST_DAY, number), yuan(6000), day, number in excused)
        for number, day in enumerate(days, start=1)
    )


ON_TIME = (date(2027, 1, 23), date(2027, 2, 23), date(2027, 3, 23), date(2027, 4, 23))


@pytest.mark.law("NC-05")
@pytest.mark.parametrize(
    ("payments", "warn", "escalate", "rescission"),
    [
        (paid(None, None, None, None), date(2027, 1, 24), date(2027, 3, 23), date(2027, 3, 24)),
        (paid(None, None), date(2027, 1, 24), date(2027, 3, 24), None),
        (paid(*ON_TIME), None, None, None),
        ((), None, None, None),
        (paid(ON_TIME[0], None, None, None), date(2027, 2, 24), date(2027, 4, 23), date(2027, 4, 24)),
        (paid(None, ON_TIME[1], None, None), date(2027, 1, 24), date(2027, 3, 24), date(2027, 4, 24)),
        (paid(date(2027, 3, 23), None, None, None), date(2027, 2, 24), date(2027, 4, 23), date(2027, 4, 24)),
        (paid(date(2027, 3, 24), None, None), date(2027, 2, 24), date(2027, 3, 23), date(2027, 3, 24)),
        (paid(*[date(2027, 5, 1)] * 4), None, None, date(2027, 3, 24)),
        (paid(None, None, None, excused=(2,)), date(2027, 1, 24), date(2027, 3, 24), None),
        (paid(None, None, None, excused=(1, 2, 3)), None, None, None),
    ],
)
def test_three_unpaid_months_let_the_employee_rescind(
    payments: tuple[Payment, ...], warn: date | None, escalate: date | None, rescission: date | None
) -> None:
    found = arrears(BOOK, LAST_DAY, payments)
    assert (found.warn_on, found.escalate_on, found.rescission_from) == (warn, escalate, rescission)


@pytest.mark.law("NC-05")
def test_a_payment_is_overdue_from_the_day_after() -> None:
    one = Payment(LAST_DAY, yuan(6000))
    assert [unpaid(one, LAST_DAY + timedelta(days=days)) for days in (-1, 0, 1)] == [False, False, True]


@pytest.mark.law("NC-05")
def test_arrears_are_warned_of_and_punctual_payments_are_not() -> None:
    assert arrears(BOOK, LAST_DAY, paid(*ON_TIME)).answer.action == "record"
    late = arrears(BOOK, LAST_DAY, paid(None, None, None)).answer
    assert (late.action, late.answer) == ("warn", "3 ≥ 3: 2027-03-24")
    assert arrears(BOOK, LAST_DAY, paid(None)).answer.answer == "1 < 3"


@pytest.mark.law("NC-05")
@deterministic
@given(st.dates(date(2008, 1, 1), date(2060, 1, 1)), st.lists(st.none() | st.integers(-20, 200), max_size=24))
def test_nobody_may_rescind_before_three_payments_are_overdue(last_day: date, delays: list[int | None]) -> None:
    dues = [add_months(last_day, number) for number in range(1, len(delays) + 1)]
    payments = tuple(
        Payment(due, yuan(1), None if delay is None else due + timedelta(days=delay))
        for due, delay in zip(dues, delays, strict=True)
    )
    found = arrears(BOOK, last_day, payments)
    if found.rescission_from:
        assert sum(unpaid(payment, found.rescission_from) for payment in payments) >= 3
        assert found.rescission_from > add_months(last_day, 3)
    if found.warn_on and found.escalate_on:
        assert found.warn_on <= found.escalate_on


@pytest.mark.law("NC-06")
@pytest.mark.parametrize(
    ("declared", "in_time", "extra", "action"),
    [
        (date(2026, 11, 23), True, "0", "record"),
        (LAST_DAY, True, "0", "record"),
        (LAST_DAY + timedelta(days=1), False, "18000", "warn"),
        (date(2027, 12, 23), False, "18000", "warn"),
    ],
)
def test_a_waiver_up_to_the_last_day_is_free_and_costs_three_months_afterwards(
    declared: date, in_time: bool, extra: str, action: str
) -> None:
    found = waive(BOOK, LAST_DAY, declared, 12, yuan(6000))
    assert (found.in_time, found.extra, found.answer.action) == (in_time, yuan(extra), action)


@pytest.mark.law("NC-06")
def test_what_is_over_is_not_waived() -> None:
    with pytest.raises(ValueError, match="nothing is left to waive"):
        waive(BOOK, LAST_DAY, date(2027, 12, 24), 12, yuan(6000))


@pytest.mark.law("NC-08")
@deterministic
@given(st.integers(1, 60), st.decimals(0, 30_000, places=2).map(yuan), st.decimals(1, 30_000, places=2))
def test_the_guideline_s_rates_are_what_is_warned_of(months: int, monthly: Money, average: Decimal) -> None:
    agreed = replace(GOOD, months=months, monthly=monthly)
    found = {one.concern for one in check(BOOK, LAST_DAY, agreed, AverageWage(yuan(average)))}
    assert (Concern.BELOW_STATUTE in found) is (monthly.amount < average * Decimal("0.3"))
    assert (Concern.BELOW_GUIDELINE in found) is (months > 12 and monthly.amount < average * Decimal("0.5"))
    assert (Concern.TOO_LONG in found) is (months > 24)
