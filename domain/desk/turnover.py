"""Turnover: which orders count for it, over which days, and how it is shared out. Every figure of the desk uses these.

Days are calendar days of the company's own time zone; sums are exact, each currency by itself, and never converted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction

from domain.desk.orders import OrderState
from domain.law.periods import add_years
from domain.timezones import at_local, end_of

COUNTED = (OrderState.CONFIRMED, OrderState.IN_PROGRESS, OrderState.DELIVERED, OrderState.COMPLETED)
"""An order is turnover from the day it was placed, once it is confirmed; not if it was cancelled or defaulted on."""


@dataclass(frozen=True)
class Days:
    """Calendar days from `first` to `last`, both counted. None of them if `last` comes before `first`."""

    first: date
    last: date

    def __len__(self) -> int:
        return max(0, (self.last - self.first).days + 1)

    def starts(self, zone: str) -> datetime:
        """0:00 of the first day."""
        return at_local(self.first, time(), zone).astimezone(UTC)

    def ends(self, zone: str) -> datetime:
        """24:00 of the last day."""
        return end_of(self.last, zone).astimezone(UTC)

    def until(self, day: date) -> "Days":
        """Those of them up to `day`."""
        return Days(self.first, min(self.last, day))

    def a_year_before(self) -> "Days":
        """The same days of the calendar a year before; 29 February is looked for on the 28th."""
        return Days(add_years(self.first, -1), add_years(self.last, -1))


def twelve_months_until(day: date) -> Days:
    """The year that ends with `day`."""
    return Days(add_years(day, -1) + timedelta(days=1), day)


def following(day: date, count: int) -> Days:
    """So many days from the morning after `day` on."""
    return Days(day + timedelta(days=1), day + timedelta(days=count))


def share(part: int, whole: int) -> Fraction | None:
    """The part's exact share; None of nothing. Shares of one whole add up to one."""
    return Fraction(part, whole) if whole else None


def herfindahl(parts: Mapping[str, int]) -> Fraction | None:
    """The sum of the squared shares: 1 if everything hangs on one head, 1/n if it is spread evenly over n."""
    whole = sum(parts.values())
    if not whole:
        return None
    return sum((Fraction(part, whole) ** 2 for part in parts.values()), Fraction(0))
