"""How far rights may be frozen, asked before anything is registered."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from models.database import writing
from models.employment import Acknowledgement, EmploymentTerms, FreezeBasis
from tests.api.house import Api, problem
from tests.api.questions import ANSWERED_FOR, asked, in_production

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
POLICY = {"kind": "policy", "reference": "员工手册", "in_force_from": "2025-01-01"}


@pytest.mark.law("FRZ-01", "FRZ-02", "FRZ-05")
@pytest.mark.parametrize(
    ("bases", "scope", "counsel", "rule"),
    [
        ([], "limited", False, "FRZ-01"),
        ([{**POLICY, "kind": "contract"}], "full", False, "FRZ-01"),
        ([{**POLICY, "procedure": "D1", "publication": "D2"}], "full", False, "FRZ-02"),
        ([{**POLICY, "publication": "D2"}], "limited", True, "FRZ-02"),
        ([POLICY], "limited", False, "FRZ-02"),
    ],
)
async def test_a_freeze_is_judged_by_its_basis(api: Api, bases: Any, scope: str, counsel: bool, rule: str) -> None:
    found = await asked(api, "freeze", arrived_on="2026-11-23", bases=bases)
    assert (found["scope"], found["waits_for_counsel"], found["law"][0]["rule"]) == (scope, counsel, rule)
    assert found["refused"] == (scope == "limited" and not counsel)
    assert found["exposure"] is None


@pytest.mark.law("FRZ-04")
async def test_what_a_freeze_without_a_basis_may_cost_is_n_times_the_average_wage(api: Api) -> None:
    wage = {"amount": "10000.10"}
    found = await asked(api, "freeze", arrived_on="2026-11-23", hired_on="2021-03-01", average_wage=wage)
    assert found["exposure"]["high"] == {"amount": "60000.60", "currency": "CNY"}
    assert [answer["rule"] for answer in found["exposure"]["law"]] == ["FRZ-04"]
    body = {"arrived_on": "2021-02-28", "hired_on": "2021-03-01", "average_wage": wage}
    problem(await api.person("hr").post("/law/freeze", body), 422, "settlement.ends_before_it_begins")


async def test_a_freeze_is_judged_from_the_records_for_hr_and_counsel_and_for_nobody_else(api: Api) -> None:
    with writing(api.engine) as session:
        share, wage = Decimal("0.5"), Decimal(9000)
        session.merge(EmploymentTerms(employee_id="e-lin", commission_share=share, average_wage=wage, region="CN-SH"))
        session.merge(FreezeBasis(key="handbook", kind="policy", title="员工手册", in_force_from=date(2025, 1, 1)))
        session.flush()
        session.add(Acknowledgement(basis="handbook", employee_id="e-lin", acknowledged_on=date(2025, 2, 1)))
    body = {"arrived_on": "2026-11-23", "employee_number": "n-lin"}
    for name in ("hr", "counsel"):
        found = await asked(api, "freeze", name, **body)
        assert (found["basis"], found["waits_for_counsel"]) == ("员工手册", True)
        assert [answer["rule"] for answer in found["law"]] == ["FRZ-02", "FRZ-05", "FRZ-03"]
        assert found["exposure"]["high"]["amount"] == "63000.00"
    for name in ("lin", "sec", "admin", "auditor", "engineer"):
        problem(await api.person(name).post("/law/freeze", body), 403, "api.role_needed")
    problem(await api.person("hr").post("/law/freeze", {**body, "employee_number": "x"}), 404, "employee.unknown")
    given = await asked(api, "freeze", "hr", **body, bases=[], commission_share="0", average_wage={"amount": "1"})
    assert (given["refused"], given["exposure"]["high"]["amount"]) == (True, "19180.00"), (
        "the minimum wage is the least"
    )


async def test_what_an_installation_trusts_decides_about_a_freeze_without_a_basis(api: Api) -> None:
    in_production(api)
    assert (await asked(api, "freeze", arrived_on="2026-11-23"))["waits_for_counsel"]
    in_production(api, ANSWERED_FOR)
    assert (await asked(api, "freeze", arrived_on="2026-11-23"))["refused"]
