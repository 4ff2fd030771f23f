"""What people decide about a deduction from the last wages: the content of those decisions. Amounts are text."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import StringConstraints

from domain.claims import Proposal
from domain.law.deductions import WageMonth
from domain.law.freeze import BasisKind
from domain.law.gates import Agreement, DeductionClaim, Proof
from domain.money import Money
from models.decision_bodies import Answer, Body
from models.fields import Key, Reason, Reference, RequiredReason
from models.forms import CURRENCY, NO_NUL, POSITIVE_AMOUNT, SOME_AMOUNT

Citation = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=NO_NUL)]
Amount = Annotated[str, StringConstraints(pattern=SOME_AMOUNT)]
PositiveAmount = Annotated[str, StringConstraints(pattern=POSITIVE_AMOUNT)]
Currency = Annotated[str, StringConstraints(pattern=CURRENCY)]


class ProposeDeduction(Body):
    """HR or counsel claims a loss from the last wages, with the evidence for it. Nothing is deducted by that.

    It is told to the leaver in writing, who may reply; then counsel who did not propose it may decide an amount.
    """

    subject: Reference
    """The order line, or what else it is about."""
    reason: RequiredReason
    amount: PositiveAmount
    proven_loss: Amount
    caused_on: date
    wage: Amount
    """All of the month's wage from which it would be deducted; commission is wage.

    Above what the contract's terms on file tell, it counts only with a payslip.
    """
    payslip: Citation = ""
    """Where a wage above the one on file is evidenced; the leaver and counsel see both."""
    already_deducted: Amount = "0"
    """What was deducted for losses in the same month elsewhere."""
    line_amount: Amount | None = None
    """What the order line pays, if it is about one: nothing beyond it comes out of it."""
    currency: Currency = "CNY"
    agreed_in: BasisKind | None = None
    """Where a deduction was agreed before the loss: contract, agreement, or policy of the company."""
    agreement: Citation = ""
    agreed_on: date | None = None
    procedure: Citation = ""
    """For a policy: where the minutes of staff discussion and negotiation are filed."""
    publication: Citation = ""
    """For a policy: where its publication is proved."""
    fault: Citation = ""
    """Where the leaver's fault is evidenced; loss and causation likewise."""
    loss: Citation = ""
    causation: Citation = ""

    @property
    def proposal(self) -> Proposal:
        """What it comes to; a policy counts only with both proofs of article 4 (FRZ-02)."""
        valid = self.agreed_in is not BasisKind.POLICY or bool(self.procedure and self.publication)
        agreed = self.agreed_in is not None and self.agreed_on is not None
        return Proposal(
            subject=self.subject,
            claim=DeductionClaim(
                self.reason,
                self._money(self.amount),
                self._money(self.proven_loss),
                self.caused_on,
                Agreement(self.agreement, self.agreed_on, valid) if agreed and self.agreed_on else None,
                Proof(self.fault, self.loss, self.causation),
            ),
            month=WageMonth(self._money(self.wage), self._money(self.already_deducted)),
            agreed_in=self.agreed_in,
            line_amount=self._money(self.line_amount) if self.line_amount is not None else None,
            payslip=self.payslip,
        )

    def _money(self, amount: str) -> Money:
        return Money(Decimal(amount), self.currency)


class ReplyToDeduction(Body):
    """The leaver accepts a deduction or objects to it; either way somebody still has to decide."""

    deduction: Key
    answer: Answer
    reply: Reason = ""


class DecideDeduction(Body):
    """Counsel who did not propose it decides an amount, once the leaver was heard, up to what can be defended."""

    deduction: Key
    amount: PositiveAmount
    reason: RequiredReason


class DropDeduction(Body):
    """HR or counsel gives a proposed deduction up, or counsel takes a decided one back before the wages are paid."""

    deduction: Key
    reason: RequiredReason
