"""What single regions of mainland China ask for beyond the national law."""

from datetime import date

import pytest

from domain.law import aftercare, payments, retention
from domain.law.deductions import MonthlyLimit, judge
from domain.law.gates import Gate, Ground
from domain.obligations import DutyKind
from models.law import library
from tests.domain import cases as c
from tests.domain.law.pay import AS_OF, claim, yuan

LAST_DAY = date(2026, 12, 23)


@pytest.mark.law("SH-02")
def test_shanghai_has_the_exit_filed_within_seven_days() -> None:
    local = aftercare.plan(library().book("CN-SH"), LAST_DAY)
    national = aftercare.plan(library().book(), LAST_DAY)
    assert local
    assert national
    assert [(duty.kind, duty.rule, duty.days) for duty in local.duties if duty not in national.duties] == [
        (DutyKind.EXIT_FILING, "SH-02", 7)
    ]
    assert [(law.rule_id, law.action) for law in local.law if law.rule_id == "SH-02"] == [("SH-02", "warn")]


@pytest.mark.law("GD-02")
@pytest.mark.parametrize("region", ["CN-GD", "CN-GD-SZ"])
def test_wage_ledgers_are_kept_for_two_years_at_least(region: str) -> None:
    book = library().book(region)
    plan = retention.plan(book, LAST_DAY)
    assert plan
    assert min(plan.contract_years, plan.case_file_years) >= book.rule("GD-02", LAST_DAY).number("ledger_years") == 2
    assert "GD-02" in {law.rule_id for law in retention.answers(book, LAST_DAY)}


@pytest.mark.law("GD-01")
def test_guangdong_has_nothing_deducted_that_was_not_announced_in_writing() -> None:
    book = library().book("CN-GD")
    wide = MonthlyLimit(yuan(50_000), Ground.ABOVE_CAP, ())
    found = judge(book, LAST_DAY, claim(notice=None), wide, yuan(50_000), AS_OF)
    assert Gate.NOTIFIED not in {gate.gate for gate in found.gates if gate.passed}
    assert found.defensible == yuan(0)
    plan = payments.plan(book, LAST_DAY, c.plan().calendar, None)
    assert plan
    assert "GD-01" in {law.rule_id for law in plan.law}
