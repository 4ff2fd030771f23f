"""What the employer wants to deduct from the last wages for a loss, as plain data. Nothing is deducted by itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from domain.law.deductions import WageMonth
from domain.law.freeze import BasisKind
from domain.law.gates import DeductionClaim, Hearing, WrittenNotice
from domain.money import Money


class DeductionStatus(StrEnum):
    PROPOSED = "proposed"
    """The written notice is being made."""
    NOTIFIED = "notified"
    """The leaver has it, and may reply."""
    HEARD = "heard"
    """The leaver has replied, or the time to reply is over: counsel may decide."""
    DECIDED = "decided"
    DROPPED = "dropped"
    LAPSED = "lapsed"
    """Nobody decided in time: the wages are paid in full."""


UNDECIDED = (DeductionStatus.PROPOSED, DeductionStatus.NOTIFIED, DeductionStatus.HEARD)
STANDING = (*UNDECIDED, DeductionStatus.DECIDED)
"""As long as one of them stands, nothing else can be deducted for the same."""


@dataclass(frozen=True)
class Proposal:
    """What is claimed, and the evidence for it."""

    subject: str
    """The order line, or what else it is about."""
    claim: DeductionClaim
    """Without notice and hearing, which the case itself sees to."""
    month: WageMonth
    """The last wages, from which it would be deducted."""
    agreed_in: BasisKind | None = None
    """What kind of agreement the claim names."""
    line_amount: Money | None = None
    """What the order line pays; None if it is about something else."""
    payslip: str = ""
    """Where a wage above the one on file is evidenced."""

    def wage(self, on_file: Money | None) -> Money:
        """The month's wage that counts: without a payslip, never more than is on file (PAY-03)."""
        told = self.month.wage
        return told if on_file is None or self.payslip or told <= on_file else on_file


@dataclass(frozen=True)
class Deduction:
    id: str
    proposal: Proposal
    proposed_by: str
    proposed_at: datetime
    most: Money
    """The most that could be defended when it was proposed, if the leaver is heard."""
    working: str
    wage_on_file: Money | None = None
    """The month's wage on file, beside the one that is claimed; None: not known."""
    status: DeductionStatus = DeductionStatus.PROPOSED
    notified_on: date | None = None
    reply_until: date | None = None
    """The last day to reply on before it may be decided."""
    replied_at: datetime | None = None
    accepted: bool | None = None
    """What the leaver replied; None: nothing so far."""
    reply: str = ""
    amount: Money | None = None
    """What was decided."""
    decided_by: str = ""
    decided_because: str = ""
    remind_at: datetime | None = None
    reminders: int = 0

    def claimed(self, amount: Money, by: str) -> DeductionClaim:
        """The claim as far as it has come: with its notice, and with the hearing that `by` answers for."""
        claim = self.proposal.claim
        notice = WrittenNotice(self.notified_on, claim.reason, claim.amount) if self.notified_on else None
        hearing = Hearing(by, self.replied_at is not None, self.reply_until)
        return replace(claim, amount=amount, notice=notice, hearing=hearing)
