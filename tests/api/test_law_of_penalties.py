"""What a penalty clause may ask of a leaver, asked before anybody asks for it."""

from typing import Any

import pytest

from tests.api.house import Api, problem
from tests.api.questions import asked

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLAUSE: dict[str, Any] = {"on": "2026-11-23", "agreed": {"amount": "18500.00"}}
TRAINING: dict[str, Any] = {"cost": {"amount": "48000.00"}, "months": 36, "left": 12}


@pytest.mark.law("NOT-13", "NOT-14", "TS-08")
@pytest.mark.parametrize(
    ("clause", "most", "rule", "action", "says"),
    [
        ({"breach": "short_notice"}, "0.00", "NOT-13", "block", "only actual loss is owed"),
        ({"breach": "other"}, "0.00", "NOT-14", "block", "this clause does not bind"),
        ({"breach": "service_period", "training": TRAINING}, "16000.00", "NOT-14", "block", "at most 16000.00 yuan"),
        (
            {"breach": "service_period", "training": TRAINING, "employer_fault": True},
            "0.00",
            "NOT-14",
            "block",
            "owes no penalty for the service period",
        ),
        ({"breach": "confidentiality"}, None, "TS-08", "warn", "counsel decides"),
    ],
)
async def test_a_clause_that_asks_for_too_much_is_refused_and_where_courts_differ_a_person_decides(
    api: Api, clause: dict[str, Any], most: str | None, rule: str, action: str, says: str
) -> None:
    found = await asked(api, "penalty", **CLAUSE, **clause)
    assert (found["most"] and found["most"]["amount"]) == most
    (answer,) = found["law"]
    assert (answer["rule"], answer["action"]) == (rule, action)
    assert says in answer["messages"]["en"]
    assert answer["messages"]["zh"] != answer["messages"]["en"]


async def test_what_a_service_period_needs_and_what_does_not_fit_is_named(api: Api) -> None:
    hr, period = api.person("hr"), {**CLAUSE, "breach": "service_period"}
    problem(await hr.post("/law/penalty", period), 422, "penalty.training_needed")
    more = {**period, "training": {**TRAINING, "left": 37}}
    problem(await hr.post("/law/penalty", more), 422, "penalty.more_left_than_agreed")
    problem(await hr.post("/law/penalty", {**period, "training": {**TRAINING, "months": 0}}), 422, "api.invalid_input")
    problem(await hr.post("/law/penalty", {**CLAUSE, "breach": "gossip"}), 422, "api.invalid_input")


@pytest.mark.law("FGN-01")
async def test_elsewhere_it_says_that_only_mainland_chinas_law_is_known_before_it_asks_for_anything(api: Api) -> None:
    clause = {**CLAUSE, "breach": "service_period", "region": "DE"}
    said = problem(await api.person("hr").post("/law/penalty", clause), 422, "law.only_mainland_china")["messages"]
    assert "mainland China" in said["en"]
    assert "中国内地" in said["zh"]
