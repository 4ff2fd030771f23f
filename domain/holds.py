"""The legal hold (证据保全): counsel keeps a case from closing, and what is left of it from ending."""

from dataclasses import replace
from datetime import datetime

from domain import aftercare, retention
from domain.case import Case, Hold
from domain.change import Change, Fact
from domain.errors import conflict, forbidden, invalid
from domain.people import Actor, Role


def place_hold(case: Case, by: Actor, reason: str, now: datetime) -> Change:
    """Counsel keeps the case from closing. Wages, certificate and last day are untouched by it (HND-02)."""
    _require_counsel(case, by)
    if case.closed and not aftercare.looked_after_alone(case):
        raise conflict("case.closed")
    if retention.case_file_erased(case):
        raise conflict("retention.erased_already")
    if case.hold is not None:
        raise conflict("hold.already_placed")
    if not reason:
        raise invalid("reason.required")
    fact = Fact("HoldPlaced", now, by.account, {"reason": reason})
    return Change(replace(retention.held(case), hold=Hold(reason, by.account, now)), (fact,))


def lift_hold(case: Case, by: Actor, reason: str, now: datetime) -> Change:
    """Counsel lifts the hold."""
    _require_counsel(case, by)
    if case.hold is None:
        raise conflict("hold.none")
    fact = Fact("HoldLifted", now, by.account, {"reason": reason})
    return Change(replace(case, hold=None), (fact,))


def _require_counsel(case: Case, by: Actor) -> None:
    if not by.has(Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("hold.only_counsel")
