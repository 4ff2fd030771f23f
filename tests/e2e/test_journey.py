"""Through the front door: everything that people do in a case, over HTTP, on real processes."""

import json
import subprocess
import sysconfig
from pathlib import Path

import httpx
import pytest

from commands.cast import Cast
from commands.instance import Instance
from tests.e2e.journeys import cleared, fact_kinds, handed_over, presented, registered, signed, until, verified

TEMPORAL = str(Path(sysconfig.get_path("scripts")) / "temporal")


@pytest.fixture
def leavers(cast: Cast) -> list[str]:
    """Numbers of salespeople who have not resigned yet."""
    staff = cast.all_pages("/employees")
    gone = {line["name"] for line in cast.all_pages("/cases")}
    return [e["number"] for e in staff if e["job"] == "salesperson" and e["name"] not in gone]


def active_rights(cast: Cast, number: str) -> set[tuple[str, str]]:
    lines = cast.hr.get(f"/employees/{number}/entitlements")
    return {(line["system"], line["right"]) for line in lines if line["active"]}


def test_a_resignation_runs_from_notice_to_a_closed_case(cast: Cast, leavers: list[str]) -> None:
    leaver = leavers[0]
    before = active_rights(cast, leaver)
    case_id = registered(cast, leaver)
    frozen = active_rights(cast, leaver)
    assert frozen < before, "the freeze takes rights away and gives none"
    handed_over(cast, case_id)
    cleared(cast, case_id)
    signed(cast, case_id)
    until(cast.hr, case_id, lambda d: d["stage"] == "awaiting_last_day", "sealed")
    cast.fast_forward(case_id, days=40)
    closed = until(cast.hr, case_id, lambda d: not d["open"], "closed")
    assert closed["stage"] == "completed"
    assert closed["case"]["gaps"] == []
    assert active_rights(cast, leaver) == set()
    assert cast.hr.get(f"/cases/{case_id}/chain")["intact"]


def test_a_grant_gives_back_only_frozen_rights_for_its_hours(cast: Cast, leavers: list[str]) -> None:
    leaver = leavers[0]
    case_id = registered(cast, leaver)
    case = cast.hr.get(f"/cases/{case_id}")["case"]
    person = cast.of_account(case["plan"]["leaver"])
    system = next(s for s in case["systems"] if s["frozen"])
    right = system["frozen"][0]
    asked = {"system": system["system"], "rights": [right], "reason": "客户更正地址", "hours": 4}
    person.decide(case_id, "request_grant", **{**asked, "rights": ["everything"]}, expect=422)
    person.decide(case_id, "request_grant", **asked)
    person.decide(case_id, "decide_grant", grant="g1", answer="accept", expect=403)
    cast.security.decide(case_id, "decide_grant", grant="g1", answer="accept", hours=2)
    until(cast.hr, case_id, verified, "granted and read back")
    assert (system["system"], right) in active_rights(cast, leaver)
    cast.security.decide(case_id, "extend_grant", grant="g1", hours=1, reason="承运商未确认")
    cast.fast_forward(case_id, hours=4)
    until(cast.hr, case_id, lambda d: d["case"]["grants"][0]["status"] == "expired" and verified(d), "expired")
    assert (system["system"], right) not in active_rights(cast, leaver)
    person.decide(case_id, "request_grant", **asked)
    cast.security.decide(case_id, "decide_grant", grant="g2", answer="accept")
    until(cast.hr, case_id, verified, "granted again")
    person.decide(case_id, "revoke_grant", grant="g2", reason="已完成")
    until(cast.hr, case_id, verified, "revoked")
    assert (system["system"], right) not in active_rights(cast, leaver)


def test_a_withdrawal_with_consent_restores_every_right(cast: Cast, leavers: list[str]) -> None:
    leaver = leavers[0]
    before = active_rights(cast, leaver)
    case_id = registered(cast, leaver)
    person = cast.of_account(cast.hr.get(f"/cases/{case_id}")["case"]["plan"]["leaver"])
    cast.hr.decide(case_id, "answer_withdrawal", answer="accept", expect=409)
    person.decide(case_id, "request_withdrawal", reason="希望留任")
    cast.hr.decide(case_id, "answer_withdrawal", answer="accept", reason="同意")
    until(cast.hr, case_id, lambda d: d["stage"] == "withdrawn", "withdrawn")
    assert active_rights(cast, leaver) == before
    again = registered(cast, leaver)
    assert again != case_id, "who withdrew may resign again"


def test_departments_send_back_reassign_delegate_and_waive(cast: Cast, leavers: list[str]) -> None:
    case_id = registered(cast, leavers[0])
    case = cast.hr.get(f"/cases/{case_id}")["case"]
    person = cast.of_account(case["plan"]["leaver"])
    first, second, third = case["clearances"][:3]
    approver = cast.of_account(first["seats"][0]["account"])
    approver.decide(
        case_id, "decide_clearance", department=first["department"], verdict="send_back", reason="缺客户拜访记录"
    )
    person.decide(case_id, "resubmit_clearance", department=first["department"], note="已补充")
    outsider = cast.administrator.account
    cast.hr.decide(
        case_id,
        "reassign_clearance",
        department=second["department"],
        replaced=second["seats"][0]["account"],
        to=outsider,
        reason="原审批人休假",
    )
    delegating = cast.of_account(third["seats"][0]["account"])
    delegating.decide(case_id, "delegate_clearance", department=third["department"], to=outsider, reason="出差")
    witness = cast.of_account(case["plan"]["witness"])
    witness.decide(case_id, "waive_items", items=[case["items"][0]["id"]], reason="未保管")
    witness.decide(case_id, "assign_receiver", items=[case["items"][1]["id"]], receiver=cast.hr.account)
    cleared(cast, case_id)
    kinds = fact_kinds(cast, case_id)
    for kind in ("ClearanceSentBack", "ClearanceResubmitted", "ClearanceReassigned", "ClearanceDelegated"):
        assert kind in kinds
    assert {"ItemsWaived", "ReceiverAssigned"} <= set(kinds)


def test_the_last_day_moves_only_when_both_sides_agree(cast: Cast, leavers: list[str]) -> None:
    case_id = registered(cast, leavers[0])
    detail = cast.hr.get(f"/cases/{case_id}")
    person = cast.of_account(detail["case"]["plan"]["leaver"])
    day = detail["last_day"][:8] + ("20" if detail["last_day"][8:] != "20" else "21")
    cast.hr.decide(case_id, "propose_last_day", day=day, reason="协商")
    cast.hr.decide(case_id, "answer_last_day", day=day, answer="accept", expect=403)
    person.decide(case_id, "answer_last_day", day=day, answer="accept")
    assert cast.hr.get(f"/cases/{case_id}")["last_day"] == day


def test_a_refused_signature_a_hold_and_a_close_by_hr_end_in_gaps(cast: Cast, leavers: list[str]) -> None:
    case_id = registered(cast, leavers[0], receiver=cast.administrator.account)
    handed_over(cast, case_id)
    cleared(cast, case_id)
    presented(cast, case_id)
    plan = cast.hr.get(f"/cases/{case_id}")["case"]["plan"]
    leaver, witness = cast.of_account(plan["leaver"]), cast.of_account(plan["witness"])
    leaver.decide(case_id, "refuse_signature", account=leaver.account, reason="对金额有异议")
    witness.decide(case_id, "witness_refusal", account=leaver.account)
    witness.sign_record(case_id, cast.letters)
    counsel = next(
        line for line in cast.administrator.get("/accounts", limit=200)["items"] if "counsel" in line["roles"]
    )
    lawyer = cast.login(counsel["login"])
    lawyer.decide(case_id, "place_hold", reason="已收到仲裁通知")
    cast.fast_forward(case_id, days=32)
    until(cast.hr, case_id, lambda d: d["stage"] == "pursuing", "past the last day")
    cast.hr.decide(case_id, "close_case", reason="接收人未签", expect=409)
    lawyer.decide(case_id, "lift_hold", reason="已结案")
    cast.hr.decide(case_id, "close_case", reason="接收人未签")
    closed = until(cast.hr, case_id, lambda d: not d["open"], "closed")
    assert closed["stage"] == "completed_with_gaps"
    assert {gap["kind"] for gap in closed["case"]["gaps"]} == {"signature"}


def test_the_temporal_cli_decides_with_a_proof_and_never_without(
    instance: Instance, cast: Cast, leavers: list[str]
) -> None:
    case_id = registered(cast, leavers[0])
    clearance = cast.hr.get(f"/cases/{case_id}")["case"]["clearances"][0]
    approver = cast.of_account(clearance["seats"][0]["account"])
    content = {"department": clearance["department"], "verdict": "approve", "reason": "已核对"}
    ready = approver.post(f"/cases/{case_id}/decision-proofs", {"decision": "decide_clearance", "body": content})
    forged = {**ready["input"], "proof": "forged"}
    for given in (forged, "nonsense", ready["input"]):
        _signal(instance, ready["workflow_id"], ready["name"], given)

    def approved(detail: dict[str, object]) -> bool:
        found = next(c for c in detail["case"]["clearances"] if c["department"] == clearance["department"])  # type: ignore[index]
        return bool(found["approvals"])

    until(cast.hr, case_id, approved, "approved by signal")
    kinds = fact_kinds(cast, case_id)
    assert "DecisionRefused" in kinds
    assert "SignalIgnored" in kinds
    assert kinds.count("ClearanceApprovalGiven") == 1
    assert ready["commands"]["signal"].startswith("temporal workflow signal")


def _signal(instance: Instance, workflow: str, name: str, given: object) -> None:
    where = ["--address", f"127.0.0.1:{instance.temporal_port}", "-n", "wanbi", "-w", workflow]
    subprocess.run(
        [TEMPORAL, "workflow", "signal", *where, "--name", name, "--input", json.dumps(given)],
        check=True,
        capture_output=True,
        timeout=60,
    )


def test_engineers_find_the_case_by_its_search_attributes(instance: Instance, cast: Cast, leavers: list[str]) -> None:
    case_id = registered(cast, leavers[0])
    where = ["--address", f"127.0.0.1:{instance.temporal_port}", "-n", "wanbi"]
    found = subprocess.run(
        [TEMPORAL, "workflow", "list", *where, "-q", "WanbiStage = 'handing_over'", "-o", "json"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"offboarding-{case_id}" in found.stdout


def test_metrics_and_health_answer(instance: Instance) -> None:
    assert httpx.get(f"{instance.url}/health/ready").json() == {"database": True, "engine": True}
    assert "wanbi_http_requests_total" in httpx.get(f"{instance.url}/metrics").text
    worker_port = instance.environment["WANBI_WORKER_METRICS_PORT"]
    assert "temporal_workflow_task" in httpx.get(f"http://127.0.0.1:{worker_port}/metrics").text
