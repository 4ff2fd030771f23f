"""Cases in which something is paid at the end, under the law that ships."""

from datetime import date
from typing import Any

from domain import settlement
from domain.case import Case
from domain.change import Change
from domain.law import payments
from domain.law.severance import Termination
from domain.obligations import Payment, PaymentKind, SettlementPlan
from domain.people import Actor
from domain.working_days import WorkingCalendar
from models.law import library
from tests.domain import afterwards as a
from tests.domain import cases as c

WAGES, SEVERANCE = PaymentKind.WAGES, PaymentKind.SEVERANCE


def plan(termination: Termination | None = Termination.RESIGNATION, region: str = "CN-SH") -> SettlementPlan:
    """What is paid after such an ending in that region."""
    found = payments.plan(library().book(region), c.LAST_DAY, WorkingCalendar(c.SHANGHAI), termination)
    assert found is not None
    return found


def case(termination: Termination | None = Termination.RESIGNATION, region: str = "CN-SH", **changes: Any) -> Case:
    """A handover under way, a month before the last day; whatever is due by then is done."""
    found = c.handing_over(settlement=plan(termination, region), aftercare=a.AFTERCARE, **changes)
    while (change := settlement.advance(found, c.NOW)).facts:
        found = change.case
    return found


def payment(of: Case, kind: PaymentKind = WAGES) -> Payment:
    found = settlement.of(of, kind)
    assert found is not None
    return found


def confirmed(of: Case, on: date, kind: PaymentKind = WAGES, by: Actor = c.HR) -> Change:
    """Entered as paid on that day."""
    return a.on(on, lambda case, now: settlement.confirm(case, by, kind, on, "bank 7", now), of)
