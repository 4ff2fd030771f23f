"""Where signature fields belong on a typeset document."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Box:
    """A place on a page: points from the lower left corner; the first page is 0."""

    page: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom


def by_key(reported: list[Any]) -> dict[str, Box]:
    """The boxes that a template reports: key, page, left, bottom, right, top. Raises ValueError if two share a key."""
    found = {str(key): Box(int(page), *place) for key, page, *place in reported}
    if len(found) != len(reported):
        raise ValueError(f"two signature fields have the same key: {sorted(key for key, *_ in reported)}")
    return found
