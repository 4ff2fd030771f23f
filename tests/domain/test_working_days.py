"""The working calendar: weekends, holidays, make-up days; counted from the day after, opened at the local hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.timezones import local_date
from domain.working_days import WorkingCalendar
from tests.domain import cases as c

PLAIN = WorkingCalendar(c.SHANGHAI)
NATIONAL_DAY = WorkingCalendar(
    c.SHANGHAI,
    holidays=tuple(date(2026, 10, day) for day in (1, 2, 5, 6, 7)),
    makeup_days=(date(2026, 9, 27), date(2026, 10, 10)),
)
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))
CALENDARS = st.builds(
    WorkingCalendar,
    zone=st.sampled_from([c.SHANGHAI, "America/New_York", "Europe/Berlin", "Pacific/Apia", "UTC"]),
    holidays=st.lists(DAYS, max_size=30, unique=True).map(tuple),
    makeup_days=st.lists(DAYS, max_size=10, unique=True).map(tuple),
    opens_at=st.times(time(0, 0), time(23, 59)).map(lambda clock: clock.replace(second=0, microsecond=0)),
)
deterministic = settings(settings.get_profile("domain"))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 27), True),
        (date(2026, 11, 28), False),
        (date(2026, 11, 29), False),
        (date(2026, 10, 1), False),
        (date(2026, 9, 30), True),
        (date(2026, 10, 8), True),
        (date(2026, 9, 27), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_weekends_and_holidays_are_free_and_make_up_days_are_not(day: date, works: bool) -> None:
    assert NATIONAL_DAY.is_working_day(day) is works


@pytest.mark.parametrize(
    ("start", "count", "reached"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 24)),
        (date(2026, 11, 23), 4, date(2026, 11, 27)),
        (date(2026, 11, 23), 5, date(2026, 11, 30)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 1)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
        (date(2028, 2, 28), 2, date(2028, 3, 1)),
        (date(2027, 2, 26), 1, date(2027, 3, 1)),
    ],
)
def test_the_first_day_counted_is_the_one_after(start: date, count: int, reached: date) -> None:
    assert PLAIN.working_day_after(start, count) == reached


def test_holidays_are_not_counted_and_make_up_days_are() -> None:
    assert NATIONAL_DAY.working_day_after(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert NATIONAL_DAY.working_day_after(date(2026, 9, 30), 3) == date(2026, 10, 10)


def test_the_day_begins_at_the_local_opening_hour() -> None:
    """19:00 UTC on Monday is Tuesday in Shanghai, so the next working day there is Wednesday."""
    assert PLAIN.opening_after(datetime(2026, 11, 23, 19, tzinfo=UTC), 1) == c.opening(date(2026, 11, 25))
    assert PLAIN.opening_after(datetime(2026, 11, 23, 15, tzinfo=UTC), 1) == c.opening(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("zone", "friday", "monday_in_utc"),
    [
        ("America/New_York", datetime(2026, 3, 6, 14, tzinfo=UTC), datetime(2026, 3, 9, 13, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 10, 30, 13, tzinfo=UTC), datetime(2026, 11, 2, 14, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 3, 27, 8, tzinfo=UTC), datetime(2026, 3, 30, 7, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 23, 7, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)),
    ],
)
def test_the_opening_hour_stays_the_same_on_the_wall_when_the_clocks_change(
    zone: str, friday: datetime, monday_in_utc: datetime
) -> None:
    assert WorkingCalendar(zone).opening_after(friday, 1) == monday_in_utc


@deterministic
@given(calendar=CALENDARS, start=DAYS, count=st.integers(1, 60))
def test_as_many_working_days_lie_between_as_were_asked_for(calendar: WorkingCalendar, start: date, count: int) -> None:
    reached = calendar.working_day_after(start, count)
    passed = [start + timedelta(days=n + 1) for n in range((reached - start).days)]
    assert calendar.is_working_day(reached)
    assert sum(calendar.is_working_day(day) for day in passed) == count


@deterministic
@given(calendar=CALENDARS, minutes=st.integers(0, 2_000_000), days=st.integers(1, 60))
def test_an_opening_hour_always_lies_ahead(calendar: WorkingCalendar, minutes: int, days: int) -> None:
    """What is due again after `days` working days is never due again at once."""
    now = c.NOW + timedelta(minutes=minutes)
    opening = calendar.opening_after(now, days)
    assert opening > now
    assert local_date(opening, calendar.zone) > local_date(now, calendar.zone)


@deterministic
@given(calendar=CALENDARS, start=DAYS, one=st.integers(1, 30), more=st.integers(1, 30))
def test_counting_on_is_counting_in_one_go(calendar: WorkingCalendar, start: date, one: int, more: int) -> None:
    halfway = calendar.working_day_after(start, one)
    assert calendar.working_day_after(halfway, more) == calendar.working_day_after(start, one + more)
