"""Fifty people's hands on one person's orders while the freeze falls: none slips through, none is lost."""

import asyncio
from collections import Counter
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from domain.desk.orders import RoutedBecause
from models.database import reading
from models.desk import gate, routing
from models.desk.order_tables import SalesOrder
from tests.api.desk.trade import LINE, facts, freeze, gives_notice
from tests.api.house import Api, Person, new_key, problem

WRITERS, FEWER = 50, 10
"""At isolations other than ours whoever waited has to begin anew, which fifty do for long."""
EACH = 3
OWN: dict[str, Any] = {"customer": "c-lin", "lines": [LINE]}
INCOMING: dict[str, Any] = {"customer_number": "N-lin", "lines": [LINE]}


@pytest.fixture(params=["default", "REPEATABLE READ", "SERIALIZABLE"])
def company(company: Engine, request: pytest.FixtureRequest) -> Engine:
    """The company on its database as it is, and at every isolation that a database knows."""
    if request.param == "default":
        return company
    if company.dialect.name == "sqlite":
        pytest.skip("SQLite is always serializable")
    return company.execution_options(isolation_level=request.param)


async def insist(person: Person, path: str, body: dict[str, Any]) -> httpx.Response:
    """The request, repeated with its key for as long as others are first."""
    key = new_key()
    while True:
        answer = await person.post(path, body, key)
        if answer.status_code != 409:
            return answer
        problem(answer, 409, "api.others_were_first")


async def test_no_order_is_later_than_the_freeze_and_none_is_lost(api: Api) -> None:
    case_id = gives_notice(api.engine)
    writers = FEWER if "isolation_level" in api.engine.get_execution_options() else WRITERS
    lin, machine = api.person("lin"), api.person("machine")
    answered, begin = Counter[str](), asyncio.Event()
    placed: dict[str, dict[str, Any]] = {}

    async def write(person: Person, path: str, body: dict[str, Any]) -> None:
        for _ in range(EACH):
            answer = await insist(person, path, body)
            if answer.status_code == 201:
                placed[answer.json()["id"]] = answer.json()
            else:
                problem(answer, 403, "desk.frozen")
            answered[f"{path} {answer.status_code}"] += 1
            if answered.total() >= writers:  # the others meet the freeze
                begin.set()

    async def fall() -> datetime:
        await begin.wait()
        return await asyncio.to_thread(freeze, api.engine, case_id)

    own = [write(lin, "/desk/orders", OWN) for _ in range(writers)]
    sent = [write(machine, "/desk/incoming-orders", INCOMING) for _ in range(writers // 5)]
    freezing = asyncio.create_task(fall())
    await asyncio.gather(*own, *sent)
    frozen_at = await freezing

    with reading(api.engine) as session:
        rows = {row.id: row for row in session.exec(select(SalesOrder).where(SalesOrder.id != "o-lin")).all()}
    of_lin = [row for row in rows.values() if row.owner == "e-lin"]
    assert [row.id for row in of_lin if row.placed_at >= frozen_at] == []
    assert set(placed) == {order_id for order_id, row in rows.items() if row.customer_id == "c-lin"}
    assert answered["/desk/incoming-orders 201"] == writers // 5 * EACH, "what customers send is never refused"
    refused = answered["/desk/orders 403"]
    assert answered["/desk/orders 201"] + refused == writers * EACH
    assert refused == len(facts(api.engine, case_id, gate.REFUSED)) > 0
    late = [row for row in rows.values() if row.incoming and row.placed_at >= frozen_at]
    assert {(row.owner, row.routed_because) for row in late} <= {("e-zhou", RoutedBecause.CASE)}
    assert len(facts(api.engine, case_id, routing.ROUTED)) == len([r for r in rows.values() if r.routed_because])
