"""Which figures each rule has, and of what kind. A pack with any other is refused: nothing in it is ever guessed at.

The ids are those of the law table (docs/law.md). A rule without figures is in the table too: the software knows its id.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from domain.law.rules import Value

_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,6})?")
_WORD = re.compile(r"[A-Za-z0-9_+:.-]{1,64}")


def count(value: object) -> Value:
    """A whole number, never negative. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number, not negative")
    return value


def fraction(value: object) -> Value:
    """An exact decimal, never negative, written as text: "0.20". Raises ValueError."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise ValueError('must be a decimal in quotes, not negative, such as "0.20"')
    return Decimal(value)


def flag(value: object) -> Value:
    """True or false. Raises ValueError."""
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def word(value: object) -> Value:
    """One plain key, no text. Raises ValueError."""
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise ValueError("must be one plain word")
    return value


def counts(value: object) -> Value:
    """A list of whole numbers. Raises ValueError."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of whole numbers")
    for part in value:
        count(part)
    return tuple(value)


def words(value: object) -> Value:
    """A list of plain keys. Raises ValueError."""
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of plain words")
    for part in value:
        word(part)
    return tuple(value)


Kind = Callable[[object], Value]
