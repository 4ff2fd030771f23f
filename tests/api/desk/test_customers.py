"""Customers at the desk: entered, changed with their past kept, found again however they are written."""

from typing import Any

import pytest
from sqlmodel import col, select

from models.database import reading, writing
from models.desk.tables import Contact, Customer, RecordChange
from models.desk.trail_tables import RecordRead
from tests.api.desk.trade import CONTACT, add_customer
from tests.api.house import Api, problem

NEW: dict[str, Any] = {"name": "宁波海潮国际货运有限公司", "region": "CN-ZJ", "contacts": [CONTACT]}


async def test_a_customer_belongs_to_whoever_enters_it_or_to_somebody_below(api: Api) -> None:
    lin, wang = api.person("lin"), api.person("wang")
    made = (await lin.post("/desk/customers", NEW)).json()
    shown = (await lin.get(f"/desk/customers/{made['id']}")).json()
    assert (shown["owner"]["number"], shown["department"], shown["version"]) == ("n-lin", "sales", 1)
    assert shown["contacts"][0]["phone"] == CONTACT["phone"]
    for_lin = await wang.post("/desk/customers", {**NEW, "number": "K-1", "owner": "n-lin"})
    assert for_lin.status_code == 201
    problem(await wang.post("/desk/customers", {**NEW, "number": "K-1"}), 409, "desk.number_taken")
    for owner in ("n-zhou", "n-nobody"):
        problem(await lin.post("/desk/customers", {**NEW, "owner": owner}), 404, "desk.owner_out_of_reach")


async def test_what_a_customer_said_before_is_kept(api: Api) -> None:
    lin = api.person("lin")
    change = {"version": 1, "name": "新名字有限公司", "status": "dormant"}
    assert (await lin.patch("/desk/customers/c-lin", change)).json() == {"id": "c-lin", "version": 2}
    problem(await lin.patch("/desk/customers/c-lin", change), 409, "desk.changed_meanwhile")
    assert (await lin.patch("/desk/customers/c-lin", {"version": 2})).json()["version"] == 2, "nothing changed"
    (kept,) = (await lin.get("/desk/customers/c-lin/changes")).json()["items"]
    assert kept["changes"] == {"name": ["客户c-lin", "新名字有限公司"], "status": ["active", "dormant"]}
    found = (await lin.get("/desk/customers", name="新名字")).json()["items"]
    assert [customer["id"] for customer in found] == ["c-lin"]


async def test_contacts_change_with_their_keys_and_one_of_them_is_primary(api: Api) -> None:
    lin = api.person("lin")
    assert (await lin.patch("/desk/contacts/p-lin", {"version": 1, "is_primary": True})).status_code == 200
    made = await lin.post(
        "/desk/customers/c-lin/contacts", {"name": "李雷", "phone": "139 0013 9000", "is_primary": True}
    )
    contacts = (await lin.get("/desk/customers/c-lin")).json()["contacts"]
    assert [(c["id"], c["is_primary"]) for c in contacts] == [(made.json()["id"], True), ("p-lin", False)]
    left = {"version": 3, "active": False, "phone": "+8613912345678"}
    assert (await lin.patch("/desk/contacts/p-lin", left)).json()["version"] == 4
    with reading(api.engine) as session:
        assert session.get_one(Contact, "p-lin").phone_key == "13912345678"
    problem(await lin.patch("/desk/contacts/p-zhou", {"version": 1, "phone": ""}), 404, "desk.customer_unknown")
    problem(await lin.patch("/desk/contacts/p-nobody", {"version": 1, "phone": ""}), 404, "desk.contact_unknown")


async def test_notes_are_added_in_notice_too_and_read_with_the_customer(api: Api) -> None:
    lin, note = api.person("lin"), {"kind": "preference", "text": "只接受上午送货。\n联系人姓王"}
    assert (await lin.post("/desk/customers/c-lin/notes", note)).status_code == 201
    (shown,) = (await lin.get("/desk/customers/c-lin/notes")).json()["items"]
    assert (shown["text"], shown["by_name"]) == (note["text"], "lin")


async def test_duplicates_are_found_by_name_phone_and_mail_within_reach_only(api: Api) -> None:
    with writing(api.engine) as session:
        add_customer(session, "c-twin", "lin", name="宁波海潮国际货运（有限公司）")
    lin, wang = api.person("lin"), api.person("wang")
    made = (await lin.post("/desk/customers", NEW)).json()
    alike = {found["id"]: found["same"] for found in made["possible_duplicates"]}
    assert alike == {"c-twin": ["name", "phone", "mail"], "c-lin": ["phone", "mail"]}
    for_wang = (await wang.get(f"/desk/customers/{made['id']}/duplicates")).json()
    assert {found["id"] for found in for_wang} == {"c-twin", "c-lin", "c-zhou", "c-wang"}


async def test_lists_go_page_by_page_through_every_customer_once(api: Api) -> None:
    with writing(api.engine) as session:
        for number in range(7):
            add_customer(session, f"c-{number}", ("lin", "zhou")[number % 2], region="CN-SH", name=f"同名客户{number}")
    wang = api.person("wang")
    for narrowed in ({}, {"region": "CN-SH"}, {"name": "同名"}, {"owner": "n-lin"}, {"status": "active"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = (await wang.get("/desk/customers", limit=2, **narrowed, **cursor)).json()
            seen += [customer["id"] for customer in page["items"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
        whole = (await wang.get("/desk/customers", **narrowed)).json()["items"]
        assert seen == [customer["id"] for customer in whole]
        assert len(seen) == len(set(seen)) > 2
    assert "c-sales-head" not in seen


async def test_every_read_is_logged_with_its_purpose_and_none_that_found_nothing(api: Api) -> None:
    lin = api.person("lin")
    await lin.get("/desk/customers")
    await lin.get("/desk/customers/c-lin", purpose="答复客户催单")
    problem(await lin.get("/desk/customers/c-zhou"), 404, "desk.customer_unknown")
    with reading(api.engine) as session:
        rows = session.exec(select(RecordRead).order_by(col(RecordRead.id))).all()
    assert [(r.account, r.action, r.record_id, r.records, r.purpose) for r in rows] == [
        ("a-lin", "read_customers", "", 1, "work"),
        ("a-lin", "read_customers", "c-lin", 1, "答复客户催单"),
    ]


@pytest.mark.parametrize(
    ("person", "purpose", "phone", "mail"),
    [
        ("lin", "work", CONTACT["phone"], CONTACT["mail"]),
        ("sales-head", "work", CONTACT["phone"], CONTACT["mail"]),
        ("auditor", "work", CONTACT["phone"], CONTACT["mail"]),
        ("customer_service-clerk", "work", "*****8000", CONTACT["mail"]),
        ("customer_service-clerk", "客户要求回电", CONTACT["phone"], CONTACT["mail"]),
        ("finance-clerk", "客户要求回电", "*****8000", "*****.com"),
    ],
)
async def test_who_does_not_need_a_number_sees_it_masked(
    api: Api, person: str, purpose: str, phone: str, mail: str
) -> None:
    await api.person("lin").patch("/desk/contacts/p-lin", {"version": 1, "title": "采购"})
    (contact,) = (await api.person(person).get("/desk/customers/c-lin", purpose=purpose)).json()["contacts"]
    assert (contact["phone"], contact["mail"]) == (phone, mail)


async def test_a_masked_number_is_masked_in_the_history_of_changes_too(api: Api) -> None:
    await api.person("lin").patch("/desk/contacts/p-lin", {"version": 1, "phone": "139 0013 9000"})
    service = api.person("customer_service-clerk")
    (kept,) = (await service.get("/desk/customers/c-lin/changes")).json()["items"]
    assert kept["changes"] == {"phone": ["*****8000", "*****9000"]}


HOSTILE = ("=cmd|' /C calc'!A0", "'; DROP TABLE customer; --", "<script>alert(1)</script>", "%_\\", "🙂" * 40)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_a_name(api: Api, name: str) -> None:
    lin = api.person("lin")
    made = (await lin.post("/desk/customers", {"name": name})).json()
    assert (await lin.get(f"/desk/customers/{made['id']}")).json()["name"] == name
    found = (await lin.get("/desk/customers", name=name)).json()["items"]
    assert made["id"] in {customer["id"] for customer in found}


@pytest.mark.parametrize("name", ["a\u202eb", "a\x00b", "a\u200bb", "", "x" * 201, "zwei\nZeilen"])
async def test_a_name_that_looks_like_another_is_refused(api: Api, name: str) -> None:
    before = api.count(Customer)
    problem(await api.person("lin").post("/desk/customers", {"name": name}), 422, "api.invalid_input")
    assert (api.count(Customer), api.count(RecordChange)) == (before, 0)


async def test_all_that_look_alike_are_listed_each_pair_once_and_within_reach(api: Api) -> None:
    lin, wang = api.person("lin"), api.person("wang")
    body = {**NEW, "contacts": [{**CONTACT, "phone": "0574-1234 5678", "mail": "one@twice.example"}]}
    for number in ("K-1", "K-2", "K-3"):
        assert (await lin.post("/desk/customers", {**body, "number": number})).status_code == 201
    page = (await lin.get("/desk/duplicates", limit=1)).json()
    (first,) = page["items"]
    assert first["number"] == "K-1"
    assert [(one["number"], one["same"]) for one in first["alike"]] == [
        ("K-2", ["name", "phone", "mail"]),
        ("K-3", ["name", "phone", "mail"]),
    ]
    page = (await lin.get("/desk/duplicates", limit=1, cursor=page["next"])).json()
    assert [(line["number"], [one["number"] for one in line["alike"]]) for line in page["items"]] == [("K-2", ["K-3"])]
    assert page["next"] is None
    below = {line["number"] for line in (await wang.get("/desk/duplicates")).json()["items"]}
    assert {"K-1", "K-2"} <= below, "a manager sees those of whoever is below"
    assert (await api.person("zhou").get("/desk/duplicates")).json()["items"] == []


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0 \u2003"])
async def test_blanks_are_no_purpose(api: Api, blank: str) -> None:
    clerk = api.person("customer_service-clerk")
    problem(await clerk.get("/desk/customers/c-lin", purpose=blank), 422, "api.invalid_input")
