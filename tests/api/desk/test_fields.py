"""Records have the fields of their industry: typed, kept when they change, and theirs who may change the record."""

from typing import Any

import pytest

from tests.api.house import Api, problem

LANES = {"version": 0, "values": {"lanes": ["宁波—汉堡", "上海—洛杉矶"], "cargo": "cold_chain"}}


async def chosen(api: Api, industry: str = "logistics") -> None:
    wanted = {"industry": industry, "reason": "主营业务"}
    assert (await api.person("admin").post("/industries/choices", wanted)).status_code == 200


async def values(api: Api, path: str) -> dict[str, Any]:
    told = (await api.person("lin").get(path)).json()
    return {field["key"]: field["value"] for field in told["fields"]}


async def test_a_customer_has_the_fields_of_the_industry_in_force(api: Api) -> None:
    path = "/desk/customers/c-lin/fields"
    assert await values(api, path) == {}
    await chosen(api)
    assert set(await values(api, path)) == {"lanes", "cargo", "rates_until", "tender_on"}
    answer = await api.person("lin").patch(path, LANES)
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    said = await values(api, path)
    assert (said["lanes"], said["cargo"]) == (["宁波—汉堡", "上海—洛杉矶"], "cold_chain")
    await chosen(api, "retail")
    assert "lanes" not in await values(api, path)
    await chosen(api)
    assert await values(api, path) == said, "what was said under another industry is kept"


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
        ({"cargo": "submarine"}, "fields.no_such_choice"),
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
    assert "logistics_salesperson" not in {change["key"] for change in told["logistics"]["difference"]["templates"]}
    retired = {c["key"] for c in told["retail"]["difference"]["templates"] if c["effect"] == "retired"}
    assert "logistics_salesperson" in retired
    assert told["retail"]["pack"]["name"] == ["零售", "Retail"]


async def test_every_choice_is_kept_with_who_made_it_why_and_what_it_changed(api: Api) -> None:
    await chosen(api)
    await chosen(api, "retail")
    page = (await api.person("admin").get("/industries/choices", limit=1)).json()
    (newest,) = page["items"]
    assert (newest["industry"], newest["reason"], newest["by"]) == ("retail", "主营业务", "a-admin")
    assert {"key": "logistics_salesperson", "effect": "retired", "version": 1} in newest["changed"]["templates"]
    page = (await api.person("admin").get("/industries/choices", limit=1, cursor=page["next"])).json()
    assert [line["industry"] for line in page["items"]] == ["logistics"]


async def test_only_administrators_choose_with_a_reason_and_only_what_there_is(api: Api) -> None:
    retail = {"industry": "retail", "reason": "转型"}
    problem(await api.person("hr").post("/industries/choices", retail), 403)
    admin = api.person("admin")
    problem(await admin.post("/industries/choices", retail | {"industry": "mining"}), 404, "industry.unknown")
    problem(await admin.post("/industries/choices", retail | {"reason": " "}), 422)
    strange = retail | {"replace": ["logistics_salesperson"]}
    problem(await admin.post("/industries/choices", strange), 422, "industry.no_such_checklist")
    problem(await api.person("lin").get("/industries"), 403)
