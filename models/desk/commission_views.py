"""What the commission ledger shows, and what an assessment says. Amounts are exact, as text."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from domain.desk.commission import EntryKind, LedgerStatus
from domain.law.commission import Dispute, Reason
from domain.law.freeze import BasisKind
from domain.law.gates import Gate, Ground
from domain.law.order_lines import Condition
from models.desk.evidence import EvidenceKind
from models.desk.figures import Amount
from models.law_views import LawAnswer


class EvidenceView(BaseModel):
    """What a figure or a gate rests on, pinned by the hash of what it says."""

    kind: EvidenceKind
    id: str
    label: str
    sha256: str


class EntryView(BaseModel):
    """What somebody entered about a line; a reversal and what it reverses count no longer, and stay."""

    id: str
    kind: EntryKind
    amount: Amount | None
    share: Decimal | None
    on: date
    reference: str
    reason: str | None
    reverses: str | None
    at: datetime
    by: str


class CommissionLineView(BaseModel):
    line: str
    """Order and position; entries and claims name it so."""
    order_number: str
    product: str
    placed_at: datetime
    base: Amount
    rate: Decimal | None
    """Null: neither the line nor an agreement says what it earns."""
    share: Decimal | None
    """The person's part; null if somebody else finishes the order and nobody agreed on the parts."""
    condition: Condition
    agreed_in: str
    """Where rate, condition and parts are agreed; empty: nowhere that binds."""
    status: LedgerStatus | None
    reason: Reason | None
    disputes: list[Dispute]
    entitled: Amount | None
    payable_now: Amount | None
    accruing: Amount | None
    """What an agreed condition still holds back; it becomes payable with each receipt, also after the last day."""
    paid: Amount | None
    invoiced: Amount
    received: Amount
    received_after_last_day: Amount
    entries: list[EntryView]
    evidence: list[EvidenceView]
    law: list[LawAnswer]


class CommissionTotals(BaseModel):
    """All lines of one currency."""

    lines: int
    by_status: dict[LedgerStatus, int]
    without_rate: int
    """Lines of which nobody ever said what they earn: they are in none of the sums."""
    entitled: Amount
    paid: Amount
    payable_now: Amount
    accruing: Amount


class CommissionLedger(BaseModel):
    """Somebody's commission as the data stand at `as_of`: a page of its lines, and the sums of all of them."""

    employee_number: str
    as_of: date
    last_day: date | None
    totals: list[CommissionTotals]
    items: list[CommissionLineView]
    next: str | None
    """Goes into `cursor` for the next page; null on the last."""


class AgreementView(BaseModel):
    id: str
    employee_number: str | None
    kind: BasisKind
    reference: str
    sha256: str
    in_force_from: date
    condition: Condition
    rate: Decimal | None
    successor_share: Decimal | None
    allows_deduction: bool
    valid: bool
    """False for a policy without the two proofs of article 4: it does not bind (FRZ-02)."""
    at: datetime
    by: str
    signed_on: date | None
    """As whoever confirmed it saw it on the paper."""
    confirmed_at: datetime | None
    confirmed_by: str | None
    binds_from: date
    """Lines of orders placed before are never worth less, and never wait, because of it (PAY-04, PAY-06)."""


class AgreementAdded(BaseModel):
    id: str
    valid: bool
    binds_from: date
    """Until somebody else confirms the signed paper, no line of an order from before is worth less by it."""


class EntriesAdded(BaseModel):
    entries: int
    ids: list[str]
    """In the order in which they were sent."""
    kinds: dict[EntryKind, int]


class GateView(BaseModel):
    """One of the six gates, for the amount as it is claimed, before notice and hearing."""

    gate: Gate
    passed: bool
    ground: Ground
    evidence: list[EvidenceView]


class ClaimView(BaseModel):
    """A claim against one line, and how much of it could be defended."""

    line: str
    order_number: str
    claimed: Amount
    gates: list[GateView]
    defensible: Amount
    """The most that a person could decide to deduct, once the leaver was told in writing and heard."""
    separate_claim: Amount
    """What is proved beyond it: to be claimed from the employee, never deducted."""
    working: str
    law: list[LawAnswer]
    propose: dict[str, Any] | None = Field(
        description="Content of `POST /cases/{case_id}/propose-deduction`: the notice in writing, the reply and the "
        "decision by somebody else take that road. Null if nothing is defensible: the line is then paid in full."
    )


class AssessedLineView(BaseModel):
    line: str
    order_number: str
    status: LedgerStatus
    reason: Reason
    disputes: list[Dispute]
    entitled: Amount
    paid: Amount
    payable_now: Amount
    accruing: Amount
    law: list[LawAnswer]


class CommissionAssessmentView(BaseModel):
    """What is payable, what keeps accruing, and the most that could be defended as a deduction, with the working."""

    case_id: str
    as_of: date
    assessed_by: str
    law_of: date
    """Whose day's law it is: the last day's."""
    lines: list[AssessedLineView]
    payable_now: Amount
    accruing: Amount
    wage_of_the_month: Amount
    """With what is payable of these lines: commission is wage (PAY-01)."""
    monthly_limit: Amount
    limit_ground: Ground
    limit_law: list[LawAnswer]
    claims: list[ClaimView]
    defensible: Amount
    """All claims together, within one month's limit."""
    separate_claims: Amount
    other_currencies: int
    """Lines that are not in the law's currency, and not assessed here."""
    without_rate: int


class AssessmentFiled(BaseModel):
    """The assessment, and the document under which it is on file."""

    document_id: str
    sha256: str
    assessment: CommissionAssessmentView
