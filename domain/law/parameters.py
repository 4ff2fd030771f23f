"""The kinds of figures that a rule may have: each takes what TOML gave and refuses everything that is not of its kind.

`domain.law.known` says which rule has which. No kind holds code, a negative figure, or a float.
"""

import re
from collections.abc import Callable
from decimal import Decimal

from domain.law.rules import Value

_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,6})?")
_WORD = re.compile(r"[A-Za-z0-9_+:.-]{1,64}")
_STEP = re.compile(r"(\d{1,3})([dwmy]):\d{1,3}[dwm]")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
"""Only to put steps in order; no period is counted with these."""


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


def phrases(value: object) -> Value:
    """A list of short texts to look for. Raises ValueError."""
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        raise ValueError("must be a list of short texts")
    if not all(2 <= len(part.strip()) <= 40 and part.isprintable() for part in value):
        raise ValueError("must hold 2 to 40 printable characters each")
    if not all(any(letter.isalnum() for letter in piece) for part in value for piece in part.split("…")):
        raise ValueError("must hold a letter or digit on both sides of each …")
    return tuple(value)


def tenure(value: object) -> Value:
    """Steps from shortest to longest service, "26w:1w": from 26 weeks on a week's notice. May be empty. ValueError."""
    if not isinstance(value, list):
        raise ValueError('must be a list of steps such as "26w:1w"')
    found = [_STEP.fullmatch(step) if isinstance(step, str) else None for step in value]
    starts = [int(step[1]) * _DAYS[step[2]] for step in found if step]
    if len(starts) != len(value) or starts != sorted(set(starts)):
        raise ValueError('must be a rising list of steps such as "26w:1w"')
    return tuple(value)


Kind = Callable[[object], Value]


def one_of(*allowed: str) -> Kind:
    """One of these words and no other."""

    def kind(value: object) -> Value:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return kind
