"""Auditors see who read what and who tried what, and their own reading is seen as well."""

from tests.api.desk.trade import freeze, gives_notice
from tests.api.house import Api, problem

ORDER = {"customer": "c-lin", "lines": [{"product": "p", "name": "p", "quantity": 1, "unit_price": 1}]}


async def test_every_read_is_found_by_person_record_and_time(api: Api) -> None:
    lin, auditor = api.person("lin"), api.person("auditor")
    await lin.get("/desk/customers/c-lin", purpose="催款")
    await api.person("wang").get("/desk/orders/o-lin")
    (by_lin,) = (await auditor.get("/desk/reads", account="a-lin")).json()["items"]
    assert (by_lin["account_name"], by_lin["record_id"], by_lin["purpose"]) == ("lin", "c-lin", "催款")
    (of_order,) = (await auditor.get("/desk/reads", record="o-lin", since=by_lin["at"])).json()["items"]
    assert of_order["account"] == "a-wang"
    first = (await auditor.get("/desk/reads", limit=1)).json()
    assert (first["items"][0]["account"], first["items"][0]["kind"]) == ("a-auditor", "read")
    assert (await auditor.get("/desk/reads", limit=1, cursor=first["next"])).json()["items"][0]["id"] < first["items"][
        0
    ]["id"]


async def test_attempts_are_found_by_departure_and_by_what_became_of_them(api: Api) -> None:
    case_id, lin, auditor = gives_notice(api.engine), api.person("lin"), api.person("auditor")
    await lin.post("/desk/orders", ORDER)
    freeze(api.engine, case_id)
    await lin.post("/desk/orders", ORDER)
    both = (await auditor.get("/desk/attempts", case=case_id)).json()["items"]
    assert [one["outcome"] for one in both] == ["refused", "allowed"]
    (refused,) = (await auditor.get("/desk/attempts", employee="n-lin", outcome="refused")).json()["items"]
    assert (refused["right"], refused["customer_id"], refused["code"]) == ("create_orders", "c-lin", "desk.frozen")
    problem(await lin.get("/desk/attempts"), 403, "api.role_needed")
