"""Reach is a condition of the queries: lists hold what is within it and nothing else, on both databases."""

from models.database import writing
from models.tables import Employee, Entitlement
from tests.api.desk.matrix import Seat, seated
from tests.api.house import Api


async def test_a_list_holds_the_records_within_reach_and_no_other(api: Api) -> None:
    seated(api.engine, Seat(leads=True))
    me = api.person("me")
    assert {c["id"] for c in (await me.get("/desk/customers")).json()["items"]} == {"c-me", "c-zhou"}
    assert {o["id"] for o in (await me.get("/desk/orders")).json()["items"]} == {"o-me", "o-zhou"}
    assert {r["id"] for r in (await me.get("/desk/receivables")).json()["items"]} == {"r-me", "r-zhou"}
    assert {m["id"] for m in (await me.get("/desk/communications")).json()["items"]} == {"m-me", "m-zhou"}
    for narrowed in ({"owner": "n-sales-head"}, {"name": "客户c-sales-head"}):
        assert (await me.get("/desk/customers", **narrowed)).json()["items"] == []


async def test_a_manager_reaches_down_every_step_and_a_circle_of_managers_ends(api: Api) -> None:
    head = api.person("sales-head")
    listed = {c["id"] for c in (await head.get("/desk/customers")).json()["items"]}
    assert listed == {"c-sales-head", "c-wang", "c-lin", "c-zhou"}
    with writing(api.engine) as session:
        session.get_one(Employee, "e-sales-head").manager = "n-lin"
    assert {c["id"] for c in (await api.person("lin").get("/desk/customers")).json()["items"]} == listed


async def test_a_right_that_ends_ends_reading_too(api: Api) -> None:
    lin = api.person("lin")
    assert (await lin.get("/desk/customers/c-lin")).status_code == 200
    with writing(api.engine) as session:
        session.get_one(Entitlement, ("e-lin", "crm", "view_customers")).active = False
    assert (await lin.get("/desk/customers/c-lin")).status_code == 403
