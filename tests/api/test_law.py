"""What people ask the law: rules by day and place, and when a notice would end the employment."""

import inspect
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest

from domain.law import notice, notice_facts
from models.law import library
from models.tables import Notice
from tests.api import contract
from tests.api.house import V1, Api, problem
from tests.api.questions import ANSWERED_FOR, answers, asked, in_production

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ARRIVED = "2026-11-23T10:00:00+08:00"
REFUSALS: dict[str, dict[str, Any]] = {
    "resignation.last_day_too_early": {"wished_last_day": "2026-12-22"},
    "notice.goes_to_the_agency": {"relation": "dispatched"},
    "notice.grounds_needed": {"ending": "employer_fault", "grounds": ["mood"]},
    "notice.tells_of_employer_fault": {"text": "公司拖欠工资，本人辞职。"},
    "notice.offer_takes_an_agreement": {"intent": "offer"},
    "notice.agreement_needed": {"ending": "mutual", "initiator": "employer"},
    "notice.agreed_day_needed": {"ending": "mutual", "initiator": "employer", "agreement": "DOC-1"},
    "notice.contract_end_needed": {"ending": "expiry"},
    "notice.dismissal_is_not_begun_here": {"ending": "dismissal"},
}


async def rules(api: Api, **wanted: str) -> dict[str, dict[str, Any]]:
    """The rules that are shown, by id."""
    answer = await api.person("stranger").get("/law/rules", **wanted)
    assert answer.status_code == 200, answer.text
    return {rule["rule"]: rule for rule in answer.json()["rules"]}


async def test_the_rules_are_those_of_the_day(api: Api) -> None:
    before, after = await rules(api, on="2020-12-31"), await rules(api, on="2021-01-01")
    assert (before["NOT-06"]["effective_to"], after["NOT-06"]["effective_from"]) == ("2020-12-31", "2021-01-01")
    assert "Civil Code" in after["NOT-07"]["cite"]["en"]
    assert "Civil Code" not in before["NOT-07"]["cite"]["en"]
    assert await rules(api, on="1950-01-01") == {}


async def test_without_a_day_it_is_today_in_the_laws_own_time_zone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.law.utc_now", lambda: datetime(2026, 11, 22, 16, tzinfo=UTC))
    answer = await api.person("lin").get("/law/rules")
    assert (answer.json()["on"], answer.json()["time_zone"]) == ("2026-11-23", "Asia/Shanghai")


async def test_a_regions_rules_lie_over_those_of_the_country_and_an_unknown_region_has_these(api: Api) -> None:
    shanghai, nowhere = await rules(api, region="CN-SH"), await rules(api, region="CN-XZ")
    assert (shanghai["SH-01"]["pack"], shanghai["PAY-02"]["pack"]) == ("cn-sh", "cn-sh")
    assert (shanghai["NOT-01"]["pack"], nowhere["PAY-02"]["pack"]) == ("cn", "cn")
    assert nowhere == await rules(api)
    assert "SH-01" not in nowhere


async def test_rules_of_one_section_and_all_sections_together_are_all_rules(api: Api) -> None:
    (section,) = [p for p in contract.operation("GET /law/rules").says["parameters"] if p["name"] == "section"]
    names = contract.resolved(section["schema"]["anyOf"][0])["enum"]
    each = [await rules(api, section=name, region="CN-SH", on="2026-11-23") for name in names]
    assert {rule for found in each for rule in found} == set(await rules(api, region="CN-SH", on="2026-11-23"))
    assert set(each[names.index("freeze")]) == {f"FRZ-0{number}" for number in range(1, 7)}


async def test_a_rule_is_shown_with_its_figures_and_no_fraction_is_a_float(api: Api) -> None:
    found = await rules(api, on="2026-11-23")
    assert found["NOT-01"]["params"] == {"notice_days": 30}
    assert found["PAY-03"]["params"] == {"cap": "0.20"}
    assert found["NOT-06"]["params"] == {"holiday_roll": False}
    assert found["NOT-01"]["quote_zh"].startswith("劳动者提前三十日")


async def test_in_production_a_rule_that_nobody_signed_off_warns_until_somebody_answers_for_it(api: Api) -> None:
    assert (await rules(api))["FRZ-01"]["action"] == "block"
    in_production(api)
    assert [(await rules(api))["FRZ-01"][key] for key in ("action", "pack_action")] == ["warn", "block"]
    in_production(api, ANSWERED_FOR)
    shown = (await rules(api))["FRZ-01"]
    assert (shown["action"], shown["override"]) == ("block", ANSWERED_FOR["FRZ-01"])


async def test_templates_of_other_jurisdictions_only_warn(api: Api) -> None:
    found = (await api.person("stranger").get("/law/templates")).json()
    assert [template["pack"] for template in found] == [pack.name for pack in library().templates()]
    assert {rule["action"] for template in found for rule in template["rules"]} == {"warn"}


@pytest.mark.law("NOT-01", "NOT-02", "NOT-05", "SH-01")
@pytest.mark.parametrize(
    ("facts", "last_day", "rule"),
    [
        ({}, "2026-12-23", "NOT-01"),
        ({"arrived_at": "2026-11-23T15:59:59Z"}, "2026-12-23", "NOT-01"),
        ({"arrived_at": "2026-11-23T16:00:00Z"}, "2026-12-24", "NOT-01"),
        ({"probation_until": "2026-11-23"}, "2026-11-26", "NOT-02"),
        ({"relation": "part_time"}, "2026-11-23", "NOT-05"),
        ({"agreed_notice_days": 60, "keeps_secrets": True, "region": "CN-SH"}, "2027-01-22", "SH-01"),
    ],
)
async def test_a_notice_is_judged_as_if_it_were_registered(
    api: Api, facts: dict[str, Any], last_day: str, rule: str
) -> None:
    found = await asked(api, "notice", **{"arrived_at": ARRIVED, **facts})
    assert (found["earliest_last_day"], found["last_day"], found["law"][0]["rule"]) == (last_day, last_day, rule)
    assert api.count(Notice) == 0


@pytest.mark.law("NOT-12")
async def test_a_warning_says_in_both_languages_what_does_not_bind(api: Api) -> None:
    found = await asked(api, "notice", arrived_at=ARRIVED, agreed_notice_days=60)
    warned = found["law"][1]
    assert (warned["rule"], warned["action"], warned["working"]) == ("NOT-12", "warn", "60 > 30")
    assert "60" in warned["messages"]["zh"]
    assert warned["messages"]["en"] == "The agreed 60 days of notice do not bind; 30 days hold."


@pytest.mark.law("NOT-06")
async def test_a_holiday_does_not_move_the_last_day_and_is_shown(api: Api) -> None:
    found = await asked(api, "notice", arrived_at="2026-09-01T10:00:00+08:00")
    assert (found["last_day"], found["law"][1]["rule"]) == ("2026-10-01", "NOT-06")
    assert "2026年10月1日" in found["law"][1]["messages"]["zh"]


async def test_where_no_sentence_says_why_the_rule_speaks_for_itself(api: Api) -> None:
    said = (await asked(api, "notice", arrived_at=ARRIVED))["law"][0]["messages"]
    rule = library().pack("cn").find("NOT-01", date(2026, 11, 23))
    assert rule is not None
    assert said == {"zh": rule.says.zh, "en": rule.says.en}


async def test_what_the_law_refuses_is_refused_to_a_question_as_well(api: Api) -> None:
    source = inspect.getsource(notice) + inspect.getsource(notice_facts)
    assert set(re.findall(r'invalid\("([\w.]+)"', source)) == set(REFUSALS)
    for code, facts in REFUSALS.items():
        problem(await api.person("stranger").post("/law/notice", {"arrived_at": ARRIVED, **facts}), 422, code)


async def test_a_day_on_which_the_law_is_silent_is_said_so(api: Api) -> None:
    person = api.person("stranger")
    silent = "notice.no_law_for_that_day"
    problem(await person.post("/law/notice", {"arrived_at": "1999-01-01T00:00:00Z"}), 422, silent)
    problem(await person.post("/law/freeze", {"arrived_on": "1999-01-01"}), 422, silent)
    penalty = contract.operation("POST /law/penalty").example
    problem(await person.post("/law/penalty", {**penalty, "on": "1999-01-01"}), 422, silent)
    settlement = {**contract.operation("POST /law/settlement").example, "hired_on": "1998-01-01"}
    problem(await person.post("/law/settlement", {**settlement, "last_day": "1999-01-01"}), 422, silent)


@pytest.mark.parametrize("day", ["0001-01-01", "1949-12-30", "2200-01-01", "9999-12-31"])
async def test_days_at_the_borders_of_the_calendar_are_no_questions(api: Api, day: str) -> None:
    person = api.person("stranger")
    for question, body in (
        ("notice", {"arrived_at": f"{day}T23:59:59-23:59"}),
        ("notice", {"arrived_at": ARRIVED, "wished_last_day": day}),
        ("freeze", {"arrived_on": day}),
        ("penalty", {"on": day}),
        ("settlement", {"last_day": day}),
    ):
        problem(await person.post(f"/law/{question}", body), 422, "api.invalid_input")
    problem(await person.get("/law/rules", on=day), 422, "api.invalid_input")


async def test_questions_take_no_idempotency_key_and_every_answer_says_where_it_comes_from(api: Api) -> None:
    headers = api.person("stranger").headers
    for question in ("notice", "freeze", "penalty", "settlement"):
        operation = contract.operation(f"POST /law/{question}")
        assert "Idempotency-Key" in operation.says["description"]
        answer = await api.http.post(f"{V1}/law/{question}", json=operation.example, headers=headers)
        found = list(answers(answer.json()))
        assert found
        for said in found:
            assert library().pack(said["pack"], said["pack_version"])
            assert all(
                (said["rule"], said["citation"], said["working"], said["messages"]["zh"], said["messages"]["en"])
            )


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize(
    ("facts", "last_day"),
    [({"region": "JP"}, "2026-12-07"), ({"region": "SG", "hired_on": "2015-01-05"}, "2026-12-20")],
)
async def test_elsewhere_a_template_reckons_the_day_and_warns(api: Api, facts: dict[str, str], last_day: str) -> None:
    found = await asked(api, "notice", **{"arrived_at": ARRIVED, **facts})
    assert found["last_day"] == last_day
    assert {(law["rule"], law["action"]) for law in found["law"]} == {("FGN-01", "warn")}
    assert "律师" in found["law"][1]["messages"]["zh"]


@pytest.mark.law("FGN-01")
async def test_of_a_jurisdiction_without_a_template_nothing_is_guessed(api: Api) -> None:
    answer = await api.person("stranger").post("/law/notice", {"arrived_at": ARRIVED, "region": "TH"})
    problem(answer, 422, "law.unknown_jurisdiction")
    assert "JP" in answer.text


@pytest.mark.law("FGN-01")
async def test_what_no_template_knows_is_said_to_be_unknown(api: Api) -> None:
    person, silent = api.person("stranger"), "law.only_mainland_china"
    settlement = {**contract.operation("POST /law/settlement").example, "region": "JP"}
    problem(await person.post("/law/settlement", settlement), 422, silent)
    penalty = {**contract.operation("POST /law/penalty").example, "region": "JP"}
    problem(await person.post("/law/penalty", penalty), 422, silent)
