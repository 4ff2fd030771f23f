"""What is unusual for somebody, measured by nothing but that person's own habit (S1.5, PIP-07).

There is no score and no comparison between people. A day stands out when the count lies above the median of the
person's days by more than k times their median absolute deviation, and is not small in itself. A person judges it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median

DAYS = 90
"""Days looked back on."""
ENOUGH = 10
"""Days with anything at all, before there is a habit to measure by."""


@dataclass(frozen=True)
class Habit:
    """The person's own days: only those on which they used the desk at all."""

    days: int
    median: Fraction
    deviation: Fraction
    """The median of the distances from the median."""
    above: Fraction | None
    """A count above it stands out; None as long as too few days are known."""


def habit(counts: Collection[int], k: int) -> Habit:
    """What is usual, given one count for each of the person's days."""
    if not counts:
        return Habit(0, Fraction(0), Fraction(0), None)
    middle = median([Fraction(count) for count in counts])
    deviation = median([abs(count - middle) for count in counts])
    return Habit(len(counts), middle, deviation, middle + k * deviation if len(counts) >= ENOUGH else None)


def unusual(by_day: Mapping[date, int], usual: Habit, least: int) -> list[date]:
    """The days that stand out, in order; none below `least`."""
    if usual.above is None:
        return []
    return sorted(day for day, count in by_day.items() if count > usual.above and count >= least)
