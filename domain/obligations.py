"""What an employer owes when somebody leaves, as plain data: payments, duties to offices, compensation, limitation."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.deductions import DeductionFigures
from domain.money import Money
from domain.working_days import Term


class DutyKind(StrEnum):
    """What has to be done once with an office, within days of the last day."""

    UNEMPLOYED_LIST = "unemployed_list"
    ARCHIVES_AND_INSURANCE = "archives_and_insurance"
    HOUSING_FUND = "housing_fund"
    EXIT_FILING = "exit_filing"
    """退工登记备案, where the region asks for it (SH-02)."""


class InterruptionKind(StrEnum):
    """What begins the limitation of a claim anew (LIM-01, LMA 27)."""

    CLAIM = "claim"
    COMPLAINT = "complaint"
    PROMISE = "promise"
    """The employer has promised to perform."""


class PaymentKind(StrEnum):
    """What is paid when the employment ends. Which sums these are is the payroll's business."""

    WAGES = "wages"
    """All wages, and annual leave that was not taken (PAY-02, CRT-04)."""
    SEVERANCE = "severance"
    """Where the ending gives it (HND-03)."""


@dataclass(frozen=True)
class PaymentPlan:
    kind: PaymentKind
    rule: str
    terms: tuple[Term, ...]
    """Counted from the last day; the earliest binds, the last is what the region tolerates."""
    waits_for_handover: bool = False
    """Severance alone may (HND-03)."""
    doubtful: bool = False
    """The notice leaves open whether it is owed at all; counsel may find that it is not."""


@dataclass(frozen=True)
class SettlementPlan:
    """What is paid at the end, by the law as it was when the case opened."""

    payments: tuple[PaymentPlan, ...]
    law: tuple[LegalAnswer, ...] = ()
    deductions: DeductionFigures | None = None
    """None where no such law is known: then nothing can be deducted."""
    wage_on_file: Money | None = None
    """The least that the contract's terms tell of a month's wage; None: nothing, or planned before it was kept here."""


@dataclass(frozen=True)
class Payment:
    """One payment at the end of the employment; here it counts whether and when, never how much."""

    kind: PaymentKind
    due: date
    """The day to pay by; it moves with the last day."""
    ask_at: datetime
    released_on: date | None = None
    """The day on which the handover was done, for what may wait for it."""
    remind_at: datetime | None = None
    """None until it is asked for."""
    overdue_at: datetime | None = None
    """When the case noticed that it was not entered as paid in time."""
    paid_on: date | None = None
    paid_by: str = ""
    """Who entered it."""
    reference: str = ""
    dismissed_because: str = ""
    """Why counsel found that it is not owed."""
    reminders: int = 0

    @property
    def settled(self) -> bool:
        return self.paid_on is not None or bool(self.dismissed_because)


@dataclass(frozen=True)
class DutyPlan:
    kind: DutyKind
    rule: str
    days: int
    """Calendar days after the last day; a holiday moves nothing (CRT-02)."""
    warn_days: int | None = None


class FileKind(StrEnum):
    """What of a case is kept for a time of its own (RET-01)."""

    CONTRACT = "contract"
    """The terms of the contract, and what was acknowledged with it."""
    CASE_FILE = "case_file"
    NON_COMPETE = "non_compete"
    """What the case knows of an enforced non-compete, if it has to be kept longer than the rest."""


@dataclass(frozen=True)
class RetentionPlan:
    """For how many years each file is kept, pinned when the case opened (RET-01)."""

    contract_years: int
    case_file_years: int
    non_compete_years: int
    claims: tuple[tuple[str, int], ...] = ()
    """Rules by which something can still be claimed, and for how many years from the last day (LIM-02, LIM-03)."""


@dataclass(frozen=True)
class AftercarePlan:
    """The figures of the law, pinned when the case opened."""

    duties: tuple[DutyPlan, ...]
    arbitration_years: int
    unpaid_months: int
    """So many months of compensation unpaid let the employee rescind the non-compete (NC-05)."""
    escalate_days: int
    law: tuple[LegalAnswer, ...] = ()
    """What these figures rest on."""
    retention: RetentionPlan | None = None
    """None: how long files are kept is not known here, and nothing is erased."""


@dataclass(frozen=True)
class Duty:
    kind: DutyKind
    rule: str
    due: date
    remind_at: datetime
    warn_on: date | None = None
    warned_at: datetime | None = None
    missed_at: datetime | None = None
    done_on: date | None = None
    done_by: str = ""
    reference: str = ""
    reminders: int = 0


@dataclass(frozen=True)
class Compensation:
    """One month of a non-compete. Which sum is paid is the payroll's business; here it counts whether it was."""

    month: int
    due: date
    ask_at: datetime
    remind_at: datetime | None = None
    """None until it is asked for."""
    paid_on: date | None = None
    excused_because: str = ""
    """Why it stays unpaid without the employer's fault, such as a closed bank account."""
    reference: str = ""
    overdue_at: datetime | None = None
    """When the case noticed that it was not paid in time."""
    escalated_at: datetime | None = None
    reminders: int = 0

    @property
    def excused(self) -> bool:
        return bool(self.excused_because)

    @property
    def settled(self) -> bool:
        return self.paid_on is not None or self.excused


@dataclass(frozen=True)
class KeptFile:
    """Something that is only stored until its time is over, and then erased (PIP-04)."""

    kind: FileKind
    until: date
    """The last day of its time, included."""
    announced_at: datetime | None = None
    """When people heard that it is going to be erased; None: not yet, or a legal hold came between."""
    ordered_at: datetime | None = None
    erased_at: datetime | None = None
    certificate: str = ""
    """Document id of the certificate of its erasure."""


@dataclass(frozen=True)
class Aftercare:
    """Everything that is looked after from the end of the last day on."""

    arbitration_until: date
    """The last day to apply for arbitration, included (LIM-01)."""
    duties: tuple[Duty, ...]
    compensations: tuple[Compensation, ...] | None = None
    """None until a non-compete is enforced."""
    rescindable_since: date | None = None
    """The first day on which the employee could rescind the non-compete (NC-05)."""
    non_compete_ended_on: date | None = None
    limitation_over_at: datetime | None = None
    alone: bool = False
    """True once the case has closed and a workflow of its own looks after this."""
    restricted_at: datetime | None = None
    """When nothing was left to look after: from then on the file is only stored (PIP-04)."""
    files: tuple[KeptFile, ...] = ()
    """What is stored, in the order in which it was found; empty until then."""
    ended_at: datetime | None = None
