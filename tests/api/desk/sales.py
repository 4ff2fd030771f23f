"""Sales of the trading company, written straight into the database: who sold what to whom, and when."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from domain.desk.keys import name_key
from models.database import utc_now, writing
from models.desk.order_tables import SalesOrder
from models.desk.tables import Customer, new_id
from models.desk.trail_tables import Communication


def ago(days: float) -> datetime:
    """The instant so many days before now; in the future if negative."""
    return utc_now() - timedelta(days=days)


def sell(engine: Engine, customer: str, total: int, at: datetime, **values: Any) -> str:
    """An order of a customer, of its owner unless `values` say otherwise; its id. `total` is in the smallest unit."""
    with writing(engine) as session:
        return sold(session, customer, total, at, **values)


def sold(session: Session, customer: str, total: int, at: datetime, **values: Any) -> str:
    """As `sell`, within a transaction."""
    owner = values.get("owner") or session.exec(select(Customer.owner).where(Customer.id == customer)).one()
    order_id = values.pop("id", None) or new_id()
    row = {
        "number": f"O-{order_id}",
        "owner": owner,
        "department": "sales",
        "origin_owner": owner,
        "placed_by": f"a-{owner.removeprefix('e-')}",
        "placed_at": at,
        "state": "completed",
        "state_at": at,
        "currency": "CNY",
        "updated_at": at,
        **values,
    }
    session.add(SalesOrder(id=order_id, customer_id=customer, total=total, **row))
    session.flush()
    return order_id


def acquire(session: Session, customer: str, owner: str, **values: Any) -> None:
    """A customer with nothing but a name."""
    at, name = ago(400), f"客户{customer}"
    row = {
        "number": f"N-{customer}",
        "name": name,
        "name_key": name_key(name),
        "status": "active",
        "department": "sales",
        "created_at": at,
        "created_by": "a-hr",
        "updated_at": at,
        **values,
    }
    session.add(Customer(id=customer, owner=f"e-{owner}", **row))
    session.flush()


def talk(engine: Engine, customer: str, at: datetime, employee: str = "lin", **values: Any) -> None:
    """Somebody of ours spoke with the customer."""
    row = {"kind": "call", "direction": "out", "summary": "…", "recorded_at": at, **values}
    with writing(engine) as session:
        session.add(Communication(customer_id=customer, at=at, by=f"a-{employee}", employee_id=f"e-{employee}", **row))


def merge(engine: Engine, duplicate: str, into: str) -> None:
    """Somebody has found that both are the same firm."""
    with writing(engine) as session:
        session.exec(select(Customer).where(col(Customer.id) == duplicate)).one().merged_into = into
