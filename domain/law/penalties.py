"""Sums that a leaver is to owe for a breach: what a clause may ask for at most (NOT-13, NOT-14, TS-08).

A penalty may be agreed for two things only: for leaving before a service period that pays back special training is
over, and for breaking a non-compete, which `domain.law.non_compete` judges together with its agreement.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure
from domain.money import Money, nothing


class Breach(StrEnum):
    """What the clause makes the leaver pay for."""

    SERVICE_PERIOD = "service_period"
    """Leaving before the service period agreed for special training is over."""
    SHORT_NOTICE = "short_notice"
    """Leaving before the end of the notice: "wages in lieu"."""
    CONFIDENTIALITY = "confidentiality"
    """Breaking the duty of confidentiality alone, without a non-compete."""
    OTHER = "other"


@dataclass(frozen=True)
class Training:
    """Special training that the employer has paid for."""

    cost: Money
    months: int
    """Of the whole service period."""
    left: int
    """Months of it that are not served."""

    def __post_init__(self) -> None:
        """Raises ValueError for a negative cost, or for more months left than there are."""
        if self.cost < nothing(self.cost.currency) or not 0 <= self.left <= self.months or self.months == 0:
            raise ValueError(f"no service period: {self.left} of {self.months} months, {self.cost}")


@dataclass(frozen=True)
class PenaltyFinding:
    most: Money | None
    """The most that the clause can ask for; None where courts differ and a person decides."""
    answer: LegalAnswer


def judge(
    book: RuleBook,
    on: date,
    breach: Breach,
    agreed: Money,
    training: Training | None = None,
    *,
    employer_fault: bool = False,
) -> PenaltyFinding:
    """What of the agreed penalty can be asked for under the law of that day.

    `employer_fault`: the employee leaves by art. 38. Whatever was lost is another matter: it is claimed separately, and
    the employer proves it. Raises NoRule; ValueError for a service period without its training.
    """
    none = nothing(agreed.currency)
    match breach:
        case Breach.SERVICE_PERIOD:
            return _service_period(book, on, agreed, training, employer_fault)
        case Breach.SHORT_NOTICE:
            answer = book.answer("NOT-13", on, f"{figure(agreed)} → 0", reason="actual_loss_only")
            return PenaltyFinding(none, answer)
        case Breach.CONFIDENTIALITY:
            return PenaltyFinding(None, book.answer("TS-08", on, figure(agreed), reason="penalty_for_secrecy"))
    return PenaltyFinding(none, book.answer("NOT-14", on, f"{figure(agreed)} → 0", reason="penalty_not_allowed"))


def _service_period(
    book: RuleBook, on: date, agreed: Money, training: Training | None, employer_fault: bool
) -> PenaltyFinding:
    """Never above the share of the cost that falls to the months not served, and nothing after the employer's fault."""
    if training is None:
        raise ValueError("a service period is paid for by training: its cost and months are needed")
    if employer_fault:
        answer = book.answer("NOT-14", on, f"{figure(agreed)} → 0", reason="penalty_after_fault")
        return PenaltyFinding(nothing(agreed.currency), answer)
    share = (training.cost * training.left / training.months).to_cents_below()
    most = min(agreed, share)
    working = f"{figure(training.cost)} × {training.left} ÷ {training.months} = {figure(share)}"
    working = f"{working}; min({figure(agreed)}, {figure(share)}) = {figure(most)}"
    if agreed <= share:
        return PenaltyFinding(most, book.answer("NOT-14", on, working, action=Action.RECORD))
    return PenaltyFinding(most, book.answer("NOT-14", on, working, reason="penalty_above_share", most=figure(most)))
