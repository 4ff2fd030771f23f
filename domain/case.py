"""What an offboarding case is made of: plain immutable data, no rules.

Rules live beside it, one file per concern (`access`, `grants`, `checklist`, `clearances`, `signing`, `last_day`,
`closing`, `agenda`). Each rule is a pure function from a `Case` to a `Change`.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.law.freeze import Scope
from domain.obligations import Aftercare
from domain.people import Text
from domain.plan import Plan


class Stage(StrEnum):
    """Where the case stands. The order of the members is the order on paper."""

    OPENING = "opening"
    FREEZING = "freezing"
    HANDING_OVER = "handing_over"
    SIGNING = "signing"
    AWAITING_LAST_DAY = "awaiting_last_day"
    """The handover is signed or given up; only the last day is waited for."""
    LEAVING = "leaving"
    PURSUING = "pursuing"
    WITHDRAWING = "withdrawing"
    COMPLETED = "completed"
    COMPLETED_WITH_GAPS = "completed_with_gaps"
    WITHDRAWN = "withdrawn"


IN_NOTICE = (Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY)
"""The departure is settled and the leaver is still here: what may be frozen is frozen, what is granted is given."""
CLOSED_STAGES = (Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS, Stage.WITHDRAWN)


class Operation(StrEnum):
    """What a connected system was last told to do with the leaver's rights."""

    NONE = "none"
    FREEZE = "freeze"
    GRANT = "grant"
    REVOKE = "revoke"
    RESTORE = "restore"
    CLOSE = "close"


@dataclass(frozen=True)
class SystemAccess:
    """The leaver's rights in one connected system: held before the case, wanted now, and last read back."""

    system: str
    held: tuple[str, ...]
    frozen: tuple[str, ...]
    """The part of `held` that the full freeze takes away."""
    desired: tuple[str, ...]
    operation: Operation = Operation.NONE
    revision: int = 0
    """Grows with every change of `desired`; the idempotency key of an effect is made of it."""
    verified_revision: int = 0
    observed: tuple[str, ...] | None = None
    """What the system itself said at the last read back; None before the first."""
    wanted_since: datetime | None = None
    failing_since: datetime | None = None
    last_problem: str = ""
    limited: tuple[str, ...] = ()
    """The part of `frozen` that is taken away also where the freeze has no basis."""

    @property
    def verified(self) -> bool:
        return self.revision == self.verified_revision


@dataclass(frozen=True)
class Freeze:
    """How far the freeze goes now, and what it rests on."""

    scope: Scope = Scope.FULL
    basis: str = ""
    waits_for_counsel: bool = False


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

    def undecided(self) -> tuple[str, ...]:
        """Accounts that are asked and have not approved yet, in the order in which they were asked."""
        done = {approval.account for approval in self.approvals}
        return tuple(seat.account for seat in self.seats if seat.account not in done)


class GrantStatus(StrEnum):
    REQUESTED = "requested"
    REFUSED = "refused"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"
    """Ended by the case itself: last day, withdrawal."""


@dataclass(frozen=True)
class Grant:
    """A temporary, scoped exception from the freeze. `hours` is what was asked for; `expires_at` what was given."""

    id: str
    system: str
    rights: tuple[str, ...]
    reason: str
    hours: int
    requested_by: str
    requested_at: datetime
    status: GrantStatus = GrantStatus.REQUESTED
    decided_by: str = ""
    decision_reason: str = ""
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    warn_at: datetime | None = None
    ended_at: datetime | None = None
    remind_at: datetime | None = None
    reminders: int = 0


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

    @property
    def settled(self) -> bool:
        return self.status in (SignatureStatus.SIGNED, SignatureStatus.REFUSAL_WITNESSED)


@dataclass(frozen=True)
class HandoverRecord:
    """The document that the parties sign, named by the hash of the exact text they were shown."""

    document_id: str
    sha256: str
    signatures: tuple[Signature, ...]
    opened_at: datetime
    remind_at: datetime | None = None
    reminders: int = 0
    sealed_at: datetime | None = None

    @property
    def settled(self) -> bool:
        return all(signature.settled for signature in self.signatures)


class Side(StrEnum):
    """The two sides of an employment contract; what both must want, one proposes and the other answers."""

    EMPLOYEE = "employee"
    EMPLOYER = "employer"


@dataclass(frozen=True)
class LastDayProposal:
    day: date
    reason: str
    side: Side
    by: str
    at: datetime


@dataclass(frozen=True)
class WithdrawalRequest:
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Hold:
    """A legal hold: the case may not close, and nothing of it may be erased, while it stands."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True)
class NonCompete:
    """A non-compete of the contract, and what became of it."""

    months: int
    enforced: bool | None = None
    """None: nobody has decided yet."""
    decided_by: str = ""
    decided_at: datetime | None = None
    remind_at: datetime | None = None
    reminders: int = 0


class PaperKind(StrEnum):
    """What a departure owes people in writing."""

    PRIVACY_NOTICE = "privacy_notice"
    FREEZE_AGREEMENT = "freeze_agreement"
    """A supplementary agreement, ready for both sides to sign."""
    CERTIFICATE = "certificate"
    """离职证明, with the four statutory fields and nothing else."""


@dataclass(frozen=True)
class Paper:
    kind: PaperKind
    document_id: str
    sha256: str
    issued_at: datetime


@dataclass(frozen=True)
class Gap:
    """Something that was not done or could not be verified when the case closed."""

    kind: str
    subject: str
    detail: str = ""


@dataclass(frozen=True)
class Case:
    """The whole state of one resignation. `plan` is None only until the case has been opened."""

    case_id: str
    employee_id: str
    arrived_at: datetime
    stage: Stage = Stage.OPENING
    plan: Plan | None = None
    plan_problem: str = ""
    """Why no plan could be made yet."""
    last_day: date | None = None
    freeze: Freeze = Freeze()
    systems: tuple[SystemAccess, ...] = ()
    items: tuple[Item, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    grants: tuple[Grant, ...] = ()
    record: HandoverRecord | None = None
    proposal: LastDayProposal | None = None
    withdrawal: WithdrawalRequest | None = None
    hold: Hold | None = None
    close_requested_by: str = ""
    warned_days: tuple[int, ...] = ()
    pursue_until: datetime | None = None
    closed_at: datetime | None = None
    gaps: tuple[Gap, ...] = field(default=())
    non_compete: NonCompete | None = None
    papers: tuple[Paper, ...] = ()
    aftercare: Aftercare | None = None
    """What the employer still owes; from the end of the last day on."""
    papers_missing: tuple[PaperKind, ...] = ()
    """Papers that could not be made of the company's data as they stood when it was tried last."""
    departed: tuple[str, ...] = ()
    """Accounts that the case found closed: nobody who left is asked in the place of somebody who left."""

    @property
    def agreed(self) -> Plan:
        """The plan; only an unopened case has none, and nothing asks it for one."""
        if self.plan is None:
            raise ValueError(f"case {self.case_id} has no plan yet")
        return self.plan

    @property
    def final_day(self) -> date:
        """The last day; set together with the plan."""
        if self.last_day is None:
            raise ValueError(f"case {self.case_id} has no last day yet")
        return self.last_day

    @property
    def closed(self) -> bool:
        return self.stage in CLOSED_STAGES

    def with_item(self, changed: Item) -> "Case":
        return replace(self, items=tuple(changed if item.id == changed.id else item for item in self.items))

    def with_clearance(self, changed: Clearance) -> "Case":
        return replace(
            self,
            clearances=tuple(changed if c.department == changed.department else c for c in self.clearances),
        )

    def with_grant(self, changed: Grant) -> "Case":
        return replace(self, grants=tuple(changed if grant.id == changed.id else grant for grant in self.grants))

    def with_system(self, changed: SystemAccess) -> "Case":
        return replace(self, systems=tuple(changed if s.system == changed.system else s for s in self.systems))
