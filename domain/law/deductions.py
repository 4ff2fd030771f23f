"""What may at most be deducted from wages for a loss (PAY-03, PAY-04). The result is a proposal: a person decides.

Each claim is judged by six gates as it is claimed. What a person may then lawfully decide is the highest defensible
amount: never above the claim, the proven loss, the amount of the written notice, the order line, and what the monthly
cap and the minimum wage leave. All the rest can only be claimed separately.

`month_left` and `examine` reckon with figures that a case is pinned to, `monthly_limit` and `judge` with a rule book.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from domain.law.answers import LegalAnswer
from domain.law.gates import DeductionClaim, Gate, GateFinding, Ground, grounds
from domain.law.local_wages import minimum_wage
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure, percent
from domain.money import Money, nothing


@dataclass(frozen=True)
class WageMonth:
    """The month in which is paid."""

    wage: Money
    """All of the month's wage; commission is wage (PAY-01)."""
    already_deducted: Money
    """What was deducted for losses in the same month before."""


@dataclass(frozen=True)
class MonthlyLimit:
    """What may still be deducted for losses in that month, whatever is claimed."""

    amount: Money
    ground: Ground
    """What binds: the cap, the minimum wage, or that the minimum wage is not known and nothing may be deducted."""
    answers: tuple[LegalAnswer, ...]

    def less(self, deducted: Money) -> "MonthlyLimit":
        """What is left of it."""
        return MonthlyLimit(self.amount - deducted, self.ground, self.answers)


@dataclass(frozen=True)
class DeductionFigures:
    """What the law says of deductions in one place."""

    currency: str
    cap: Decimal
    """The share of a month's wage that may at most be deducted (PAY-03)."""
    minimum_wage: Money | None
    """What is left in any case (PAY-11); None where it is not known, and nothing may be deducted."""
    gates: tuple[Gate, ...]


@dataclass(frozen=True)
class Examination:
    """A claim against the gates, the month and its order line."""

    gates: tuple[GateFinding, ...]
    """The gates, for the amount as it is claimed."""
    defensible: Money
    """The most that a person may decide to deduct from this order line in this month."""
    separate_claim: Money
    """What is proved beyond it; it has to be claimed from the employee, not deducted."""
    working: str

    @property
    def signs(self) -> str:
        """Which gates are open, as it is written down."""
        return ", ".join(f"{finding.gate} {'✓' if finding.passed else '✗'}" for finding in self.gates)

    @property
    def may_be_held(self) -> bool:
        """True if the claim, as it is claimed, passes every gate; otherwise it is released on the due date (PAY-04)."""
        return all(finding.passed for finding in self.gates)


@dataclass(frozen=True)
class ClaimFinding(Examination):
    claim: DeductionClaim
    answer: LegalAnswer


def figures(book: RuleBook, on: date, currency: str) -> DeductionFigures:
    """The figures that hold there on that day. Raises NoRule, ValueError if the pack names a gate that is not known."""
    gates = tuple(Gate(word) for word in book.rule("PAY-04", on).words("gates"))
    return DeductionFigures(currency, book.rule("PAY-03", on).decimal("cap"), minimum_wage(book, on, currency), gates)


def month_left(by: DeductionFigures, month: WageMonth) -> tuple[MonthlyLimit, str]:
    """What may still be deducted in that month, and the working.

    Rounded down to cents, since half a cent more would break the cap. Raises ValueError for negative amounts.
    """
    none = nothing(by.currency)
    if month.wage < none or month.already_deducted < none:
        raise ValueError("a month's wage and what was deducted are not negative")
    cap = month.wage * by.cap
    share = f"{figure(month.wage)} × {percent(by.cap)} = {figure(cap.to_cents_below())}"
    if by.minimum_wage is None:
        return MonthlyLimit(none, Ground.MINIMUM_WAGE_UNKNOWN, ()), share
    above_minimum = month.wage - by.minimum_wage
    ground = Ground.ABOVE_CAP if cap <= above_minimum else Ground.BELOW_MINIMUM_WAGE
    left = max(none, min(cap, above_minimum) - month.already_deducted).to_cents_below()
    working = (
        f"{share}; {figure(month.wage)} − {figure(by.minimum_wage)} = {figure(above_minimum)}; "
        f"max(0, min({figure(cap.to_cents_below())}, {figure(above_minimum)}) − {figure(month.already_deducted)})"
        f" = {figure(left)}"
    )
    return MonthlyLimit(left, ground, ()), working


def monthly_limit(book: RuleBook, on: date, month: WageMonth) -> MonthlyLimit:
    """PAY-03: 20 % of the month's wage at most, and the local minimum wage is left; in the final month too.

    Where the region's minimum wage (PAY-11) is not known, nothing is defensible. Raises NoRule, ValueError
    for negative amounts.
    """
    by = figures(book, on, month.wage.currency)
    limit, working = month_left(by, month)
    answers = [book.answer("PAY-03", on, working)]
    if by.minimum_wage is not None:
        answers.append(book.answer("PAY-11", on, figure(by.minimum_wage), action=Action.RECORD))
    return MonthlyLimit(limit.amount, limit.ground, tuple(answers))


def examine(
    gates: tuple[Gate, ...], claim: DeductionClaim, limit: MonthlyLimit, line_left: Money, as_of: date
) -> Examination:
    """One claim against what the month and the order line leave; `as_of` is the day on which it is judged (PAY-04)."""
    found = dict(grounds(claim, limit.amount, limit.ground, as_of))
    findings = tuple(GateFinding(gate, found[gate]) for gate in gates)
    none = nothing(claim.amount.currency)
    may_be_less = all(finding.passed or finding.would_pass_for_less for finding in findings)
    noticed = claim.notice.amount if claim.notice else claim.amount
    proven = claim.proven_loss if found[Gate.PROVED] is Ground.PROVED else none
    most = min(claim.amount, proven, noticed, limit.amount, line_left).to_cents_below()
    defensible = max(none, most) if may_be_less else none
    separate = max(none, min(claim.amount, proven).to_cents() - defensible)
    working = (
        f"min({figure(claim.amount)}, {figure(proven)}, {figure(noticed)}, {figure(limit.amount)}, "
        f"{figure(line_left)}) = {figure(most)} → {figure(defensible)}"
    )
    return Examination(findings, defensible, separate, working)


def judge(
    book: RuleBook, on: date, claim: DeductionClaim, limit: MonthlyLimit, line_left: Money, as_of: date
) -> ClaimFinding:
    """As `examine`, with the rule that says so. Raises NoRule, ValueError for a gate that is not known."""
    found = examine(figures(book, on, claim.amount.currency).gates, claim, limit, line_left, as_of)
    working = f"{found.signs}; {found.working}"
    answer = book.answer("PAY-04", on, working, action=Action.RECORD if found.may_be_held else None)
    return ClaimFinding(found.gates, found.defensible, found.separate_claim, found.working, claim, answer)
