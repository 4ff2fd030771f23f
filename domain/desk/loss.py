"""What became of the customers of somebody who left: their turnover beside what it would have been otherwise (S4.3).

A customer's days after the last day are compared with the same days of the calendar a year before, and with the
company's other customers in the same two periods: had it moved as they did, it would have come to `expected`. What it
really came to, less that, is the difference in differences. It is a comparison, and says nothing of whose fault it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

WINDOWS = (30, 90, 180)
"""Days after the last day."""


class Fate(StrEnum):
    """Each customer has exactly one of them in each window that is over."""

    LOST = "lost"
    SHRUNKEN = "shrunken"
    KEPT = "kept"
    GROWN = "grown"
    INACTIVE = "inactive"
    """It bought nothing in either period: nothing can be said."""


@dataclass(frozen=True)
class Thresholds:
    """Shares of what was expected: below `lost` a customer is lost, below `kept` shrunken, from `grown` on grown."""

    lost: Decimal = Decimal("0.10")
    kept: Decimal = Decimal("0.80")
    grown: Decimal = Decimal("1.20")

    def __post_init__(self) -> None:
        """Raises ValueError unless they rise."""
        if not 0 <= self.lost <= self.kept <= self.grown:
            raise ValueError(f"thresholds rise: {self.lost}, {self.kept}, {self.grown}")


@dataclass(frozen=True)
class Compared:
    """Turnover in the same days of two years, in the currency's smallest unit."""

    before: int = 0
    after: int = 0

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(self.before + other.before, self.after + other.after)

    def __sub__(self, other: "Compared") -> "Compared":
        return Compared(self.before - other.before, self.after - other.after)

    @property
    def trend(self) -> Fraction | None:
        """What a unit of before became; None if there was nothing before."""
        return Fraction(self.after, self.before) if self.before > 0 else None


def together(parts: Iterable[Compared]) -> Compared:
    """Their sum."""
    return sum(parts, Compared())


def expected(turnover: Compared, trend: Fraction | None) -> int:
    """What it would have come to, had it moved as the others did; if nothing is known of them, what it was before."""
    exact = turnover.before * (trend if trend is not None else Fraction(1))
    return int((Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1), ROUND_HALF_UP))


def effect(turnover: Compared, trend: Fraction | None) -> int:
    """The difference in differences: what it came to, less what was expected."""
    return turnover.after - expected(turnover, trend)


def fate(turnover: Compared, trend: Fraction | None, limits: Thresholds) -> Fate:
    """What became of a customer with this turnover."""
    if turnover.before <= 0:
        return Fate.GROWN if turnover.after > 0 else Fate.INACTIVE
    wanted = turnover.before * (trend if trend is not None else Fraction(1))
    if turnover.after <= 0 or turnover.after < wanted * Fraction(limits.lost):
        return Fate.LOST
    if turnover.after < wanted * Fraction(limits.kept):
        return Fate.SHRUNKEN
    return Fate.KEPT if turnover.after < wanted * Fraction(limits.grown) else Fate.GROWN
