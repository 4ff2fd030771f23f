"""The working calendar of mainland China, frozen with each case; from the package chinesecalendar."""

from datetime import date, datetime, timedelta

import chinese_calendar

from domain.working_days import WorkingCalendar

_HORIZON = timedelta(days=200)


def working_calendar(zone: str, arrived_at: datetime) -> WorkingCalendar:
    """Weekends and published holidays of mainland China around the case; a year not yet published has weekends only."""
    start = arrived_at.date()
    holidays: list[date] = []
    makeup: list[date] = []
    known_until = start
    day = start
    while day <= start + _HORIZON:
        try:
            works = chinese_calendar.is_workday(day)
        except NotImplementedError:
            break
        if works and day.weekday() >= 5:
            makeup.append(day)
        elif not works and day.weekday() < 5:
            holidays.append(day)
        known_until = day
        day += timedelta(days=1)
    return WorkingCalendar(zone, tuple(holidays), tuple(makeup), known_until)
