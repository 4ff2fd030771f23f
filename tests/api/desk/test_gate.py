"""The gate: what is frozen is refused and proved, what customers send reaches somebody who can take it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import col, select

from domain.desk.records import Outcome
from models import queries
from models.database import reading, writing
from models.desk import gate, routing
from models.desk.order_tables import SalesOrder
from models.desk.trail_tables import Attempt, PortfolioEntry
from models.facts import verify
from models.tables import Notice
from tests.api.desk.trade import LINE, facts, freeze, gives_notice, grant, leaves
from tests.api.house import Api, Person, new_key, problem
from tests.api.rows import START

ORDER = {"customer": "c-lin", "lines": [LINE]}
INCOMING = {"customer_number": "N-lin", "lines": [LINE], "customer_reference": "PO-1"}


def attempts(api: Api) -> list[Attempt]:
    with reading(api.engine) as session:
        return list(session.exec(select(Attempt).order_by(col(Attempt.at))).all())


async def order_of(person: Person, **changes: Any) -> dict[str, Any]:
    answer = await person.post("/desk/orders", {**ORDER, **changes})
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def test_who_is_not_in_notice_takes_orders_and_nothing_is_noted(api: Api) -> None:
    placed = await order_of(api.person("lin"))
    assert (placed["total"], placed["currency"], placed["owner"]["number"]) == ("37200.00", "CNY", "n-lin")
    assert attempts(api) == []


async def test_a_frozen_order_is_refused_with_its_reasons_and_is_a_fact_of_the_case_once(api: Api) -> None:
    case_id = gives_notice(api.engine)
    freeze(api.engine, case_id)
    key, lin, before = new_key(), api.person("lin"), api.count(SalesOrder)
    first, again = [await lin.post("/desk/orders", ORDER, key) for _ in range(2)]
    details = problem(first, 403, "desk.frozen")
    assert again.json() == first.json()
    for word in (case_id, "create_orders", "handbook 3", "/request-grant"):
        assert word in details["messages"]["zh"], word
        assert word in details["messages"]["en"], word
    assert api.count(SalesOrder) == before
    (fact,) = facts(api.engine, case_id, gate.REFUSED)
    assert (fact.by, fact.data["action"], fact.data["customer"]) == ("a-lin", "place_order", "c-lin")
    (attempt,) = attempts(api)
    assert (attempt.outcome, attempt.case_id, attempt.code) == (Outcome.REFUSED, case_id, "desk.frozen")
    await lin.post("/desk/orders", ORDER)
    assert len(facts(api.engine, case_id, gate.REFUSED)) == 2
    with reading(api.engine) as session:
        assert verify(case_id, queries.all_facts(session, case_id)).problems == ()


async def test_a_grant_lets_it_pass_and_what_it_let_pass_can_be_told_apart(api: Api) -> None:
    case_id = gives_notice(api.engine)
    await order_of(api.person("lin"))
    freeze(api.engine, case_id)
    grant(api.engine, case_id)
    placed = await order_of(api.person("lin"))
    assert [(a.outcome, a.case_id) for a in attempts(api)] == [
        (Outcome.ALLOWED, case_id),
        (Outcome.GRANTED, case_id),
    ]
    assert attempts(api)[1].record_id == placed["id"]
    assert facts(api.engine, case_id, gate.REFUSED) == []


async def test_whoever_never_had_the_right_or_has_it_no_more_is_told_so(api: Api) -> None:
    problem(await api.person("it-clerk").get("/desk/orders"), 403, "desk.right_missing")
    case_id = gives_notice(api.engine)
    freeze(api.engine, case_id)
    with writing(api.engine) as session:
        session.get_one(Notice, case_id).open_for = None
    problem(await api.person("lin").post("/desk/orders", ORDER), 403, "desk.right_ended")
    assert [(a.code, a.case_id) for a in attempts(api)] == [("desk.right_missing", None), ("desk.right_ended", None)]
    assert facts(api.engine, case_id, gate.REFUSED) == []


async def test_an_account_without_an_employee_has_no_records_and_without_a_role_no_business_here(api: Api) -> None:
    problem(await api.person("stranger").post("/desk/customers", {"name": "某公司"}), 403, "desk.no_employee")
    problem(await api.person("stranger").post("/desk/incoming-orders", INCOMING), 403, "api.role_needed")
    problem(await api.person("lin").post("/desk/incoming-orders", INCOMING), 403, "api.role_needed")


@pytest.mark.parametrize("person", ["customer_service-clerk", "machine"])
async def test_an_incoming_order_goes_to_the_owner_while_the_owner_can_take_it(api: Api, person: str) -> None:
    placed = (await api.person(person).post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-lin", "")


async def test_an_incoming_order_of_a_frozen_person_reaches_the_receiver_and_keeps_its_origin(api: Api) -> None:
    case_id = gives_notice(api.engine)
    freeze(api.engine, case_id)
    machine = api.person("machine")
    key = new_key()
    placed = (await machine.post("/desk/incoming-orders", INCOMING, key)).json()
    assert (await machine.post("/desk/incoming-orders", INCOMING, key)).json() == placed
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-zhou", "case")
    with reading(api.engine) as session:
        row = session.get_one(SalesOrder, placed["id"])
    assert (row.origin_owner, row.case_id, row.incoming) == ("e-lin", case_id, True)
    (fact,) = facts(api.engine, case_id, routing.ROUTED)
    assert fact.data == {
        "order": placed["id"],
        "customer": "c-lin",
        "from": "e-lin",
        "to": "e-zhou",
        "because": "case",
    }
    seen = (await api.person("zhou").get("/desk/orders", origin="n-lin")).json()["items"]
    assert [order["id"] for order in seen] == [placed["id"]]


async def test_a_receiver_of_the_customer_comes_before_the_receiver_of_the_case(api: Api) -> None:
    case_id = gives_notice(api.engine)
    freeze(api.engine, case_id)
    entry: dict[str, Any] = {
        "case_id": case_id,
        "kind": "customer",
        "record_id": "c-lin",
        "customer_id": "c-lin",
        "holder": "e-lin",
    }
    with writing(api.engine) as session:
        session.add(PortfolioEntry(**entry, receiver="e-wang", state="proposed", at=START, updated_at=START))
    placed = (await api.person("machine").post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-wang", "portfolio")
    with writing(api.engine) as session:
        session.get_one(PortfolioEntry, (case_id, "customer", "c-lin")).state = "refused"
    placed = (await api.person("machine").post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-zhou", "case")


async def test_an_order_of_somebody_gone_waits_in_the_managers_queue_and_never_with_nobody(api: Api) -> None:
    leaves(api.engine, "lin")
    placed = (await api.person("machine").post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-wang", "manager")
    leaves(api.engine, "wang")
    placed = (await api.person("machine").post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-sales-head", "manager")
    leaves(api.engine, "sales-head")
    placed = (await api.person("machine").post("/desk/incoming-orders", INCOMING)).json()
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-lin", "nobody")
    listed = (await api.person("service").get("/desk/orders", owner="n-lin")).json()["items"]
    assert listed[0]["number"] == placed["number"], "customer service sees it, and nothing is lost"


async def test_an_order_that_the_manager_takes_for_a_frozen_person_is_not_that_persons(api: Api) -> None:
    freeze(api.engine, gives_notice(api.engine))
    placed = await order_of(api.person("wang"))
    assert (placed["owner"]["number"], placed["routed_because"]) == ("n-zhou", "case")


async def test_an_order_is_dated_after_the_gate(api: Api) -> None:
    case_id = gives_notice(api.engine)
    placed = await order_of(api.person("lin"))
    assert datetime.fromisoformat(placed["placed_at"]) < freeze(api.engine, case_id) <= datetime.now(UTC)
