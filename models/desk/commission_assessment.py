"""The assessment of a leaver's commission (S4.4): the law's own functions, with the evidence beside each gate.

It decides nothing. What it finds defensible is proposed, told, answered and decided where the case does that.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from domain.desk.commission import LedgerStatus, ledger_status
from domain.errors import invalid, not_found
from domain.law.commission import AssessedLine, CommissionAssessment, assess_commission
from domain.law.deductions import ClaimFinding, WageMonth
from domain.law.gates import Agreement, DeductionClaim, Gate, Hearing, Proof, WrittenNotice
from domain.law.order_lines import CommissionLine
from domain.law.rulebook import RuleBook
from domain.money import Money
from models.desk import commission, evidence
from models.desk.commission import LedgerLine
from models.desk.commission_bodies import AssessCommission, ClaimOnLine, EvidenceNamed
from models.desk.commission_views import (
    AssessedLineView,
    ClaimView,
    CommissionAssessmentView,
    EvidenceView,
    GateView,
)
from models.desk.evidence import EvidenceKind
from models.desk.figures import Amount
from models.law_views import all_shown, shown

_SOMEBODY = "-"
"""Stands for whoever will decide, in the question what could be defended at most."""


def assess(
    session: Session,
    book: RuleBook,
    case_id: str,
    by: str,
    lines: Sequence[LedgerLine],
    asked: AssessCommission,
    last_day: date,
    noticed_on: date | None,
    as_of: date,
) -> CommissionAssessmentView:
    """The lines that are not settled, and the claims against them. Raises Refusal, NoRule."""
    currency = book.national.currency
    if late := [claim for claim in asked.claims if claim.caused_on > as_of]:
        raise invalid("commission.caused_in_the_future", line=late[0].line)
    claims = {claim.line: _Claim(session, case_id, claim, currency, noticed_on) for claim in asked.claims}
    if len(claims) < len(asked.claims):
        raise invalid("commission.one_claim_a_line")
    here = [line for line in lines if line.judged is not None and line.sold.currency == currency]
    if unknown := sorted(claims.keys() - {line.sold.id for line in here}):
        raise not_found("commission.line_unknown", line=unknown[0])
    open_ = [line for line in here if line.status is not LedgerStatus.PAID or line.sold.id in claims]
    month = WageMonth(Money(Decimal(asked.wage), currency), Money(Decimal(asked.already_deducted), currency))
    plain = [line.judged for line in open_ if line.judged is not None]
    stands, heard = (
        assess_commission(book, last_day, tuple(_with(line, claims, as_of, heard=told) for line in plain), month, as_of)
        for told in (False, True)
    )
    numbers = {line.sold.id: line.number for line in open_}
    paid = {line.id: line.already_paid for line in plain}
    return CommissionAssessmentView(
        case_id=case_id,
        as_of=as_of,
        assessed_by=by,
        law_of=last_day,
        lines=[_line(line, numbers[line.id], paid[line.id]) for line in heard.lines],
        payable_now=_amount(heard.payable_now),
        accruing=_amount(heard.accruing),
        wage_of_the_month=_amount(month.wage + heard.payable_now),
        monthly_limit=_amount(heard.limit.amount),
        limit_ground=heard.limit.ground,
        limit_law=all_shown(heard.limit.answers),
        claims=[
            claims[then.id].view(now, then, numbers[then.id], month, heard)
            for now, then in zip(stands.lines, heard.lines, strict=True)
            if then.claims
        ],
        defensible=_amount(heard.defensible),
        separate_claims=_amount(heard.separate_claims),
        other_currencies=sum(line.sold.currency != currency for line in lines),
        without_rate=sum(line.judged is None for line in lines),
    )


class _Claim:
    """A claim with its evidence looked up."""

    def __init__(
        self, session: Session, case_id: str, asked: ClaimOnLine, currency: str, noticed_on: date | None
    ) -> None:
        self.asked = asked
        self.currency = currency
        self.fault, self.loss, self.causation = (
            _found(session, case_id, named) for named in (asked.fault, asked.loss, asked.causation)
        )
        self.agreed = commission.agreed(session, asked.agreement) if asked.agreement else None
        self.noticed_on = noticed_on
        named = [EvidenceNamed(kind=EvidenceKind.AGREEMENT, id=asked.agreement)] if asked.agreement else []
        self.agreement = _found(session, case_id, named)

    def judged(self, as_of: date, *, heard: bool) -> DeductionClaim:
        """As it is claimed; or as if the leaver had been told in writing, and heard."""
        row = self.agreed
        agreement = None
        if row is not None and row.allows_deduction:
            agreement = Agreement(row.reference, row.binds_from(self.noticed_on), row.valid)
        amount = self._money(self.asked.amount)
        return DeductionClaim(
            reason=self.asked.reason,
            amount=amount,
            proven_loss=self._money(self.asked.proven_loss),
            caused_on=self.asked.caused_on,
            agreement=agreement,
            proof=Proof(_cited(self.fault), _cited(self.loss), _cited(self.causation)),
            notice=WrittenNotice(as_of, self.asked.reason, amount) if heard else None,
            hearing=Hearing(_SOMEBODY, replied=True) if heard else Hearing(),
        )

    def view(
        self, now: AssessedLine, then: AssessedLine, number: str, month: WageMonth, whole: CommissionAssessment
    ) -> ClaimView:
        (before,), (found,) = now.claims, then.claims
        return ClaimView(
            line=then.id,
            order_number=number,
            claimed=_amount(found.claim.amount),
            gates=[
                GateView(
                    gate=finding.gate,
                    passed=finding.passed,
                    ground=finding.ground,
                    evidence=self._evidence(finding.gate),
                )
                for finding in before.gates
            ],
            defensible=_amount(found.defensible),
            separate_claim=_amount(found.separate_claim),
            working=found.answer.answer,
            law=[shown(found.answer)],
            propose=self._proposal(found, then, month, whole) if found.defensible.amount > 0 else None,
        )

    def _proposal(
        self, found: ClaimFinding, line: AssessedLine, month: WageMonth, whole: CommissionAssessment
    ) -> dict[str, Any]:
        """No more is proposed than can be defended."""
        row, agreement = self.agreed, found.claim.agreement
        return {
            "subject": line.id,
            "reason": self.asked.reason,
            "amount": _text(found.defensible),
            "proven_loss": _text(found.claim.proven_loss),
            "caused_on": self.asked.caused_on.isoformat(),
            "wage": _text(month.wage + whole.payable_now),
            "already_deducted": _text(month.already_deducted),
            "line_amount": _text(line.payable_now),
            "currency": self.currency,
            "agreed_in": row.kind.value if row else None,
            "agreement": agreement.reference if agreement else "",
            "agreed_on": agreement.agreed_on.isoformat() if agreement else None,
            "procedure": row.procedure if row else "",
            "publication": row.publication if row else "",
            "fault": found.claim.proof.fault,
            "loss": found.claim.proof.loss,
            "causation": found.claim.proof.causation,
        }

    def _evidence(self, gate: Gate) -> list[EvidenceView]:
        match gate:
            case Gate.AGREED:
                return self.agreement
            case Gate.PROVED:
                return [*self.fault, *self.loss, *self.causation]
            case Gate.WITHIN_LOSS:
                return self.loss
        return []

    def _money(self, text: str) -> Money:
        return Money(Decimal(text), self.currency)


def _with(line: CommissionLine, claims: dict[str, _Claim], as_of: date, *, heard: bool) -> CommissionLine:
    claim = claims.get(line.id)
    return line if claim is None else replace(line, claims=(claim.judged(as_of, heard=heard),))


def _found(session: Session, case_id: str, named: Sequence[EvidenceNamed]) -> list[EvidenceView]:
    found = (evidence.found(session, case_id, one.kind, one.id) for one in named)
    return [EvidenceView(kind=one.kind, id=one.id, label=one.label, sha256=one.sha256) for one in found]


def _cited(found: Sequence[EvidenceView]) -> str:
    """The evidence as a claim names it."""
    return "; ".join(f"{one.kind.value}:{one.id}" for one in found)


def _line(line: AssessedLine, number: str, paid: Money) -> AssessedLineView:
    return AssessedLineView(
        line=line.id,
        order_number=number,
        status=ledger_status(line.status, line.entitled, paid),
        reason=line.reason,
        disputes=list(line.disputes),
        entitled=_amount(line.entitled),
        paid=_amount(paid),
        payable_now=_amount(line.payable_now),
        accruing=_amount(line.accruing),
        law=all_shown(line.answers),
    )


def _amount(money: Money) -> Amount:
    return Amount(amount=money.to_smallest().amount, currency=money.currency)


def _text(money: Money) -> str:
    return f"{money.to_smallest().amount:f}"
