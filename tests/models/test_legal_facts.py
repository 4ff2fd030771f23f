"""How far rules of law are trusted is a setting: whoever trusts more says by name who answers for it, and why."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine

from activities.assembly import case_activities
from domain.law.rules import Override, Review
from models.legal_facts import review
from models.messages import StartCase
from tests import builders
from tests.pades.builders import office

NAMED = {"FRZ-01": {"by": "赵敏", "reason": "律师书面意见"}}


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"FRZ-99": NAMED["FRZ-01"]}, "'FRZ-99', which is no rule"),
        ({"FRZ-01": {"by": "赵敏"}}, "FRZ-01 takes by and reason"),
        ({"FRZ-01": {**NAMED["FRZ-01"], "until": "2027"}}, "FRZ-01 takes by and reason"),
        ({"FRZ-01": {"by": " ", "reason": "x"}}, "FRZ-01: an override names a person and a reason"),
        ({"FRZ-01": {"by": "x", "reason": ""}}, "FRZ-01: an override names a person and a reason"),
    ],
)
def test_an_override_that_nobody_answers_for_stops_the_start(tmp_path: Path, overrides: Any, said: str) -> None:
    with pytest.raises(ValidationError, match=f"WANBI_LAW_OVERRIDES.*{said}"):
        builders.settings(tmp_path, law_overrides=overrides)


def test_overrides_come_from_the_environment_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANBI_LAW_OVERRIDES", '{"FRZ-01": {"by": "赵敏", "reason": "律师书面意见"}}')
    assert builders.settings(tmp_path).law_overrides == NAMED


def test_only_production_distrusts_what_nobody_signed_off() -> None:
    trusting = {"FRZ-01": Override("赵敏", "律师书面意见")}
    assert review("production", NAMED) == Review(production=True, overrides=trusting)
    assert not review("demo", {}).production


@pytest.mark.law("FRZ-01")
@pytest.mark.parametrize(("overrides", "waits"), [({}, True), (NAMED, False)])
def test_the_worker_plans_cases_as_its_settings_trust_the_rules(
    company: Engine, tmp_path: Path, overrides: Any, waits: bool
) -> None:
    builders.without_a_basis(company)
    builders.notice(company, "c1", builders.ARRIVAL)
    config = builders.settings(tmp_path, law_overrides=overrides).model_copy(update={"environment": "production"})
    make_plan, *_ = case_activities(company, config, office())
    plan = make_plan(StartCase(case_id="c1", employee_id="e-lin", arrived_at=builders.ARRIVAL)).plan
    assert (plan.freeze.waits_for_counsel, plan.freeze.refused) == (waits, not waits)
