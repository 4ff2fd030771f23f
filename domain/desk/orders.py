"""Orders: their states, what a line comes to, and who gets an order whose customer's owner can't take it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from domain.desk.access import Action
from domain.desk.amounts import LARGEST, TooMuch, to_minor
from domain.errors import conflict, invalid
from domain.money import Money


class OrderState(StrEnum):
    """Where an order stands. The order of the members is the order on paper."""

    DRAFT = "draft"
    QUOTATION = "quotation"
    CONFIRMED = "confirmed"
    IN_PROGRESS = "in_progress"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    DEFAULTED = "defaulted"
    """We did not deliver as promised."""


NEXT: dict[OrderState, tuple[OrderState, ...]] = {
    OrderState.DRAFT: (OrderState.QUOTATION, OrderState.CONFIRMED, OrderState.CANCELLED),
    OrderState.QUOTATION: (OrderState.CONFIRMED, OrderState.CANCELLED),
    OrderState.CONFIRMED: (OrderState.IN_PROGRESS, OrderState.CANCELLED, OrderState.DEFAULTED),
    OrderState.IN_PROGRESS: (OrderState.DELIVERED, OrderState.CANCELLED, OrderState.DEFAULTED),
    OrderState.DELIVERED: (OrderState.COMPLETED, OrderState.DEFAULTED),
    OrderState.COMPLETED: (),
    OrderState.CANCELLED: (),
    OrderState.DEFAULTED: (),
}
CHANGEABLE = (OrderState.DRAFT, OrderState.QUOTATION)
"""Lines and promises may still change; from then on the customer relies on them."""
OPEN = tuple(state for state, following in NEXT.items() if following)
_NEEDS = {
    OrderState.DRAFT: Action.PLACE_ORDER,
    OrderState.QUOTATION: Action.ISSUE_QUOTATION,
    OrderState.CONFIRMED: Action.PLACE_ORDER,
}


def action_for(state: OrderState) -> Action:
    """What bringing an order into that state is. A draft that is confirmed is an order taken, not a change of one."""
    return _NEEDS.get(state, Action.CHANGE_ORDER)


REASON_NEEDED = (OrderState.CANCELLED, OrderState.DEFAULTED)


def line_amount(quantity: Decimal, unit_price: Decimal, discount: Decimal, currency: str) -> int:
    """What a line comes to in the currency's smallest unit, rounded half up once, at the end.

    `unit_price` may be finer than that unit; `discount` is a share of 0 to 1. Raises Refusal if it is beyond measure.
    """
    try:
        return to_minor(Money(quantity * unit_price * (1 - discount), currency))
    except TooMuch as error:
        raise invalid("desk.amount_too_large") from error


def order_total(amounts: Iterable[int]) -> int:
    """The sum of the lines' amounts. Raises Refusal if it is beyond measure."""
    total = sum(amounts)
    if total > LARGEST:
        raise invalid("desk.amount_too_large")
    return total


def require_move(state: OrderState, to: OrderState, reason: str) -> None:
    """Raises Refusal unless an order in `state` may go on to `to`."""
    if to not in NEXT[state]:
        raise conflict("desk.order_no_such_step", state=state.value, to=to.value, next=", ".join(NEXT[state]))
    if to in REASON_NEEDED and not reason:
        raise invalid("reason.required")


def require_changeable(state: OrderState) -> None:
    """Raises Refusal if the customer relies on the order as it is."""
    if state not in CHANGEABLE:
        raise conflict("desk.order_settled", state=state.value)


class RoutedBecause(StrEnum):
    """Why an order belongs to somebody else than the customer's owner."""

    PORTFOLIO = "portfolio"
    """The customer has a receiver of its own in the handover."""
    CASE = "case"
    """The case names who receives."""
    MANAGER = "manager"
    """Nobody is named yet: the manager's queue."""
    NOBODY = "nobody"
    """Nobody above can take orders either: it stays with the owner, and waits for whoever sees all orders."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may get an order: an employee, why they, and whether they can take orders now."""

    employee: str
    because: RoutedBecause
    able: bool


def route(owner: str, candidates: Iterable[Candidate]) -> tuple[str, RoutedBecause]:
    """Who gets an order of a customer whose owner can't take it, and why: the first who can. Never nobody (S3.4)."""
    for candidate in candidates:
        if candidate.able and candidate.employee != owner:
            return candidate.employee, candidate.because
    return owner, RoutedBecause.NOBODY
