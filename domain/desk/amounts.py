"""Amounts in the database are whole numbers of a currency's smallest unit, so that a sum of a million is exact."""

from decimal import ROUND_HALF_UP, Decimal

from domain.money import Money

LARGEST = 10**15
"""In smallest units: a thousand of them still add up within 64 bits."""
_PLACES = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
"""ISO 4217: decimal places of the currencies that don't have two."""


class TooMuch(ValueError):
    """More than anything anybody orders comes to."""


def places(currency: str) -> int:
    """Decimal places of the currency's smallest unit (ISO 4217)."""
    return _PLACES.get(currency, 2)


def to_minor(money: Money) -> int:
    """The amount in the currency's smallest unit, rounded half up. Raises TooMuch beyond LARGEST."""
    minor = int(money.amount.scaleb(places(money.currency)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(minor) > LARGEST:
        raise TooMuch(f"{minor} {money.currency}")
    return minor


def from_minor(minor: int, currency: str) -> Money:
    """The amount that so many of the currency's smallest unit are."""
    return Money(Decimal(minor).scaleb(-places(currency)), currency)
