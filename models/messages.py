"""What travels between API, workflow and activities. Identifiers and dates only: no names, no addresses."""

from datetime import date, datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict

from domain.case import Case, PaperKind
from domain.change import Notification
from domain.claims import Deduction
from domain.errors import RefusalKind
from domain.handover import KindCount, Signature
from domain.law.answers import PinnedBook
from domain.obligations import FileKind, Payment
from domain.plan import Plan
from domain.rights import Operation


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)


class NumberedFact(Message):
    """A fact with its number within the workflow: the key that makes writing it twice impossible."""

    number: int
    kind: str
    at: datetime
    by: str = ""
    data: dict[str, str | int | bool | tuple[str, ...] | None] = {}


class StartCase(Message):
    """Opens a case for a notice that has arrived and been recorded.

    The last three are set only when a long history is carried over into a new run of the same case.
    """

    case_id: str
    employee_id: str
    arrived_at: AwareDatetime
    registered_by: str = ""
    """The account that is told if no plan can be made; `case.plan` names HR from then on."""
    carried: Case | None = None
    version: int = 0
    facts: tuple[NumberedFact, ...] = ()


class MadePlan(Message):
    """A plan on its way into its case. Wrapped, because pydantic makes a plain dataclass's schema anew at each use."""

    plan: Plan


class Proof(Message):
    """What the ledger has to check before it believes a decision: the token, and what it must have been issued for."""

    token: str
    action: str
    account: str
    roles: tuple[str, ...]
    digest: str


class RecordRequest(Message):
    """One write of the read model and the ledger, all or nothing, harmless when repeated."""

    case: Case
    version: int
    now: datetime
    facts: tuple[NumberedFact, ...]
    confirmed: tuple[NumberedFact, ...] = ()
    """The last facts before them, which Temporal has confirmed: what the ledger holds instead of them never was."""
    notifications: tuple[Notification, ...] = ()
    proof: Proof | None = None


class RecordOutcome(Message):
    """`refusal` is set, and nothing was written, if the proof was not believed, or the desk's records speak against."""

    refusal: str = ""
    refusal_kind: RefusalKind = RefusalKind.FORBIDDEN
    params: dict[str, str | int] = {}
    """Fill the refusal's text."""
    at: datetime | None = None
    """The instant on the case's clock that was written: what the case goes on from, however often it is replayed."""
    unreachable: tuple[str, ...] = ()
    """Accounts that were to be told and are closed: the case has to ask somebody else."""


class AccessOrder(Message):
    """Bring a person's rights in one system to `desired` and read them back. `key` makes repeating it harmless."""

    case_id: str
    employee_id: str
    system: str
    operation: Operation
    held: tuple[str, ...]
    desired: tuple[str, ...]
    revision: int
    wanted_since: datetime | None
    """When the case began to want it: the same however often the order is given."""
    key: str


class AccessReceipt(Message):
    """What the system itself showed after the effect."""

    system: str
    revision: int
    observed: tuple[str, ...]
    attempts: int


class RecordDraft(Message):
    """The handover as it stands, to be turned into the document that is signed."""

    case: Case
    signatures: tuple[Signature, ...]
    now: datetime


class PresentedRecord(Message):
    document_id: str
    sha256: str


class PaperOrder(Message):
    """A paper to be made of the company's records; the same order always makes the same paper."""

    case_id: str
    employee_id: str
    kind: PaperKind
    last_day: date
    now: datetime
    frozen: tuple[tuple[str, str], ...] = ()
    """Systems and rights that a freeze agreement suspends, as the case is pinned to them."""
    book: PinnedBook | None = None
    """The law that the case is pinned to, for a paper that reckons by it."""
    payments: tuple[Payment, ...] = ()
    """What a settlement statement is about."""
    deductions: tuple[Deduction, ...] = ()
    """The one that a notice tells of; for a statement those that were decided."""
    reply_until: date | None = None
    """Of a notice: the last day to reply on."""


class IssuedPaper(Message):
    document_id: str
    sha256: str


class EraseOrder(Message):
    """A file whose time is over (PIP-04). `also_kept` are those of the same case that have more time."""

    case_id: str
    employee_id: str
    """Empty once the case has forgotten whom it was about."""
    file: FileKind
    also_kept: tuple[FileKind, ...]
    last_day: date
    now: datetime


class ErasedFile(Message):
    """What is left of it: the certificate of its erasure."""

    certificate: str


class PortfolioOrder(Message):
    """What the leaver holds is to be written down, or to be given back; harmless when repeated."""

    case_id: str
    employee_id: str
    receiver: str
    """Account to which everything is proposed at first."""
    hr: str
    """Account in whose name everything comes back."""
    now: datetime


class PortfolioCounts(Message):
    """How many records there are of each kind. Which they are, only the database knows."""

    counts: tuple[KindCount, ...]
    sha256: str = ""


class SealOrder(Message):
    """The record is to be closed with the company's seal."""

    case_id: str
    document_id: str
    sha256: str
    signatures: tuple[Signature, ...]
    approved_by: str
    now: datetime
    zone: str
    """Time zone in which the seal's date is read."""


class SealedRecord(Message):
    """The document with every signature and the seal."""

    document_id: str
    sha256: str


class CaseResult(Message):
    """How a case ended."""

    case_id: str
    outcome: str
    gaps: tuple[str, ...]


class TreeHeadOrder(Message):
    """One round of the log across all cases; `whole`: all of it is recomputed first."""

    whole: bool = False


class GrownLog(Message):
    """How many facts came to the log, and how many are signed now."""

    taken_in: int
    size: int


class TreeHeadResult(Message):
    size: int
    taken_in: int
    stamped: int | None
    """How many tree heads were stamped; empty if the authority did not answer."""
