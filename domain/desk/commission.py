"""The commission ledger: how sold order lines become what the law judges (PAY-01, PAY-06). Nothing here is a job.

A line's status follows from the data each time it is asked for: a receipt that comes in after the last day makes a
pending line payable by itself, and nothing is ever forfeited.

What was agreed binds from the day on which it was on record: the company has to prove what makes wages less (LCL 30;
LMA 6; SPC-1 44), and what nobody had entered before the order proves nothing. So an agreement that was entered later
never makes a line worth less, or wait for longer, unless somebody else has seen the signed paper before the notice came
(PAY-04, PAY-06). What it makes better holds at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from domain.change import Notification
from domain.desk.amounts import from_minor
from domain.desk.orders import OrderState
from domain.desk.turnover import COUNTED
from domain.law.commission import LineStatus, standing
from domain.law.freeze import BasisKind
from domain.law.order_lines import CommissionLine, Condition, Receivable
from domain.money import Money, nothing

EARNING = (*COUNTED, OrderState.DEFAULTED)
"""Orders whose lines are in the ledger. One that we defaulted on is disputed: whose loss it is, a person decides."""
_EVENT_IS = OrderState.COMPLETED
"""A condition that is an event is met by an order that was completed, or by whoever enters that it was."""


class EntryKind(StrEnum):
    """What people enter about a line."""

    PAID = "paid"
    CONDITION_MET = "condition_met"
    CONTESTED = "contested"
    """One side says that the condition does not bind, or was met."""
    DISPUTE_SETTLED = "dispute_settled"
    """Both sides agree again, or somebody decided who may."""
    SHARE_AGREED = "share_agreed"
    """The part of whoever won the order, if somebody else finishes it."""
    REVERSED = "reversed"
    """An entry was wrong, and counts no longer. Both stay on record."""


REVERSIBLE = (EntryKind.PAID, EntryKind.CONDITION_MET, EntryKind.SHARE_AGREED)
"""A dispute is not undone but settled: what somebody contested stays said."""


class LedgerStatus(StrEnum):
    EARNED = "earned"
    PENDING = "pending_condition"
    DISPUTED = "disputed"
    PAID = "paid"


@dataclass(frozen=True)
class Agreement:
    """What was agreed about commission, with one person or by a policy for all (`employee` is empty)."""

    id: str
    employee: str | None
    kind: BasisKind
    reference: str
    in_force_from: date
    entered_on: date = field(kw_only=True)
    entered_by: str | None = field(default=None, kw_only=True)
    """The employee who entered it."""
    signed_on: date | None = field(default=None, kw_only=True)
    confirmed_on: date | None = field(default=None, kw_only=True)
    """When a second person confirmed to have seen the paper that was signed on `signed_on`."""
    condition: Condition = Condition.NONE
    rate: Decimal | None = None
    """For lines that name none."""
    successor_share: Decimal | None = None
    """The part of whoever won the order, if a successor finishes it; None: never agreed (PAY-06)."""
    allows_deduction: bool = False
    """It says that a loss caused by the employee may be deducted (PAY-04, G1)."""
    procedure: str = ""
    publication: str = ""

    @property
    def valid(self) -> bool:
        """A policy binds only with both proofs of article 4 (FRZ-02)."""
        return self.kind is not BasisKind.POLICY or bool(self.procedure and self.publication)

    def binds_from(self, noticed_on: date | None = None) -> date:
        """The first day whose orders it may also make worth less, for somebody who gave notice on `noticed_on`.

        The day after it was entered; the day on which it was signed, if that was confirmed before the notice.
        """
        on_record = self.entered_on + timedelta(days=1)
        in_time = self.confirmed_on is not None and (noticed_on is None or self.confirmed_on < noticed_on)
        if in_time and self.signed_on is not None:
            on_record = min(on_record, self.signed_on)
        return max(self.in_force_from, on_record)

    def is_for(self, employee: str) -> bool:
        """Whether it is about this person. Whoever enters a policy profits by it once somebody else confirmed it."""
        own = self.entered_by == employee and self.confirmed_on is None
        return self.employee in (None, employee) and not own


@dataclass(frozen=True)
class Entry:
    kind: EntryKind
    amount: Money | None = None


@dataclass(frozen=True)
class SoldLine:
    """An order line with its order. Amounts are in the currency's smallest unit."""

    order: str
    position: int
    currency: str
    amount: int
    rate: Decimal | None
    placed_on: date
    origin: str
    """Whose customer it was when the order came."""
    owner: str
    state: OrderState
    order_total: int = 0
    invoiced: int = 0
    received: int = 0

    @property
    def id(self) -> str:
        return f"{self.order}:{self.position}"


def binding(
    agreements: Iterable[Agreement], employee: str, on: date, noticed_on: date | None = None
) -> Agreement | None:
    """What bound this person on that day: their own before the company's, the newest first."""
    fitting = (a for a in agreements if a.is_for(employee) and a.binds_from(noticed_on) <= on)
    return max(fitting, key=_rank, default=None)


def judged(
    line: SoldLine,
    employee: str,
    agreements: Sequence[Agreement],
    noticed_on: date | None,
    share: Decimal | None,
    entries: Sequence[Entry],
) -> tuple[Agreement | None, CommissionLine | None]:
    """What holds for the line, and the line by it; no line if nobody ever said what it earns. `share`: see `share_of`.

    What was entered after the order takes the place of what bound then as long as it takes nothing away.
    """
    held = binding(agreements, employee, line.placed_on, noticed_on)
    by_it = _by(line, held, share, entries)
    fitting = (a for a in agreements if a.is_for(employee) and a.in_force_from <= line.placed_on)
    for later in sorted(fitting, key=lambda a: (a.entered_on, a.id)):
        if held is None or _rank(held) < _rank(later):
            by_later = _by(line, later, share, entries)
            if not _takes_away(by_it, by_later):
                held, by_it = later, by_later
    return held, by_it


def _rank(agreement: Agreement) -> tuple[bool, date, str]:
    return agreement.employee is not None, agreement.in_force_from, agreement.id


def _by(
    line: SoldLine, agreed: Agreement | None, share: Decimal | None, entries: Sequence[Entry]
) -> CommissionLine | None:
    rate = rate_of(line, agreed)
    return None if rate is None else in_law(line, rate, agreed, share, entries)


def _takes_away(before: CommissionLine | None, after: CommissionLine | None) -> bool:
    if before is None or after is None:
        return before is not None
    was, would_be = standing(before), standing(after)
    return would_be.entitled < was.entitled or would_be.payable_now < was.payable_now


def rate_of(line: SoldLine, agreement: Agreement | None) -> Decimal | None:
    """The line's own rate, or the agreed one; None: nobody ever said what it earns."""
    if line.rate is not None:
        return line.rate
    return agreement.rate if agreement else None


def in_law(
    line: SoldLine, rate: Decimal, agreed: Agreement | None, share: Decimal | None, entries: Sequence[Entry]
) -> CommissionLine:
    """The line as the law judges it, for one of those who have a part in it. `share`: what `share_of` says."""
    base = from_minor(line.amount, line.currency)
    paid = [entry.amount for entry in entries if entry.kind is EntryKind.PAID and entry.amount is not None]
    condition, receivable = agreed.condition if agreed else Condition.NONE, _receivable(line)
    if condition is Condition.COLLECTION and receivable is None:
        condition = Condition.NONE
    entered = {entry.kind for entry in entries}
    return CommissionLine(
        id=line.id,
        commission=base * rate,
        condition=condition,
        agreed_in=agreed.reference if agreed and agreed.valid else "",
        receivable=receivable if condition is Condition.COLLECTION else None,
        condition_met=line.state is _EVENT_IS or EntryKind.CONDITION_MET in entered,
        share=share,
        paid=max(nothing(line.currency), sum(paid, nothing(line.currency))),
        contested=_contested(line, entries),
    )


def _contested(line: SoldLine, entries: Sequence[Entry]) -> bool:
    said = [entry.kind for entry in entries if entry.kind in (EntryKind.CONTESTED, EntryKind.DISPUTE_SETTLED)]
    return said[-1] is EntryKind.CONTESTED if said else line.state is OrderState.DEFAULTED


def share_of(
    line: SoldLine, employee: str, origins_agreement: Agreement | None, agreed: Decimal | None
) -> Decimal | None:
    """The person's part of the line; None if somebody else finishes the order and nobody agreed on the parts.

    `agreed` is the origin's part as it was agreed on for this very line.
    """
    if line.origin == line.owner:
        return Decimal(1)
    origins = agreed
    if origins is None and origins_agreement is not None and origins_agreement.valid:
        origins = origins_agreement.successor_share
    if origins is None:
        return None
    return origins if employee == line.origin else 1 - origins


def ledger_status(judged: LineStatus, entitled: Money, paid: Money) -> LedgerStatus:
    """A line that was paid in full is settled, unless it is in dispute."""
    if judged is not LineStatus.DISPUTED and nothing(paid.currency) < entitled <= paid:
        return LedgerStatus.PAID
    return LedgerStatus(judged.value)


def _receivable(line: SoldLine) -> Receivable | None:
    """What the customer owes for the order, also as far as no invoice was written yet; None if it is nothing."""
    owed = max(line.order_total, line.invoiced)
    if owed <= 0:
        return None
    return Receivable(from_minor(owed, line.currency), from_minor(max(0, line.received), line.currency))


def agreement_filed(account: str, reference: str, agreement: str, binds_from: date) -> Notification:
    """Whoever is leaving hears what the company says was agreed with them."""
    return Notification("commission_agreed", (account,), (reference, agreement, binds_from.isoformat()))
