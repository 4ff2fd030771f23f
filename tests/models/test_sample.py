"""The sample company holds together: every role is held, everybody could leave, and the freeze is within its limits."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from commands import sample
from domain.people import Role
from domain.plan import Plan
from models import imports
from models.accounts import password_matches
from models.database import connect, reading, writing
from models.messages import StartCase
from models.planner import DatabasePlanner
from models.schema import upgrade
from models.tables import (
    Account,
    ConnectedSystem,
    Department,
    Employee,
    Entitlement,
    Notice,
    SystemRight,
    Template,
)
from tests.builders import ARRIVAL

KEPT = {"view_payslip", "attendance", "view_orders", "send_and_receive", "sign_in", "internal_chat"}
FROZEN = {
    "create_orders",
    "change_orders",
    "contact_customers",
    "export_customers",
    "export_orders",
    "external_contacts",
}


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The sample company, loaded once; the tests only read, or add notices of their own."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('sample') / 'wanbi.db'}")
    upgrade(engine)
    assert sample.load(engine)
    return engine


def test_it_is_loaded_once(firm: Engine) -> None:
    assert not sample.load(firm)


def test_its_files_load_again_without_a_change(firm: Engine) -> None:
    for kind, content in sample.company_files(sample.INDUSTRY):
        report = imports.run(firm, kind, content)
        assert (report.problems, report.warnings, report.inserted, report.updated) == ([], [], 0, 0), kind


def test_it_is_loaded_wholly_or_not_at_all(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "FOLDER", Path(shutil.copytree(sample.FOLDER, tmp_path / "sample")))
    with (sample.FOLDER / "entitlements.csv").open("a") as entitlements:
        entitlements.write("S1512,crm,fly\n")
    monkeypatch.setattr(imports, "hash_password", lambda password: "-")
    with pytest.raises(sample.BadSample, match="fly"):
        sample.load(engine)
    with reading(engine) as session:
        assert session.exec(select(Department)).all() == []


def test_about_forty_people_work_there_in_seven_departments(firm: Engine) -> None:
    with reading(firm) as session:
        staff = session.exec(select(Employee)).all()
        departments = session.exec(select(Department)).all()
    assert 40 <= len(staff) <= 50
    assert {e.department for e in staff} == {d.key for d in departments}
    assert {d.head for d in departments} <= {e.number for e in staff}


def test_everybody_has_an_account_and_every_role_of_a_person_is_held(firm: Engine) -> None:
    with reading(firm) as session:
        accounts = session.exec(select(Account)).all()
        staff = session.exec(select(Employee.id)).all()
    assert {a.employee_id for a in accounts} == set(staff)
    assert {role for a in accounts for role in a.roles} == set(Role) - {Role.INTEGRATION}, "that one is no person"
    assert password_matches(accounts[0].password_hash, sample.PASSWORD)


def test_those_whom_the_guide_names_are_what_it_says(firm: Engine) -> None:
    with reading(firm) as session:
        roles = {a.login: a.roles for a in session.exec(select(Account)).all()}
        leaver = session.exec(select(Employee).where(Employee.number == sample.SALESPERSON)).one()
    assert [roles[login] for login in (sample.HR, sample.SECURITY, sample.ADMINISTRATOR)] == [
        ["hr"],
        ["security"],
        ["administrator"],
    ]
    assert leaver.job == "salesperson"


def test_the_freeze_takes_orders_customers_and_exports_and_leaves_pay_attendance_and_mail(firm: Engine) -> None:
    with reading(firm) as session:
        frozen = {row.right: row.frozen_on_notice for row in session.exec(select(SystemRight)).all()}
        connectors = set(session.exec(select(ConnectedSystem.connector)).all())
    assert {right for right in KEPT if frozen[right]} == set()
    assert {right for right in FROZEN if not frozen[right]} == set()
    assert connectors == {"wanbi"}


def test_everybody_keeps_payslip_attendance_and_mail_and_sellers_hold_what_is_frozen(firm: Engine) -> None:
    with reading(firm) as session:
        held: dict[str, set[str]] = {}
        for row in session.exec(select(Entitlement)).all():
            held.setdefault(row.employee_id, set()).add(row.right)
        sellers = session.exec(select(Employee.id).where(col(Employee.job) == "salesperson")).all()
    assert all({"view_payslip", "attendance", "send_and_receive"} <= rights for rights in held.values())
    assert all({"create_orders", "contact_customers", "export_customers"} <= held[seller] for seller in sellers)


def planned(engine: Engine, case_id: str, employee_id: str, hr: str) -> Plan:
    """The plan if that person resigned."""
    notice = Notice(
        case_id=case_id,
        employee_id=employee_id,
        arrived_at=ARRIVAL,
        recorded_at=ARRIVAL,
        channel="email",
        text="我辞职。",
        text_sha256="",
        registered_by=hr,
    )
    with writing(engine) as session:
        session.add(notice)
    return DatabasePlanner(engine).plan(StartCase(case_id=case_id, employee_id=employee_id, arrived_at=ARRIVAL))


def test_whoever_leaves_there_is_a_plan_with_enough_approvers(firm: Engine) -> None:
    with reading(firm) as session:
        staff = session.exec(select(Employee).order_by(col(Employee.number))).all()
        accounts = {a.employee_id: a.id for a in session.exec(select(Account)).all()}
        hr = session.exec(select(Account.id).where(Account.login == sample.HR)).one()
    used = set()
    for employee in staff:
        case_id = f"c-{employee.number}"
        plan = planned(firm, case_id, employee.id, hr)
        used.add(plan.template)
        leaver = accounts[employee.id]
        asked = [account for c in plan.clearances for level in c.levels for account in level]
        assert leaver not in (*asked, *plan.security)
        assert plan.security
        assert all(sum(map(len, c.levels)) >= 2 for c in plan.clearances), employee.name
        assert plan.witness != leaver
    assert used == {"logistics_salesperson", "logistics_operations", "manager", "general"}


@pytest.mark.law("TS-05", "TS-06")
def test_every_checklist_asks_for_company_accounts_and_for_all_copies_and_keeps_the_duty_of_confidence_in_mind(
    firm: Engine,
) -> None:
    """Measures of secrecy in the sense of the law: listed, returned, cleared by the leaver alone, and still secret."""
    with reading(firm) as session:
        templates = session.exec(select(Template)).all()
    assert len(templates) == 4
    for template in templates:
        items = {item["id"]: item for item in template.body["items"]}
        accounts, copies = items["company_accounts"], items["copies_of_company_data"]
        assert accounts["proof"], "with proof"
        assert "最后工作日前换绑" in accounts["criterion"][0]
        assert copies["proof"], "with a written confirmation"
        for step in ("登记", "返还", "自行清除", "书面确认没有留存", "离职后继续保密"):
            assert step in copies["criterion"][0], step


@pytest.mark.law("TS-03")
def test_a_seller_hands_over_customers_with_what_makes_them_a_secret_not_names_alone(firm: Engine) -> None:
    with reading(firm) as session:
        (seller,) = session.exec(select(Template).where(Template.key == "logistics_salesperson")).all()
    customers = {i["id"]: i["criterion"][1] for i in seller.body["items"] if i["category"] == "customers"}
    assert "contacts, preferences and history of every customer" in customers["customer_files"]
    assert "floor price" in customers["quotations"]
    assert {"customer_conversations", "commitments"} <= customers.keys()


def test_a_sellers_finance_clearance_takes_two(firm: Engine) -> None:
    with reading(firm) as session:
        seller = session.exec(select(Employee).where(Employee.number == sample.SALESPERSON)).one()
    quorums = {c.department: c.quorum for c in planned(firm, "c-two", seller.id, "a-hr").clearances}
    assert quorums == {"sales": 1, "finance": 2, "customer_service": 1, "it": 1, "administration": 1}
