"""The average month's wage, from which severance pay, leave and non-compete compensation are counted."""

from dataclasses import dataclass
from decimal import Decimal

from domain.law.workings import figure
from domain.money import Money, total


@dataclass(frozen=True)
class AverageWage:
    """Months' wages and how many they are. It is divided last, so that no half cent gets lost in thirds."""

    together: Money
    months: int = 1

    @property
    def month(self) -> Money:
        """One month, not rounded."""
        return self.together / self.months

    def times(self, factor: Decimal | int, divisor: Decimal | int = 1) -> Money:
        """The average month × factor ÷ divisor, not rounded."""
        return self.together * factor / (self.months * divisor)

    @property
    def working(self) -> str:
        return f"{figure(self.together)} ÷ {self.months} = {figure(self.month)}"


def average_wage(wages: tuple[Money, ...], most: int = 12) -> AverageWage:
    """The average of the last months there are, commission included (IR 27).

    Raises ValueError if there are none, more than `most`, or their currencies differ.
    """
    if not 0 < len(wages) <= most:
        raise ValueError(f"an average takes 1 to {most} months, not {len(wages)}")
    return AverageWage(total(wages, wages[0].currency), len(wages))
