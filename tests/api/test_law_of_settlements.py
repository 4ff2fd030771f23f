"""What is owed when the employment ends, asked before anything is paid: figures given, or from the records."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.database import writing
from models.employment import EmploymentTerms
from models.tables import CaseView, Notice
from tests.api import contract
from tests.api.house import Api, problem
from tests.api.questions import asked
from tests.builders import ARRIVAL

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LEAVES: dict[str, Any] = {
    "termination": "resignation",
    "hired_on": "2020-01-01",
    "last_day": "2026-12-31",
    "wages": [{"amount": "10875.00"}],
    "unpaid_wages": {"amount": "5000.00"},
    "leave": {"entitlement": 10, "taken": "2"},
}
ON_COLLECTION = {
    "id": "SO-1",
    "commission": {"amount": "3000.00"},
    "condition": "collection",
    "agreed_in": "销售提成办法",
    "receivable": {"total": {"amount": "90000"}, "received": {"amount": "30000"}},
}


def lines(found: dict[str, Any]) -> dict[str, str]:
    return {line["kind"]: line["amount"]["amount"] for line in found["lines"]}


def sums(value: Any) -> list[Any]:
    """Everything that is called an amount, however deep."""
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = [value["amount"]] if isinstance(value, dict) and isinstance(value.get("amount"), str | float | int) else []
    return own + [found for child in children for found in sums(child)]


@pytest.mark.law("CRT-04", "HND-03", "PAY-02")
async def test_the_settlement_of_a_resignation_is_wages_and_unused_leave(api: Api) -> None:
    found = await asked(api, "settlement", **LEAVES)
    assert lines(found) == {"wages": "5000.00", "unused_leave": "8000.00", "severance": "0.00"}
    assert found["total"] == {"amount": "13000.00", "currency": "CNY"}
    assert (found["severance"]["amount"], found["unused_leave"]["amount"]) == ("0.00", "8000.00")
    assert (found["wages_due"]["due"], found["wages_due"]["law"][0]["rule"]) == ("2026-12-31", "PAY-02")
    assert all(line["law"] for line in found["lines"])


async def test_no_amount_is_a_float(api: Api) -> None:
    found = sums(await asked(api, "settlement", **contract.operation("POST /law/settlement").example))
    assert len(found) > 5
    assert {type(amount) for amount in found} == {str}
    body = {**LEAVES, "unpaid_wages": {"amount": 5000.5}}
    problem(await api.person("hr").post("/law/settlement", body), 422, "api.invalid_input")


@pytest.mark.law("HND-03")
async def test_severance_alone_waits_for_the_handover(api: Api) -> None:
    waits = await asked(api, "settlement", **{**LEAVES, "termination": "mutual_by_employer"})
    assert (waits["severance"]["amount"], waits["held"], waits["payable_on_due_day"]["amount"]) == (
        "76125.00",
        {"amount": "76125.00", "currency": "CNY"},
        "13000.00",
    )
    done = await asked(api, "settlement", **{**LEAVES, "termination": "mutual_by_employer"}, handover_done=True)
    assert (done["held"]["amount"], done["payable_on_due_day"]["amount"]) == ("0.00", "89125.00")


@pytest.mark.law("PAY-06")
async def test_commission_on_collection_is_paid_as_the_customer_pays_and_the_rest_accrues(api: Api) -> None:
    found = await asked(api, "settlement", **LEAVES, commission=[ON_COLLECTION])
    assert (lines(found)["commission"], found["accruing"]["amount"]) == ("1000.00", "2000.00")


@pytest.mark.law("PAY-07")
async def test_a_year_end_bonus_is_left_to_a_person_but_for_regions_that_pay_it_pro_rata(api: Api) -> None:
    bonus = {"amount": {"amount": "36500"}, "days_worked": 100, "days_of_period": 365}
    left = await asked(api, "settlement", **LEAVES, bonus=bonus)
    assert ("bonus" in lines(left), [answer["rule"] for answer in left["undecided"]]) == (False, ["PAY-07"])
    paid = await asked(api, "settlement", **LEAVES, bonus=bonus, region="CN-GD-SZ")
    assert (lines(paid)["bonus"], paid["undecided"]) == ("10000.00", [])


@pytest.mark.law("NOT-13")
@pytest.mark.parametrize("field", ["deductions", "notice_pay", "wages_in_lieu"])
async def test_nothing_is_deducted_for_leaving_early_because_a_settlement_knows_no_such_field(
    api: Api, field: str
) -> None:
    answer = await api.person("hr").post("/law/settlement", {**LEAVES, field: [{"amount": "18500.00"}]})
    assert [error["field"] for error in problem(answer, 422, "api.invalid_input")["errors"]] == [f"body.{field}"]


@pytest.mark.law("PAY-08", "PAY-09")
@pytest.mark.parametrize(
    ("order", "size", "extra"),
    [
        ({"unpaid": {"amount": "4000.00"}, "months": 1}, "not_large", ("2000.00", "4000.00")),
        ({"unpaid": {"amount": "15000.00"}, "months": 3}, "by_province", ("7500.00", "15000.00")),
        (
            {"unpaid": {"amount": "15000.00"}, "months": 3, "workers": 10, "unpaid_in_all": {"amount": "100000.00"}},
            "large",
            ("7500.00", "15000.00"),
        ),
    ],
)
async def test_an_official_order_to_pay_is_for_the_executives_and_says_what_leaving_it_unpaid_means(
    api: Api, order: dict[str, Any], size: str, extra: tuple[str, str]
) -> None:
    found = (await asked(api, "settlement", **LEAVES, order=order))["order"]
    assert (found["size"], (found["extra_low"]["amount"], found["extra_high"]["amount"])) == (size, extra)
    exposed, crime = found["law"]
    assert (exposed["rule"], crime["rule"], crime["action"]) == ("PAY-08", "PAY-09", "warn")
    assert "公司负责人" in crime["messages"]["zh"]
    assert "tell the executives at once" in crime["messages"]["en"]
    assert (await asked(api, "settlement", **LEAVES))["order"] is None


async def test_what_is_missing_or_does_not_fit_is_named(api: Api) -> None:
    hr = api.person("hr")
    found = problem(await hr.post("/law/settlement", {}), 422, "settlement.facts_missing")
    assert "hired_on, last_day, leave, termination, unpaid_wages, wages" in found["messages"]["en"]
    misfits: dict[str, dict[str, Any]] = {
        "settlement.ends_before_it_begins": {"last_day": "2019-12-31"},
        "settlement.receivable_needed": {"commission": [{**ON_COLLECTION, "receivable": None}]},
        "settlement.more_days_than_the_period": {
            "bonus": {"amount": {"amount": "1"}, "days_worked": 2, "days_of_period": 1}
        },
        "settlement.less_to_all_than_to_one": {
            "order": {"unpaid": {"amount": "2"}, "months": 1, "workers": 2, "unpaid_in_all": {"amount": "1"}}
        },
    }
    for code, wrong in misfits.items():
        problem(await hr.post("/law/settlement", {**LEAVES, **wrong}), 422, code)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unpaid_wages": {"amount": "-1"}},
        {"unpaid_wages": {"amount": "1e9"}},
        {"unpaid_wages": {"amount": "1.005"}},
        {"unpaid_wages": {"amount": "9" * 40}},
        {"unpaid_wages": {"amount": "NaN"}},
        {"unpaid_wages": {"amount": "一"}},
        {"unpaid_wages": {"amount": "1", "currency": "USD"}},
        {"wages": []},
        {"wages": [{"amount": "1"}] * 13},
        {"leave": {"entitlement": 10, "taken": "0.3"}},
        {"commission": [{**ON_COLLECTION, "share": "1.1"}]},
        {"commission": [{**ON_COLLECTION, "receivable": {"total": {"amount": "0.00"}, "received": {"amount": "0"}}}]},
    ],
)
async def test_what_is_no_sum_of_money_or_no_share_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    problem(await api.person("hr").post("/law/settlement", {**LEAVES, **wrong}), 422, "api.invalid_input")


async def test_the_largest_sums_are_reckoned_to_the_cent(api: Api) -> None:
    most = {"amount": "999999999.99"}
    found = await asked(api, "settlement", **{**LEAVES, "termination": "redundancy", "wages": [most] * 12})
    assert found["severance"]["amount"] == "6999999999.93"


async def test_hr_and_counsel_have_it_reckoned_from_the_records_and_the_open_case(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.cases.utc_now", lambda: ARRIVAL)
    with writing(api.engine) as session:
        terms = EmploymentTerms(employee_id="e-lin", region="CN-SH", average_wage=Decimal("10875.00"))
        terms.leave_days, terms.leave_taken = Decimal("9.5"), Decimal(2)
        session.merge(terms)
    agreed = {"ending": "mutual", "initiator": "employer", "agreement": "DOC-1"}
    registered = await api.person("hr").register(**agreed, requested_last_day="2026-12-31")
    assert registered.status_code == 201, registered.text
    body = {"employee_number": "n-lin", "unpaid_wages": {"amount": "5000.00"}}
    for name in ("hr", "counsel"):
        found = await asked(api, "settlement", name, **body)
        assert found["wages_due"]["due"] == "2026-12-31"
        assert lines(found) == {"wages": "5000.00", "unused_leave": "8000.00", "severance": "76125.00"}
    given = await asked(api, "settlement", "hr", **body, termination="resignation")
    assert given["severance"]["amount"] == "0.00"
    for name in ("lin", "sec", "admin", "auditor", "engineer", "stranger"):
        problem(await api.person(name).post("/law/settlement", body), 403, "api.role_needed")
    assert (api.count(Notice), api.count(CaseView)) == (1, 1)


@pytest.mark.parametrize(
    ("ending", "known"),
    [
        ({"ending": "employer_fault", "grounds": ["unpaid_wages"]}, True),
        ({"ending": "mutual", "initiator": "employee", "agreement": "D", "requested_last_day": "2026-12-31"}, True),
        ({"ending": "resignation"}, True),
        ({"ending": "expiry"}, False),
    ],
)
async def test_a_notice_that_leaves_open_who_declined_to_renew_leaves_the_ending_open(
    api: Api, monkeypatch: pytest.MonkeyPatch, ending: dict[str, Any], known: bool
) -> None:
    monkeypatch.setattr("api.routes.cases.utc_now", lambda: ARRIVAL)
    with writing(api.engine) as session:
        session.merge(EmploymentTerms(employee_id="e-lin", average_wage=Decimal(1), contract_until=date(2026, 12, 31)))
    assert (await api.person("hr").register(**ending)).status_code == 201
    answer = await api.person("hr").post("/law/settlement", {"employee_number": "n-lin"})
    missing = problem(answer, 422, "settlement.facts_missing")["messages"]["en"].split(":")[1].split(".")[0]
    assert missing.strip() == ("leave, unpaid_wages" if known else "leave, termination, unpaid_wages")


async def test_no_leave_on_file_is_asked_for_and_not_taken_for_none(api: Api) -> None:
    with writing(api.engine) as session:
        session.merge(EmploymentTerms(employee_id="e-lin", average_wage=Decimal(1)))
    body = {"employee_number": "n-lin", **{name: LEAVES[name] for name in ("termination", "last_day", "unpaid_wages")}}
    found = problem(await api.person("hr").post("/law/settlement", body), 422, "settlement.facts_missing")
    assert ": leave." in found["messages"]["en"]
    none = {"entitlement": 0, "taken": "0"}
    assert (await asked(api, "settlement", "hr", **body, leave=none))["unused_leave"]["amount"] == "0.00"
