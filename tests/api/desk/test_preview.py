"""The dry run says what a departure would orphan, to whoever leads the person and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from domain.desk.orders import OrderState
from domain.desk.turnover import COUNTED
from domain.timezones import end_of
from models.database import reading, utc_now, writing
from models.desk import figures
from models.desk.order_tables import Receivable
from models.desk.tables import Contact, Customer
from models.desk.trail_tables import RecordRead
from models.employment import EmploymentTerms
from models.tables import Department, Employee, Notice
from tests.api.desk.sales import ago, merge, sell, talk
from tests.api.desk.trade import gives_notice
from tests.api.house import Api, problem
from tests.api.rows import START
from tests.api.test_query_plans import statements


async def preview(api: Api, of: str = "lin", by: str = "hr") -> dict[str, Any]:
    answer = await api.person(by).get(f"/employees/n-{of}/departure-preview")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_turnover_is_that_of_the_customers_held_now_and_its_shares_are_of_company_and_team(api: Api) -> None:
    sell(api.engine, "c-lin", 30_000, ago(10))
    sell(api.engine, "c-lin", 20_000, ago(20), owner="e-zhou")
    sell(api.engine, "c-zhou", 150_000, ago(30))
    with writing(api.engine) as session:
        session.get_one(Employee, "e-wang").department = "it"
    sell(api.engine, "c-wang", 300_000, ago(40))
    (line,) = (await preview(api))["holdings"]["customers"]["turnover"]
    assert line == {
        "turnover": {"amount": "500.00", "currency": "CNY"},
        "team": {"amount": "2000.00", "currency": "CNY"},
        "company": {"amount": "5000.00", "currency": "CNY"},
        "share_of_team": "0.2500",
        "share_of_company": "0.1000",
    }


async def test_only_orders_that_customers_rely_on_count_and_only_those_of_the_last_twelve_months(api: Api) -> None:
    for state in OrderState:
        sell(api.engine, "c-lin", 100, ago(1), state=state.value)
    sell(api.engine, "c-lin", 5_000, ago(370))
    first = figures.today() - timedelta(days=1)
    sell(api.engine, "c-lin", 7_000, end_of(first.replace(year=first.year - 1), figures.zone()) - timedelta(days=3))
    (line,) = (await preview(api))["holdings"]["customers"]["turnover"]
    assert line["turnover"]["amount"] == f"{len(COUNTED)}.00"


async def test_each_currency_stands_by_itself_in_its_own_smallest_unit(api: Api) -> None:
    sell(api.engine, "c-lin", 12_345, ago(1), currency="JPY")
    sell(api.engine, "c-lin", 12_345, ago(1), currency="KWD")
    sell(api.engine, "c-zhou", 12_345, ago(1), currency="JPY")
    found = (await preview(api))["holdings"]["customers"]["turnover"]
    assert [(line["turnover"], line["share_of_company"]) for line in found] == [
        ({"amount": "12345", "currency": "JPY"}, "0.5000"),
        ({"amount": "12.345", "currency": "KWD"}, "1.0000"),
    ]


async def test_a_duplicate_counts_as_the_firm_that_it_was_merged_into(api: Api) -> None:
    merge(api.engine, "c-zhou", "c-lin")
    sell(api.engine, "c-zhou", 100, ago(1))
    talk(api.engine, "c-zhou", ago(1))
    customers = (await preview(api))["holdings"]["customers"]
    assert customers["customers"] == 1
    assert customers["turnover"][0]["share_of_company"] == "1.0000"
    assert customers["last_contact"]["within_30"] == 1
    assert (await preview(api, "zhou"))["holdings"]["customers"]["customers"] == 0


@pytest.mark.parametrize(
    ("days", "where"), [(29, "within_30"), (31, "within_90"), (91, "within_180"), (181, "longer_ago"), (None, "never")]
)
async def test_every_customer_has_one_age_of_its_last_contact(api: Api, days: int | None, where: str) -> None:
    if days is not None:
        talk(api.engine, "c-lin", ago(days))
        talk(api.engine, "c-lin", ago(days + 300))
    customers = (await preview(api))["holdings"]["customers"]
    assert customers["last_contact"][where] == 1
    assert sum(customers["last_contact"].values()) == customers["customers"] == 1


async def test_who_is_known_at_the_customers_is_counted_without_those_who_left_there(api: Api) -> None:
    assert (await preview(api))["holdings"]["customers"]["with_one_contact"] == 1
    with writing(api.engine) as session:
        session.get_one(Contact, "p-lin").active = False
    customers = (await preview(api))["holdings"]["customers"]
    assert (customers["without_contact"], customers["with_one_contact"]) == (1, 0)


async def test_open_orders_stand_by_state_and_receivables_by_what_is_still_to_come(api: Api) -> None:
    sell(api.engine, "c-lin", 5_000, ago(3), state="in_progress")
    sell(api.engine, "c-lin", 6_000, ago(900), state="in_progress")
    sell(api.engine, "c-lin", 7_000, ago(3), state="completed")
    with writing(api.engine) as session:
        row = session.get_one(Receivable, "r-lin")
        row.paid, row.due_on = 4_000, figures.today()
    held = (await preview(api))["holdings"]
    assert [(line["state"], line["orders"], line["value"]["amount"]) for line in held["orders"]] == [
        ("draft", 1, "1.00"),
        ("in_progress", 2, "110.00"),
    ]
    (line,) = held["receivables"]
    assert (line["open"]["amount"], line["overdue"], line["overdue_amount"]["amount"]) == ("60.00", 0, "0.00")
    with writing(api.engine) as session:
        session.get_one(Receivable, "r-lin").due_on = figures.today() - timedelta(days=1)
    (line,) = (await preview(api))["holdings"]["receivables"]
    assert (line["overdue"], line["overdue_amount"]["amount"]) == (1, "60.00")


async def test_what_the_person_is_to_running_cases_is_named(api: Api) -> None:
    case_id = gives_notice(api.engine)
    held = (await preview(api, "wang"))["holdings"]
    assert [(part["part"], part["cases"]) for part in held["parts"]] == [("witness", [case_id])]
    assert [one["number"] for one in held["reports"]] == ["n-lin", "n-zhou"]
    held = (await preview(api, "zhou"))["holdings"]
    assert [(part["part"], part["count"]) for part in held["parts"]] == [("receiver", 1)]
    held = (await preview(api, "it-clerk"))["holdings"]
    assert [(one["kind"], one["tasks"], one["cases"]) for one in held["asked"]] == [("decide_clearance", 1, [case_id])]
    with writing(api.engine) as session:
        session.get_one(Department, "sales").head = "n-wang"
    assert (await preview(api, "wang"))["holdings"]["heads"] == ["sales"]
    assert (await preview(api))["open_case"] == case_id


async def test_the_checklist_is_the_planners_and_names_who_would_be_asked(api: Api) -> None:
    checklist = (await preview(api))["checklist"]
    assert (checklist["template"], checklist["witness"], checklist["security"]) == ("general", "wang", ["sec"])
    (finance,) = (one for one in checklist["departments"] if one["department"] == "finance")
    assert finance["levels"] == [["finance-clerk"], ["finance-head"], ["hr"]]
    assert api.count(Notice) == 0, "nothing was registered for it"


async def test_what_keeps_a_case_from_being_planned_is_told_before_anybody_resigns(api: Api) -> None:
    with writing(api.engine) as session:
        for customer in session.exec(select(Customer).where(Customer.owner == "e-zhou")).all():
            customer.owner = "e-lin"
        session.add(Employee(id="e-new", number="n-new", name="new", department="it", job="x", hired_on=START.date()))
    found = await preview(api, "new")
    assert found["checklist"] is None
    assert "account" in found["checklist_problem"]


async def test_the_law_of_notice_and_freeze_is_for_hr_and_counsel(api: Api) -> None:
    for name in ("hr", "counsel"):
        law = (await preview(api, by=name))["law"]
        assert law["freeze"]["basis"] == "handbook 3"
        assert law["notice"]["law"][0]["rule"] == "NOT-01"
    for name in ("wang", "auditor"):
        assert (await preview(api, by=name))["law"] is None


async def test_a_road_that_the_law_refuses_is_said_and_the_rest_is_shown(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(EmploymentTerms, "e-lin").relation = "dispatched"
    found = await preview(api)
    assert found["law"]["notice"] is None
    assert found["law"]["notice_refused"]["code"] == "notice.goes_to_the_agency"
    assert found["holdings"]["customers"]["customers"] == 1


async def test_whoever_leads_the_person_may_ask_and_nobody_else_and_nobody_of_themselves(api: Api) -> None:
    for name in ("hr", "counsel", "auditor", "wang", "sales-head"):
        await preview(api, by=name)
    path = "/employees/n-lin/departure-preview"
    for name in ("zhou", "it-clerk", "finance-head"):
        problem(await api.person(name).get(path), 404, "employee.unknown")
    for name in ("stranger", "finance", "service", "machine", "admin", "engineer"):
        problem(await api.person(name).get(path), 403, "api.role_needed")
    for name in ("lin", "hr"):
        own = await api.person(name).get(f"/employees/n-{name}/departure-preview")
        problem(own, 403, "figures.not_of_oneself")


async def test_each_look_is_in_the_log_of_reads(api: Api) -> None:
    await preview(api)
    with reading(api.engine) as session:
        (row,) = session.exec(select(RecordRead).order_by(col(RecordRead.id))).all()
    assert (row.account, row.action, row.record_id, row.records) == ("a-hr", "read_figures", "e-lin", 1)
    assert utc_now() - row.at < timedelta(minutes=5)


async def test_it_takes_as_many_statements_for_many_records_as_for_few(api: Api) -> None:
    sell(api.engine, "c-lin", 100, ago(2))
    api.person("hr")
    with statements(api.engine) as few:
        await preview(api)
    for number in range(20):
        sell(api.engine, "c-lin", 100, ago(number))
        talk(api.engine, "c-lin", ago(number))
    with statements(api.engine) as many:
        await preview(api)
    assert len(many) == len(few)
