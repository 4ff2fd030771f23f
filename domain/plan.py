"""The plan of a case: everything that was looked up when it opened and is pinned to it from then on.

Templates, approval chains, policies and legal answers may change while a case runs; its plan does not.
"""

from dataclasses import dataclass, field
from datetime import date

from domain.desk.records import RecordKind
from domain.law.answers import LegalAnswer, PinnedBook
from domain.law.endings import Ending
from domain.law.freeze import FreezeAnswer
from domain.obligations import AftercarePlan, SettlementPlan
from domain.people import Text
from domain.working_days import WorkingCalendar


@dataclass(frozen=True)
class ItemPlan:
    id: str
    title: Text
    criterion: Text
    category: str
    proof_required: bool = True


@dataclass(frozen=True)
class ClearancePlan:
    """A department that has to confirm. `levels` are accounts, first level first, the leaver left out."""

    department: str
    title: Text
    levels: tuple[tuple[str, ...], ...]
    quorum: int
    remind_every: int
    escalate_after: int
    due_after: int
    portfolio: tuple[RecordKind, ...] = ()
    """Parts of the portfolio that the department looks after."""
    categories: tuple[str, ...] = ()
    """Categories of items that it looks after."""


@dataclass(frozen=True)
class SystemPlan:
    """What the leaver may do in one connected system, and which part of it the freeze takes away."""

    system: str
    held: tuple[str, ...]
    frozen: tuple[str, ...]
    limited: tuple[str, ...] = ()
    """The part of `frozen` that merely protects data (FRZ-05): taken away also where the freeze has no basis."""


class UnfitPolicy(ValueError):
    """A figure of a policy with which no case could live; it has to lie between `least` and `most`."""

    def __init__(self, name: str, figure: int, least: int, most: int) -> None:
        super().__init__(f"policy: {name} must lie between {least} and {most}, and is {figure}")
        self.name, self.figure, self.least, self.most = name, figure, least, most


@dataclass(frozen=True)
class Policy:
    """Figures a company may set; the defaults are the product's, not the law's."""

    grant_max_hours: int = 72
    """Longest single decision about a grant."""
    grant_total_hours: int = 168
    """Longest life of one grant, extensions included."""
    remind_every: int = 2
    """Working days between digests about items, requests and signatures."""
    pursue_days: int = 30
    """Calendar days after the last day during which unfinished parts are pursued."""
    last_day_warnings: tuple[int, ...] = (7, 3, 0)
    """Days before the last day on which HR is warned (NOT-08)."""
    payment_notice: int = 3
    """Working days before a payment is due on which HR is asked for it (PAY-02)."""
    deduction_reply: int = 5
    """Working days after the written notice of a deduction on which the leaver may reply (PAY-04)."""
    severance_hold: int = 30
    """Calendar days after the last day for which severance may at most wait for the handover (HND-03)."""

    def __post_init__(self) -> None:
        """Raises UnfitPolicy on figures that no case could live with, such as a reminder every 0 days."""
        for name, least, figure, most in (
            ("grant_max_hours", 1, self.grant_max_hours, 8784),
            ("grant_total_hours", self.grant_max_hours, self.grant_total_hours, 8784),
            ("remind_every", 1, self.remind_every, 60),
            ("pursue_days", 0, self.pursue_days, 366),
            ("payment_notice", 1, self.payment_notice, 20),
            ("deduction_reply", 1, self.deduction_reply, 30),
            ("severance_hold", 0, self.severance_hold, 90),
            *(("last_day_warnings", 0, days, 366) for days in self.last_day_warnings),
        ):
            if not least <= figure <= most:
                raise UnfitPolicy(name, figure, least, most)


@dataclass(frozen=True)
class NonCompetePlan:
    """The contract's non-compete: how long it would last, and what a waiver after the last day costs."""

    months: int
    extra_months: int
    """Of compensation, if it is waived only after the last day (NC-06)."""
    law: tuple[LegalAnswer, ...] = ()
    """What stands against the agreement (NC-01, NC-02, NC-04, NC-08); a person should see it before it is enforced."""


@dataclass(frozen=True)
class Plan:
    leaver: str
    """Account of the leaver; empty if the person has none."""
    hr: str
    """Account of the HR officer in charge."""
    witness: str
    receiver: str
    """Receives every item until the witness assigns somebody else."""
    security: tuple[str, ...]
    department: str
    calendar: WorkingCalendar
    template: str
    template_version: int
    earliest_last_day: date
    """The day on which the notice ends by law; an earlier last day takes both sides' agreement."""
    last_day: date
    """The day that the notice itself names, never before `earliest_last_day`."""
    law: tuple[LegalAnswer, ...]
    systems: tuple[SystemPlan, ...]
    items: tuple[ItemPlan, ...]
    clearances: tuple[ClearancePlan, ...]
    policy: Policy = Policy()
    ending: Ending = Ending.RESIGNATION
    freeze: FreezeAnswer = field(default_factory=FreezeAnswer)
    book: PinnedBook = field(default_factory=PinnedBook)
    non_compete: NonCompetePlan | None = None
    aftercare: AftercarePlan | None = None
    settlement: SettlementPlan | None = None
    counsel: tuple[str, ...] = ()
    """Accounts of legal counsel: they decide what the rules leave open."""
    seal_keepers: tuple[str, ...] = ()
    """Accounts that keep the company's seal; if there are none, HR in charge is asked."""
    notice_sha256: str = ""
    """Of the notice's text (NOT-07); empty in cases opened before it was kept here."""
    notice_template: bool = False
    """No law is known there but an unverified notice template (FGN-01): no paper is issued in its name."""
    hired_on: date | None = None
    """None in cases planned before it was kept here."""
    portfolio: bool = False
    """Customers, orders and receivables are handed over one by one; not in cases planned before that could be done."""
    portfolio_grows: bool = False
    """What the leaver comes to own after the snapshot joins it; not in cases planned before that could be done."""
