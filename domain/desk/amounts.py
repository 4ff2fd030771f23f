"""Amounts in the database are whole numbers of a currency's smallest unit, so that a sum of a million is exact."""

from decimal import ROUND_HALF_UP, Decimal

from domain.currencies import places
from domain.errors import invalid
from domain.money import Money

LARGEST = 10**15
"""In smallest units: a thousand of them still add up within 64 bits."""


class TooMuch(ValueError):
    """More than anything anybody orders comes to."""


def to_minor(money: Money) -> int:
    """The amount in the currency's smallest unit, rounded half up. Raises TooMuch beyond LARGEST."""
    minor = int(money.amount.scaleb(places(money.currency)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(minor) > LARGEST:
        raise TooMuch(f"{minor} {money.currency}")
    return minor


def from_minor(minor: int, currency: str) -> Money:
    """The amount that so many of the currency's smallest unit are."""
    return Money(Decimal(minor).scaleb(-places(currency)), currency)


def exactly(money: Money) -> int:
    """The amount in the currency's smallest unit. Raises Refusal if it is finer: what is owed is not rounded."""
    minor = to_minor(money)
    if from_minor(minor, money.currency).amount != money.amount:
        raise invalid("desk.finer_than_the_currency", currency=money.currency)
    return minor
