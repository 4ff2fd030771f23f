"""Records have the fields of their industry: typed, kept when they change, and theirs who may change the record."""

from typing import Any

import pytest

from tests.api.house import Api, problem

LANES = {"version": 0, "values": {"lanes": ["宁波—汉堡", "上海—洛杉矶"], "cargo": "cold_chain"}}


async def chosen(api: Api, industry: str = "logistics") -> None:
    assert (await api.person("admin").post("/industry", {"industry": industry})).status_code == 200


async def values(api: Api, path: str) -> dict[str, Any]:
    told = (await api.person("lin").get(path)).json()
    return {field["key"]: field["value"] for field in told["fields"]}


async def test_a_customer_has_the_fields_of_the_industry_in_force(api: Api) -> None:
    path = "/desk/customers/c-lin/fields"
    assert await values(api, path) == {}
    await chosen(api)
    assert await values(api, path) == {"lanes": None, "cargo": None}
    answer = await api.person("lin").patch(path, LANES)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert await values(api, path) == {"lanes": ["宁波—汉堡", "上海—洛杉矶"], "cargo": "cold_chain"}
    await chosen(api, "retail")
    assert set(await values(api, path)) == {"home_store", "member_level", "prepaid_balance"}


async def test_what_a_field_said_before_is_kept_with_the_other_changes(api: Api) -> None:
    await chosen(api)
    await api.person("lin").patch("/desk/customers/c-lin/fields", LANES)
    changed = {"version": 1, "values": {"cargo": None}}
    assert (await api.person("lin").patch("/desk/customers/c-lin/fields", changed)).status_code == 200
    newest = (await api.person("lin").get("/desk/customers/c-lin/changes")).json()["items"][0]
    assert newest["changes"] == {"fields.cargo": ["cold_chain", None]}
    problem(await api.person("lin").patch("/desk/customers/c-lin/fields", changed), 409, "desk.changed_meanwhile")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"colour": "red"}, "fields.unknown"),
        ({"cargo": "submarine"}, "fields.unfit"),
        ({"cargo": ["general"]}, "fields.unfit"),
        ({"lanes": "one"}, "fields.unfit"),
        ({"lanes": True}, "fields.unfit"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(api: Api, given: dict[str, Any], code: str) -> None:
    await chosen(api)
    body = {"version": 0, "values": given}
    problem(await api.person("lin").patch("/desk/customers/c-lin/fields", body), 422, code)


@pytest.mark.parametrize(
    ("field", "good", "bad"), [("departs_on", "2026-01-05", "soon"), ("bill_of_lading", "BL-1", True)]
)
async def test_an_order_s_fields_have_types_too(api: Api, field: str, good: Any, bad: Any) -> None:
    await chosen(api)
    path = "/desk/orders/o-lin/fields"
    problem(await api.person("lin").patch(path, {"version": 0, "values": {field: bad}}), 422, "fields.unfit")
    assert (await api.person("lin").patch(path, {"version": 0, "values": {field: good}})).status_code == 200
    assert (await values(api, path))[field] == good


async def test_the_packs_are_listed_with_what_choosing_them_would_change(api: Api) -> None:
    await chosen(api)
    told = {line["pack"]["industry"]: line for line in (await api.person("hr").get("/industries")).json()}
    assert {name for name, line in told.items() if line["in_force"]} == {"logistics"}
    assert told["logistics"]["difference"]["templates"] == []
    assert "logistics_salesperson" in told["retail"]["difference"]["retired_templates"]
    assert told["retail"]["pack"]["name"] == ["零售", "Retail"]


async def test_only_administrators_choose_and_only_what_there_is(api: Api) -> None:
    problem(await api.person("hr").post("/industry", {"industry": "retail"}), 403)
    problem(await api.person("admin").post("/industry", {"industry": "mining"}), 404, "industry.unknown")
    problem(await api.person("lin").get("/industries"), 403)
