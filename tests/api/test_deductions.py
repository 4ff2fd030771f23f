"""Payments and deductions over HTTP: who may, what is refused and how it is said, and what the witness does not see."""

from datetime import timedelta
from typing import Any

import pytest

from domain.timezones import local_date
from models.database import utc_now, writing
from models.decision_examples import EXAMPLES
from models.employment import EmploymentTerms
from models.tables import Account
from tests.api.house import Api, eventually, problem
from tests.api.moves import done, facts, resigned

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLAIM = EXAMPLES["propose_deduction"]
DECIDED = {"deduction": "d1", "amount": "900.00", "reason": "half of it"}


async def in_shanghai(api: Api) -> str:
    with writing(api.engine) as session:
        session.get_one(EmploymentTerms, "e-lin").region = "CN-SH"
    return await resigned(api)


async def told(api: Api, case_id: str) -> dict[str, Any]:
    """The deduction as HR sees it, once the leaver has its notice."""

    async def notified() -> dict[str, Any]:
        found: dict[str, Any] = (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]["deductions"][-1]
        return found if found["notified_on"] else {}

    return await eventually(notified)


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize(
    ("changed", "code", "zh", "en"),
    [
        ({"agreed_in": None}, "deduction.not_agreed", "没有事先约定（未通过 G1）", "Not agreed beforehand"),
        ({"agreed_on": "2026-10-12"}, "deduction.agreed_too_late", "约定晚于损失（未通过 G1）", "only after the loss"),
        ({"agreed_in": "policy"}, "deduction.policy_not_valid", "制度不具备效力（未通过 G1）", "policy does not hold"),
        ({"fault": ""}, "deduction.fault_not_proved", "缺少员工过错的证据（未通过 G2）", "(gates not passed: G2)"),
        ({"wage": "2740"}, "deduction.below_minimum_wage", "低于当地最低工资（未通过 G4）", "(gates not passed: G4)"),
    ],
)
async def test_a_claim_that_can_not_be_defended_is_refused_in_both_languages_with_its_gate(
    living: Api, changed: dict[str, Any], code: str, zh: str, en: str
) -> None:
    case = await in_shanghai(living)
    before = facts(living, case)
    answer = await living.person("hr").decide(case, "propose_deduction", **CLAIM | changed)
    said = problem(answer, 422, code)["messages"]
    assert zh in said["zh"]
    assert en in said["en"]
    assert facts(living, case) == before


@pytest.mark.law("PAY-03", "PAY-04", "PIP-01")
async def test_each_has_the_own_part_in_a_deduction_and_the_witness_none(living: Api) -> None:
    with writing(living.engine) as session:
        session.get_one(Account, "a-sec").roles = ["security", "counsel"]
    case = await in_shanghai(living)
    for name in ("lin", "wang", "zhou", "it-clerk"):
        problem(await living.person(name).decide(case, "propose_deduction", **CLAIM), 403)
    await done(living, "counsel", case, "propose_deduction", **CLAIM)
    assert (await told(living, case))["most"] == {"amount": "1500.00", "currency": "CNY"}
    for name in ("hr", "counsel", "wang"):
        answer = await living.person(name).decide(case, "reply_to_deduction", deduction="d1", answer="accept")
        problem(answer, 403, "deduction.only_leaver_replies")
    problem(await living.person("sec").decide(case, "decide_deduction", **DECIDED), 409, "deduction.reply_not_heard")
    await done(living, "lin", case, "reply_to_deduction", deduction="d1", answer="refuse", reply="it was theirs")
    problem(await living.person("counsel").decide(case, "decide_deduction", **DECIDED), 403, "deduction.own_proposal")
    problem(await living.person("hr").decide(case, "decide_deduction", **DECIDED), 403, "deduction.only_counsel")
    much = DECIDED | {"amount": "1500.01"}
    said = problem(await living.person("sec").decide(case, "decide_deduction", **much), 422, "deduction.above_most")
    assert "最多可以扣 1500.00" in said["messages"]["zh"]
    assert "At most 1500.00" in said["messages"]["en"]
    await done(living, "sec", case, "decide_deduction", **DECIDED)
    for name, sees in (("lin", True), ("hr", True), ("auditor", True), ("wang", False)):
        shown = (await living.person(name).get(f"/cases/{case}")).json()["case"]
        assert ("deductions" in shown, "payments" in shown) == (sees, sees), name
        lines = (await living.person(name).get(f"/cases/{case}/facts", limit=200)).json()["items"]
        (line,) = [line for line in lines if line["kind"] == "DeductionDecided"]
        assert bool(line["data"]) is sees, name
    await done(living, "hr", case, "propose_deduction", **CLAIM | {"subject": "SO-2612"})
    problem(await living.person("lin").decide(case, "drop_deduction", deduction="d2", reason="please"), 403)
    await done(living, "hr", case, "drop_deduction", deduction="d2", reason="too weak")


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1.001", "1,000", "1e3", "NaN", " 5", 5, None])
async def test_an_amount_is_a_text_above_zero_with_at_most_two_places(living: Api, amount: Any) -> None:
    case = await in_shanghai(living)
    answer = await living.person("hr").decide(case, "propose_deduction", **CLAIM | {"amount": amount})
    assert problem(answer, 422, "api.invalid_input")["errors"][0]["field"] == "body.amount"


@pytest.mark.law("PAY-02")
async def test_only_hr_enters_a_payment_and_only_one_that_is_owed_and_was_made(living: Api) -> None:
    case = await in_shanghai(living)
    today = local_date(utc_now(), "Asia/Shanghai").isoformat()
    paid = {"payment": "wages", "paid_on": today, "reference": "bank 7"}
    for name in ("lin", "counsel", "wang"):
        problem(await living.person(name).decide(case, "confirm_payment", **paid), 403, "payment.only_hr")
    later = paid | {"paid_on": (utc_now() + timedelta(days=2)).date().isoformat()}
    problem(await living.person("hr").decide(case, "confirm_payment", **later), 422, "payment.in_the_future")
    severance = paid | {"payment": "severance"}
    said = problem(await living.person("hr").decide(case, "confirm_payment", **severance), 404, "payment.not_owed")
    assert "经济补偿" in said["messages"]["zh"]
    assert "severance pay" in said["messages"]["en"]
    answer = await living.person("counsel").decide(case, "dismiss_payment", payment="wages", reason="no money")
    problem(answer, 409, "payment.owed_by_law")
    await done(living, "hr", case, "confirm_payment", **paid)
    problem(await living.person("hr").decide(case, "confirm_payment", **paid), 409, "payment.settled_already")
    problem(await living.person("hr").decide(case, "propose_deduction", **CLAIM), 409, "deduction.too_late")
