"""The plan of a case is made of the company as it stands when the case opens."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, update

from activities.failures import PersonMustAct
from domain.money import Money
from domain.plan import ClearancePlan, Plan, SystemPlan
from models.calendars import working_calendar
from models.database import writing
from models.employment import EmploymentTerms
from models.messages import StartCase
from models.planner import DatabasePlanner
from models.tables import Account, Department, Employee, Entitlement, SystemRight, Template
from tests import builders
from tests.builders import ARRIVAL, DEPARTMENTS, template_body


def plan(engine: Engine, employee: str = "lin", arrived_at: datetime = ARRIVAL, **notice: Any) -> Plan:
    builders.notice(engine, "c1", arrived_at, employee, **notice)
    return again(engine, employee, arrived_at)


def again(engine: Engine, employee: str = "lin", arrived_at: datetime = ARRIVAL) -> Plan:
    """The plan of the notice that is already there."""
    start = StartCase(case_id="c1", employee_id=f"e-{employee}", arrived_at=arrived_at)
    return DatabasePlanner(engine).plan(start)


def publish(engine: Engine, key: str, version: int = 1, **changes: Any) -> None:
    with writing(engine) as session:
        body = template_body(**changes)
        session.add(Template(key=key, version=version, industry="general", body=body, published_at=ARRIVAL))


def clearance(department: str, *levels: str, quorum: int = 1) -> dict[str, Any]:
    return {"department": department, "title": [department] * 2, "levels": list(levels), "quorum": quorum}


def asked(engine: Engine, *levels: str, quorum: int = 1, department: str = "finance") -> ClearancePlan:
    """Who is asked of a department whose template names these levels."""
    publish(engine, "mine", jobs=["salesperson"], clearances=[clearance(department, *levels, quorum=quorum)])
    return plan(engine).clearances[0]


def close(engine: Engine, *accounts: str) -> None:
    with writing(engine) as session:
        session.execute(update(Account).where(col(Account.id).in_(accounts)).values(active=False))


def test_everything_of_the_case_is_named(company: Engine) -> None:
    made = plan(company)
    assert (made.leaver, made.hr, made.witness, made.receiver) == ("a-lin", "a-hr", "a-wang", "a-zhou")
    assert (made.security, made.department) == (("a-sec",), "sales")
    assert [c.department for c in made.clearances] == list(DEPARTMENTS)
    assert [i.id for i in made.items] == ["customer_files", "open_orders", "receivables", "devices"]


def test_a_template_for_the_job_goes_before_one_for_the_department_and_that_before_the_general_one(
    company: Engine,
) -> None:
    publish(company, "department", departments=["sales"])
    assert plan(company).template == "department"
    publish(company, "job", jobs=["salesperson", "clerk"])
    assert again(company).template == "job"
    publish(company, "both", jobs=["salesperson"], departments=["sales"])
    assert again(company).template == "both"


def test_a_template_for_others_is_not_taken(company: Engine) -> None:
    publish(company, "others", jobs=["manager"])
    publish(company, "elsewhere", departments=["finance"])
    assert plan(company).template == "general"


def test_only_the_newest_version_of_a_template_counts(company: Engine) -> None:
    publish(company, "sellers", jobs=["salesperson"])
    publish(company, "sellers", 2, jobs=["manager"])
    publish(company, "general", 2)
    made = plan(company)
    assert (made.template, made.template_version) == ("general", 2)


def test_without_a_template_a_person_must_act(company: Engine) -> None:
    publish(company, "general", 2, jobs=["astronaut"])
    with pytest.raises(PersonMustAct, match="no checklist template fits"):
        plan(company)


@pytest.mark.parametrize(
    ("level", "accounts"),
    [
        ("head", ("a-finance-head",)),
        ("job:clerk", ("a-finance-clerk",)),
        ("witness", ("a-wang",)),
        ("role:counsel", ("a-counsel",)),
        ("role:hr", ("a-hr",)),
    ],
)
def test_a_level_means_people(company: Engine, level: str, accounts: tuple[str, ...]) -> None:
    assert asked(company, level).levels == (accounts,)


def test_who_is_asked_at_one_level_is_not_asked_again_at_the_next(company: Engine) -> None:
    assert asked(company, "witness", "job:manager", "head", department="sales").levels == (
        ("a-wang",),
        ("a-sales-head",),
    )


def test_the_leaver_approves_nothing_of_the_own_case(company: Engine) -> None:
    with writing(company) as session:
        session.execute(update(Department).where(col(Department.key) == "sales").values(head="n-lin"))
        session.execute(update(Account).where(col(Account.id) == "a-lin").values(roles=["security", "counsel"]))
    found = asked(company, "head", "job:salesperson", "role:counsel", department="sales")
    assert found.levels == (("a-zhou",), ("a-counsel",))
    assert again(company).security == ("a-sec",)


def test_an_approver_without_an_open_account_is_passed_over(company: Engine) -> None:
    close(company, "a-finance-clerk")
    assert asked(company, "job:clerk", "head").levels == (("a-finance-head",),)


def test_an_approver_who_has_left_the_company_is_passed_over(company: Engine) -> None:
    with writing(company) as session:
        session.execute(update(Employee).where(col(Employee.id) == "e-finance-clerk").values(active=False))
    assert asked(company, "job:clerk", "head").levels == (("a-finance-head",),)


def test_a_department_without_any_approver_needs_a_person(company: Engine) -> None:
    close(company, "a-finance-clerk", "a-finance-head")
    with pytest.raises(PersonMustAct, match="'finance' has no approver"):
        asked(company, "job:clerk", "head")


def test_a_quorum_never_asks_for_more_people_than_there_are(company: Engine) -> None:
    assert asked(company, "job:clerk", "head", quorum=5).quorum == 2


@pytest.mark.parametrize(
    ("closed", "witness"),
    [((), "a-wang"), (("a-wang",), "a-sales-head"), (("a-wang", "a-sales-head"), "a-hr")],
)
def test_the_witness_is_the_manager_else_the_head_else_hr(
    company: Engine, closed: tuple[str, ...], witness: str
) -> None:
    publish(company, "mine", jobs=["salesperson"], clearances=[clearance("finance", "head")])
    close(company, *closed)
    assert plan(company).witness == witness


def test_without_a_receiver_the_witness_receives(company: Engine) -> None:
    assert plan(company, receiver="").receiver == "a-wang"


def test_a_leaver_without_an_account_needs_a_person(company: Engine) -> None:
    close(company, "a-lin")
    with pytest.raises(PersonMustAct, match="no account"):
        plan(company)


def test_the_notice_ends_after_thirty_days(company: Engine) -> None:
    made = plan(company)
    assert (made.earliest_last_day, made.last_day) == (date(2026, 12, 23), date(2026, 12, 23))
    assert [law.rule_id for law in made.law] == ["NOT-01"]


@pytest.mark.parametrize(
    ("until", "ends", "rule"),
    [(date(2026, 11, 23), date(2026, 11, 26), "NOT-02"), (date(2026, 11, 22), date(2026, 12, 23), "NOT-01")],
)
def test_in_probation_it_ends_after_three_days_and_the_day_of_arrival_decides(
    company: Engine, until: date, ends: date, rule: str
) -> None:
    with writing(company) as session:
        session.execute(update(Employee).where(col(Employee.id) == "e-lin").values(probation_until=until))
    made = plan(company)
    assert (made.last_day, made.law[0].rule_id) == (ends, rule)


def test_a_later_last_day_that_the_notice_names_holds(company: Engine) -> None:
    made = plan(company, requested_last_day=date(2027, 1, 31))
    assert (made.earliest_last_day, made.last_day) == (date(2026, 12, 23), date(2027, 1, 31))


def test_what_is_frozen_is_a_part_of_what_is_held(company: Engine) -> None:
    assert plan(company).systems == (
        SystemPlan("crm", ("contact_customers", "export", "view_customers"), ("contact_customers", "export")),
        SystemPlan("erp", ("change_orders", "create_orders", "view_orders"), ("change_orders", "create_orders")),
        SystemPlan("mail", ("mass_mail", "send"), ("mass_mail",)),
    )


def test_a_right_that_the_person_does_not_have_is_neither_held_nor_frozen(company: Engine) -> None:
    with writing(company) as session:
        no_orders = col(Entitlement.right).in_(["create_orders", "change_orders", "view_orders"])
        session.execute(update(Entitlement).where(no_orders).values(active=False))
        session.add(SystemRight(system="mail", right="archive", name_zh="x", name_en="x", frozen_on_notice=True))
    assert [(s.system, s.frozen) for s in plan(company).systems] == [
        ("crm", ("contact_customers", "export")),
        ("mail", ("mass_mail",)),
    ]


def test_the_calendar_knows_spring_festival_and_its_make_up_days() -> None:
    calendar = working_calendar("Asia/Shanghai", datetime(2026, 1, 26, 2, tzinfo=UTC))
    festival = [date(2026, 2, day) for day in range(15, 24)]
    assert not any(calendar.is_working_day(day) for day in festival)
    assert calendar.is_working_day(date(2026, 2, 14))
    assert calendar.is_working_day(date(2026, 2, 28))
    assert not calendar.is_working_day(date(2026, 2, 21))
    assert calendar.working_day_after(date(2026, 2, 13), 2) == date(2026, 2, 24)


def test_beyond_what_is_published_weekends_count_and_the_calendar_says_so() -> None:
    calendar = working_calendar("Asia/Shanghai", datetime(2199, 12, 2, 2, tzinfo=UTC))
    assert (calendar.holidays, calendar.makeup_days) == ((), ())
    assert calendar.known_until == date(2199, 12, 2)
    assert [calendar.is_working_day(date(2200, 1, day)) for day in (1, 4, 5)] == [True, False, False]


@pytest.mark.law("PAY-02", "PAY-03", "HND-03")
@pytest.mark.parametrize(
    ("ending", "kinds"),
    [("resignation", ["wages"]), ("employer_fault", ["wages", "severance"]), ("expiry", ["wages", "severance"])],
)
def test_what_is_paid_at_the_end_is_pinned_with_the_law_of_the_region(
    company: Engine, ending: str, kinds: list[str]
) -> None:
    with writing(company) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.region, terms.contract_until = "CN-SH", date(2026, 12, 31)
    grounds = ["unpaid_wages"] if ending == "employer_fault" else []
    settlement = plan(company, ending=ending, grounds=grounds).settlement
    assert settlement is not None
    assert [payment.kind.value for payment in settlement.payments] == kinds
    assert settlement.deductions is not None
    assert (settlement.deductions.minimum_wage, f"{settlement.deductions.cap}") == (Money(Decimal(2740), "CNY"), "0.20")
    assert {"PAY-02", "PAY-03", "PAY-04", "PAY-08", "CRT-04"} <= {answer.rule_id for answer in settlement.law}
    (said,) = [answer.reason for answer in settlement.law if answer.rule_id == "HND-03"] or [""]
    assert said == ("severance_in_doubt" if ending == "expiry" else "")


@pytest.mark.law("NC-01", "NC-02", "NC-08")
def test_what_stands_against_a_non_compete_is_told_when_the_case_is_planned(company: Engine) -> None:
    with writing(company) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.region, terms.average_wage, terms.keeps_secrets = "CN-SH", Decimal(20000), False
        terms.non_compete_months, terms.non_compete_monthly = 36, Decimal(2000)
    found = plan(company).non_compete
    assert found is not None
    assert found.months == 24
    rules = [(answer.rule_id, answer.answer) for answer in found.law]
    assert [rule for rule, _ in rules] == ["NC-01", "NC-02", "NC-04", "NC-08", "NC-08"]
    assert rules[1:3] == [("NC-02", "36 > 24"), ("NC-04", "2000.00 < 2740.00")]


@pytest.mark.law("NC-01")
def test_a_sound_non_compete_is_left_alone(company: Engine) -> None:
    with writing(company) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.region, terms.average_wage, terms.keeps_secrets = "CN-SH", Decimal(20000), True
        terms.non_compete_months, terms.non_compete_monthly = 12, Decimal(8000)
    found = plan(company).non_compete
    assert found is not None
    assert found.law == ()


@pytest.mark.law("PAY-03")
@pytest.mark.parametrize(
    ("monthly", "average", "least"),
    [("7500.00", "18500.00", "7500.00"), (None, "18500.00", "18500.00"), (None, None, None)],
)
def test_the_least_wage_on_file_is_pinned_for_deductions(
    company: Engine, monthly: str | None, average: str | None, least: str | None
) -> None:
    with writing(company) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.monthly_wage = Decimal(monthly) if monthly else None
        terms.average_wage = Decimal(average) if average else None
    settlement = plan(company).settlement
    assert settlement is not None
    assert settlement.wage_on_file == (Money(Decimal(least), "CNY") if least else None)


def test_where_the_minimum_wage_is_not_known_the_plan_says_so(company: Engine) -> None:
    settlement = plan(company).settlement
    assert settlement is not None
    assert settlement.deductions is not None
    assert settlement.deductions.minimum_wage is None
