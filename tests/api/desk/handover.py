"""A leaver's portfolio in tests: more customers than one, its snapshot, and what people answer to it."""

from typing import Any

import httpx
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from models.database import reading, writing
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.portfolio import DatabasePortfolios
from models.desk.tables import Customer, OwnershipChange
from models.desk.trail_tables import PortfolioEntry
from models.messages import PortfolioCounts, PortfolioOrder
from models.tables import CaseView
from tests.api.desk.trade import add_customer, gives_notice
from tests.api.house import Api, Person
from tests.api.rows import START

MORE = ("c-north", "c-south")
"""Customers of `lin` beside `c-lin`, each with one open order and one open receivable."""
ALL = ("c-lin", *MORE)


def order_of(case_id: str) -> PortfolioOrder:
    return PortfolioOrder(case_id=case_id, employee_id="e-lin", receiver="a-zhou", hr="a-hr", now=START)


def take(engine: Engine, case_id: str) -> PortfolioCounts:
    return DatabasePortfolios(engine).take(order_of(case_id))


def departure(engine: Engine) -> str:
    """`lin`, who has three customers, has given notice; all of it is proposed to `zhou`, the receiver of the case."""
    with writing(engine) as session:
        for customer_id in MORE:
            add_customer(session, customer_id, "lin", region=customer_id.removeprefix("c-"))
    case_id = gives_notice(engine)
    take(engine, case_id)
    return case_id


def entries(engine: Engine, case_id: str, **wanted: str) -> dict[str, PortfolioEntry]:
    """Entries by record; only those that have these values."""
    with reading(engine) as session:
        rows = session.exec(select(PortfolioEntry).where(PortfolioEntry.case_id == case_id)).all()
    return {row.record_id: row for row in rows if all(getattr(row, name) == value for name, value in wanted.items())}


def named(engine: Engine, case_id: str, *records: str) -> list[dict[str, Any]]:
    """These entries as requests name them, at their present version."""
    found = entries(engine, case_id)
    return [{"kind": found[one].kind, "record": one, "version": found[one].version} for one in records]


async def step(
    person: Person, engine: Engine, case_id: str, what: str, *records: str, key: str | None = None, **more: Any
) -> httpx.Response:
    """The person's step with these entries as they stand."""
    body = {"step": what, "entries": named(engine, case_id, *records), **more}
    return await person.post(f"/cases/{case_id}/portfolio/decisions", body, key)


async def accept(api: Api, case_id: str, *records: str, by: str = "zhou") -> None:
    answer = await step(api.person(by), api.engine, case_id, "accept", *records)
    assert answer.status_code == 200, answer.text


async def assign(person: Person, case_id: str, *receivers: str, **more: Any) -> httpx.Response:
    body = {"receivers": [f"n-{name}" for name in receivers], **more}
    return await person.post(f"/cases/{case_id}/portfolio/assignments", body)


def owners(engine: Engine) -> dict[str, str]:
    """Whose each customer, order and receivable is."""
    with reading(engine) as session:
        found: dict[str, str] = {}
        for model in (Customer, SalesOrder, Receivable):
            found |= dict(session.exec(select(model.id, model.owner)).all())
        return found


def changes(engine: Engine, case_id: str) -> list[OwnershipChange]:
    with reading(engine) as session:
        query = select(OwnershipChange).where(OwnershipChange.case_id == case_id)
        return list(session.exec(query.order_by(col(OwnershipChange.kind), col(OwnershipChange.record_id))).all())


def set_stage(engine: Engine, case_id: str, stage: str) -> None:
    with writing(engine) as session:
        session.get_one(CaseView, case_id).stage = stage


def entry(session: Session, case_id: str, kind: str, record: str) -> PortfolioEntry:
    return session.get_one(PortfolioEntry, (case_id, kind, record))
