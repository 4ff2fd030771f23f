"""Order lines of a leaver's commission: what was agreed about each, what has come in, what is claimed against it."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.law.gates import DeductionClaim
from domain.money import Money, nothing


class Condition(StrEnum):
    """On what the payment of a line depends, by contract or policy."""

    NONE = "none"
    COLLECTION = "collection"
    """Paid as the customer pays."""
    EVENT = "event"
    """Another condition, met or not, such as a delivery accepted."""
    NO_LEAVERS = "no_leavers"
    """A clause that pays nothing to whoever has left. It is void (PAY-05)."""


@dataclass(frozen=True)
class Receivable:
    """What the customer owes for the order, and what has come in."""

    total: Money
    received: Money

    def __post_init__(self) -> None:
        """Raises ValueError for a total that is not above zero, or receipts below zero."""
        none = nothing(self.total.currency)
        if self.total <= none or self.received < none:
            raise ValueError(f"no receivable: {self.received} of {self.total}")


@dataclass(frozen=True)
class CommissionLine:
    id: str
    commission: Money
    """For the whole order, when every condition is met."""
    condition: Condition = Condition.NONE
    agreed_in: str = ""
    """Where the condition was agreed; empty: it was not, and does not count."""
    receivable: Receivable | None = None
    condition_met: bool = False
    """For a condition that is an event."""
    share: Decimal | None = Decimal(1)
    """The leaver's agreed part of it; below one if a successor finishes the work, None if that was never agreed."""
    paid: Money | None = None
    contested: bool = False
    """One side says that the condition does not bind, or was met."""
    claims: tuple[DeductionClaim, ...] = ()

    def __post_init__(self) -> None:
        """Raises ValueError for negative money, a share that is none, or collection without a receivable."""
        none = nothing(self.commission.currency)
        if self.commission < none or self.already_paid < none:
            raise ValueError(f"{self.id}: commission is not negative")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ValueError(f"{self.id}: a share lies between 0 and 1, not {self.share}")
        if self.condition is Condition.COLLECTION and self.receivable is None:
            raise ValueError(f"{self.id}: collection needs its receivable")

    @property
    def already_paid(self) -> Money:
        return self.paid or nothing(self.commission.currency)
