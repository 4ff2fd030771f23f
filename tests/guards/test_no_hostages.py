"""Wages are no lever: nothing but severance waits for the handover, and no paper holds a waiver (HND-02, HND-04)."""

import re
from datetime import date
from pathlib import Path

import pytest

from domain.handover import ItemStatus
from domain.law import payments
from domain.law.severance import Termination
from domain.obligations import PaymentKind
from domain.plan import Policy
from domain.working_days import WorkingCalendar
from models.decisions import DECISIONS
from models.law import library
from typesetting.press import TEMPLATES

WAIVER = re.compile(
    r"结清|无其他|再无|放弃.{0,4}权|waive|full and final|no further claim|nothing further", re.IGNORECASE
)


@pytest.mark.law("HND-02", "HND-03", "PAY-02")
def test_no_payment_but_severance_can_be_made_to_wait_for_the_handover() -> None:
    for termination in (*Termination, None):
        plan = payments.plan(library().book("CN-SH"), date(2026, 12, 23), WorkingCalendar("Asia/Shanghai"), termination)
        assert plan is not None
        assert [planned.kind for planned in plan.payments if planned.waits_for_handover] in (
            [],
            [PaymentKind.SEVERANCE],
        )
    assert Policy(severance_hold=90).severance_hold == 90
    with pytest.raises(ValueError, match="severance_hold"):
        Policy(severance_hold=91)


@pytest.mark.law("PAY-04", "HND-04")
def test_only_counsel_s_decision_takes_a_sum_and_a_payment_takes_none() -> None:
    with_amount = {name for name, kind in DECISIONS.items() if "amount" in kind.body.model_fields}
    assert with_amount == {"propose_deduction", "decide_deduction"}


@pytest.mark.law("HND-04")
@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.typ")), ids=lambda path: path.name)
def test_no_paper_has_the_words_of_a_waiver(template: Path) -> None:
    printed = template.read_text(encoding="utf-8").replace(f"{ItemStatus.WAIVED.value}: ", "")  # a key, never printed
    assert WAIVER.findall(printed) == []
