"""Cases in which something is paid at the end, under the law that ships."""

from datetime import date, datetime
from typing import Any

from domain import deduction_decisions, deductions, papers, settlement
from domain.case import Case, PaperKind
from domain.change import Change
from domain.law import payments
from domain.law.freeze import BasisKind
from domain.law.severance import Termination
from domain.money import Money
from domain.obligations import Payment, PaymentKind, SettlementPlan
from domain.people import Actor
from domain.working_days import WorkingCalendar
from models.deduction_bodies import ProposeDeduction
from models.law import library
from tests.domain import afterwards as a
from tests.domain import cases as c

WAGES, SEVERANCE = PaymentKind.WAGES, PaymentKind.SEVERANCE


def plan(
    termination: Termination | None = Termination.RESIGNATION, region: str = "CN-SH", wage_on_file: Money | None = None
) -> SettlementPlan:
    """What is paid after such an ending in that region."""
    found = payments.plan(library().book(region), c.LAST_DAY, WorkingCalendar(c.SHANGHAI), termination, wage_on_file)
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


def claim(**changes: Any) -> ProposeDeduction:
    """A claim that passes every gate which evidence can open: 20 % of 12,000 is above it."""
    usual = {
        "subject": "SO-2611",
        "reason": "sent to the wrong address",
        "amount": "1500.00",
        "proven_loss": "1800.00",
        "caused_on": date(2026, 10, 12),
        "wage": "12000.00",
        "agreed_in": BasisKind.CONTRACT,
        "agreement": "clause 12",
        "agreed_on": date(2024, 3, 1),
        "fault": "F-1",
        "loss": "L-1",
        "causation": "C-1",
    }
    return ProposeDeduction(**{**usual, **changes})


def notice_of(of: Case, now: datetime) -> papers.Notice | None:
    """What the written notice of the next deduction says, made at that instant."""
    wanted = deductions.unnotified(of)
    return papers.Notice(wanted.id, deductions.reply_day(of, now)) if wanted else None


def proposed(of: Case, by: Actor = c.HR, now: datetime = c.NOW, **changes: Any) -> Case:
    """A deduction is proposed, and its written notice issued."""
    change = deduction_decisions.propose(of, by, claim(**changes).proposal, now)
    return notified(change.case, now)


def notified(of: Case, now: datetime = c.NOW) -> Case:
    """Every written notice is issued."""
    while (notice := notice_of(of, now)) is not None:
        of = papers.issued(of, PaperKind.DEDUCTION_NOTICE, f"n-{notice.deduction}", c.SHA, now, notice).case
    return of


def confirmed(of: Case, on: date, kind: PaymentKind = WAGES, by: Actor = c.HR) -> Change:
    """Entered as paid on that day."""
    return a.on(on, lambda case, now: settlement.confirm(case, by, kind, on, "bank 7", now), of)
