"""Time zones by name. The one module of replayed code that reads files.

That is harmless: a zone's name always yields the same rules within one release of the worker's tzdata.
"""

from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@cache
def zone(name: str) -> tzinfo:
    """The time zone called `name` (IANA). Raises ValueError if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no such time zone: {name!r}") from error


def local_date(instant: datetime, zone_name: str) -> date:
    """The calendar day on which `instant` falls in that zone."""
    return instant.astimezone(zone(zone_name)).date()


def at_local(day: date, clock: time, zone_name: str) -> datetime:
    """The instant at which the wall clock of that zone shows `clock` on `day`."""
    return datetime.combine(day, clock, tzinfo=zone(zone_name))


def end_of(day: date, zone_name: str) -> datetime:
    """24:00 of `day` in that zone: employment and wages run up to this instant (law.md section 1)."""
    return at_local(day + timedelta(days=1), time(0, 0), zone_name)
