"""What is handed over, confirmed and signed, as plain data: items, customers, departments, the record. No rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.desk.records import RecordKind
from domain.people import Text


class ItemStatus(StrEnum):
    OPEN = "open"
    HANDED_OVER = "handed_over"
    ACCEPTED = "accepted"
    WAIVED = "waived"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Proof:
    """How the leaver shows that an item was handed over."""

    note: str
    reference: str = ""
    """Where the proof is: a document number, an address inside the company, an attachment's SHA-256."""


@dataclass(frozen=True)
class Item:
    """One thing to hand over, with its receiver and an objective criterion of completion (HND-01)."""

    id: str
    title: Text
    criterion: Text
    category: str
    receiver: str
    proof_required: bool
    status: ItemStatus = ItemStatus.OPEN
    proof: Proof | None = None
    refusals: int = 0
    last_reason: str = ""
    remind_at: datetime | None = None
    reminders: int = 0


class ClearanceStatus(StrEnum):
    PENDING = "pending"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Seat:
    """One person asked to approve, possibly in the place of another."""

    account: str
    on_behalf_of: str = ""


@dataclass(frozen=True)
class Approval:
    account: str
    at: datetime
    note: str = ""
    on_behalf_of: str = ""
    """Who delegated this decision to `account`; empty if it was the account's own."""


@dataclass(frozen=True)
class Clearance:
    """One department's confirmation that its part of the handover is done, on its own clock."""

    department: str
    title: Text
    levels: tuple[tuple[str, ...], ...]
    """Approvers by level of escalation; each tuple is asked together."""
    quorum: int
    remind_every: int
    escalate_after: int
    due_after: int
    """`remind_every`, `escalate_after`, `due_after` count working days."""
    status: ClearanceStatus = ClearanceStatus.PENDING
    level: int = 0
    seats: tuple[Seat, ...] = ()
    approvals: tuple[Approval, ...] = ()
    opened_at: datetime | None = None
    due_at: datetime | None = None
    remind_at: datetime | None = None
    escalate_at: datetime | None = None
    reminders: int = 0
    sent_back: int = 0
    last_reason: str = ""
    portfolio: tuple[RecordKind, ...] = ()
    """Parts of the portfolio that the department looks after: it confirms none of them open without saying why."""
    categories: tuple[str, ...] = ()
    """Categories of items that it looks after in the same way."""

    def undecided(self) -> tuple[str, ...]:
        """Accounts that are asked and have not approved yet, in the order in which they were asked."""
        done = {approval.account for approval in self.approvals}
        return tuple(seat.account for seat in self.seats if seat.account not in done)


@dataclass(frozen=True)
class KindCount:
    """How many records of one kind are handed over, and how many of them are not settled yet."""

    kind: RecordKind
    total: int
    open: int


@dataclass(frozen=True)
class Portfolio:
    """What the leaver held when the notice arrived. The case knows how much; which records they are, the desk knows."""

    taken_at: datetime
    sha256: str
    """Over the sorted records."""
    counts: tuple[KindCount, ...]
    counted_at: datetime
    returned_at: datetime | None = None
    """When all of it was the leaver's again, the resignation being withdrawn."""

    @property
    def open(self) -> int:
        return sum(count.open for count in self.counts)

    @property
    def empty(self) -> bool:
        return not any(count.total for count in self.counts)


class PartyRole(StrEnum):
    LEAVER = "leaver"
    RECEIVER = "receiver"
    WITNESS = "witness"


class SignatureStatus(StrEnum):
    WAITING = "waiting"
    SIGNED = "signed"
    REFUSED = "refused"
    """Refused, and not yet witnessed."""
    REFUSAL_WITNESSED = "refusal_witnessed"


@dataclass(frozen=True)
class Signature:
    """What one party did with the handover record."""

    role: PartyRole
    account: str
    status: SignatureStatus = SignatureStatus.WAITING
    at: datetime | None = None
    reason: str = ""
    witnessed_by: str = ""
    field: str = ""
    """Where in the document this party signs."""
    evidence: str = ""
    """SHA-256 of what was recorded of the signer's will."""

    @property
    def settled(self) -> bool:
        return self.status in (SignatureStatus.SIGNED, SignatureStatus.REFUSAL_WITNESSED)


@dataclass(frozen=True)
class SealDecision:
    """Whether the company's seal may be put to the record (用印审批)."""

    approved: bool
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class HandoverRecord:
    """The document that the parties sign, named by the hash of the exact text they were shown."""

    document_id: str
    sha256: str
    signatures: tuple[Signature, ...]
    opened_at: datetime
    remind_at: datetime | None = None
    reminders: int = 0
    seal: SealDecision | None = None
    sealed_at: datetime | None = None
    sealed_id: str = ""
    """The document with all signatures and the seal."""
    sealed_sha256: str = ""

    @property
    def settled(self) -> bool:
        """True if every party has signed, or its refusal was witnessed."""
        return all(signature.settled for signature in self.signatures)

    @property
    def may_be_sealed(self) -> bool:
        return self.settled and self.sealed_at is None and self.seal is not None and self.seal.approved
