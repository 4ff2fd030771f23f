"""Commission of a leaver, order line by order line (PAY-01, PAY-04 to PAY-06): it is wage, and never forfeited.

What an agreed condition does not yet let be paid keeps accruing; what is in dispute is paid until a person decides
otherwise. Deductions are proposals and change nothing of what is payable.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.deductions import ClaimFinding, MonthlyLimit, WageMonth, judge, monthly_limit
from domain.law.order_lines import CommissionLine, Condition
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure, percent
from domain.money import Money, nothing, total


class LineStatus(StrEnum):
    EARNED = "earned"
    PENDING = "pending_condition"
    DISPUTED = "disputed"


class Reason(StrEnum):
    """What the condition does to a line, whoever disputes it."""

    NO_CONDITION = "no_condition"
    CLAUSE_VOID = "clause_void"
    CONDITION_NOT_AGREED = "condition_not_agreed"
    CONDITION_MET = "condition_met"
    CONDITION_NOT_MET = "condition_not_met"
    PARTLY_RECEIVED = "partly_received"


class Dispute(StrEnum):
    """Why a person has to decide about a line. It is payable as if there were none until then."""

    SHARE_NOT_AGREED = "share_not_agreed"
    """A successor works on, and how the commission is split was never agreed (PAY-06)."""
    CONDITION_CONTESTED = "condition_contested"
    DEDUCTION_CLAIMED = "deduction_claimed"


@dataclass(frozen=True)
class LineStanding:
    """Where a line stands by itself, whatever is claimed against it in which month."""

    status: LineStatus
    reason: Reason
    disputes: tuple[Dispute, ...]
    entitled: Money
    """The leaver's share of the commission, to the smallest unit of its currency."""
    payable_now: Money
    accruing: Money
    """What a condition still holds back. It is paid in the cycle after each receipt, never forfeited (PAY-06)."""
    working: str


@dataclass(frozen=True)
class AssessedLine:
    """A line as it stands (`LineStanding`), with the claims against it and the rules that say so."""

    id: str
    status: LineStatus
    reason: Reason
    disputes: tuple[Dispute, ...]
    entitled: Money
    payable_now: Money
    accruing: Money
    claims: tuple[ClaimFinding, ...]
    answers: tuple[LegalAnswer, ...]


@dataclass(frozen=True)
class CommissionAssessment:
    """What is payable now, what keeps accruing, and how much a person may at most decide to deduct in this month."""

    lines: tuple[AssessedLine, ...]
    payable_now: Money
    accruing: Money
    limit: MonthlyLimit
    defensible: Money
    """The claims of all lines together."""
    separate_claims: Money

    def defensible_on(self, line_id: str) -> Money:
        """The most that may be deducted from that order line; nothing where there is no such line."""
        mine = (line.claims for line in self.lines if line.id == line_id)
        return total((finding.defensible for claims in mine for finding in claims), self.defensible.currency)


def assess_commission(
    book: RuleBook, on: date, lines: tuple[CommissionLine, ...], other_pay: WageMonth, as_of: date
) -> CommissionAssessment:
    """All lines of one leaver, paid in one month.

    `other_pay` is the month's wage without these lines; they are wage as well (PAY-01) and count for its cap and its
    minimum (PAY-03). The law is that of `on`, the evidence that of `as_of`. Claims are judged in the order given, each
    against its own line and what the sooner ones left of the month. Raises NoRule; ValueError for two currencies, and
    for two lines of one id.
    """
    if len({line.id for line in lines}) < len(lines):
        raise ValueError("each order line has its own id")
    currency = other_pay.wage.currency
    payable = total((_payable(line)[0] for line in lines), currency)
    limit = monthly_limit(book, on, WageMonth(other_pay.wage + payable, other_pay.already_deducted))
    assessed, left = [], limit
    for line in lines:
        one = _assess(book, on, line, left, as_of)
        left = left.less(total((finding.defensible for finding in one.claims), currency))
        assessed.append(one)
    return CommissionAssessment(
        tuple(assessed),
        payable,
        total((one.accruing for one in assessed), currency),
        limit,
        limit.amount - left.amount,
        total((finding.separate_claim for one in assessed for finding in one.claims), currency),
    )


def standing(line: CommissionLine) -> LineStanding:
    """Where the line stands: what is payable of it now, and what keeps accruing."""
    payable, working = _payable(line)
    entitled = _entitled(line).to_smallest()
    reason, disputes = _reason(line), tuple(_disputes(line))
    status = LineStatus.EARNED
    if disputes:
        status = LineStatus.DISPUTED
    elif reason in (Reason.PARTLY_RECEIVED, Reason.CONDITION_NOT_MET):
        status = LineStatus.PENDING
    accruing = max(nothing(payable.currency), entitled - line.already_paid - payable)
    return LineStanding(status, reason, disputes, entitled, payable, accruing, working)


def _assess(book: RuleBook, on: date, line: CommissionLine, limit: MonthlyLimit, as_of: date) -> AssessedLine:
    stands = standing(line)
    reason, status, payable = stands.reason, stands.status, stands.payable_now
    answers = (
        book.answer("PAY-01", on, _share_working(line)),
        _status_answer(book, on, reason, status, stands.working),
    )
    findings: list[ClaimFinding] = []
    line_left, month_left = payable, limit
    for claim in line.claims:
        finding = judge(book, on, claim, month_left, line_left, as_of)
        line_left, month_left = line_left - finding.defensible, month_left.less(finding.defensible)
        findings.append(finding)
    return AssessedLine(
        id=line.id,
        status=status,
        reason=reason,
        disputes=stands.disputes,
        entitled=stands.entitled,
        payable_now=payable,
        accruing=stands.accruing,
        claims=tuple(findings),
        answers=answers,
    )


def _status_answer(book: RuleBook, on: date, reason: Reason, status: LineStatus, working: str) -> LegalAnswer:
    """Which rule makes the line payable or not: a void clause is refused, a condition that binds is warned of."""
    if reason is Reason.CLAUSE_VOID:
        return book.answer("PAY-05", on, working)
    settled = status is LineStatus.EARNED
    return book.answer("PAY-06", on, working, action=Action.RECORD if settled else None)


def _entitled(line: CommissionLine) -> Money:
    return line.commission if line.share is None else line.commission * line.share


def _share_working(line: CommissionLine) -> str:
    share = Decimal(1) if line.share is None else line.share
    return f"{figure(line.commission)} × {percent(share)} = {figure(_entitled(line))}"


def _payable(line: CommissionLine) -> tuple[Money, str]:
    """What is payable now, to the smallest unit and never below zero, with its working."""
    entitled, paid = _entitled(line), line.already_paid
    if _reason(line) is Reason.CONDITION_NOT_MET:
        due, shown = nothing(paid.currency), figure(nothing(paid.currency))
    elif _reason(line) is Reason.PARTLY_RECEIVED and line.receivable:
        had = line.receivable
        due = entitled * had.received.amount / had.total.amount
        shown = f"{figure(entitled)} × {figure(had.received)} ÷ {figure(had.total)}"
    else:
        due, shown = entitled, figure(entitled)
    payable = max(nothing(paid.currency), due.to_smallest() - paid)
    return payable, f"max(0, {shown} − {figure(paid)}) = {figure(payable)}"


def _reason(line: CommissionLine) -> Reason:
    if line.condition is Condition.NO_LEAVERS:
        return Reason.CLAUSE_VOID
    if line.condition is Condition.NONE:
        return Reason.NO_CONDITION
    if not line.agreed_in:
        return Reason.CONDITION_NOT_AGREED
    if line.condition is Condition.EVENT or line.receivable is None:
        return Reason.CONDITION_MET if line.condition_met else Reason.CONDITION_NOT_MET
    if line.receivable.received >= line.receivable.total:
        return Reason.CONDITION_MET
    nothing_came = line.receivable.received <= nothing(line.receivable.total.currency)
    return Reason.CONDITION_NOT_MET if nothing_came else Reason.PARTLY_RECEIVED


def _disputes(line: CommissionLine) -> Iterator[Dispute]:
    if line.share is None:
        yield Dispute.SHARE_NOT_AGREED
    if line.contested:
        yield Dispute.CONDITION_CONTESTED
    if line.claims:
        yield Dispute.DEDUCTION_CLAIMED
