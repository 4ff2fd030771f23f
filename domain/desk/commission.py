"""The commission ledger: how sold order lines become what the law judges (PAY-01, PAY-06). Nothing here is a job.

A line's status follows from the data each time it is asked for: a receipt that comes in after the last day makes a
pending line payable by itself, and nothing is ever forfeited.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.desk.amounts import from_minor
from domain.desk.orders import OrderState
from domain.desk.turnover import COUNTED
from domain.law.commission import LineStatus
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


def agreement_for(agreements: Iterable[Agreement], employee: str, on: date) -> Agreement | None:
    """What held for this person on that day: their own before the company's, the newest first."""
    fitting = [a for a in agreements if a.employee in (None, employee) and a.in_force_from <= on]
    return max(fitting, key=lambda a: (a.employee is not None, a.in_force_from, a.id), default=None)


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
