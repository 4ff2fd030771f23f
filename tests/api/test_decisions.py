"""Decisions over HTTP in a living case: every kind, every way in which one can be refused, and what a key is worth."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

import worker
from domain.case import Stage
from models.database import reading, utc_now, writing
from models.decisions import DECISIONS
from models.employment import EmploymentTerms, FreezeBasis
from models.facts import VOIDED
from models.tables import Account, SystemRight, UsedProof
from temporal_client import connect_temporal
from tests import builders
from tests.api.house import PASSWORD, Api, EngineAway, eventually, give_password, new_key, problem, serving
from tests.api.moves import ITEMS, done, everything_settled, facts, looked_after, resigned, sealed, signs, until
from tests.api.rows import opened_case, write_case
from tests.trust import trust

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SHA = "0" * 64
AFTERWARDS = {
    "confirm_payment",
    "dismiss_payment",
    "complete_duty",
    "confirm_compensation",
    "excuse_compensation",
    "record_interruption",
    "end_non_compete",
}
DEDUCTIONS = {"propose_deduction", "reply_to_deduction", "decide_deduction", "drop_deduction"}
"""They have their own tests: test_deductions.py."""
DUTY: dict[str, Any] = {"duty": "housing_fund", "done_on": "2026-11-20", "reference": "receipt 118"}
WAIVED: dict[str, Any] = {"items": ["devices"], "reason": "not needed"}


async def test_every_kind_of_decision_reaches_the_case_over_http(
    living: Api, temporal_server: WorkflowEnvironment, temporal: Client
) -> None:
    give_password(living.engine, "a-lin", "a-wang", "a-sales-head", "a-keeper")
    with writing(living.engine) as session:
        session.get_one(FreezeBasis, "handbook").procedure = ""
        session.get_one(SystemRight, ("erp", "create_orders")).protects_data = True
        session.get_one(EmploymentTerms, "e-lin").non_compete_months = 12
    case = await resigned(living)
    later = (utc_now() + timedelta(days=40)).date().isoformat()
    seen = {"close_case"}

    async def does(name: str, decision: str, fact: str, **body: Any) -> None:
        answer = await done(living, name, case, decision, **body)
        assert fact in answer.json()["facts"]
        seen.add(decision)

    await does("wang", "assign_receiver", "ReceiverAssigned", items=["devices"], receiver="a-sales-head")
    await does("lin", "hand_over_items", "ItemsHandedOver", items=ITEMS[1:], note="all of it")
    await does("zhou", "decide_items", "ItemsRefused", items=["open_orders"], answer="refuse", reason="two are missing")
    await does("lin", "hand_over_items", "ItemsHandedOver", items=["open_orders"], reference="DOC-7")
    await does("zhou", "decide_items", "ItemsAccepted", items=ITEMS[1:3], answer="accept")
    await does("sales-head", "decide_items", "ItemsAccepted", items=["devices"], answer="accept")
    await does("hr", "waive_items", "ItemsWaived", items=["customer_files"], reason="there are none")
    await does(
        "it-clerk", "decide_clearance", "ClearanceSentBack", department="it", verdict="send_back", reason="laptop"
    )
    await does("lin", "resubmit_clearance", "ClearanceResubmitted", department="it", note="it is there now")
    await does(
        "hr", "reassign_clearance", "ClearanceReassigned", department="finance", to="a-finance-head", reason="ill"
    )
    await does("sales-clerk", "delegate_clearance", "ClearanceDelegated", department="sales", to="a-sales-head")
    await does("lin", "request_grant", "GrantRequested", system="erp", rights=["create_orders"], reason="one", hours=4)
    await does("sec", "decide_grant", "GrantApproved", grant="g1", answer="accept", hours=2)
    await does("sec", "extend_grant", "GrantExtended", grant="g1", hours=1, reason="not done yet")
    await does("lin", "revoke_grant", "GrantRevoked", grant="g1")
    await does("lin", "propose_last_day", "LastDayProposed", day=later, reason="holiday")
    await does("hr", "answer_last_day", "LastDayProposalDeclined", day=later, answer="refuse", reason="no")
    await does("lin", "request_withdrawal", "WithdrawalRequested", reason="thought again")
    await does("hr", "answer_withdrawal", "WithdrawalDeclined", answer="refuse", reason="successor hired")
    await does("counsel", "confirm_freeze", "FreezeDeclined", answer="refuse", reason="no minutes")
    today = (utc_now() - timedelta(days=1)).date().isoformat()
    await does("hr", "file_freeze_agreement", "FreezeBasisFiled", reference="AGR-31", signed_on=today)
    await does("hr", "decide_non_compete", "NonCompeteWaived", enforce=False, reason="she knew no secrets")
    await does("counsel", "place_hold", "HoldPlaced", reason="a claim")
    await does("counsel", "lift_hold", "HoldLifted", reason="settled")
    for name, department in {"it-clerk": "it", "finance-head": "finance", "sales-head": "sales"}.items():
        await does(name, "decide_clearance", "ClearanceApproved", department=department, verdict="approve")
    for department in ("customer_service", "administration"):
        await done(living, f"{department}-clerk", case, "decide_clearance", department=department, verdict="approve")
    record = await eventually(lambda: _record(living, case))
    await does("zhou", "refuse_signature", "SignatureRefused", account="a-zhou", reason="figures")
    await does("wang", "witness_refusal", "SignatureRefusalWitnessed", account="a-zhou", password=PASSWORD)
    for name in ("lin", "sales-head", "wang"):
        await signs(living, name, case)
    accepted = {"sha256": record, "answer": "accept", "password": PASSWORD}
    await does("keeper", "approve_seal", "SealApproved", **accepted)
    assert seen | AFTERWARDS | DEDUCTIONS | {"sign_record"} == set(DECISIONS)


async def test_what_follows_the_last_day_is_entered_over_http_before_and_after_the_case_has_closed(
    living: Api, temporal_server: WorkflowEnvironment, temporal: Client
) -> None:
    with writing(living.engine) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.non_compete_months, terms.contract_until = 12, (utc_now() + timedelta(days=30)).date()
    case = await resigned(living, ending="expiry")
    await done(living, "hr", case, "decide_non_compete", enforce=True, reason="she knows the prices")
    problem(await living.person("hr").decide(case, "complete_duty", **DUTY), 409, "aftercare.not_running")
    await temporal_server.fast_forward(temporal.get_workflow_handle(f"offboarding-{case}"), timedelta(days=33))
    await until(living, case, "pursuing")
    on = (utc_now() + timedelta(days=32)).date().isoformat()
    seen = set()

    async def does(name: str, decision: str, fact: str, **body: Any) -> None:
        answer = await done(living, name, case, decision, **body)
        assert fact in answer.json()["facts"]
        seen.add(decision)

    await does("hr", "complete_duty", "DutyDone", **DUTY | {"done_on": on})
    await done(living, "hr", case, "close_case", reason="enough")
    await until(living, case, "completed_with_gaps")
    await looked_after(living, case)
    problem(await living.person("hr").decide(case, "close_case", reason="again"), 409, "case.closed")
    asked = {"decision": "complete_duty", "body": DUTY}
    proof = (await living.person("hr").post(f"/cases/{case}/decision-proofs", asked)).json()
    assert proof["workflow_id"] == f"aftercare-{case}"
    await does("hr", "confirm_payment", "PaymentConfirmed", payment="wages", paid_on=on, reference="bank 6")
    await does("counsel", "dismiss_payment", "PaymentDismissed", payment="severance", reason="she declined to renew")
    await does("hr", "confirm_compensation", "CompensationPaid", month=1, paid_on=on, reference="bank 7")
    await does("hr", "excuse_compensation", "CompensationExcused", month=2, reason="her account is closed")
    await does("counsel", "record_interruption", "LimitationInterrupted", kind="claim", on=on, reference="letter")
    await does("hr", "end_non_compete", "NonCompeteEnded", side="employer", on=on, reason="over")
    assert seen == AFTERWARDS
    shown = (await living.person("hr").get(f"/cases/{case}")).json()["case"]["aftercare"]
    assert [month["due"] for month in shown["compensations"]][-3:] == [on] * 3
    waiting = (await living.person("hr").get("/inbox/tasks")).json()
    assert {"complete_duty"} <= {task["kind"] for task in waiting["items"]}
    assert (await living.person("admin").patch("/accounts/a-hr", {"active": False})).status_code == 200

    async def counsel_is_asked() -> bool:
        tasks = (await living.person("counsel").get("/inbox/tasks")).json()["items"]
        return "complete_duty" in {task["kind"] for task in tasks}

    await eventually(counsel_is_asked)


async def _record(api: Api, case_id: str) -> str:
    record = (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]["record"]
    return str(record["sha256"]) if record else ""


async def test_hr_closes_what_is_unfinished_after_the_last_day(
    living: Api, temporal: Client, temporal_server: WorkflowEnvironment
) -> None:
    case, key = await resigned(living), new_key()
    reason = {"reason": "she has moved away"}
    refused = problem(
        await living.person("hr").decide(case, "close_case", key, **reason), 409, "close.not_before_last_day"
    )
    assert refused["messages"]["en"]
    await temporal_server.fast_forward(temporal.get_workflow_handle(f"offboarding-{case}"), timedelta(days=32))
    await until(living, case, "pursuing")
    closed = await done(living, "hr", case, "close_case", key, **reason)
    assert closed.json()["facts"][0] == "CloseRequested", "what was refused before, its key may still do"
    gone = await until(living, case, "completed_with_gaps")
    assert not gone["open"]
    assert (await done(living, "hr", case, "close_case", key, **reason)).json() == closed.json()
    problem(await living.person("hr").decide(case, "close_case", **reason), 409, "case.closed")


async def test_a_refusal_has_the_status_of_its_reason_and_changes_nothing(living: Api) -> None:
    case = await resigned(living)
    before = facts(living, case)
    for name, decision, body, status, code in (
        ("lin", "decide_clearance", {"department": "it", "verdict": "approve"}, 403, "clearance.self_approval"),
        ("zhou", "hand_over_items", {"items": ITEMS, "note": "x"}, 403, "item.only_leaver_hands_over"),
        ("zhou", "place_hold", {"reason": "x"}, 403, "hold.only_counsel"),
        ("lin", "hand_over_items", {"items": ["nothing"], "note": "x"}, 404, "item.unknown"),
        ("it-clerk", "decide_clearance", {"department": "legal", "verdict": "approve"}, 404, "clearance.unknown"),
        ("sec", "revoke_grant", {"grant": "g9"}, 404, "grant.unknown"),
        ("zhou", "decide_items", {"items": ["devices"], "answer": "accept"}, 409, "item.not_handed_over"),
        ("hr", "approve_seal", {"sha256": SHA, "answer": "accept", "password": PASSWORD}, 409, "signature.no_record"),
        ("hr", "answer_withdrawal", {"answer": "accept"}, 409, "withdrawal.nothing_requested"),
        ("lin", "hand_over_items", {"items": ["devices"]}, 422, "item.proof_required"),
        ("it-clerk", "decide_clearance", {"department": "it", "verdict": "send_back"}, 422, "reason.required"),
        (
            "lin",
            "request_grant",
            {"system": "erp", "rights": ["view_orders"], "reason": "x", "hours": 1},
            422,
            "grant.wider_than_frozen",
        ),
    ):
        give_password(living.engine, f"a-{name}")
        problem(await living.person(name).decide(case, decision, **body), status, code)
    assert facts(living, case) == before


async def test_the_seal_needs_the_password_at_that_moment(living: Api) -> None:
    give_password(living.engine, "a-lin", "a-zhou", "a-wang", "a-keeper")
    case = await resigned(living)
    record, keeper = await everything_settled(living, case), living.person("keeper")
    for name in ("lin", "zhou", "wang"):
        await signs(living, name, case)
    wanted = {"sha256": record["sha256"], "answer": "accept"}
    problem(await keeper.decide(case, "approve_seal", **wanted), 422, "api.invalid_input")
    problem(await keeper.decide(case, "approve_seal", **wanted, password="not this one"), 403, "sign_in.password_wrong")
    problem(await living.person("wang").decide(case, "approve_seal", **wanted, password=PASSWORD), 403)
    assert "SealApproved" not in facts(living, case)
    await sealed(living, case)
    assert facts(living, case).count("SealApproved") == 1


async def test_a_decision_repeated_with_its_key_gets_its_answer_again_and_acts_once(living: Api) -> None:
    case, key = await resigned(living), new_key()
    body: dict[str, Any] = {"items": ITEMS, "note": "all of it"}
    answers = [await done(living, "lin", case, "hand_over_items", key, **body) for _ in range(3)]
    at_once = await asyncio.gather(
        *(living.person("lin").decide(case, "hand_over_items", key, **body) for _ in range(4))
    )
    assert len({answer.text for answer in (*answers, *at_once)}) == 1
    assert facts(living, case).count("ItemsHandedOver") == 1
    problem(await living.person("lin").decide(case, "hand_over_items", **body), 409, "item.already_handed_over")


async def test_a_key_of_one_case_is_not_good_for_another(living: Api) -> None:
    one, other = await resigned(living), await resigned(living, employee_number="n-it-clerk")
    key, body = new_key(), WAIVED
    await done(living, "hr", one, "waive_items", key, **body)
    refused = await living.person("hr").decide(other, "waive_items", key, **body)
    problem(refused, 422, "api.key_used_for_another_request")


async def test_a_closed_case_knows_its_old_answers_and_takes_no_new_decision(living: Api) -> None:
    case, key = await resigned(living), new_key()
    first = await done(living, "lin", case, "request_withdrawal", key, reason="thought again")
    refused_key = new_key()
    refused = await living.person("lin").decide(case, "request_withdrawal", refused_key, reason="once more")
    problem(refused, 409, "withdrawal.already_requested")
    await done(living, "hr", case, "answer_withdrawal", answer="accept")
    await until(living, case, "withdrawn")
    again = await eventually(lambda: _answered(living, case, key))
    assert again == first.text
    problem(await living.person("lin").decide(case, "request_withdrawal", reason="no"), 409, "case.closed")
    again_refused = await living.person("lin").decide(case, "request_withdrawal", refused_key, reason="once more")
    problem(again_refused, 409, "case.closed")


async def _answered(api: Api, case_id: str, key: str) -> str:
    """The answer to the old request; while the closed case still ends, one has to ask again."""
    answer = await api.person("lin").decide(case_id, "request_withdrawal", key, reason="thought again")
    return answer.text if answer.status_code == 200 else ""


async def test_a_case_that_no_workflow_runs_says_whether_it_is_to_come_or_over(workerless: Api) -> None:
    case = opened_case(workerless.engine)
    write_case(workerless.engine, case)
    body = WAIVED
    problem(await workerless.person("hr").decide(case.case_id, "waive_items", **body), 409, "case.not_open_yet")
    write_case(workerless.engine, replace(case, stage=Stage.COMPLETED), 2)
    problem(await workerless.person("hr").decide(case.case_id, "waive_items", **body), 409, "case.closed")


async def test_a_decision_without_an_answer_in_time_is_pending_and_its_key_gets_the_answer_later(
    workerless: Api, temporal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.gateway.ANSWER_WITHIN", 0.5)
    key, body = new_key(), WAIVED
    async with worker.running(temporal, workerless.engine, workerless.config, trust(workerless.engine)):
        case = await resigned(workerless)
    for _ in range(2):
        pending = await workerless.person("hr").decide(case, "waive_items", key, **body)
        assert (pending.status_code, pending.json()["status"]) == (202, "pending")
        assert pending.headers["retry-after"]
        said = pending.json()["messages"]
        assert set(said) == {"zh", "en"}
        assert all("Idempotency-Key" in message for message in said.values())
    assert "ItemsWaived" not in facts(workerless, case)
    monkeypatch.setattr("api.gateway.ANSWER_WITHIN", 10.0)
    async with worker.running(temporal, workerless.engine, workerless.config, trust(workerless.engine)):
        answers = [await done(workerless, "hr", case, "waive_items", key, **body) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert facts(workerless, case).count("ItemsWaived") == 1


async def test_a_decision_that_waited_longer_than_its_proof_lasts_is_still_carried_out_once(
    workerless: Api, temporal: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, body = new_key(), WAIVED
    async with worker.running(temporal, workerless.engine, workerless.config, trust(workerless.engine)):
        case = await resigned(workerless)
    with monkeypatch.context() as long_ago:
        long_ago.setattr("models.proofs.LIFETIME", timedelta(seconds=-1))
        long_ago.setattr("api.gateway.ANSWER_WITHIN", 0.5)
        assert (await workerless.person("hr").decide(case, "waive_items", key, **body)).status_code == 202
    async with worker.running(temporal, workerless.engine, workerless.config, trust(workerless.engine)):
        answers = [await done(workerless, "hr", case, "waive_items", key, **body) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    kinds = facts(workerless, case)
    assert (kinds.count("ItemsWaived"), kinds.count("DecisionRefused")) == (1, 1)
    with reading(workerless.engine) as session:
        assert len(session.exec(select(UsedProof)).all()) == 1


async def test_while_the_engine_is_away_a_decision_is_refused_for_now_and_its_key_stays_good(living: Api) -> None:
    case, key = await resigned(living), new_key()
    body = WAIVED
    gateway = living.app.state.gateway
    async with serving(living.engine, living.config, EngineAway()) as cut_off:
        away = await cut_off.person("hr").decide(case, "waive_items", key, **body)
        problem(away, 503, "api.engine_away")
        assert away.headers["retry-after"]
        assert (await cut_off.person("hr").get(f"/cases/{case}")).status_code == 200, "reading goes on"
        ready = await cut_off.http.get("/health/ready")
        assert (ready.status_code, ready.json()) == (200, {"database": True, "engine": False})
    living.app.state.gateway = gateway
    await done(living, "hr", case, "waive_items", key, **body)


async def test_an_engine_that_was_never_there_is_away_too(api: Api, tmp_path: Path) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    nowhere = await connect_temporal(builders.settings(tmp_path, temporal_address="127.0.0.1:1"), lazy=True)
    async with serving(api.engine, api.config, nowhere) as cut_off:
        away = await cut_off.person("hr").decide(case.case_id, "waive_items", items=["devices"], reason="x")
        problem(away, 503, "api.engine_away")
        assert not (await cut_off.person("hr").register(employee_number="n-zhou", receiver="a-wang")).json()["started"]


async def test_a_burst_of_decisions_on_one_case_is_carried_out_each_once_and_leaves_nothing_voided(living: Api) -> None:
    case = await resigned(living)
    receivers = ("a-zhou", "a-sales-head") * 15  # more than the server lets wait for one case
    await asyncio.gather(
        *(done(living, "wang", case, "assign_receiver", items=["devices"], receiver=account) for account in receivers)
    )
    assert facts(living, case).count("ReceiverAssigned") == len(receivers)
    assert VOIDED not in facts(living, case)


async def test_when_an_account_is_closed_its_open_parts_go_to_somebody_who_is_there(living: Api) -> None:
    write_case(living.engine, opened_case(living.engine))  # one that the engine does not know holds nobody up
    one, other = await resigned(living), await resigned(living, employee_number="n-zhou", receiver="a-wang")
    admin = living.person("admin")
    assert (await admin.patch("/accounts/a-it-clerk", {"active": False})).status_code == 200
    for case in (one, other):
        assert await eventually(partial(_asks, living, case, "it")) == ["a-it-head"]
    file = "login,name,active\nfinance-clerk,finance-clerk,no\n"
    headers = {**admin.headers, "idempotency-key": new_key(), "content-type": "text/csv"}
    loaded = await living.http.post("/api/v1/imports/accounts", content=file.encode(), headers=headers)
    assert loaded.json()["closed_accounts"] == ["a-finance-clerk"]
    assert await eventually(lambda: _asks(living, one, "finance")) == ["a-finance-head"]
    with reading(living.engine) as session:
        assert not session.get_one(Account, "a-finance-clerk").active


async def _asks(api: Api, case_id: str, department: str) -> list[str]:
    """Who is asked to clear the department, once it is no longer its clerk."""
    shown = (await api.person("hr").get(f"/cases/{case_id}")).json()["case"]
    seats = next(c["seats"] for c in shown["clearances"] if c["department"] == department)
    accounts = [seat["account"] for seat in seats]
    return [] if f"a-{department}-clerk" in accounts else accounts


async def test_a_case_that_ends_in_the_middle_of_a_decision_is_asked_again(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cut_short(*_: Any, **__: Any) -> None:
        raise WorkflowUpdateFailedError(ApplicationError("the run ended", type="AcceptedUpdateCompletedWorkflow"))

    case = opened_case(api.engine)
    write_case(api.engine, case)
    monkeypatch.setattr(EngineAway, "execute_update", cut_short, raising=False)
    pending = await api.person("hr").decide(case.case_id, "waive_items", **WAIVED)
    assert pending.status_code == 202
