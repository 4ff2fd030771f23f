"""How a calculation is written down: figures and signs only, so that it reads the same in every language."""

from decimal import ROUND_HALF_UP, Decimal

from domain.money import Money

_SHOWN = Decimal("0.0001")


def figure(value: Money | Decimal | int) -> str:
    """Money to its smallest unit, a number as short as it is exact; what never ends is shown to four places."""
    if isinstance(value, Money):
        return f"{value.to_smallest().amount:f}"
    number = Decimal(value)
    if number != (shown := number.quantize(_SHOWN, ROUND_HALF_UP)):
        return f"{shown:f}…"
    return f"{number.normalize():f}"


def percent(fraction: Decimal) -> str:
    """A fraction in percent: `20 %` for 0.20."""
    return f"{figure(fraction * 100)} %"
