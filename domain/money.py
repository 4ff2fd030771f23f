"""Money: an exact decimal amount in one currency. Nothing here ever goes through a float."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from domain.currencies import places

CENT = Decimal("0.01")


@dataclass(frozen=True, order=False)
class Money:
    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Raises TypeError for a float, ValueError for what is no finite amount or no currency code."""
        if not isinstance(self.amount, Decimal):
            raise TypeError("money takes a Decimal")
        if not self.amount.is_finite():
            raise ValueError("money takes a finite amount")
        if len(self.currency) != 3 or not self.currency.isascii() or not self.currency.isupper():
            raise ValueError(f"{self.currency!r} is no ISO 4217 code")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __truediv__(self, divisor: Decimal | int) -> "Money":
        return Money(self.amount / divisor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def to_cents(self) -> "Money":
        """Rounded to two places, half up, as a payslip shows it."""
        return Money(self.amount.quantize(CENT, ROUND_HALF_UP), self.currency)

    def to_smallest(self) -> "Money":
        """Rounded half up to the currency's smallest unit: cents of a yuan, whole yen, fils of a dinar (ISO 4217)."""
        return Money(self.amount.quantize(Decimal(1).scaleb(-places(self.currency)), ROUND_HALF_UP), self.currency)

    def to_cents_below(self) -> "Money":
        """The whole cents in it: how a ceiling is rounded, which no deduction may exceed by a fraction of a cent."""
        return Money(self.amount.quantize(CENT, ROUND_FLOOR), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} don't add up")
        return other.amount


def nothing(currency: str) -> Money:
    """No money, in that currency."""
    return Money(Decimal(0), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum; nothing if there are none."""
    found = nothing(currency)
    for amount in amounts:
        found = found + amount
    return found
