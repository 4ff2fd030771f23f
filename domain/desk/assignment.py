"""Who receives which customer of a leaver: by rule, explained, and never more than somebody can look after.

What belongs together stays together: a unit is a customer with its open orders and receivables, or, where somebody
else owns the customer, only those of its orders and receivables that were the leaver's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class AssignedBecause(StrEnum):
    """Why an entry is proposed to its receiver, or to nobody."""

    ONLY = "only"
    """Nobody else was named."""
    REGION = "region"
    """The receiver has customers in the same region."""
    INDUSTRY = "industry"
    """The receiver has customers in the same industry."""
    FEWEST = "fewest"
    """Nobody knows its region or industry: whoever looks after the fewest customers."""
    CUSTOMER = "customer"
    """It goes with its customer."""
    APART = "apart"
    """Somebody assigned it by itself; it no longer goes with its customer."""
    NO_ROOM = "no_room"
    """Nobody who was named can look after one more customer."""
    NOBODY = "nobody"
    """Nobody was named who stays."""


@dataclass(frozen=True)
class Unit:
    """What is assigned as one. `key` orders units: the same input always gives the same result."""

    key: str
    region: str = ""
    industry: str = ""
    weight: int = 1
    """Customers more to look after; 0 if it consists of orders and receivables only."""


@dataclass(frozen=True)
class Receiver:
    """Somebody who may receive. `load` counts customers owned and customers already proposed."""

    employee: str
    number: str
    load: int = 0
    capacity: int | None = None
    """Customers that they can look after; None: their manager has set no figure."""
    regions: frozenset[str] = frozenset()
    industries: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Given:
    """Whom a unit is proposed to, and why; `receiver` is None if nobody has room."""

    unit: Unit
    receiver: str | None
    because: AssignedBecause


def assign(units: Iterable[Unit], receivers: Sequence[Receiver], *, beyond_capacity: bool = False) -> tuple[Given, ...]:
    """Every unit, in the order of their keys: same region first, then same industry, then the fewest customers.

    Ties go to the lower staff number. Nobody gets more than there is room for, unless `beyond_capacity`.
    """
    loads = {receiver.employee: receiver.load for receiver in receivers}
    given = []
    for unit in sorted(units, key=lambda unit: unit.key):
        room = [r for r in receivers if beyond_capacity or _has_room(r, loads[r.employee], unit)]
        if not room:
            because = AssignedBecause.NO_ROOM if receivers else AssignedBecause.NOBODY
            given.append(Given(unit, None, because))
            continue
        chosen = min(room, key=lambda r: (_distance(r, unit), loads[r.employee], r.number))
        loads[chosen.employee] += unit.weight
        because = AssignedBecause.ONLY if len(receivers) == 1 else _CLOSENESS[_distance(chosen, unit)]
        given.append(Given(unit, chosen.employee, because))
    return tuple(given)


_CLOSENESS = (AssignedBecause.REGION, AssignedBecause.INDUSTRY, AssignedBecause.FEWEST)


def _has_room(receiver: Receiver, load: int, unit: Unit) -> bool:
    return receiver.capacity is None or not unit.weight or load + unit.weight <= receiver.capacity


def _distance(receiver: Receiver, unit: Unit) -> int:
    """0: the receiver knows the region; 1: the industry; 2: neither. What is not known matches nothing."""
    if unit.region and unit.region in receiver.regions:
        return 0
    return 1 if unit.industry and unit.industry in receiver.industries else 2
