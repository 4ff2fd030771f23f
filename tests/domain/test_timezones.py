"""Instants and days: the wall clock of a named zone, its midnight, and the days on which it jumps."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.timezones import at_local, end_of, local_date, zone

NINE = time(9, 0)


@pytest.mark.parametrize(
    ("day", "zone_name", "instant"),
    [
        (date(2026, 12, 23), "Asia/Shanghai", datetime(2026, 12, 23, 1, tzinfo=UTC)),
        (date(2026, 3, 7), "America/New_York", datetime(2026, 3, 7, 14, tzinfo=UTC)),
        (date(2026, 3, 8), "America/New_York", datetime(2026, 3, 8, 13, tzinfo=UTC)),
        (date(2026, 10, 24), "Europe/Berlin", datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 8, tzinfo=UTC)),
    ],
)
def test_nine_oclock_is_nine_oclock_on_both_sides_of_a_change_of_clocks(
    day: date, zone_name: str, instant: datetime
) -> None:
    assert at_local(day, NINE, zone_name) == instant


@pytest.mark.parametrize(
    ("day", "zone_name", "instant"),
    [
        (date(2026, 12, 23), "Asia/Shanghai", datetime(2026, 12, 23, 16, tzinfo=UTC)),
        (date(2026, 12, 31), "Asia/Shanghai", datetime(2026, 12, 31, 16, tzinfo=UTC)),
        (date(2026, 11, 30), "Europe/Berlin", datetime(2026, 11, 30, 23, tzinfo=UTC)),
        (date(2028, 2, 28), "Asia/Shanghai", datetime(2028, 2, 28, 16, tzinfo=UTC)),
        (date(2028, 2, 29), "Asia/Shanghai", datetime(2028, 2, 29, 16, tzinfo=UTC)),
        (date(2027, 2, 28), "America/New_York", datetime(2027, 3, 1, 5, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_the_midnight_of_its_zone(day: date, zone_name: str, instant: datetime) -> None:
    """Employment and wages run through 24:00 of the last day."""
    assert end_of(day, zone_name) == instant


@pytest.mark.parametrize(
    ("day", "zone_name", "hours"),
    [
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 11, 1), "America/New_York", 25),
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 4, 24), "Africa/Cairo", 23),
        (date(2026, 10, 29), "Africa/Cairo", 25),
        (date(2026, 3, 29), "Asia/Shanghai", 24),
    ],
)
def test_the_day_on_which_the_clocks_change_is_shorter_or_longer(day: date, zone_name: str, hours: int) -> None:
    """In Cairo the clocks change at midnight itself, so one day begins at 1:00 and one has 23:00 twice."""
    begins = end_of(day - timedelta(days=1), zone_name).astimezone(UTC)
    assert end_of(day, zone_name).astimezone(UTC) - begins == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("instant", "zone_name", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), "Asia/Shanghai", date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "Asia/Shanghai", date(2026, 11, 24)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "Asia/Shanghai", date(2027, 1, 1)),
        (datetime(2028, 2, 28, 16, 0, tzinfo=UTC), "Asia/Shanghai", date(2028, 2, 29)),
        (datetime(2026, 11, 1, 3, 59, tzinfo=UTC), "America/New_York", date(2026, 10, 31)),
        (datetime(2026, 11, 1, 4, 0, tzinfo=UTC), "America/New_York", date(2026, 11, 1)),
    ],
)
def test_an_instant_falls_on_a_day_of_its_zone(instant: datetime, zone_name: str, day: date) -> None:
    assert local_date(instant, zone_name) == day


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/passwd", "Asia/Shang\0hai"])
def test_a_zone_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="no such time zone"):
        zone(name)
