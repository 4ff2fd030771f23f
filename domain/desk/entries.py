"""One customer, order or receivable on its way from a leaver to whoever looks after it next (N9), and who may move it.

A customer is done only when it knows its new contact; an order or a receivable with its acceptance.
"""

from dataclasses import dataclass
from enum import StrEnum

from domain.desk.records import OPEN_ENTRIES, EntryState, RecordKind
from domain.errors import conflict, forbidden, invalid


class Step(StrEnum):
    """What somebody decides about an entry."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    """The receiver will not have it, or the customer will not have the receiver."""
    INTRODUCE = "introduce"
    """The customer was told who looks after it now, and has not answered."""
    CONFIRM = "confirm"
    """The customer has answered, or the receiver has been in contact."""
    WAIVE = "waive"
    REOPEN = "reopen"
    """What was settled is to be assigned once more."""


class Side(StrEnum):
    """As what somebody decides."""

    RECEIVER = "receiver"
    """Named for this very entry."""
    SUPERVISOR = "supervisor"
    """The witness, or HR."""


@dataclass(frozen=True)
class Rule:
    before: tuple[EntryState, ...]
    after: EntryState
    by: tuple[Side, ...]
    reason: bool = False
    """It takes one."""
    customers_only: bool = False


_S = EntryState
RULES: dict[Step, Rule] = {
    Step.ACCEPT: Rule((_S.PROPOSED,), _S.ACCEPTED, (Side.RECEIVER,)),
    Step.REFUSE: Rule((_S.PROPOSED, _S.WAITING), _S.REFUSED, (Side.RECEIVER,), reason=True),
    Step.INTRODUCE: Rule((_S.ACCEPTED,), _S.WAITING, (Side.RECEIVER, Side.SUPERVISOR), customers_only=True),
    Step.CONFIRM: Rule((_S.ACCEPTED, _S.WAITING), _S.DONE, (Side.RECEIVER,), customers_only=True),
    Step.WAIVE: Rule(OPEN_ENTRIES, _S.WAIVED, (Side.SUPERVISOR,), reason=True),
    Step.REOPEN: Rule((_S.DONE, _S.WAIVED), _S.REFUSED, (Side.SUPERVISOR,), reason=True),
}
ASSIGNABLE = (EntryState.PROPOSED, EntryState.REFUSED)
"""Somebody else may be named for it."""
TO_RECEIVER = (EntryState.PROPOSED, EntryState.ACCEPTED, EntryState.WAITING, EntryState.DONE)
"""What the customer sends meanwhile goes to its receiver (S3.4)."""


def step(what: Step, kind: RecordKind, state: EntryState, sides: tuple[Side, ...]) -> EntryState:
    """The state that the step leads to. `sides`: what the person is to the entry. Raises Refusal."""
    rule = RULES[what]
    if not any(side in rule.by for side in sides):
        raise forbidden("portfolio.only_receiver" if Side.RECEIVER in rule.by else "portfolio.only_witness_or_hr")
    if rule.customers_only and kind is not RecordKind.CUSTOMER:
        raise invalid("portfolio.customers_only")
    if state not in rule.before:
        raise conflict("portfolio.no_such_step", state=state.value, step=what.value)
    if what is Step.ACCEPT and kind is not RecordKind.CUSTOMER:
        return EntryState.DONE
    return rule.after


def require_reason(what: Step, reason: str) -> None:
    """Raises Refusal if the step takes a reason and there is none."""
    if RULES[what].reason and not reason:
        raise invalid("reason.required")
