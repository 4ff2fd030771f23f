"""Periods of months and years on the calendar, as the Civil Code counts them (art. 200 to 203)."""

from calendar import monthrange
from datetime import date


def add_months(start: date, months: int) -> date:
    """The same day, so many months later; the month's last day where the month has no such day (CC 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def add_years(start: date, years: int) -> date:
    """The same day, so many years later; 28 February for 29 February in a common year (CC 202)."""
    return add_months(start, 12 * years)


def full_months(start: date, end: date) -> int:
    """Whole months from the morning of `start` to the morning of `end`. Raises ValueError if `end` comes first."""
    if end < start:
        raise ValueError(f"{end.isoformat()} comes before {start.isoformat()}")
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1
