"""What happened with the leaver's customers after the notice, and by whom (S4.2): orders and conversations.

Whoever is not a party to the case is masked: of a customer the number and the end of its name, of other people what
they were to the case. What the leaver wrote is there; of what others wrote there is the hash, by which it can be
produced.
"""

from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from domain.desk.masking import masked
from models.database import table
from models.desk import after, turnover
from models.desk.after import Departed
from models.desk.after_views import ActorClass
from models.desk.evidence import content_hash
from models.desk.order_tables import SalesOrder
from models.desk.tables import Customer
from models.desk.trail_tables import Communication
from models.tables import CaseView

_ORDER, _TALK, _CUSTOMER = table(SalesOrder), table(Communication), table(Customer)


def orders(session: Session, view: CaseView) -> list[dict[str, Any]]:
    """Orders of the portfolio's customers from the notice on, and those the leaver placed for anybody else."""
    of = after.departed(view)
    people = after.actors(session, of)
    leaver = [account for account, actor in people.items() if actor is ActorClass.LEAVER]
    theirs = after.portfolio(of.case_id)
    within = _ORDER.c.customer_id.in_(select(theirs.c.id)) | _ORDER.c.placed_by.in_(leaver)
    query = (
        select(SalesOrder, _CUSTOMER.c.number, _CUSTOMER.c.name)
        .join_from(SalesOrder, Customer, _CUSTOMER.c.id == _ORDER.c.customer_id)
        .where(_ORDER.c.placed_at >= of.arrived_at, _ORDER.c.state.in_(turnover.STATES), within)
        .order_by(_ORDER.c.placed_at, _ORDER.c.id)
    )
    return [
        {
            "number": order.number,
            "placed_at": order.placed_at.isoformat(),
            "placed_by": _who(order.placed_by, people, incoming=order.incoming),
            "routed_because": order.routed_because,
            "state": order.state,
            "total": str(order.total),
            "currency": order.currency,
            "customer": _customer(number, name),
            "sha256": content_hash(order),
        }
        for order, number, name in session.execute(query)
    ]


def communications(session: Session, view: CaseView) -> list[dict[str, Any]]:
    """Conversations with the portfolio's customers from the notice on."""
    of = after.departed(view)
    known = after.receivers(session, of.case_id)
    theirs = after.portfolio(of.case_id)
    query = (
        select(Communication, _CUSTOMER.c.number, _CUSTOMER.c.name)
        .join_from(Communication, Customer, _CUSTOMER.c.id == _TALK.c.customer_id)
        .where(_TALK.c.customer_id.in_(select(theirs.c.id)), _TALK.c.at >= of.arrived_at)
        .order_by(_TALK.c.at, _TALK.c.id)
    )
    return [_communication(talk, of, known, _customer(number, name)) for talk, number, name in session.execute(query)]


def _communication(talk: Communication, of: Departed, known: set[str], customer: dict[str, str]) -> dict[str, Any]:
    actor = after.actor_class(talk.employee_id, of, known)
    return {
        "at": talk.at.isoformat(),
        "recorded_at": talk.recorded_at.isoformat(),
        "kind": talk.kind,
        "direction": talk.direction,
        "by": actor.value,
        "customer": customer,
        "summary": talk.summary if actor is ActorClass.LEAVER else "",
        "sha256": content_hash(talk),
    }


def _who(account: str, people: dict[str, ActorClass], *, incoming: bool) -> str:
    return (ActorClass.CUSTOMER if incoming else people.get(account, ActorClass.OTHER)).value


def _customer(number: str, name: str) -> dict[str, str]:
    return {"number": number, **masked({"name": name}, {"name"})}
