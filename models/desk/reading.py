"""Whose customers somebody may be shown beside the desk's own lists: those that the desk itself would show them."""

from sqlalchemy import false
from sqlmodel import Session

from domain.desk.access import Action, scope_of
from models.accounts import Caller
from models.desk import gate
from models.desk.scopes import Within, within


def known_customers(session: Session, caller: Caller) -> Within:
    """The condition that a customer's owner is within reach, and the right to see customers there now."""
    held = gate.standing_of(session, caller, Action.READ_CUSTOMERS, hold=False)
    if held is not None and not held.active:
        return lambda owner: false()
    return within(session, scope_of(Action.READ_CUSTOMERS, caller.employee_id, caller.roles))
