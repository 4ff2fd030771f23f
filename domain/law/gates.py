"""The six gates of a deduction (PAY-04): what a claim has to show, and why it passes each of them or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.money import Money, nothing


class Gate(StrEnum):
    AGREED = "G1"
    """Agreed beforehand, in the contract or a valid policy."""
    PROVED = "G2"
    """Fault, loss and causation are evidenced."""
    WITHIN_LOSS = "G3"
    WITHIN_LIMIT = "G4"
    """Within the monthly cap, and the minimum wage is left."""
    NOTIFIED = "G5"
    """Written notice of reason and amount was given."""
    DECIDED = "G6"
    """A person answers for it, and the employee was heard or let the time pass."""


class Ground(StrEnum):
    """Why a gate is passed or not."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"
    AGREED_TOO_LATE = "agreed_too_late"
    POLICY_NOT_VALID = "policy_not_valid"
    PROVED = "proved"
    FAULT_NOT_PROVED = "fault_not_proved"
    LOSS_NOT_PROVED = "loss_not_proved"
    CAUSATION_NOT_PROVED = "causation_not_proved"
    WITHIN_LOSS = "within_loss"
    ABOVE_LOSS = "above_loss"
    WITHIN_LIMIT = "within_limit"
    ABOVE_CAP = "above_cap"
    BELOW_MINIMUM_WAGE = "below_minimum_wage"
    MINIMUM_WAGE_UNKNOWN = "minimum_wage_unknown"
    NOTIFIED = "notified"
    NOT_NOTIFIED = "not_notified"
    NOTICE_NAMES_LESS = "notice_names_less"
    DECIDED = "decided"
    NO_APPROVER = "no_approver"
    REPLY_NOT_HEARD = "reply_not_heard"


_PASSED = frozenset(
    {Ground.AGREED, Ground.PROVED, Ground.WITHIN_LOSS, Ground.WITHIN_LIMIT, Ground.NOTIFIED, Ground.DECIDED}
)
_ONLY_THE_AMOUNT = frozenset({Ground.ABOVE_LOSS, Ground.ABOVE_CAP, Ground.BELOW_MINIMUM_WAGE, Ground.NOTICE_NAMES_LESS})


@dataclass(frozen=True)
class Agreement:
    reference: str
    agreed_on: date
    valid: bool = True
    """False for a policy without the two proofs of article 4 (FRZ-02)."""


@dataclass(frozen=True)
class Proof:
    """References to the evidence; empty for what is not evidenced."""

    fault: str = ""
    loss: str = ""
    causation: str = ""


@dataclass(frozen=True)
class WrittenNotice:
    given_on: date
    reason: str
    amount: Money


@dataclass(frozen=True)
class Hearing:
    approver: str = ""
    replied: bool = False
    reply_until: date | None = None
    """Last day on which the employee may reply."""


@dataclass(frozen=True)
class DeductionClaim:
    """What the company wants to deduct on one order line, with the evidence it has."""

    reason: str
    amount: Money
    proven_loss: Money
    caused_on: date
    agreement: Agreement | None = None
    proof: Proof = Proof()
    notice: WrittenNotice | None = None
    hearing: Hearing = Hearing()

    def __post_init__(self) -> None:
        """Raises ValueError if an amount is negative, or nothing is claimed."""
        if self.amount <= nothing(self.amount.currency) or self.proven_loss < nothing(self.amount.currency):
            raise ValueError(f"a claim is above zero and a loss not negative: {self.amount}, {self.proven_loss}")


@dataclass(frozen=True)
class GateFinding:
    gate: Gate
    ground: Ground

    @property
    def passed(self) -> bool:
        return self.ground in _PASSED

    @property
    def would_pass_for_less(self) -> bool:
        """True if only the amount stands against it: a smaller one would pass."""
        return self.ground in _ONLY_THE_AMOUNT


def grounds(claim: DeductionClaim, limit: Money, limit_ground: Ground, as_of: date) -> Iterator[tuple[Gate, Ground]]:
    """Each gate in order for the claimed amount, as the evidence stands on that day.

    `limit` is what may still be deducted in the month, `limit_ground` what makes it so.
    """
    yield Gate.AGREED, _agreed(claim)
    yield Gate.PROVED, _proved(claim.proof)
    yield Gate.WITHIN_LOSS, Ground.WITHIN_LOSS if claim.amount <= claim.proven_loss else Ground.ABOVE_LOSS
    yield Gate.WITHIN_LIMIT, Ground.WITHIN_LIMIT if claim.amount <= limit else limit_ground
    yield Gate.NOTIFIED, _notified(claim, as_of)
    yield Gate.DECIDED, _decided(claim.hearing, as_of)


def _agreed(claim: DeductionClaim) -> Ground:
    agreement = claim.agreement
    if agreement is None or not agreement.reference:
        return Ground.NOT_AGREED
    if not agreement.valid:
        return Ground.POLICY_NOT_VALID
    return Ground.AGREED if agreement.agreed_on < claim.caused_on else Ground.AGREED_TOO_LATE


def _proved(proof: Proof) -> Ground:
    if not proof.fault:
        return Ground.FAULT_NOT_PROVED
    if not proof.loss:
        return Ground.LOSS_NOT_PROVED
    return Ground.PROVED if proof.causation else Ground.CAUSATION_NOT_PROVED


def _notified(claim: DeductionClaim, as_of: date) -> Ground:
    notice = claim.notice
    if notice is None or not notice.reason or notice.given_on > as_of:
        return Ground.NOT_NOTIFIED
    return Ground.NOTIFIED if claim.amount <= notice.amount else Ground.NOTICE_NAMES_LESS


def _decided(hearing: Hearing, as_of: date) -> Ground:
    if not hearing.approver:
        return Ground.NO_APPROVER
    time_is_over = hearing.reply_until is not None and hearing.reply_until < as_of
    return Ground.DECIDED if hearing.replied or time_is_over else Ground.REPLY_NOT_HEARD
