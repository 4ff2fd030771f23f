"""A company's own data comes in whole or not at all, and every problem is named by row, column, code and value."""

import json
import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from models.accounts import PAUSE, password_matches
from models.database import reading, utc_now, writing
from models.employment import EmploymentTerms
from models.import_loads import NO_PASSWORD
from models.imports import ImportReport
from models.tables import AccessToken, Account, ConnectedSystem, Employee, SystemRight, Template
from tests.builders import template_body
from tests.models.files import ACCOUNTS, DEPARTMENTS, EMPLOYEES, ENTITLEMENTS, FILES, RIGHTS, SYSTEMS, found, run, said


def test_a_company_is_loaded_file_by_file(loaded: Engine) -> None:
    lin = found(loaded, Employee, number="S2")
    assert (lin.name, lin.manager, lin.hired_on) == ("林晓", "S1", date(2016, 3, 14))
    assert found(loaded, Employee, number="S3").probation_until == date(2027, 4, 11)
    wang = found(loaded, Account, login="wang")
    assert (wang.roles, wang.language, wang.time_zone, wang.email) == (["hr", "security"], "en", "Asia/Shanghai", "")
    assert found(loaded, Account, login="lin.xiao").employee_id == lin.id
    assert found(loaded, SystemRight, system="crm", right="export").frozen_on_notice
    assert found(loaded, ConnectedSystem, key="erp").url == "https://erp.example/h"


@pytest.mark.parametrize("kind", FILES)
def test_loading_a_file_again_changes_nothing(loaded: Engine, kind: str) -> None:
    report = run(loaded, kind, FILES[kind])
    assert (report.inserted, report.updated, report.unchanged) == (0, 0, report.rows)


def test_a_row_that_differs_is_brought_in_line(loaded: Engine) -> None:
    report = run(loaded, "employees", EMPLOYEES.replace("林晓", "林小晓"))
    assert (report.inserted, report.updated, report.unchanged) == (0, 1, 2)
    assert found(loaded, Employee, number="S2").name == "林小晓"


def test_a_column_that_the_file_lacks_stays_as_it_is_and_an_empty_cell_means_the_default(loaded: Engine) -> None:
    header = "number,name,department,job,hired_on"
    run(loaded, "employees", f"{header}\nS2,林晓,it,engineer,2016-03-14\n")
    moved = found(loaded, Employee, number="S2")
    assert (moved.department, moved.manager, moved.title) == ("it", "S1", "客户经理")
    run(loaded, "employees", f"{header},manager\nS2,林晓,it,engineer,2016-03-14,\n")
    assert found(loaded, Employee, number="S2").manager is None


def test_a_dry_run_reports_and_writes_nothing(loaded: Engine) -> None:
    text = EMPLOYEES.replace("林晓", "林小晓") + "S4,周敏,sales,salesperson,,S1,2020-01-01,\n"
    report = run(loaded, "employees", text, dry_run=True)
    assert (report.dry_run, report.inserted, report.updated, report.unchanged) == (True, 1, 1, 2)
    assert found(loaded, Employee, number="S4") is None
    assert found(loaded, Employee, number="S2").name == "林晓"


def test_one_bad_row_keeps_the_whole_file_out(loaded: Engine) -> None:
    text = EMPLOYEES + "S4,周敏,sales,salesperson,,S1,2020-01-01,\nS5,何俊,sales,salesperson,,S1,soon,\n"
    report = run(loaded, "employees", text)
    assert said(report) == [(6, "hired_on", "malformed", "soon")]
    assert (report.inserted, found(loaded, Employee, number="S4")) == (0, None)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("S9,周敏,moon,salesperson,,S1,2020-01-01,", ("department", "unknown", "moon")),
        ("S9,周敏,sales,salesperson,,S99,2020-01-01,", ("manager", "unknown", "S99")),
        ("S9,周敏,sales,salesperson,,S9,2020-01-01,", ("", "own_manager", "")),
        ("S9,周敏,sales,salesperson,,S1,2020-02-30,", ("hired_on", "malformed", "2020-02-30")),
        ("S9,周敏,sales,salesperson,,S1,2020-01-02,2020-01-01", ("", "probation_before_hiring", "")),
    ],
)
def test_an_employee_must_fit_the_company(loaded: Engine, row: str, problem: tuple[str, str, str]) -> None:
    report = run(loaded, "employees", EMPLOYEES + row + "\n")
    assert said(report) == [(5, *problem)]


def test_a_manager_may_stand_further_down_in_the_same_file(loaded: Engine) -> None:
    header = EMPLOYEES.splitlines()[0]
    text = f"{header}\nS8,A,it,engineer,,S9,2020-01-01,\nS9,B,it,head,,,2020-01-01,\n"
    assert run(loaded, "employees", text).inserted == 2


def test_nobody_manages_their_own_manager(loaded: Engine) -> None:
    header = EMPLOYEES.splitlines()[0]
    report = run(loaded, "employees", f"{header}\nS1,王建国,sales,director,,S2,2010-04-19,\n")
    assert said(report) == [(2, "manager", "managers_in_a_circle", "S2")]


def test_a_head_who_is_not_there_yet_is_a_warning(engine: Engine) -> None:
    report = run(engine, "departments", DEPARTMENTS)
    assert report.problems == []
    assert [(w.row, w.column, w.code, w.value) for w in report.warnings] == [(2, "head", "unknown_yet", "S1")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x,X,,S99,,,,", ("employee_number", "unknown", "S99")),
        ("x,X,,S2,,,,", ("employee_number", "has_another_account", "S2")),
        ("x,X,,,hr;king,,,", ("roles", "not_allowed", "hr;king")),
        ("x,X,,,,fr,,", ("language", "not_allowed", "fr")),
        ("x,X,,,,,Moon/Base,", ("time_zone", "not_allowed", "Moon/Base")),
        ("x,X,no address,,,,,", ("email", "malformed", "no address")),
        ("x y,X,,,,,,", ("login", "malformed", "x y")),
        ("x,X,,,,,,too short", ("password", "too_short", "")),
    ],
)
def test_an_account_must_fit_the_company(loaded: Engine, row: str, problem: tuple[str, str, str]) -> None:
    report = run(loaded, "accounts", ACCOUNTS + row + "\n")
    assert said(report)[0] == (4, *problem)
    assert found(loaded, Account, login="x") is None


def test_a_password_is_kept_as_a_hash_and_without_one_nobody_signs_in(loaded: Engine) -> None:
    assert password_matches(found(loaded, Account, login="lin.xiao").password_hash, "a long pass phrase")
    wang = found(loaded, Account, login="wang").password_hash
    assert wang == NO_PASSWORD
    assert not password_matches(wang, NO_PASSWORD)
    assert not password_matches(wang, "")


def test_an_empty_password_keeps_the_one_that_is_there(loaded: Engine) -> None:
    before = found(loaded, Account, login="lin.xiao").password_hash
    report = run(loaded, "accounts", ACCOUNTS.replace("a long pass phrase", ""))
    assert (report.unchanged, found(loaded, Account, login="lin.xiao").password_hash) == (2, before)


@pytest.mark.parametrize(
    "change", [("a long pass phrase", "another pass phrase"), (",S2,,", ",S2,auditor,"), ("password", "active")]
)
def test_new_password_or_roles_or_closing_end_every_token(loaded: Engine, change: tuple[str, str]) -> None:
    lin = found(loaded, Account, login="lin.xiao")
    with writing(loaded) as session:
        now = utc_now()
        session.add(AccessToken(hash="h", account=lin.id, created_at=now, expires_at=now))
    text = ACCOUNTS.replace(*change)
    if "active" in change:
        text = text.replace("a long pass phrase", "no")
    report = run(loaded, "accounts", text)
    assert report.updated == 1
    assert found(loaded, AccessToken, hash="h").revoked_at is not None
    assert report.closed_accounts == ([lin.id] if "active" in change else [])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x,X,X,telepathy,,", ("connector", "not_allowed", "telepathy")),
        ("x,X,X,webhook,,", ("", "webhook_incomplete", "")),
        ("x,X,X,webhook,ftp://x/,s", ("url", "malformed", "ftp://x/")),
        ("x,X,X,webhook,https://user:pass@x/,s", ("url", "malformed", "https://user:pass@x/")),
    ],
)
def test_a_system_must_be_reachable(loaded: Engine, row: str, problem: tuple[str, str, str]) -> None:
    assert said(run(loaded, "systems", SYSTEMS + row + "\n"))[0] == (4, *problem)


def test_a_right_needs_its_system_and_an_entitlement_needs_person_and_right(loaded: Engine) -> None:
    assert said(run(loaded, "rights", RIGHTS + "moon,view,看,View,no\n")) == [(4, "system", "unknown", "moon")]
    assert said(run(loaded, "rights", RIGHTS + "crm,fly,飞,Fly,maybe\n")) == [
        (4, "frozen_on_notice", "malformed", "maybe")
    ]
    assert said(run(loaded, "entitlements", ENTITLEMENTS + "S99,crm,view\nS2,crm,fly\n")) == [
        (5, "employee_number", "unknown", "S99"),
        (6, "right", "unknown", "crm/fly"),
    ]


def template(**changes: Any) -> str:
    clearances = [{"department": "it", "title": ["信息技术", "IT"], "levels": ["head"]}]
    return json.dumps(
        [{"key": "general", "industry": "general", "body": template_body(**{"clearances": clearances, **changes})}]
    )


def test_a_template_that_differs_becomes_the_next_version(loaded: Engine) -> None:
    assert run(loaded, "templates", template()).inserted == 1
    assert run(loaded, "templates", template()).unchanged == 1
    assert run(loaded, "templates", template(jobs=["salesperson"])).updated == 1
    with reading(loaded) as session:
        rows = session.exec(select(Template).order_by(col(Template.version))).all()
    assert [(row.version, row.body["jobs"]) for row in rows] == [(1, []), (2, ["salesperson"])]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"items": []}, ("body.items", "too_short", "[]")),
        ({"departments": ["moon"]}, ("body.department", "unknown", "moon")),
        (
            {"clearances": [{"department": "it", "title": ["x", "x"], "levels": ["role:king"]}]},
            ("body.clearances.0.levels.0", "malformed", "role:king"),
        ),
        (
            {"clearances": [{"department": "it", "title": ["x", "x"], "levels": ["head"], "due_after": 0}]},
            ("body.clearances.0.due_after", "out_of_range", "0"),
        ),
        ({"boss": "me"}, ("body.boss", "unknown_column", "me")),
    ],
)
def test_a_template_must_make_sense(loaded: Engine, changes: dict[str, Any], problem: tuple[str, str, str]) -> None:
    assert said(run(loaded, "templates", template(**changes))) == [(1, *problem)]


def test_two_imports_at_once_both_succeed(engine: Engine) -> None:
    reports: list[ImportReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(run(engine, "departments", DEPARTMENTS))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(report.inserted for report in reports) == [0, 0, 0, 2]
    assert all(report.ok for report in reports)


def test_a_login_in_a_file_is_one_however_it_is_written(loaded: Engine) -> None:
    report = run(loaded, "accounts", "login,name\nLIN.Xiao,林小\n")
    assert (report.updated, report.inserted) == (1, 0)
    twice = run(loaded, "accounts", "login,name\nnew.one,一\nNew.One,二\n")
    assert said(twice) == [(3, "login", "duplicate", "new.one")]


def test_a_new_password_in_a_file_ends_a_pause_of_the_sign_in(loaded: Engine) -> None:
    with writing(loaded) as session:
        account = session.exec(select(Account).where(Account.login == "lin.xiao")).one()
        account.locked_until, account.failed_sign_ins = utc_now() + PAUSE, 4
    assert run(loaded, "accounts", "login,name,password\nlin.xiao,林晓,another pass phrase\n").updated == 1
    account = found(loaded, Account, login="lin.xiao")
    assert (account.locked_until, account.failed_sign_ins) == (None, 0)


def test_nobody_loads_anything_about_themselves(loaded: Engine) -> None:
    me = found(loaded, Employee, number="S2").id
    for kind, text in {
        "terms": "employee_number,monthly_wage,leave_days\nS2,99000,100\nS3,9000,5\n",
        "entitlements": "employee_number,system,right,active\nS3,crm,view,yes\nS2,crm,export,no\n",
        "employees": EMPLOYEES.replace("2016/3/14", "2001-01-01"),
        "accounts": "login,name,roles\nlin.xiao,林晓,hr\n",
    }.items():
        report = run(loaded, kind, text, importer=me)
        assert [problem.code for problem in report.problems] == ["about_oneself"], kind
    assert run(loaded, "employees", EMPLOYEES, importer=me).unchanged == 3, "what is as it was is no change"
    assert run(loaded, "terms", "employee_number,monthly_wage\nS2,99000\n", importer="another").inserted == 1


def test_a_row_that_is_cut_off_wipes_nothing(loaded: Engine) -> None:
    run(loaded, "terms", "employee_number,monthly_wage,leave_days\nS2,9000,5\n")
    report = run(loaded, "terms", "employee_number,monthly_wage,leave_days\nS2\n")
    assert said(report) == [(2, "", "too_few_cells", "1")]
    assert run(loaded, "terms", "employee_number,leave_days\nS2,6\n").updated == 1
    terms = found(loaded, EmploymentTerms, employee_id=found(loaded, Employee, number="S2").id)
    assert (terms.monthly_wage, terms.leave_days) == (Decimal(9000), Decimal(6))


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("contract_from,contract_until", "2026-01-01,2025-01-01", "contract_ends_before_it_begins"),
        ("region", "CN-XX", "not_allowed"),
        ("region", "CN-XX-SZ", "not_allowed"),
    ],
)
def test_terms_that_can_not_be_are_named(loaded: Engine, column: str, value: str, code: str) -> None:
    report = run(loaded, "terms", f"employee_number,{column}\nS2,{value}\n", dry_run=True)
    assert [problem.code for problem in report.problems] == [code]
