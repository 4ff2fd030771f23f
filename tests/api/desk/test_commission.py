"""Commission over HTTP: the ledger reckons from receipts, the assessment shows its working and decides nothing."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import Engine
from sqlmodel import col, select

from domain.people import Role
from models.accounts import Caller
from models.database import reading, utc_now, writing
from models.desk import commission_agreements, figures
from models.desk.commission_bodies import NewAgreement
from models.desk.gate import tell_case
from models.desk.order_tables import OrderLine, Payment, Receivable
from models.desk.tables import new_id
from models.desk.trail_tables import Attachment, CustomerDocument
from models.employment import EmploymentTerms
from models.tables import Account, CaseView, Document, NotificationRow
from tests.api.desk.sales import ago, sell
from tests.api.desk.trade import facts, gives_notice
from tests.api.house import Api, new_key, problem
from tests.api.test_query_plans import statements

CONTRACT = {
    "employee_number": "n-lin",
    "kind": "contract",
    "reference": "HT-2020-7 §6",
    "in_force_from": "2020-01-01",
    "condition": "collection",
    "rate": "0.03",
    "allows_deduction": True,
}


@pytest.fixture
def company(company: Engine) -> Engine:
    """`lin` works in Shanghai, whose minimum wage is known (PAY-11)."""
    with writing(company) as session:
        session.get_one(EmploymentTerms, "e-lin").region = "CN-SH"
    return company


def order(engine: Engine, minor: int = 1_000_000, received: int = 0, days: float = 30, **values: Any) -> str:
    """An order of `lin` with one line, invoiced in full; its id."""
    customer = values.pop("customer", "c-lin")
    rate = values.pop("rate", Decimal("0.03"))
    order_id = sell(engine, customer, minor, ago(days), **{"state": "confirmed", **values})
    today = figures.today()
    with writing(engine) as session:
        session.add(
            OrderLine(
                order_id=order_id,
                position=1,
                product="FCL",
                name="整柜",
                quantity=Decimal(1),
                unit_price=Decimal(1),
                amount=minor,
                commission_rate=rate,
            )
        )
        session.add(
            Receivable(
                id=f"r-{order_id}",
                number=f"R-{order_id}",
                customer_id=customer,
                order_id=order_id,
                owner="e-lin",
                currency=values.get("currency", "CNY"),
                amount=minor,
                issued_on=today,
                due_on=today,
                state="open",
                created_at=utc_now(),
                created_by="a-finance",
                updated_at=utc_now(),
            )
        )
    if received:
        receive(engine, order_id, received, today)
    return order_id


def receive(engine: Engine, order_id: str, minor: int, on: date) -> None:
    """The customer pays."""
    with writing(engine) as session:
        row = session.get_one(Receivable, f"r-{order_id}")
        row.paid += minor
        session.add(
            Payment(
                receivable_id=row.id,
                amount=minor,
                currency=row.currency,
                received_on=on,
                reference=new_id(),
                at=utc_now(),
                by="a-finance",
            )
        )


HR = Caller("a-hr", "hr", "e-hr", (Role.HR,), "zh", "Asia/Shanghai")


async def agreed(api: Api, **changes: Any) -> str:
    """What HR entered on the day from which it was in force."""
    body = NewAgreement.model_validate({**CONTRACT, **changes})
    at = datetime.combine(body.in_force_from, time(1), UTC) - timedelta(days=1)
    with writing(api.engine) as session:
        return commission_agreements.agree(session, body, HR, at).id


async def entered(api: Api, *entries: dict[str, Any], by: str = "finance") -> Response:
    return await api.person(by).post("/employees/n-lin/commission/entries", {"entries": list(entries)})


async def ledger(api: Api, by: str = "finance", of: str = "employees/n-lin", **params: Any) -> dict[str, Any]:
    answer = await api.person(by).get(f"/{of}/commission", **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def only_line(api: Api, **options: Any) -> dict[str, Any]:
    (line,) = (await ledger(api, **options))["items"]
    found: dict[str, Any] = line
    return found


def resigned(engine: Engine, last_day: date) -> str:
    """`lin` has resigned, and this is the last day."""
    case_id = gives_notice(engine)
    with writing(engine) as session:
        session.get_one(CaseView, case_id).last_day = last_day
    return case_id


@pytest.mark.law("PAY-01", "PAY-06")
async def test_a_receipt_after_the_last_day_makes_a_line_payable_by_itself(api: Api) -> None:
    """10,000.00 at 3 %: nothing, then 75.00 of 300.00, then all of it; the last 75 % came after the last day."""
    await agreed(api)
    order_id, today = order(api.engine), figures.today()
    case_id = resigned(api.engine, today - timedelta(days=3))
    line = await only_line(api)
    assert (line["status"], line["payable_now"]["amount"], line["accruing"]["amount"]) == (
        "pending_condition",
        "0.00",
        "300.00",
    )
    receive(api.engine, order_id, 250_000, today - timedelta(days=3))
    line = await only_line(api)
    assert (line["status"], line["reason"], line["payable_now"]["amount"]) == (
        "pending_condition",
        "partly_received",
        "75.00",
    )
    receive(api.engine, order_id, 750_000, today)
    line = await only_line(api, of=f"cases/{case_id}")
    assert (line["status"], line["payable_now"]["amount"], line["accruing"]["amount"]) == ("earned", "300.00", "0.00")
    assert line["received_after_last_day"]["amount"] == "7500.00"
    assert [answer["rule"] for answer in line["law"]] == ["PAY-01", "PAY-06"]


async def test_every_line_names_what_it_rests_on_by_hash(api: Api) -> None:
    agreement = await agreed(api)
    order_id = order(api.engine, received=1_000)
    with writing(api.engine) as session:
        document = CustomerDocument(
            customer_id="c-lin",
            order_id=order_id,
            kind="contract",
            title="合同",
            name="x.pdf",
            media_type="application/pdf",
            sha256="a" * 64,
            at=utc_now(),
            by="a-lin",
        )
        session.add(Attachment(sha256="a" * 64, size=1, content=b"x", at=utc_now()))
        session.flush()
        session.add(document)
    line = await only_line(api)
    kinds = {one["kind"]: one for one in line["evidence"]}
    assert set(kinds) == {"receivable", "payment", "customer_document", "agreement"}
    assert kinds["customer_document"]["sha256"] == "a" * 64
    assert kinds["agreement"]["id"] == agreement
    assert all(len(one["sha256"]) == 64 for one in line["evidence"])
    before = kinds["receivable"]["sha256"]
    receive(api.engine, order_id, 1_000, figures.today())
    again = {one["kind"]: one for one in (await only_line(api))["evidence"]}
    assert again["receivable"]["sha256"] != before, "what it says today is another thing"


async def test_what_is_paid_is_entered_once_and_settles_the_line(api: Api) -> None:
    order_id = order(api.engine)
    entry = {
        "line": f"{order_id}:1",
        "kind": "paid",
        "amount": "300.00",
        "on": "2026-10-31",
        "reference": "payslip 10",
    }
    key, path = new_key(), "/employees/n-lin/commission/entries"
    finance = api.person("finance")
    for _ in range(2):
        answer = await finance.post(path, {"entries": [entry]}, key)
        assert (answer.status_code, answer.json()) == (
            201,
            {"entries": 1, "kinds": {"paid": 1}, "ids": answer.json()["ids"]},
        )
    line = await only_line(api)
    assert (line["status"], line["paid"]["amount"], line["payable_now"]["amount"]) == ("paid", "300.00", "0.00")
    problem(await finance.post(path, {"entries": [entry]}), 422, "commission.entered_already")
    problem(await finance.post(path, {"entries": [{**entry, "currency": "USD"}]}), 422, "commission.other_currency")
    for unknown in ("nothing:1", f"{order_id}:2", "no-colon"):
        problem(await finance.post(path, {"entries": [{**entry, "line": unknown}]}), 404, "commission.line_unknown")
    problem(await finance.post(path, {"entries": [{**entry, "amount": None}]}), 422, "api.invalid_input")
    two = [{**entry, "reference": "other", "reason": "x"}, {**entry, "line": "nothing:1"}]
    problem(await finance.post(path, {"entries": two}), 404)
    assert (await only_line(api))["paid"]["amount"] == "300.00", "all of them or none"


async def test_the_person_may_contest_a_line_and_enter_nothing_else(api: Api) -> None:
    order_id = order(api.engine)
    entry = {"line": f"{order_id}:1", "kind": "contested", "on": "2026-10-31", "reference": "letter 3"}
    path = "/employees/n-lin/commission/entries"
    assert (await api.person("lin").post(path, {"entries": [entry]})).status_code == 201
    line = await only_line(api, by="lin")
    assert (line["status"], line["disputes"]) == ("disputed", ["condition_contested"])
    settled = {**entry, "kind": "dispute_settled"}
    problem(await api.person("lin").post(path, {"entries": [settled]}), 403, "commission.not_yours_to_enter")
    problem(await api.person("zhou").post(path, {"entries": [entry]}), 403, "commission.not_yours_to_enter")
    assert (await api.person("hr").post(path, {"entries": [settled]})).status_code == 201
    assert (await only_line(api))["status"] == "earned"


async def test_nobody_enters_that_their_own_commission_was_paid(api: Api) -> None:
    order_id = order(api.engine)
    with writing(api.engine) as session:
        session.get_one(Account, "a-lin").roles = ["finance"]
    entry = {"line": f"{order_id}:1", "kind": "paid", "amount": "1.00", "on": "2026-10-31", "reference": "x"}
    answer = await api.person("lin").post("/employees/n-lin/commission/entries", {"entries": [entry]})
    problem(answer, 403, "commission.not_yours_to_enter")


async def test_an_order_that_was_routed_is_in_both_ledgers_and_shared_as_agreed(api: Api) -> None:
    order_id = order(api.engine, owner="e-zhou", origin_owner="e-lin")
    assert (await only_line(api))["disputes"] == ["share_not_agreed"]
    entry = {"line": f"{order_id}:1", "kind": "share_agreed", "share": "0.6", "on": "2026-10-31", "reference": "X 1"}
    await api.person("hr").post("/employees/n-lin/commission/entries", {"entries": [entry]})
    mine, theirs = await only_line(api), await only_line(api, of="employees/n-zhou")
    assert (mine["entitled"]["amount"], theirs["entitled"]["amount"]) == ("180.00", "120.00")


async def test_sums_are_of_all_lines_each_currency_by_itself_and_pages_show_each_line_once(api: Api) -> None:
    for number in range(5):
        order(api.engine, days=number)
    order(api.engine, 12_345, currency="JPY", days=1.5)
    order(api.engine, rate=None, days=2.5)
    order(api.engine, state="cancelled")
    order(api.engine, state="draft")
    first = await ledger(api)
    sums = {line["entitled"]["currency"]: line for line in first["totals"]}
    assert (sums["CNY"]["lines"], sums["CNY"]["entitled"]["amount"], sums["CNY"]["without_rate"]) == (6, "1500.00", 1)
    assert sums["CNY"]["by_status"] == {"earned": 5}
    assert sums["JPY"]["lines"] == 1
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await ledger(api, limit=2, **cursor)
        seen += [line["line"] for line in page["items"]]
        assert page["totals"] == first["totals"]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [line["line"] for line in first["items"]]
    assert len(set(seen)) == 7


async def test_the_ledger_takes_as_many_statements_for_many_lines_as_for_few(api: Api) -> None:
    await agreed(api)
    order(api.engine, received=5)
    api.person("finance")
    with statements(api.engine) as few:
        await ledger(api)
    for _ in range(10):
        order(api.engine, received=5)
    with statements(api.engine) as many:
        await ledger(api)
    assert len(many) == len(few)


async def test_finance_hr_and_counsel_see_every_ledger_and_everybody_the_own_and_nobody_else(api: Api) -> None:
    case_id = resigned(api.engine, figures.today())
    for name in ("finance", "hr", "counsel", "lin"):
        await ledger(api, by=name)
        await ledger(api, by=name, of=f"cases/{case_id}")
    for name in ("zhou", "wang", "auditor", "stranger", "service"):
        problem(await api.person(name).get("/employees/n-lin/commission"), 403, "api.role_needed")
        problem(await api.person(name).get(f"/cases/{case_id}/commission"), 404, "case.unknown")
    problem(await api.person("finance").get("/employees/n-none/commission"), 404, "employee.unknown")
    problem(await api.person("zhou").get("/commission/agreements", employee="n-lin"), 403, "api.role_needed")


async def test_an_agreement_is_filed_once_and_a_later_one_takes_its_place(api: Api) -> None:
    await agreed(api)
    policy = {"employee_number": None, "kind": "policy", "reference": "handbook 9", "condition": "none"}
    await agreed(api, **policy)
    await agreed(api, in_force_from="2026-01-01", condition="event", reference="HT-2026-1")
    listed = (await api.person("finance").get("/commission/agreements", employee="n-lin")).json()
    assert [(one["reference"], one["condition"], one["valid"]) for one in listed] == [
        ("HT-2026-1", "event", True),
        ("handbook 9", "none", False),
        ("HT-2020-7 §6", "collection", True),
    ]
    elsewhere = (await api.person("finance").get("/commission/agreements", employee="n-zhou")).json()
    assert [one["reference"] for one in elsewhere] == ["handbook 9"]
    answer = await api.person("hr").post("/commission/agreements", {**CONTRACT, "kind": "policy"})
    assert "employee_number" in problem(answer, 422)["errors"][0]["problem"]


def _late(**changes: Any) -> dict[str, Any]:
    return {**CONTRACT, "reference": "HT-2026-9", "in_force_from": "2026-01-01", **changes}


@pytest.mark.law("PAY-04", "PAY-06")
async def test_an_agreement_entered_after_somebody_left_makes_nothing_less_and_the_leaver_is_told(api: Api) -> None:
    order(api.engine)
    case_id = resigned(api.engine, figures.today() - timedelta(days=9))
    answer = await api.person("hr").post("/commission/agreements", _late())
    assert answer.status_code == 201
    assert answer.json()["binds_from"] == (figures.today() + timedelta(days=1)).isoformat()
    line = await only_line(api)
    assert (line["status"], line["payable_now"]["amount"]) == ("earned", "300.00")
    for asked in ({}, {"employee": "n-lin"}):
        (shown,) = (await api.person("lin").get("/commission/agreements", **asked)).json()
        assert (shown["reference"], shown["condition"], shown["by"]) == ("HT-2026-9", "collection", "a-hr")
    problem(await api.person("lin").get("/commission/agreements", employee="n-zhou"), 403, "api.role_needed")
    (fact,) = facts(api.engine, case_id, "CommissionAgreementFiled")
    assert fact.data["agreement"] == shown["id"]
    with reading(api.engine) as session:
        (told,) = session.exec(select(NotificationRow).where(NotificationRow.kind == "commission_agreed")).all()
    assert (told.account, told.subjects[0], told.subjects[-1]) == ("a-lin", "HT-2026-9", shown["binds_from"])
    body = {"signed_on": "2025-12-30", "sha256": "a" * 64}
    path = f"/commission/agreements/{shown['id']}/confirm"
    problem(await api.person("counsel").post(path, body), 409, "commission.confirmed_too_late")


@pytest.mark.law("PAY-04", "PAY-06")
async def test_counsel_who_saw_the_signed_paper_before_the_notice_makes_it_bind(api: Api) -> None:
    order(api.engine)
    added = (await api.person("hr").post("/commission/agreements", _late(sha256="a" * 64))).json()
    assert (await only_line(api))["status"] == "earned"
    path, body = f"/commission/agreements/{added['id']}/confirm", {"signed_on": "2025-12-30", "sha256": "a" * 64}
    counsel = api.person("counsel")
    problem(await api.person("hr").post(path, body), 403, "api.role_needed")
    problem(await counsel.post(path, {**body, "sha256": "b" * 64}), 422, "commission.another_paper")
    problem(await counsel.post(path, {**body, "signed_on": "2199-01-01"}), 422, "commission.signed_in_the_future")
    problem(await counsel.post("/commission/agreements/none/confirm", body), 404, "commission.agreement_unknown")
    shown = (await counsel.post(path, body)).json()
    assert (shown["binds_from"], shown["signed_on"], shown["confirmed_by"]) == ("2026-01-01", "2025-12-30", "a-counsel")
    assert (await only_line(api))["status"] == "pending_condition"
    problem(await counsel.post(path, body), 409, "commission.confirmed_already")
    own = (await counsel.post("/commission/agreements", _late())).json()
    answer = await counsel.post(f"/commission/agreements/{own['id']}/confirm", body)
    problem(answer, 403, "commission.confirmed_by_whoever_entered_it")


async def test_nobody_enters_or_confirms_an_agreement_of_their_own(api: Api) -> None:
    added = (await api.person("hr").post("/commission/agreements", _late())).json()
    for role in ("hr", "counsel"):
        with writing(api.engine) as session:
            session.get_one(Account, "a-lin").roles = [role]
        answer = await api.person("lin").post("/commission/agreements", _late(rate="1"))
        problem(answer, 403, "commission.own_agreement")
    path = f"/commission/agreements/{added['id']}/confirm"
    answer = await api.person("lin").post(path, {"signed_on": "2025-12-30", "sha256": "a" * 64})
    problem(answer, 403, "commission.own_agreement")


async def test_what_was_entered_wrongly_is_reversed_with_a_reason_and_both_stay(api: Api) -> None:
    order_id = order(api.engine)
    paid = {"line": f"{order_id}:1", "kind": "paid", "amount": "999999999.99", "on": "2026-10-31", "reference": "p 10"}
    more = problem(await entered(api, paid), 422, "commission.more_than_payable")
    assert "300.00 CNY" in more["detail"] + more["messages"]["en"]
    future = {**paid, "amount": "300.00", "on": "2030-01-01"}
    problem(await entered(api, future), 422, "commission.in_the_future")
    (wrong,) = (await entered(api, {**paid, "reason": "agreed in letter 4"})).json()["ids"]
    back = {"line": paid["line"], "kind": "reversed", "reverses": wrong, "on": "2026-10-31", "reference": "c 1"}
    problem(await entered(api, back), 422, "api.invalid_input")
    back["reason"] = "a typing error"
    problem(await entered(api, {**back, "reverses": "none"}), 404, "commission.entry_unknown")
    right = {**paid, "amount": "300.00", "reference": "p 10 corrected"}
    assert (await entered(api, back, right)).status_code == 201
    problem(await entered(api, {**back, "reference": "c 2"}), 409, "commission.reversed_already")
    line = await only_line(api, by="lin")
    assert (line["status"], line["paid"]["amount"]) == ("paid", "300.00")
    assert {(one["kind"], one["reason"], one["reverses"]) for one in line["entries"]} == {
        ("paid", "agreed in letter 4", None),
        ("reversed", "a typing error", wrong),
        ("paid", None, None),
    }
    said = {"line": paid["line"], "kind": "contested", "on": "2026-10-31", "reference": "letter 9"}
    (contested,) = (await entered(api, said, by="lin")).json()["ids"]
    answer = await entered(api, {**back, "reverses": contested, "reference": "c 3"}, by="hr")
    problem(answer, 422, "commission.not_reversible")


@pytest.mark.parametrize(
    ("currency", "minor", "entitled", "too_fine"), [("JPY", 33_333, "1000", "10.5"), ("KWD", 33_333, "1.000", "0.1234")]
)
async def test_commission_is_paid_as_fine_as_its_currency(
    api: Api, currency: str, minor: int, entitled: str, too_fine: str
) -> None:
    order_id = order(api.engine, minor, currency=currency)
    paid = {"line": f"{order_id}:1", "kind": "paid", "currency": currency, "on": "2026-10-31", "reference": "p"}
    problem(await entered(api, {**paid, "amount": too_fine}), 422, "desk.finer_than_the_currency")
    assert (await entered(api, {**paid, "amount": entitled})).status_code == 201
    line = await only_line(api)
    assert (line["status"], line["paid"]["amount"], line["entitled"]["amount"]) == ("paid", entitled, entitled)


async def test_an_entry_that_would_change_nothing_is_refused(api: Api) -> None:
    order_id = order(api.engine)
    entry = {"line": f"{order_id}:1", "on": "2026-10-31", "reference": "x"}
    problem(await entered(api, {**entry, "kind": "condition_met"}), 422, "commission.no_event_awaited")
    shared = {**entry, "kind": "share_agreed", "share": "0.5"}
    problem(await entered(api, shared), 422, "commission.nobody_to_share_with")
    await agreed(api, condition="event")
    assert (await entered(api, {**entry, "kind": "condition_met"})).status_code == 201


async def assessed(api: Api, case_id: str, by: str = "counsel", **body: Any) -> dict[str, Any]:
    answer = await api.person(by).post(f"/cases/{case_id}/commission/assessment", {"wage": "9700.00", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def claim(order_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "line": f"{order_id}:1",
        "reason": "晚交货赔偿",
        "amount": "800.00",
        "proven_loss": "500.00",
        "caused_on": "2026-03-03",
        **changes,
    }


@pytest.mark.law("PAY-03", "PAY-04")
async def test_what_is_defensible_is_the_least_of_claim_loss_line_and_monthly_limit(api: Api) -> None:
    """Claimed 800, proved 500, the line pays 300; a fifth of 9,700 + 300 is 2,000: 300 at most."""
    agreement = await agreed(api, condition="none")
    order_id, case_id = order(api.engine), resigned(api.engine, figures.today())
    proofs = {
        "agreement": agreement,
        "fault": [{"kind": "fact", "id": "1"}],
        "loss": [{"kind": "receivable", "id": f"r-{order_id}"}],
        "causation": [{"kind": "order", "id": order_id}],
    }
    with writing(api.engine) as session:
        tell_case(session, case_id, "DeskAttemptRefused", "a-lin", {}, utc_now())
    made = (await assessed(api, case_id, claims=[claim(order_id, **proofs)]))["assessment"]
    assert (made["wage_of_the_month"]["amount"], made["monthly_limit"]["amount"]) == ("10000.00", "2000.00")
    (found,) = made["claims"]
    assert (found["defensible"]["amount"], found["separate_claim"]["amount"]) == ("300.00", "200.00")
    assert made["defensible"]["amount"] == "300.00"
    gates = {gate["gate"]: (gate["passed"], gate["ground"]) for gate in found["gates"]}
    assert gates == {
        "G1": (True, "agreed"),
        "G2": (True, "proved"),
        "G3": (False, "above_loss"),
        "G4": (True, "within_limit"),
        "G5": (False, "not_notified"),
        "G6": (False, "no_approver"),
    }
    evidence = {gate["gate"]: [one["kind"] for one in gate["evidence"]] for gate in found["gates"]}
    assert evidence["G1"] == ["agreement"]
    assert evidence["G2"] == ["fact", "receivable", "order"]
    assert "min(800.00, 500.00" in found["working"]
    assert {answer["rule"] for answer in made["limit_law"]} == {"PAY-03", "PAY-11"}
    assert found["propose"] == {
        "subject": f"{order_id}:1",
        "reason": "晚交货赔偿",
        "amount": "300.00",
        "proven_loss": "500.00",
        "caused_on": "2026-03-03",
        "wage": "10000.00",
        "already_deducted": "0.00",
        "line_amount": "300.00",
        "currency": "CNY",
        "agreed_in": "contract",
        "agreement": "HT-2020-7 §6",
        "agreed_on": "2020-01-01",
        "procedure": "",
        "publication": "",
        "fault": "fact:1",
        "loss": f"receivable:r-{order_id}",
        "causation": f"order:{order_id}",
    }


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize(
    ("changes", "gate"),
    [({"agreement": None}, "G1"), ({"fault": []}, "G2"), ({"loss": []}, "G2"), ({"caused_on": "2019-12-31"}, "G1")],
)
async def test_a_claim_without_agreement_or_proof_is_worth_nothing_and_the_line_is_paid(
    api: Api, changes: dict[str, Any], gate: str
) -> None:
    agreement = await agreed(api, condition="none")
    order_id, case_id = order(api.engine), resigned(api.engine, figures.today())
    proof = [{"kind": "order", "id": order_id}]
    whole = {"agreement": agreement, "fault": proof, "loss": proof, "causation": proof}
    made = (await assessed(api, case_id, claims=[claim(order_id, **{**whole, **changes})]))["assessment"]
    (found,) = made["claims"]
    assert (found["defensible"]["amount"], found["propose"]) == ("0.00", None)
    assert [one["passed"] for one in found["gates"] if one["gate"] == gate] == [False]
    assert made["payable_now"]["amount"] == "300.00"


async def test_two_claims_share_one_months_limit(api: Api) -> None:
    """A fifth of 9,700 + 60,000 is 13,940; the minimum wage leaves more. Two lines of 30,000 each: 13,940 together."""
    agreement = await agreed(api, condition="none")
    orders = [order(api.engine, 100_000_000) for _ in range(2)]
    case_id = resigned(api.engine, figures.today())
    claims = [
        claim(
            one,
            amount="20000.00",
            proven_loss="20000.00",
            agreement=agreement,
            **{gate: [{"kind": "order", "id": one}] for gate in ("fault", "loss", "causation")},
        )
        for one in orders
    ]
    made = (await assessed(api, case_id, claims=claims))["assessment"]
    assert made["defensible"]["amount"] == made["monthly_limit"]["amount"] == "13940.00"
    assert sum(Decimal(one["defensible"]["amount"]) for one in made["claims"]) == Decimal("13940.00")


async def test_the_assessment_is_filed_byte_for_byte_and_the_chain_names_it_and_no_figure(api: Api) -> None:
    order(api.engine)
    case_id, key = resigned(api.engine, figures.today()), new_key()
    path, body = f"/cases/{case_id}/commission/assessment", {"wage": "9700.00"}
    first, again = [await api.person("hr").post(path, body, key) for _ in range(2)]
    assert first.json() == again.json()
    filed = first.json()
    with reading(api.engine) as session:
        (row,) = session.exec(select(Document).where(col(Document.case_id) == case_id)).all()
    assert json.loads(row.content) == filed["assessment"]
    (fact,) = facts(api.engine, case_id, "CommissionAssessed")
    assert fact.data == {"document": row.id, "sha256": row.sha256, "claims": 0, "rule": "PAY-04"}
    for name, status in {"hr": 200, "counsel": 200, "auditor": 200, "lin": 404, "wang": 404, "zhou": 404}.items():
        answer = await api.person(name).get(f"/cases/{case_id}/documents/{row.id}")
        assert answer.status_code == status, name
        listed = (await api.person(name).get(f"/cases/{case_id}/documents")).json()
        assert (row.id in [one["id"] for one in listed]) == (status == 200)


async def test_an_assessment_is_for_hr_and_counsel_never_of_oneself_and_of_what_is_there(api: Api) -> None:
    order_id, case_id = order(api.engine), resigned(api.engine, figures.today())
    path, body = f"/cases/{case_id}/commission/assessment", {"wage": "1.00"}
    for name in ("lin", "wang", "finance", "auditor"):
        problem(await api.person(name).post(path, body), 403, "api.role_needed")
    hr = api.person("hr")
    elsewhere = f"/cases/{'0' * 32}/commission/assessment"
    problem(await hr.post(elsewhere, body), 404, "case.unknown")
    twice = {**body, "claims": [claim(order_id), claim(order_id)]}
    problem(await hr.post(path, twice), 422, "commission.one_claim_a_line")
    for changes, code in (
        ({"line": "x:1"}, "commission.line_unknown"),
        ({"agreement": "x"}, "commission.agreement_unknown"),
        ({"fault": [{"kind": "fact", "id": "99"}]}, "evidence.unknown"),
        ({"fault": [{"kind": "document", "id": "99"}]}, "evidence.unknown"),
        ({"fault": [{"kind": "attempt", "id": "99"}]}, "evidence.unknown"),
    ):
        problem(await hr.post(path, {**body, "claims": [claim(order_id, **changes)]}), 404, code)
    late = claim(order_id, caused_on="2199-01-01")
    problem(await hr.post(path, {**body, "claims": [late]}), 422, "commission.caused_in_the_future")
    with writing(api.engine) as session:
        session.get_one(Account, "a-lin").roles = ["hr"]
    problem(await api.person("lin").post(path, body), 403, "commission.own_assessment")


async def test_what_is_settled_is_not_assessed_again_and_other_currencies_are_said(api: Api) -> None:
    settled = order(api.engine)
    entry = {"line": f"{settled}:1", "kind": "paid", "amount": "300.00", "on": "2026-10-31", "reference": "p"}
    await api.person("finance").post("/employees/n-lin/commission/entries", {"entries": [entry]})
    order(api.engine, currency="USD")
    order(api.engine, rate=None)
    left = order(api.engine)
    made = (await assessed(api, resigned(api.engine, figures.today())))["assessment"]
    assert [line["line"] for line in made["lines"]] == [f"{left}:1"]
    assert (made["other_currencies"], made["without_rate"]) == (1, 1)
    assert made["payable_now"]["amount"] == "300.00"
