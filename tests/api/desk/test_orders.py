"""Orders at the desk: exact amounts, lines that stay once the customer relies on them, a way that is kept."""

import asyncio
from typing import Any

import pytest
from sqlmodel import select

from models.database import reading
from models.desk.order_tables import OrderLine, SalesOrder
from models.desk.tables import RecordChange
from tests.api.desk.trade import LINE
from tests.api.house import Api, Person, new_key, problem

ORDER: dict[str, Any] = {"customer": "c-lin", "lines": [LINE]}


async def placed(person: Person, **changes: Any) -> dict[str, Any]:
    answer = await person.post("/desk/orders", {**ORDER, **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_order_is_kept_to_the_cent_and_shown_with_its_lines_and_its_way(api: Api) -> None:
    lin = api.person("lin")
    line = {**LINE, "quantity": "35", "unit_price": "7.69", "discount": "0.15", "commission_rate": "0.02"}
    made = await placed(lin, lines=[LINE, line], promised_on="2026-12-24", customer_reference="PO-7")
    shown = (await lin.get(f"/desk/orders/{made['id']}")).json()
    assert (shown["total"], [one["amount"] for one in shown["lines"]]) == ("37428.78", ["37200.00", "228.78"])
    assert (shown["state"], shown["promised_on"], shown["customer"]["id"]) == ("confirmed", "2026-12-24", "c-lin")
    assert [(step["from_state"], step["to_state"], step["by_name"]) for step in shown["way"]] == [
        ("", "confirmed", "lin")
    ]
    with reading(api.engine) as session:
        assert session.get_one(SalesOrder, made["id"]).total == 3742878


async def test_a_draft_changes_a_confirmed_order_does_not(api: Api) -> None:
    lin = api.person("lin")
    made = await placed(lin, state="draft")
    change = {"version": 1, "lines": [{**LINE, "quantity": "1"}]}
    assert (await lin.patch(f"/desk/orders/{made['id']}", change)).json()["version"] == 2
    problem(await lin.patch(f"/desk/orders/{made['id']}", change), 409, "desk.changed_meanwhile")
    with reading(api.engine) as session:
        kept = session.exec(select(RecordChange)).one()
        (line,) = session.exec(select(OrderLine).where(OrderLine.order_id == made["id"])).all()
        total = session.get_one(SalesOrder, made["id"]).total
    assert (kept.changes["lines"][0][0]["quantity"], line.amount, total) == ("2", 1860000, 1860000)
    confirm = {"version": 2, "state": "confirmed"}
    assert (await lin.post(f"/desk/orders/{made['id']}/state", confirm)).json()["version"] == 3
    problem(await lin.patch(f"/desk/orders/{made['id']}", {**change, "version": 3}), 409, "desk.order_settled")


async def test_an_order_goes_step_by_step_and_fails_only_for_a_reason(api: Api) -> None:
    lin = api.person("lin")
    made = await placed(lin)
    path = f"/desk/orders/{made['id']}/state"
    problem(await lin.post(path, {"version": 1, "state": "delivered"}), 409, "desk.order_no_such_step")
    problem(await lin.post(path, {"version": 1, "state": "defaulted"}), 422, "reason.required")
    assert (await lin.post(path, {"version": 1, "state": "in_progress"})).status_code == 200
    late = {"version": 2, "state": "defaulted", "reason": "missed the ship"}
    assert (await lin.post(path, late)).status_code == 200
    way = (await lin.get(f"/desk/orders/{made['id']}")).json()["way"]
    assert [step["to_state"] for step in way] == ["confirmed", "in_progress", "defaulted"]
    assert way[-1]["reason"] == "missed the ship"


async def test_orders_are_found_by_state_time_and_whose_they_were(api: Api) -> None:
    lin = api.person("lin")
    made = [await placed(lin) for _ in range(3)]
    first = (await lin.get("/desk/orders", limit=2)).json()
    rest = (await lin.get("/desk/orders", limit=2, cursor=first["next"])).json()
    listed = [order["id"] for order in (*first["items"], *rest["items"])]
    assert listed == [*(order["id"] for order in reversed(made)), "o-lin"]
    for narrowed in ({"state": "confirmed"}, {"placed_from": made[0]["placed_at"]}, {"department": "sales"}):
        assert len((await lin.get("/desk/orders", **narrowed)).json()["items"]) >= 3
    before = (await lin.get("/desk/orders", placed_before=made[0]["placed_at"])).json()["items"]
    assert [order["id"] for order in before] == ["o-lin"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": []}, "api.invalid_input"),
        ({"currency": "cny"}, "api.invalid_input"),
        ({"lines": [{**LINE, "quantity": "0"}]}, "api.invalid_input"),
        ({"lines": [{**LINE, "quantity": "NaN"}]}, "api.invalid_input"),
        ({"lines": [{**LINE, "unit_price": "-1"}]}, "api.invalid_input"),
        ({"lines": [{**LINE, "quantity": "99999999", "unit_price": "99999999"}]}, "desk.amount_too_large"),
        ({"state": "completed"}, "api.invalid_input"),
        ({"carrier": "nobody"}, "desk.carrier_unknown"),
        ({"customer": "c-zhou"}, "desk.customer_unknown"),
    ],
)
async def test_what_is_no_order_is_refused_and_leaves_nothing(api: Api, changes: dict[str, Any], code: str) -> None:
    before = api.count(SalesOrder)
    problem(await api.person("lin").post("/desk/orders", {**ORDER, **changes}), (404, 422), code)
    assert api.count(SalesOrder) == before


async def test_a_lost_answer_is_asked_for_again_and_places_no_second_order(api: Api) -> None:
    lin, key, before = api.person("lin"), new_key(), api.count(SalesOrder)
    answers = await asyncio.gather(*(lin.post("/desk/orders", ORDER, key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert api.count(SalesOrder) == before + 1
