"""What lines come to, which way orders go, and who gets one whose owner can't take it."""

from decimal import Decimal
from itertools import pairwise

import pytest

from domain.desk.access import Action
from domain.desk.amounts import LARGEST, from_minor, to_minor
from domain.desk.orders import (
    CHANGEABLE,
    NEXT,
    OPEN,
    Candidate,
    OrderState,
    RoutedBecause,
    action_for,
    line_amount,
    order_total,
    require_changeable,
    require_move,
    route,
)
from domain.money import Money
from tests.domain import cases as c

ON_PAPER = ("draft", "quotation", "confirmed", "in_progress", "delivered", "completed")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("12.345", "CNY", 1235),
        ("12.344", "CNY", 1234),
        ("1234.5", "JPY", 1235),
        ("1.0005", "KWD", 1001),
        ("-0.5", "CNY", -50),
    ],
)
def test_amounts_are_whole_numbers_of_the_smallest_unit_rounded_half_up(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Money(Decimal(amount), currency)) == minor
    assert to_minor(from_minor(minor, currency)) == minor


def test_a_line_is_rounded_once_at_its_end() -> None:
    assert line_amount(Decimal(3), Decimal("0.335"), Decimal(0), "CNY") == 101
    assert line_amount(Decimal("35"), Decimal("7.69999981"), Decimal("0.150000"), "USD") == 22907
    assert line_amount(Decimal(1), Decimal(100), Decimal(1), "CNY") == 0


def test_an_amount_beyond_measure_is_refused() -> None:
    with c.invalid("desk.amount_too_large"):
        line_amount(Decimal(10**8), Decimal(10**8), Decimal(0), "CNY")
    with c.invalid("desk.amount_too_large"):
        order_total([LARGEST, 1])


def test_an_order_goes_its_way_step_by_step_and_never_back() -> None:
    for state, following in pairwise(ON_PAPER):
        require_move(OrderState(state), OrderState(following), "")
        with c.conflict("desk.order_no_such_step"):
            require_move(OrderState(following), OrderState(state), "because")
    require_move(OrderState.DRAFT, OrderState.CONFIRMED, "")


def test_what_is_over_stays_over_and_what_fails_needs_a_reason() -> None:
    assert {state for state in OrderState if state not in OPEN} == {"completed", "cancelled", "defaulted"}
    assert set(NEXT) == set(OrderState)
    with c.invalid("reason.required"):
        require_move(OrderState.CONFIRMED, OrderState.DEFAULTED, "")
    require_move(OrderState.CONFIRMED, OrderState.DEFAULTED, "missed the ship")


def test_lines_change_only_while_nobody_relies_on_them() -> None:
    for state in OrderState:
        if state in CHANGEABLE:
            require_changeable(state)
        else:
            with c.conflict("desk.order_settled"):
                require_changeable(state)


def test_confirming_a_draft_is_taking_an_order_and_takes_the_right_to_it() -> None:
    assert action_for(OrderState.CONFIRMED) is action_for(OrderState.DRAFT) is Action.PLACE_ORDER
    assert action_for(OrderState.QUOTATION) is Action.ISSUE_QUOTATION
    assert action_for(OrderState.CANCELLED) is Action.CHANGE_ORDER


def test_an_order_goes_to_the_first_who_can_take_it_and_stays_if_nobody_can() -> None:
    able = Candidate("e-wang", RoutedBecause.MANAGER, able=True)
    frozen = Candidate("e-zhou", RoutedBecause.CASE, able=False)
    itself = Candidate("e-lin", RoutedBecause.PORTFOLIO, able=True)
    assert route("e-lin", (itself, frozen, able)) == ("e-wang", RoutedBecause.MANAGER)
    assert route("e-lin", (frozen,)) == ("e-lin", RoutedBecause.NOBODY)
