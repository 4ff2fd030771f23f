"""Months and years on the calendar; figures as they are written down."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.periods import add_months, add_years, full_months
from domain.law.workings import figure, percent
from domain.money import Money

deterministic = settings(settings.get_profile("domain"))
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("start", "months", "reached"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 23), 24, date(2028, 12, 23)),
        (date(2026, 12, 23), 0, date(2026, 12, 23)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_month_s_last(start: date, months: int, reached: date) -> None:
    assert add_months(start, months) == reached


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert add_years(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert add_years(date(2028, 2, 29), 4) == date(2032, 2, 29)
    assert add_years(date(2027, 2, 28), 1) == date(2028, 2, 28)


@deterministic
@given(DAYS, st.integers(0, 12_000))
def test_whole_months_fit_and_one_more_does_not(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    months = full_months(start, end)
    assert add_months(start, months) <= end < add_months(start, months + 1)


def test_a_period_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="2026-01-01 comes before 2026-01-02"):
        full_months(date(2026, 1, 2), date(2026, 1, 1))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Money(Decimal("8000"), "CNY"), "8000.00"),
        (Money(Decimal("0.005"), "CNY"), "0.01"),
        (Decimal("3.50"), "3.5"),
        (Decimal("300"), "300"),
        (Decimal(1) / 3, "0.3333…"),
        (12, "12"),
        (0, "0"),
    ],
)
def test_figures_are_written_as_short_as_they_are_exact(value: Money | Decimal | int, shown: str) -> None:
    assert figure(value) == shown


def test_fractions_are_written_in_percent() -> None:
    assert [percent(Decimal(part)) for part in ("0.20", "2", "0.125")] == ["20 %", "200 %", "12.5 %"]


def test_a_ceiling_is_rounded_down_and_a_payment_half_up() -> None:
    odd = Money(Decimal("200.006"), "CNY")
    assert odd.to_cents_below() == Money(Decimal("200.00"), "CNY")
    assert odd.to_cents() == Money(Decimal("200.01"), "CNY")
