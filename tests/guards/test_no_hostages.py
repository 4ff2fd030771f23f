"""Nothing in the product can hold papers, deposits, guarantees or wages of a person who leaves (HND-05, PAY-02)."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel

import models.tables  # noqa: F401  # makes every table known
from activities.papers import TEMPLATES
from api.main import create_app
from api.routes.company import TEMPLATE_EXAMPLE
from domain.law import payments
from domain.law.severance import Termination
from domain.obligations import PaymentKind
from domain.plan import Policy
from domain.working_days import WorkingCalendar
from models.decisions import DECISIONS
from models.law import library
from models.templates import TemplateBody
from tests import builders

HOSTAGE = re.compile(r"deposit|pledge|collateral|surety|retained_(?:paper|document|certificate)|identity_card|id_card")
WAIVER = re.compile(
    r"结清|无其他|再无|放弃.{0,4}权|waive|full and final|no further claim|nothing further", re.IGNORECASE
)


def names(schema: Any) -> Iterator[str]:
    """Every name of a field in a JSON schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from names(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from names(part)


@pytest.mark.law("HND-05")
def test_no_field_of_the_api_or_the_database_takes_a_deposit_or_a_retained_paper(tmp_path: Any) -> None:
    fields = set(names(create_app(builders.settings(tmp_path)).openapi()))
    columns = {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    assert len(fields) > 100
    assert len(columns) > 100
    assert {name for name in fields | columns if HOSTAGE.search(name)} == set()


@pytest.mark.law("HND-05")
def test_a_checklist_that_would_take_a_deposit_is_refused() -> None:
    body = {**TEMPLATE_EXAMPLE, "deposit": 500}
    with pytest.raises(ValidationError, match="deposit"):
        TemplateBody.model_validate(body)


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
@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.j2")), ids=lambda path: path.name)
def test_no_paper_has_the_words_of_a_waiver(template: Path) -> None:
    assert WAIVER.findall(template.read_text(encoding="utf-8")) == []
