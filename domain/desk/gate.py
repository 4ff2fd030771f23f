"""The gate's judgement: may somebody use a right now, and if not, why not. Pure; `models.desk.gate` holds the locks."""

from dataclasses import dataclass
from datetime import datetime

from domain.case import IN_NOTICE, Stage
from domain.desk.access import Right
from domain.desk.records import Outcome


@dataclass(frozen=True)
class Standing:
    """Somebody's right in a connected system, and their departure if one is open."""

    right: Right
    held: bool
    """It was entered for them at some time."""
    active: bool
    changed_at: datetime | None = None
    case_id: str | None = None
    stage: Stage | None = None
    by_case: bool = False
    """It was the open case that changed the right last."""
    by_grant: bool = False
    """It did so for a temporary grant."""


def outcome(standing: Standing) -> Outcome | None:
    """What is to be noted of the attempt; None for the usual: somebody not in notice uses a right that they have."""
    if not standing.active:
        return Outcome.REFUSED
    if standing.case_id is None:
        return None
    return Outcome.GRANTED if standing.by_grant else Outcome.ALLOWED


def frozen(standing: Standing) -> bool:
    """True if it is the freeze that took the right, so that a grant can give it back."""
    return standing.held and not standing.active and standing.by_case and standing.stage in IN_NOTICE
