"""What may at most be deducted from wages for a loss (PAY-03, PAY-04). The result is a proposal: a person decides.

Each claim is judged by six gates as it is claimed. What a person may then lawfully decide is the highest defensible
amount: never above the claim, the proven loss, the amount of the written notice, the order line, and what the monthly
cap and the minimum wage leave. All the rest can only be claimed separately.
"""

from dataclasses import dataclass
from datetime import date

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
class ClaimFinding:
    claim: DeductionClaim
    gates: tuple[GateFinding, ...]
    """The gates, for the amount as it is claimed."""
    defensible: Money
    """The most that a person may decide to deduct from this order line in this month."""
    separate_claim: Money
    """What is proved beyond it; it has to be claimed from the employee, not deducted."""
    answer: LegalAnswer

    @property
    def may_be_held(self) -> bool:
        """True if the claim, as it is claimed, passes every gate; otherwise it is released on the due date (PAY-04)."""
        return all(finding.passed for finding in self.gates)


def monthly_limit(book: RuleBook, on: date, month: WageMonth) -> MonthlyLimit:
    """PAY-03: 20 % of the month's wage at most, and the local minimum wage is left; in the final month too.

    Rounded down to cents, since half a cent more would break the cap. Where the region's minimum wage (PAY-11) is not
    known, nothing is defensible. Raises NoRule without PAY-03, ValueError for negative amounts.
    """
    none = nothing(month.wage.currency)
    if month.wage < none or month.already_deducted < none:
        raise ValueError("a month's wage and what was deducted are not negative")
    share = book.rule("PAY-03", on).decimal("cap")
    cap = month.wage * share
    workings = [f"{figure(month.wage)} × {percent(share)} = {figure(cap.to_cents_below())}"]
    minimum = minimum_wage(book, on, none.currency)
    if minimum is None:
        unknown = book.answer("PAY-03", on, workings[0])
        return MonthlyLimit(none, Ground.MINIMUM_WAGE_UNKNOWN, (unknown,))
    above_minimum = month.wage - minimum
    workings.append(f"{figure(month.wage)} − {figure(minimum)} = {figure(above_minimum)}")
    ground = Ground.ABOVE_CAP if cap <= above_minimum else Ground.BELOW_MINIMUM_WAGE
    left = max(none, min(cap, above_minimum) - month.already_deducted).to_cents_below()
    workings.append(
        f"max(0, min({figure(cap.to_cents_below())}, {figure(above_minimum)}) − {figure(month.already_deducted)})"
        f" = {figure(left)}"
    )
    answers = (
        book.answer("PAY-03", on, "; ".join(workings)),
        book.answer("PAY-11", on, figure(minimum), action=Action.RECORD),
    )
    return MonthlyLimit(left, ground, answers)


def judge(
    book: RuleBook, on: date, claim: DeductionClaim, limit: MonthlyLimit, line_left: Money, as_of: date
) -> ClaimFinding:
    """One claim against what the month and the order line leave; `as_of` is the day on which it is judged.

    PAY-04. Raises NoRule, ValueError if the pack names a gate that the software does not know.
    """
    found = dict(grounds(claim, limit.amount, limit.ground, as_of))
    rule = book.rule("PAY-04", on)
    gates = tuple(GateFinding(gate, found[gate]) for gate in (Gate(word) for word in rule.words("gates")))
    none = nothing(claim.amount.currency)
    may_be_less = all(finding.passed or finding.would_pass_for_less for finding in gates)
    noticed = claim.notice.amount if claim.notice else claim.amount
    proven = claim.proven_loss if found[Gate.PROVED] is Ground.PROVED else none
    most = min(claim.amount, proven, noticed, limit.amount, line_left).to_cents_below()
    defensible = max(none, most) if may_be_less else none
    separate = max(none, min(claim.amount, proven).to_cents() - defensible)
    signs = ", ".join(f"{finding.gate} {'✓' if finding.passed else '✗'}" for finding in gates)
    working = (
        f"{signs}; min({figure(claim.amount)}, {figure(proven)}, {figure(noticed)}, {figure(limit.amount)}, "
        f"{figure(line_left)}) = {figure(most)} → {figure(defensible)}"
    )
    passed = all(finding.passed for finding in gates)
    answer = book.answer("PAY-04", on, working, action=Action.RECORD if passed else None)
    return ClaimFinding(claim, gates, defensible, separate, answer)
