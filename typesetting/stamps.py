"""What is seen of a signature and of the company's seal: one small page each, to be put into a signature field."""

from dataclasses import dataclass
from datetime import datetime

from typesetting.people import Person, Words
from typesetting.typesetter import Typesetter

SMALLEST = 40.0
"""Points: nothing smaller can be read."""


@dataclass(frozen=True)
class Stamp:
    """A person's signature as it is shown in its field."""

    person: Person
    role: Words
    at: datetime
    certificate_serial: str
    authenticated: Words


@dataclass(frozen=True)
class Seal:
    """The company's round red seal. `code` stands in its lower part, such as the serial of its certificate."""

    company: str
    code: str
    at: datetime


def typeset_stamp(typesetter: Typesetter, stamp: Stamp, width: float, height: float) -> bytes:
    """A page of that size in points. Raises ValueError if it is too small to be read."""
    return _page(typesetter, "stamp", stamp, width, height)


def typeset_seal(typesetter: Typesetter, seal: Seal, width: float, height: float) -> bytes:
    """A page of that size in points, the seal as large as fits. Raises ValueError if it is too small to be read."""
    return _page(typesetter, "seal", seal, width, height)


def _page(typesetter: Typesetter, template: str, shown: Stamp | Seal, width: float, height: float) -> bytes:
    if min(width, height) < SMALLEST:
        raise ValueError(f"a stamp of {width} by {height} points can't be read: at least {SMALLEST} each way")
    sizes = {"width": f"{width:.2f}", "height": f"{height:.2f}"}
    return typesetter.typeset(template, {"shown": shown, **sizes}, shown.at).pdf
