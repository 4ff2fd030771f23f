"""Customers change hands by managers, with a reason; duplicates are merged by a person, and nothing is lost."""

import pytest
from sqlmodel import col, select

from models.database import reading, writing
from models.desk.bodies import MOST_AT_ONCE
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.tables import Customer, OwnershipChange
from tests.api.desk.trade import add_customer, gives_notice
from tests.api.house import Api, problem

TO_ZHOU = {"customers": ["c-lin"], "to": "n-zhou", "reason": "客户迁至华南区。"}


async def test_a_manager_gives_a_customer_with_what_is_open_to_somebody_of_the_team(api: Api) -> None:
    with writing(api.engine) as session:
        add_customer(session, "c-old", "lin")
        session.get_one(SalesOrder, "o-old").state = "completed"
        session.get_one(Receivable, "r-old").state = "paid"
    body = {**TO_ZHOU, "customers": ["c-lin", "c-old"]}
    answer = await api.person("wang").post("/desk/customers/reassign", body)
    assert answer.json() == {"customers": 2, "orders": 1, "receivables": 1}
    with reading(api.engine) as session:
        kept = session.exec(select(OwnershipChange).order_by(col(OwnershipChange.record_id))).all()
        owners = [session.get_one(SalesOrder, f"o-{name}").owner for name in ("lin", "old")]
    assert [(k.record_id, k.from_owner, k.to_owner, k.reason, k.by) for k in kept] == [
        (record, "e-lin", "e-zhou", TO_ZHOU["reason"], "a-wang") for record in ("c-lin", "c-old", "o-lin", "r-lin")
    ]
    assert owners == ["e-zhou", "e-lin"], "what is finished stays with whoever finished it"
    zhou = api.person("zhou")
    assert {o["id"] for o in (await zhou.get("/desk/orders", customer="c-old")).json()["items"]} == {"o-old"}
    problem(await api.person("lin").get("/desk/customers/c-lin"), 404, "desk.customer_unknown")
    history = (await zhou.get("/desk/customers/c-old/owners")).json()["items"]
    assert [(h["from_owner"]["number"], h["to_owner"]["number"]) for h in history] == [("n-lin", "n-zhou")]


async def test_both_ends_lie_within_the_managers_tree(api: Api) -> None:
    wang = api.person("wang")
    problem(
        await wang.post("/desk/customers/reassign", {**TO_ZHOU, "to": "n-sales-head"}), 404, "desk.owner_out_of_reach"
    )
    upward = {**TO_ZHOU, "customers": ["c-lin", "c-sales-head"]}
    problem(await wang.post("/desk/customers/reassign", upward), 404, "desk.customer_unknown")
    assert api.count(OwnershipChange) == 0, "all or none"
    own = {**TO_ZHOU, "customers": ["c-wang"]}
    assert (await wang.post("/desk/customers/reassign", own)).json()["customers"] == 1, "the manager's queue"


async def test_nobody_who_is_leaving_is_given_customers(api: Api) -> None:
    gives_notice(api.engine)
    to_lin = {"customers": ["c-zhou"], "to": "n-lin", "reason": "x"}
    problem(await api.person("wang").post("/desk/customers/reassign", to_lin), 409, "desk.owner_is_leaving")


async def test_staff_reassign_nothing_and_nobody_moves_a_book_of_business_at_once(api: Api) -> None:
    problem(await api.person("lin").post("/desk/customers/reassign", TO_ZHOU), 404, "desk.owner_out_of_reach")
    for role in ("hr", "admin", "auditor"):
        problem(await api.person(role).post("/desk/customers/reassign", TO_ZHOU), (403, 404))
    many = {**TO_ZHOU, "customers": [f"c-{number}" for number in range(MOST_AT_ONCE + 1)]}
    problem(await api.person("wang").post("/desk/customers/reassign", many), 422, "api.invalid_input")
    without = {**TO_ZHOU, "reason": "  "}
    problem(await api.person("wang").post("/desk/customers/reassign", without), 422, "api.invalid_input")


async def test_a_merged_customer_leaves_the_lists_and_its_history_is_the_other_ones(api: Api) -> None:
    with writing(api.engine) as session:
        add_customer(session, "c-twin", "zhou")
        add_customer(session, "c-triplet", "lin")
    wang, zhou = api.person("wang"), api.person("zhou")
    await zhou.post("/desk/customers/c-twin/notes", {"kind": "note", "text": "of the twin"})
    first = {"into": "c-twin", "version": 1, "reason": "same company"}
    assert (await wang.post("/desk/customers/c-triplet/merge", first)).status_code == 200
    then = {"into": "c-lin", "version": 1, "reason": "same company"}
    assert (await wang.post("/desk/customers/c-twin/merge", then)).status_code == 200
    lin = api.person("lin")
    listed = {customer["id"] for customer in (await lin.get("/desk/customers")).json()["items"]}
    assert listed == {"c-lin"}
    assert len((await lin.get("/desk/customers/c-lin")).json()["contacts"]) == 3
    assert [n["text"] for n in (await lin.get("/desk/customers/c-lin/notes")).json()["items"]] == ["of the twin"]
    orders = (await lin.get("/desk/orders", customer="c-lin")).json()["items"]
    assert {order["id"] for order in orders} == {"o-lin", "o-twin", "o-triplet"}
    with reading(api.engine) as session:
        merged = {c.id: c.merged_into for c in session.exec(select(Customer)).all() if c.merged_into}
    assert merged == {"c-twin": "c-lin", "c-triplet": "c-lin"}
    problem(await lin.patch("/desk/customers/c-twin", {"version": 3, "city": "x"}), 409, "desk.customer_merged")
    sent = {"customer_number": "N-twin", "lines": [{"product": "p", "name": "p", "quantity": 1, "unit_price": 1}]}
    placed = (await api.person("machine").post("/desk/incoming-orders", sent)).json()
    assert (await lin.get(f"/desk/orders/{placed['id']}")).json()["customer"]["id"] == "c-lin"


@pytest.mark.parametrize(
    ("person", "customer", "into", "code"),
    [
        ("lin", "c-lin", "c-zhou", "desk.customer_unknown"),
        ("zhou", "c-lin", "c-zhou", "desk.customer_unknown"),
        ("lin", "c-lin", "c-lin", "desk.merge_with_itself"),
    ],
)
async def test_only_who_may_edit_both_merges(api: Api, person: str, customer: str, into: str, code: str) -> None:
    body = {"into": into, "version": 1, "reason": "x"}
    problem(await api.person(person).post(f"/desk/customers/{customer}/merge", body), (404, 422), code)
