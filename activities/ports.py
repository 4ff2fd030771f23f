"""What the activities need from outside, as protocols. Only `assembly` and the connectors know who fulfils them."""

from typing import Protocol

from domain.plan import Plan
from models.messages import (
    AccessOrder,
    ErasedFile,
    EraseOrder,
    GrownLog,
    IssuedPaper,
    PaperOrder,
    PortfolioCounts,
    PortfolioOrder,
    PresentedRecord,
    RecordDraft,
    RecordOutcome,
    RecordRequest,
    SealedRecord,
    SealOrder,
    StartCase,
)


class Planner(Protocol):
    """Looks up everything a case needs when it opens."""

    def plan(self, start: StartCase) -> Plan:
        """Raises PersonMustAct if templates, approvers or the law give no plan yet."""
        ...


class Ledger(Protocol):
    """Read model, facts, inbox and outgoing mail: one transaction a call."""

    def record(self, request: RecordRequest) -> RecordOutcome: ...


class People(Protocol):
    """The accounts of the company."""

    def closed(self, accounts: tuple[str, ...]) -> tuple[str, ...]:
        """Those of `accounts` that no longer exist or are deactivated, in the order given."""
        ...


class Connector(Protocol):
    """One connected system. Every call is idempotent on `order.key`; rights are the system's own names.

    Raises TryAgain, PersonMustAct or Permanent (activities.failures).
    """

    def freeze(self, order: AccessOrder) -> None:
        """Takes away every right outside `order.desired`, and leaves those inside."""
        ...

    def grant(self, order: AccessOrder) -> None:
        """Gives back, for now, the rights in `order.desired` that are missing."""
        ...

    def revoke(self, order: AccessOrder) -> None:
        """Ends rights that a grant had given; afterwards exactly `order.desired` is left."""
        ...

    def restore(self, order: AccessOrder) -> None:
        """Gives back every right held before the case."""
        ...

    def read_back(self, order: AccessOrder) -> tuple[str, ...]:
        """The rights that the person really has in the system now, sorted."""
        ...


class Connectors(Protocol):
    """The connected systems by their key."""

    def of(self, system: str) -> Connector:
        """Raises PersonMustAct if no such system is set up."""
        ...


class Papers(Protocol):
    """Makes the papers that a departure owes people."""

    def issue(self, order: PaperOrder) -> IssuedPaper:
        """Stores the paper, once. Raises PersonMustAct if the company's records lack what the law wants in it."""
        ...


class Files(Protocol):
    """What is stored of a departure once its purpose is met."""

    def erase(self, order: EraseOrder) -> ErasedFile:
        """Erases it, once, and leaves a certificate."""
        ...


class Portfolios(Protocol):
    """What a leaver holds at the desk: customers, open orders, unpaid receivables."""

    def take(self, order: PortfolioOrder) -> PortfolioCounts:
        """Writes all of it down as it stands, once, and proposes it to the receiver of the case."""
        ...

    def count(self, case_id: str) -> PortfolioCounts:
        """How many records there are, and how many are not settled."""
        ...

    def give_back(self, order: PortfolioOrder) -> PortfolioCounts:
        """Makes whatever had changed hands the leaver's again; says how many records."""
        ...


class SigningDesk(Protocol):
    """Turns a handover into the document that is signed, and closes it when everybody has answered."""

    def present(self, draft: RecordDraft) -> PresentedRecord:
        """Makes the document of this handover, once, with a field for each party and the company's seal."""
        ...

    def seal(self, order: SealOrder) -> SealedRecord:
        """Puts the company's seal to it, once. Raises Permanent if the document is not the one that was signed."""
        ...


class TreeLog(Protocol):
    """The log across all cases."""

    def grow(self) -> GrownLog:
        """Takes in every fact that waits, and signs the tree head. Raises Permanent if the log is broken."""
        ...

    def stamp(self) -> int:
        """Has every tree head stamped that is not. Raises TryAgain if the authority does not answer."""
        ...

    def check(self) -> None:
        """Recomputes all of it. Raises Permanent if the log is broken."""
        ...
