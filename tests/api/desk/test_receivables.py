"""Money owed: entered by finance, paid to the cent, each payment once; carriers beside it."""

from typing import Any

import pytest
from sqlmodel import select

from models.database import reading, writing
from models.desk.order_tables import Payment, Receivable, SalesOrder
from tests.api.desk.trade import freeze, gives_notice
from tests.api.house import Api, problem

OWED: dict[str, Any] = {"customer": "c-lin", "amount": "100.00", "issued_on": "2026-03-01", "due_on": "2026-03-31"}
PAID: dict[str, Any] = {"amount": "60.00", "received_on": "2026-03-20", "reference": "ICBC-1"}


async def test_payments_add_up_until_nothing_is_open_and_can_be_taken_back(api: Api) -> None:
    finance, lin = api.person("finance-clerk"), api.person("lin")
    with writing(api.engine) as session:
        session.get_one(SalesOrder, "o-lin").state = "confirmed"
    made = (await finance.post("/desk/receivables", {**OWED, "order": "o-lin"})).json()["id"]
    path = f"/desk/receivables/{made}/payments"
    assert (await finance.post(path, PAID)).status_code == 201
    problem(await finance.post(path, PAID), 409, "desk.payment_known")
    problem(await finance.post(path, {**PAID, "reference": "2", "amount": "40.01"}), 422, "desk.payment_beyond")
    assert (await finance.post(path, {**PAID, "reference": "3", "amount": "40"})).status_code == 201
    shown = (await lin.get(f"/desk/receivables/{made}")).json()
    assert (shown["state"], shown["paid"], shown["paid_on"], shown["owner"]["number"]) == (
        "paid",
        "100.00",
        "2026-03-20",
        "n-lin",
    )
    assert [payment["amount"] for payment in shown["payments"]] == ["60.00", "40.00"]
    assert (await finance.post(path, {**PAID, "reference": "back", "amount": "-40"})).status_code == 201
    assert (await lin.get(f"/desk/receivables/{made}")).json()["state"] == "open"
    problem(await finance.post(path, {**PAID, "reference": "more", "amount": "-60.01"}), 422, "desk.payment_beyond")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"due_on": "2026-02-28"}, "desk.due_before_issued"),
        ({"amount": "1.001"}, "desk.finer_than_the_currency"),
        ({"amount": "10.5", "currency": "JPY"}, "desk.finer_than_the_currency"),
        ({"amount": "0"}, "api.invalid_input"),
        ({"amount": "1e40"}, "api.invalid_input"),
        ({"order": "o-zhou"}, "desk.order_unknown"),
        ({"customer": "c-nobody"}, "desk.customer_unknown"),
        ({"number": "R-lin"}, "desk.number_taken"),
    ],
)
async def test_what_nobody_can_owe_is_refused(api: Api, changes: dict[str, Any], code: str) -> None:
    before = api.count(Receivable)
    problem(await api.person("finance-clerk").post("/desk/receivables", {**OWED, **changes}), (404, 409, 422), code)
    assert api.count(Receivable) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": "0"}, "desk.payment_of_nothing"),
        ({"received_on": "2199-01-01"}, "desk.not_yet_taken_place"),
        ({"received_on": "1990-01-01"}, "desk.paid_before_issued"),
    ],
)
async def test_what_was_not_paid_is_refused(api: Api, changes: dict[str, Any], code: str) -> None:
    problem(await api.person("finance").post("/desk/receivables/r-lin/payments", {**PAID, **changes}), 422, code)
    assert api.count(Payment) == 0


async def test_the_day_of_settlement_is_the_latest_payment_not_the_one_entered_last(api: Api) -> None:
    finance = api.person("finance-clerk")
    made = (await finance.post("/desk/receivables", OWED)).json()["id"]
    for reference, amount, day in (("1", "60", "2026-03-25"), ("2", "40", "2026-03-20")):
        body = {**PAID, "reference": reference, "amount": amount, "received_on": day}
        assert (await finance.post(f"/desk/receivables/{made}/payments", body)).status_code == 201
    assert (await finance.get(f"/desk/receivables/{made}")).json()["paid_on"] == "2026-03-25"


async def test_nothing_is_owed_for_an_order_that_is_not_confirmed(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(SalesOrder, "o-lin").state = "draft"
    answer = await api.person("finance-clerk").post("/desk/receivables", {**OWED, "order": "o-lin"})
    problem(answer, 422, "desk.order_not_confirmed")


async def test_a_receivable_of_a_frozen_owner_is_looked_after_by_the_receiver(api: Api) -> None:
    freeze(api.engine, gives_notice(api.engine))
    made = (await api.person("finance-clerk").post("/desk/receivables", OWED)).json()["id"]
    with reading(api.engine) as session:
        assert session.exec(select(Receivable.owner).where(Receivable.id == made)).one() == "e-zhou"


async def test_receivables_are_found_by_what_is_due_and_by_customer(api: Api) -> None:
    finance = api.person("finance-clerk")
    for narrowed, found in (
        ({}, 4),
        ({"state": "paid"}, 0),
        ({"owner": "n-lin"}, 1),
        ({"customer": "c-lin"}, 1),
        ({"due_before": "2026-03-02"}, 0),
    ):
        assert len((await finance.get("/desk/receivables", **narrowed)).json()["items"]) == found, narrowed
    first = (await finance.get("/desk/receivables", limit=3)).json()
    rest = (await finance.get("/desk/receivables", limit=3, cursor=first["next"])).json()
    assert len({one["id"] for one in (*first["items"], *rest["items"])}) == 4


async def test_carriers_are_kept_with_what_they_said_before(api: Api) -> None:
    lin = api.person("lin")
    made = (await lin.post("/desk/carriers", {"name": "甬通车队", "number": "K-1"})).json()["id"]
    problem(await lin.post("/desk/carriers", {"name": "x", "number": "K-1"}), 409, "desk.number_taken")
    assert (await lin.patch(f"/desk/carriers/{made}", {"version": 1, "active": False})).json()["version"] == 2
    (shown,) = (await lin.get("/desk/carriers")).json()["items"]
    assert (shown["name"], shown["active"]) == ("甬通车队", False)
    problem(await lin.patch("/desk/carriers/nobody", {"version": 1}), 404, "desk.carrier_unknown")
    order = {
        "customer": "c-lin",
        "carrier": made,
        "lines": [{"product": "p", "name": "p", "quantity": 1, "unit_price": 1}],
    }
    assert (await lin.post("/desk/orders", order)).status_code == 201


@pytest.mark.parametrize(
    "changes", [{"currency": "ZZZ"}, {"currency": "XXX"}, {"amount": "1_0"}, {"amount": "1e3"}, {"amount": "１"}]
)
async def test_what_is_no_plain_sum_of_a_currency_is_refused(api: Api, changes: dict[str, Any]) -> None:
    answer = await api.person("finance-clerk").post("/desk/receivables", {**OWED, **changes})
    (error,) = problem(answer, 422, "api.invalid_input")["errors"]
    assert error["messages"]["zh"] != error["messages"]["en"]


async def test_a_name_of_blanks_is_none(api: Api) -> None:
    problem(await api.person("lin").post("/desk/customers", {"name": "   "}), 422, "api.invalid_input")
