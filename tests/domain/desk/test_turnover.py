"""Turnover: days of the company's own calendar, exact shares of one whole."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.desk.turnover import Days, following, herfindahl, share, twelve_months_until

ZONE = "Asia/Shanghai"
PARTS = st.dictionaries(st.text(max_size=3), st.integers(0, 10**15), max_size=20)
DAYS = st.dates(date(1990, 1, 1), date(2190, 12, 31))


def test_a_day_begins_at_midnight_of_the_companys_own_time_zone() -> None:
    march = Days(date(2026, 3, 1), date(2026, 3, 31))
    assert march.starts(ZONE) == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert march.ends(ZONE) == datetime(2026, 3, 31, 16, tzinfo=UTC)
    assert len(march) == 31


def test_a_day_has_23_hours_where_clocks_go_forward() -> None:
    sunday = Days(date(2026, 3, 29), date(2026, 3, 29))
    assert sunday.ends("Europe/Berlin") - sunday.starts("Europe/Berlin") == timedelta(hours=23)


def test_twelve_months_end_with_the_day_itself() -> None:
    assert twelve_months_until(date(2026, 3, 31)) == Days(date(2025, 4, 1), date(2026, 3, 31))
    assert twelve_months_until(date(2028, 2, 29)) == Days(date(2027, 3, 1), date(2028, 2, 29))


def test_the_same_days_a_year_before_are_those_of_the_calendar() -> None:
    assert following(date(2026, 1, 15), 30).a_year_before() == Days(date(2025, 1, 16), date(2025, 2, 14))
    assert Days(date(2028, 2, 29), date(2028, 3, 1)).a_year_before() == Days(date(2027, 2, 28), date(2027, 3, 1))


def test_days_that_have_not_come_are_cut_off() -> None:
    window = following(date(2026, 1, 15), 30)
    assert len(window.until(date(2026, 1, 27))) == 12
    assert len(window.until(date(2026, 1, 10))) == 0
    assert window.until(date(2027, 1, 1)) == window


@settings(settings.get_profile("domain"))
@given(day=DAYS, count=st.integers(1, 400))
def test_so_many_days_follow_a_day_and_a_year_before_is_never_later(day: date, count: int) -> None:
    days = following(day, count)
    assert len(days) == count
    assert days.a_year_before().last < days.last


@settings(settings.get_profile("domain"))
@given(parts=PARTS)
def test_shares_of_one_whole_add_up_to_one(parts: dict[str, int]) -> None:
    whole = sum(parts.values())
    shares = [share(part, whole) for part in parts.values()]
    assert None not in shares if whole else set(shares) <= {None}
    assert not whole or sum(s for s in shares if s is not None) == 1


@settings(settings.get_profile("domain"))
@given(parts=PARTS)
def test_the_concentration_lies_between_an_even_spread_and_one_head(parts: dict[str, int]) -> None:
    index = herfindahl(parts)
    assert (index is None) == (sum(parts.values()) == 0)
    assert index is None or Fraction(1, len(parts)) <= index <= 1


def test_the_concentration_of_three_heads_by_hand() -> None:
    """50 %, 30 % and 20 %: 0.25 + 0.09 + 0.04."""
    assert herfindahl({"a": 50, "b": 30, "c": 20}) == Fraction(38, 100)
