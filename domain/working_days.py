"""The working calendar of one case: weekends, statutory holidays and make-up working days, frozen at its start."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.timezones import at_local, local_date


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days of a place. Exceptions to Monday-to-Friday are listed; beyond `known_until` only weekends count."""

    zone: str
    holidays: tuple[date, ...] = ()
    """Weekdays on which nobody works."""
    makeup_days: tuple[date, ...] = ()
    """Weekend days on which people work, in exchange for a holiday."""
    known_until: date | None = None
    """Last day for which holidays were published when the case began."""
    opens_at: time = time(9, 0)
    """Wall-clock time at which reminders go out."""

    def is_working_day(self, day: date) -> bool:
        if day in self.makeup_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def working_day_after(self, start: date, count: int) -> date:
        """The `count`-th working day after `start`; `start` itself never counts."""
        day = start
        while count > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                count -= 1
        return day

    def working_day_before(self, end: date, count: int) -> date:
        """The `count`-th working day before `end`; `end` itself never counts."""
        day = end
        while count > 0:
            day -= timedelta(days=1)
            if self.is_working_day(day):
                count -= 1
        return day

    def opening_on(self, day: date) -> datetime:
        """The opening hour of that day, on which nobody need work."""
        return at_local(day, self.opens_at, self.zone)

    def opening_after(self, instant: datetime, working_days: int) -> datetime:
        """The opening hour of the `working_days`-th working day after `instant`'s own day."""
        return self.opening_on(self.working_day_after(local_date(instant, self.zone), working_days))


@dataclass(frozen=True)
class Term:
    """So many days after a day, as a law counts them."""

    days: int
    working: bool = False

    def after(self, start: date, calendar: WorkingCalendar) -> date:
        """The day on which the term ends; `start` itself never counts."""
        return calendar.working_day_after(start, self.days) if self.working else start + timedelta(days=self.days)
