"""The state of an offboarding case: plain immutable data, no rules. Its parts: `handover`, `rights`, `obligations`.

Rules live beside it, one file per concern (`access`, `grants`, `checklist`, `clearances`, `signing`, `last_day`,
`closing`, `agenda`). Each rule is a pure function from a `Case` to a `Change`.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from domain.handover import Clearance, HandoverRecord, Item, Portfolio
from domain.obligations import Aftercare
from domain.plan import Plan
from domain.rights import Freeze, Grant, SystemAccess


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
    freeze: Freeze = field(default_factory=Freeze)
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
    portfolio: Portfolio | None = None
    """None until the snapshot is taken."""
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
