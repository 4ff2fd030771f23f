"""A case is stronger than a file: an import gives nobody back what a case has taken away."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select, update

from domain.case import Case, Stage
from models.database import reading, writing
from models.imports import ImportReport
from models.tables import Employee, Entitlement
from tests.builders import ARRIVAL
from tests.models import written
from tests.models.files import run

HEADER = "employee_number,system,right,active\n"
FULL = HEADER + "n-lin,crm,export,yes\nn-lin,erp,create_orders,yes\nn-zhou,crm,export,yes\n"


def rights(engine: Engine, employee: str = "e-lin") -> set[str]:
    with reading(engine) as session:
        rows = session.exec(
            select(Entitlement.right).where(Entitlement.employee_id == employee, col(Entitlement.active))
        ).all()
    return set(rows)


def take_away(engine: Engine, *taken: str) -> None:
    with writing(engine) as session:
        session.execute(update(Entitlement).where(col(Entitlement.right).in_(taken)).values(active=False))


@pytest.fixture
def case(company: Engine) -> Case:
    """Lin has resigned; what the freeze takes is taken."""
    case = written.opened(company)
    written.ledger(company).record(written.request(case, 1, written.facts(1, "CaseOpened")))
    take_away(company, "export", "create_orders")
    return case


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    assert report.problems == []
    return report.inserted, report.updated, report.unchanged, report.held_back


def test_frozen_rights_are_held_back_and_others_are_given(company: Engine, case: Case) -> None:
    before = rights(company)
    assert counts(run(company, "entitlements", FULL)) == (1, 0, 0, 2)
    assert rights(company) == before
    assert rights(company, "e-zhou") == {"export"}


def test_nothing_at_all_of_somebody_who_is_leaving_is_touched(company: Engine, case: Case) -> None:
    before = rights(company)
    text = HEADER + "n-lin,crm,view_customers,no\nn-lin,mail,send,yes\n"
    assert counts(run(company, "entitlements", text)) == (0, 0, 1, 1)
    assert rights(company) == before


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS])
def test_who_has_left_gets_nothing_back(company: Engine, case: Case, stage: Stage) -> None:
    left = replace(case, stage=stage, closed_at=ARRIVAL + timedelta(days=31))
    written.ledger(company).record(written.request(left, 2))
    assert counts(run(company, "entitlements", FULL))[3] == 2


def test_who_was_hired_anew_after_leaving_may_be_given_rights(company: Engine, case: Case) -> None:
    left = replace(case, stage=Stage.COMPLETED, closed_at=ARRIVAL + timedelta(days=31))
    written.ledger(company).record(written.request(left, 2))
    with writing(company) as session:
        session.execute(update(Employee).where(col(Employee.id) == "e-lin").values(hired_on=date(2027, 6, 1)))
    assert counts(run(company, "entitlements", FULL)) == (1, 2, 0, 0)
    assert {"export", "create_orders"} <= rights(company)


def test_who_withdrew_the_resignation_may_be_given_rights(company: Engine, case: Case) -> None:
    back = replace(case, stage=Stage.WITHDRAWN, closed_at=ARRIVAL + timedelta(days=3))
    written.ledger(company).record(written.request(back, 2))
    assert counts(run(company, "entitlements", FULL)) == (1, 2, 0, 0)


def test_who_is_no_longer_employed_is_given_nothing_and_may_be_taken_from(company: Engine) -> None:
    with writing(company) as session:
        session.execute(update(Employee).where(col(Employee.id) == "e-lin").values(active=False))
    take_away(company, "export")
    text = HEADER + "n-lin,crm,export,yes\nn-lin,crm,view_customers,no\n"
    assert counts(run(company, "entitlements", text)) == (0, 1, 0, 1)
    assert not {"export", "view_customers"} & rights(company)


def test_a_right_is_given_and_taken_by_file_while_nobody_leaves(company: Engine) -> None:
    assert counts(run(company, "entitlements", HEADER + "n-lin,crm,export,no\n")) == (0, 1, 0, 0)
    assert "export" not in rights(company)
    assert counts(run(company, "entitlements", HEADER + "n-lin,crm,export,yes\n")) == (0, 1, 0, 0)
    assert "export" in rights(company)


def test_without_a_column_for_it_an_existing_right_stays_as_it_is(company: Engine) -> None:
    take_away(company, "export")
    text = "employee_number,system,right\nn-lin,crm,export\nn-zhou,crm,export\n"
    assert counts(run(company, "entitlements", text)) == (1, 0, 1, 0)
    assert "export" not in rights(company)
