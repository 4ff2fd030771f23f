"""The notice period, counted as the law counts it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.notice import notice_end
from domain.law.rulebook import NoRule
from domain.timezones import zone
from models.law import library

CHINA = library().book()
SHANGHAI = zone("Asia/Shanghai")


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@pytest.mark.law("NOT-01", "NOT-06")
@pytest.mark.parametrize(
    ("arrived", "last_day"),
    [
        (date(2023, 5, 25), date(2023, 6, 24)),
        (date(2017, 8, 29), date(2017, 9, 28)),
        (date(2021, 11, 17), date(2021, 12, 17)),
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2026, 12, 15), date(2027, 1, 14)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2027, 1, 30), date(2027, 3, 1)),
    ],
)
def test_thirty_days_are_counted_from_the_day_after_arrival(arrived: date, last_day: date) -> None:
    """NOT-01, NOT-06: calendar days; the day of arrival is not one of them; neither Saturday nor holiday rolls over."""
    end, answer = notice_end(CHINA, noon(arrived), None)
    assert end == last_day
    assert (answer.rule_id, answer.pack, answer.pack_version) == ("NOT-01", "cn", CHINA.national.version)
    assert answer.answer == f"{arrived} + 30 = {last_day}"


@pytest.mark.law("NOT-07")
@pytest.mark.parametrize(
    ("instant", "last_day"),
    [
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 12, 24)),
        (datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 10, 59, tzinfo=zone("America/New_York")), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 11, 0, tzinfo=zone("America/New_York")), date(2026, 12, 24)),
    ],
)
def test_the_day_of_arrival_is_the_one_in_the_zone_of_the_law(instant: datetime, last_day: date) -> None:
    """NOT-07: arrival starts the clock, wherever it was sent from: 23:59 in Shanghai is still that day."""
    assert notice_end(CHINA, instant, None)[0] == last_day


@pytest.mark.law("NOT-02")
@pytest.mark.parametrize(
    ("arrived", "last_day", "rule"),
    [
        (date(2026, 11, 23), date(2026, 11, 26), "NOT-02"),
        (date(2026, 11, 30), date(2026, 12, 3), "NOT-02"),
        (date(2026, 12, 1), date(2026, 12, 31), "NOT-01"),
    ],
)
def test_three_days_in_probation_judged_on_the_day_of_arrival(arrived: date, last_day: date, rule: str) -> None:
    """NOT-02: probation up to 30 November includes that day."""
    end, answer = notice_end(CHINA, noon(arrived), date(2026, 11, 30))
    assert (end, answer.rule_id) == (last_day, rule)


@pytest.mark.law("NOT-01")
@settings(settings.get_profile("domain"))
@given(st.integers(0, 43_000_000), st.none() | st.dates(date(2008, 1, 1)))
def test_the_notice_is_three_or_thirty_days_and_nothing_else(minutes: int, probation: date | None) -> None:
    arrived = noon(date(2008, 1, 1)) + timedelta(minutes=minutes)
    end, answer = notice_end(CHINA, arrived, probation)
    days = (end - arrived.astimezone(SHANGHAI).date()).days
    assert days == {"NOT-01": 30, "NOT-02": 3}[answer.rule_id]


def test_before_the_law_was_in_force_there_is_no_answer() -> None:
    assert notice_end(CHINA, noon(date(2008, 1, 1)), None)[0] == date(2008, 1, 31)
    with pytest.raises(NoRule, match="NOT-01 for 2007-12-31"):
        notice_end(CHINA, noon(date(2007, 12, 31)), None)
