"""What may be decided about one customer, order or receivable, by whom, and where it leads (N9)."""

import itertools

import pytest

from domain.desk.entries import RULES, Side, Step, require_reason, step
from domain.desk.records import OPEN_ENTRIES, PORTFOLIO, EntryState, RecordKind
from domain.errors import Refusal
from tests.domain.cases import conflict, forbidden, invalid

RECEIVER, SUPERVISOR = (Side.RECEIVER,), (Side.SUPERVISOR,)
CUSTOMER = RecordKind.CUSTOMER


@pytest.mark.parametrize(
    ("what", "before", "sides", "after"),
    [
        (Step.ACCEPT, EntryState.PROPOSED, RECEIVER, EntryState.ACCEPTED),
        (Step.REFUSE, EntryState.PROPOSED, RECEIVER, EntryState.REFUSED),
        (Step.INTRODUCE, EntryState.ACCEPTED, RECEIVER, EntryState.WAITING),
        (Step.INTRODUCE, EntryState.ACCEPTED, SUPERVISOR, EntryState.WAITING),
        (Step.CONFIRM, EntryState.ACCEPTED, RECEIVER, EntryState.DONE),
        (Step.CONFIRM, EntryState.WAITING, RECEIVER, EntryState.DONE),
        (Step.REFUSE, EntryState.WAITING, RECEIVER, EntryState.REFUSED),
        (Step.WAIVE, EntryState.REFUSED, SUPERVISOR, EntryState.WAIVED),
        (Step.REOPEN, EntryState.DONE, SUPERVISOR, EntryState.REFUSED),
    ],
)
def test_a_customer_goes_its_way(what: Step, before: EntryState, sides: tuple[Side, ...], after: EntryState) -> None:
    assert step(what, CUSTOMER, before, sides) is after


@pytest.mark.parametrize("kind", [RecordKind.ORDER, RecordKind.RECEIVABLE])
def test_an_order_or_a_receivable_is_done_once_it_is_accepted_and_nobody_has_to_be_introduced_to_it(
    kind: RecordKind,
) -> None:
    assert step(Step.ACCEPT, kind, EntryState.PROPOSED, RECEIVER) is EntryState.DONE
    for what in (Step.INTRODUCE, Step.CONFIRM):
        with invalid("portfolio.customers_only"):
            step(what, kind, EntryState.ACCEPTED, RECEIVER)


def test_nobody_decides_in_the_place_of_the_receiver_nor_the_receiver_in_that_of_the_witness() -> None:
    for what in (Step.ACCEPT, Step.REFUSE, Step.CONFIRM):
        with forbidden("portfolio.only_receiver"):
            step(what, CUSTOMER, RULES[what].before[0], SUPERVISOR)
    for what in (Step.WAIVE, Step.REOPEN):
        with forbidden("portfolio.only_witness_or_hr"):
            step(what, CUSTOMER, RULES[what].before[0], RECEIVER)


def test_what_is_settled_by_withdrawal_stays_so_and_every_open_entry_can_be_settled() -> None:
    both = (*RECEIVER, *SUPERVISOR)
    for what, kind in itertools.product(Step, PORTFOLIO):
        with pytest.raises(Refusal):
            step(what, kind, EntryState.RETURNED, both)
    for state in OPEN_ENTRIES:
        assert step(Step.WAIVE, CUSTOMER, state, SUPERVISOR) is EntryState.WAIVED


def test_a_step_that_the_state_does_not_allow_is_refused() -> None:
    with conflict("portfolio.no_such_step"):
        step(Step.ACCEPT, CUSTOMER, EntryState.DONE, RECEIVER)


def test_who_refuses_waives_or_reopens_says_why() -> None:
    for what in (Step.REFUSE, Step.WAIVE, Step.REOPEN):
        with invalid("reason.required"):
            require_reason(what, "")
        require_reason(what, "too far away")
    require_reason(Step.ACCEPT, "")
