"""Who sees what of a handover per customer, what waits for a receiver, and the letters to customers."""

import hashlib
from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import reading, writing
from models.desk.portfolio_tables import CustomerCapacity
from models.desk.tables import Contact, Customer
from models.desk.trail_tables import RecordRead
from models.tables import CaseView, Document, NotificationRow
from tests.api.desk.handover import ALL, accept, assign, departure, named, set_stage, step
from tests.api.desk.trade import facts, freeze
from tests.api.house import Api, Person, problem
from tests.pdf import read_pdf

CUSTOMER_NAMES = {f"客户{one}" for one in ALL}


@pytest.fixture
def case_id(company: Engine) -> str:
    return departure(company)


async def portfolio(person: Person, case_id: str, **wanted: Any) -> dict[str, Any]:
    answer = await person.get(f"/cases/{case_id}/portfolio", **wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def reads(engine: Engine) -> list[RecordRead]:
    with reading(engine) as session:
        return list(session.exec(select(RecordRead)).all())


async def test_receivers_see_what_they_receive_and_nothing_else(api: Api, case_id: str) -> None:
    await assign(api.person("wang"), case_id, "sales-head", entries=named(api.engine, case_id, "c-lin"))
    theirs = await portfolio(api.person("sales-head"), case_id)
    assert {line["record"] for line in theirs["items"]} >= {"c-lin", "o-lin", "r-lin"}
    mine = await portfolio(api.person("zhou"), case_id)
    assert {line["customer"] for line in mine["items"]} == {"c-north", "c-south"}
    assert {line["customer_name"] for line in mine["items"]} == {"客户c-north", "客户c-south"}
    assert [count["total"] for count in mine["counts"]] == [2, 2, 2]
    problem(await api.person("stranger").get(f"/cases/{case_id}/portfolio"), 404, "case.unknown")


async def test_who_sees_the_whole_case_sees_how_far_it_is_and_names_only_where_the_desk_shows_them(
    api: Api, case_id: str
) -> None:
    seen = {name: await portfolio(api.person(name), case_id) for name in ("lin", "wang", "hr", "counsel", "auditor")}
    for name, found in seen.items():
        assert [count["open"] for count in found["counts"]] == [3, 3, 3], name
        assert len(found["items"]) == 9, name
    names = {name: {line["customer_name"] for line in found["items"]} for name, found in seen.items()}
    assert names["lin"] == names["wang"] == names["auditor"] == CUSTOMER_NAMES
    assert names["hr"] == CUSTOMER_NAMES, "HR in charge assigns and waives, and has to know what"
    assert names["counsel"] == {None}
    assert {line["number"] for line in seen["counsel"]["items"]} == {None}


async def test_every_look_at_names_is_logged_with_its_purpose(api: Api, case_id: str) -> None:
    await portfolio(api.person("counsel"), case_id)
    assert reads(api.engine) == []
    await portfolio(api.person("zhou"), case_id, purpose="交接")
    (row,) = reads(api.engine)
    assert (row.account, row.action, row.records, row.purpose) == ("a-zhou", "read_customers", 9, "交接")
    await portfolio(api.person("hr"), case_id)
    assert [(row.account, row.records) for row in reads(api.engine)][1:] == [("a-hr", 9)]


async def test_a_department_sees_what_it_looks_after(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        row = session.get_one(CaseView, case_id)
        snapshot = deepcopy(row.snapshot)
        for clearance in snapshot["clearances"]:
            clearance["portfolio"] = ["receivable"] if clearance["department"] == "finance" else []
        row.snapshot = snapshot
    found = await portfolio(api.person("finance-clerk"), case_id)
    assert {line["kind"] for line in found["items"]} == {"receivable"}
    assert {line["number"] for line in found["items"]} == {"R-lin", "R-north", "R-south"}, "its role reads them"
    assert (await portfolio(api.person("it-clerk"), case_id))["items"] == []


async def test_it_is_paged_and_filtered(api: Api, case_id: str) -> None:
    wang, found, cursor = api.person("wang"), [], None
    while True:
        page = await portfolio(wang, case_id, limit=4, **({"cursor": cursor} if cursor else {}))
        found += [(line["kind"], line["record"]) for line in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert found == sorted(found)
    assert len(set(found)) == 9
    await accept(api, case_id, "c-lin")
    done = await portfolio(wang, case_id, state="done", kind="order", receiver="n-zhou")
    assert [line["record"] for line in done["items"]] == ["o-lin"]
    assert (await portfolio(wang, case_id, receiver="n-wang"))["items"] == []


async def test_a_receivers_inbox_has_one_line_a_case_and_kind(api: Api, case_id: str) -> None:
    zhou = api.person("zhou")

    async def waits() -> list[tuple[str, int, int, int]]:
        lines = (await zhou.get("/inbox/portfolio")).json()
        assert {line["leaver_name"] for line in lines} <= {"lin"}
        return [(line["kind"], line["to_answer"], line["to_introduce"], line["to_confirm"]) for line in lines]

    assert await waits() == [("customer", 3, 0, 0), ("order", 3, 0, 0), ("receivable", 3, 0, 0)]
    await accept(api, case_id, *ALL)
    await step(zhou, api.engine, case_id, "introduce", "c-lin")
    assert await waits() == [("customer", 0, 2, 1)]
    set_stage(api.engine, case_id, "completed_with_gaps")
    assert await waits() == []
    assert (await api.person("lin").get("/inbox/portfolio")).json() == [], "nothing waits for the leaver"
    assert (await api.person("machine").get("/inbox/portfolio")).json() == []


async def test_who_is_named_later_is_told_and_may_open_the_case(api: Api, case_id: str) -> None:
    head = api.person("sales-head")
    await assign(api.person("wang"), case_id, "sales-head", also_proposed=True)
    assert (await head.get(f"/cases/{case_id}")).status_code == 200
    with reading(api.engine) as session:
        rows = session.exec(select(NotificationRow).where(NotificationRow.account == "a-sales-head")).all()
    assert [(row.kind, row.subjects[0]) for row in rows] == [("portfolio_proposed", "9")]


async def test_what_a_customer_orders_meanwhile_goes_to_its_receiver_and_keeps_its_origin(
    api: Api, case_id: str
) -> None:
    freeze(api.engine, case_id)
    line = {"product": "x", "name": "x", "quantity": "1", "unit_price": "1"}
    body = {"customer_number": "N-lin", "lines": [line]}

    async def placed() -> tuple[str, str]:
        found = (await api.person("machine").post("/desk/incoming-orders", body)).json()
        return found["owner"]["number"], found["routed_because"]

    await assign(api.person("wang"), case_id, "sales-head", entries=named(api.engine, case_id, "c-lin"))
    assert await placed() == ("n-sales-head", "portfolio")
    await step(api.person("sales-head"), api.engine, case_id, "refuse", "c-lin", reason="no")
    assert await placed() == ("n-zhou", "case")
    await step(api.person("hr"), api.engine, case_id, "waive", "c-lin", reason="bankrupt")
    assert await placed() == ("n-zhou", "case")
    assert {fact.data["from"] for fact in facts(api.engine, case_id, "OrderRouted")} == {"e-lin"}


async def test_who_gets_the_leavers_order_hears_of_it_once_and_without_the_customers_name(
    api: Api, case_id: str
) -> None:
    freeze(api.engine, case_id)
    line = {"product": "x", "name": "x", "quantity": "1", "unit_price": "1"}
    machine = api.person("machine")
    sent = {"customer_number": "N-lin", "number": "SO-118", "lines": [line]}
    for _ in range(2):
        await machine.post("/desk/incoming-orders", sent, key="the-same-order")
    await machine.post("/desk/incoming-orders", {"customer_number": "N-zhou", "lines": [line]})
    with reading(api.engine) as session:
        rows = session.exec(select(NotificationRow).where(NotificationRow.kind == "order_routed")).all()
    assert [(row.account, row.case_id, row.subjects) for row in rows] == [("a-zhou", case_id, ["SO-118"])]
    titles = {line["kind"]: line["title"] for line in (await api.person("zhou").get("/inbox/messages")).json()["items"]}
    assert titles["order_routed"] == "lin的交接：有一笔新订单转给您"


async def test_the_letter_names_the_new_contact_and_says_nothing_of_a_departure(api: Api, case_id: str) -> None:
    path = f"/cases/{case_id}/portfolio/customers/c-lin/introduction"
    zhou = api.person("zhou")
    problem(await zhou.get(path), 409, "portfolio.not_accepted_yet")
    with writing(api.engine) as session:
        session.get_one(Customer, "c-lin").name = "<b>&公司</b>"
        session.get_one(Contact, "p-lin").name = '"><script>x</script>'
    await accept(api, case_id, "c-lin")
    first, again = await zhou.get(path), await zhou.get(path)
    assert first.content == again.content
    assert first.headers["content-type"] == "application/pdf"
    letter = read_pdf(first.content)
    for said in ("<b>&公司</b>", '"><script>x</script>', "zhou", "zhou@example.com"):
        assert letter.says(said), said
    assert letter.mentions(("离职", "辞职", "离开", "resign", "left", "leave", "depart", "handbook")) == []
    assert set(letter.data) == {"company", "customer", "contact", "before", "receiver", "since"}
    with reading(api.engine) as session:
        (kept,) = session.exec(select(Document).where(Document.kind == "introduction")).all()
    assert kept.sha256 == hashlib.sha256(first.content).hexdigest()
    listed = (await api.person("hr").get(f"/cases/{case_id}/documents")).json()
    assert listed == []
    problem(await api.person("hr").get(f"/cases/{case_id}/documents/{kept.id}"), 404, "document.unknown")
    problem(await api.person("hr").get(path), 404, "portfolio.entry_unknown")
    assert (await api.person("wang").get(path)).status_code == 200, "the manager reaches the customer at the desk"
    assert reads(api.engine)[-1].record_id == "c-lin"


async def test_the_last_word_about_capacity_is_kept(api: Api) -> None:
    wang = api.person("wang")
    for customers in (3, 7):
        await wang.post("/desk/capacities", {"employee": "n-zhou", "customers": customers})
    with reading(api.engine) as session:
        row = session.get_one(CustomerCapacity, "e-zhou")
    assert (row.customers, row.by) == (7, "a-wang")
