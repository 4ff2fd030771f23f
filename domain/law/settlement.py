"""The final settlement: what the employer owes when the employment ends, line by line, each with the rule behind it.

Nothing is deducted here unless a named person has decided it, and never more than is defensible (PAY-03, PAY-04).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.bonus import BonusFinding
from domain.law.commission import CommissionAssessment
from domain.law.leave import LeaveAccount, unused_leave
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.severance import Doubt, Service, Termination, severance
from domain.law.wages import WagesDue, wages_due
from domain.law.workings import figure
from domain.money import Money, nothing, total
from domain.working_days import WorkingCalendar


class LineKind(StrEnum):
    WAGES = "wages"
    COMMISSION = "commission"
    BONUS = "bonus"
    UNUSED_LEAVE = "unused_leave"
    SEVERANCE = "severance"
    DECIDED_DEDUCTION = "decided_deduction"


@dataclass(frozen=True)
class DecidedDeduction:
    """What a person has decided to deduct from one order line, once the assessment said how much is defensible."""

    line: str
    by: str
    amount: Money


@dataclass(frozen=True)
class Leaving:
    """The facts of one ending."""

    termination: Termination
    service: Service
    unpaid_wages: Money
    """Wages up to the last day that payroll has not paid, without commission."""
    leave: LeaveAccount
    handover_done: bool
    commission: CommissionAssessment | None = None
    bonus: BonusFinding | None = None
    deductions: tuple[DecidedDeduction, ...] = ()
    """At most one for each order line."""


@dataclass(frozen=True)
class SettlementLine:
    kind: LineKind
    reference: str
    """The order line of commission or of a deduction from it; empty otherwise."""
    amount: Money
    """To the cent; below zero only for a decided deduction."""
    answers: tuple[LegalAnswer, ...]
    held: bool = False
    """True while it waits for the handover, as severance pay alone may (HND-03)."""
    decided_by: str = ""
    """Who answers for a deduction."""


@dataclass(frozen=True)
class Settlement:
    lines: tuple[SettlementLine, ...]
    total: Money
    held: Money
    """What of it waits for the handover."""
    accruing: Money
    """Commission that a condition still holds back; it is owed as soon as that is met (PAY-06)."""
    due: WagesDue
    doubts: tuple[Doubt, ...]
    undecided: tuple[LegalAnswer, ...]
    """What a person still has to decide, such as a year-end bonus (PAY-07)."""

    @property
    def payable_on_due_day(self) -> Money:
        """Everything that does not wait for the handover."""
        return self.total - self.held


def settle(book: RuleBook, leaving: Leaving, calendar: WorkingCalendar) -> Settlement:
    """The settlement of one ending under the law of its last day; each line to the cent, and the total is their sum.

    Raises NoRule; ValueError for a deduction above what its line leaves or that nobody answers for, for negative wages,
    and as `unused_leave` and `severance` do.
    """
    last_day, currency = leaving.service.last_day, leaving.unpaid_wages.currency
    due = wages_due(book, last_day, calendar)
    leave = unused_leave(book, last_day, leaving.leave)
    pay = severance(book, leaving.termination, leaving.service, handover_done=leaving.handover_done)
    lines = (
        _wages(leaving, due),
        *_commission(leaving.commission),
        *_bonus(leaving.bonus),
        SettlementLine(LineKind.UNUSED_LEAVE, "", leave.payable, (leave.answer,)),
        SettlementLine(LineKind.SEVERANCE, "", pay.amount, (pay.answer,), held=pay.held),
        *_deductions(book, last_day, leaving),
    )
    return Settlement(
        lines=lines,
        total=total((line.amount for line in lines), currency),
        held=total((line.amount for line in lines if line.held), currency),
        accruing=leaving.commission.accruing if leaving.commission else nothing(currency),
        due=due,
        doubts=pay.doubts,
        undecided=(leaving.bonus.answer,) if leaving.bonus and leaving.bonus.payable is None else (),
    )


def _wages(leaving: Leaving, due: WagesDue) -> SettlementLine:
    if leaving.unpaid_wages.amount < 0:
        raise ValueError(f"wages are not negative: {leaving.unpaid_wages}")
    return SettlementLine(LineKind.WAGES, "", leaving.unpaid_wages.to_cents(), due.answers)


def _commission(assessment: CommissionAssessment | None) -> tuple[SettlementLine, ...]:
    lines = assessment.lines if assessment else ()
    return tuple(SettlementLine(LineKind.COMMISSION, line.id, line.payable_now, line.answers) for line in lines)


def _bonus(bonus: BonusFinding | None) -> tuple[SettlementLine, ...]:
    if bonus is None or bonus.payable is None:
        return ()
    return (SettlementLine(LineKind.BONUS, "", bonus.payable, (bonus.answer,)),)


def _deductions(book: RuleBook, last_day: date, leaving: Leaving) -> Iterator[SettlementLine]:
    if len({decided.line for decided in leaving.deductions}) < len(leaving.deductions):
        raise ValueError("each order line is decided about once")
    for decided in leaving.deductions:
        found, none = leaving.commission, nothing(decided.amount.currency)
        most = found.defensible_on(decided.line) if found else none
        if not decided.by or decided.amount <= none:
            raise ValueError("a deduction has an amount, and a person who decided it")
        if decided.amount != decided.amount.to_cents() or most < decided.amount:
            amount = decided.amount.amount
            raise ValueError(f"{decided.line}: at most {figure(most)} in whole cents may be deducted, not {amount}")
        answer = book.answer("PAY-04", last_day, f"{figure(decided.amount)} ≤ {figure(most)}", action=Action.RECORD)
        yield SettlementLine(
            LineKind.DECIDED_DEDUCTION, decided.line, decided.amount * -1, (answer,), decided_by=decided.by
        )
