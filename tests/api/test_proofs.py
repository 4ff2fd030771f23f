"""Proofs for deciding from the Temporal CLI or UI: ready to use, once, for exactly what they were issued for."""

import asyncio
import json
import shlex
import subprocess
from functools import partial
from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError

from tests.api.house import PASSWORD, Api, eventually, give_password, problem
from tests.api.moves import done, everything_settled, facts, resigned
from tests.api.rows import opened_case, write_case
from tests.conftest import TEMPORAL

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
AWKWARD = 'it\'s "all" here; $(echo no) `no` \\ 都在'


async def proof(api: Api, name: str, case_id: str, decision: str, **body: Any) -> dict[str, Any]:
    answer = await api.person(name).post(f"/cases/{case_id}/decision-proofs", {"decision": decision, "body": body})
    assert answer.status_code == 200, answer.text
    ready: dict[str, Any] = answer.json()
    return ready


async def written(api: Api, case_id: str, fact: str) -> bool:
    return fact in facts(api, case_id)


async def test_a_proof_is_taken_as_a_signal_and_as_an_update_and_is_good_for_one_use(
    living: Api, temporal: Client
) -> None:
    case = await resigned(living)
    cleared = {"department": "it", "verdict": "approve"}
    ready = await proof(living, "it-clerk", case, "decide_clearance", **cleared)
    handle = temporal.get_workflow_handle(ready["workflow_id"])
    await handle.signal(ready["name"], ready["input"])
    await eventually(partial(written, living, case, "ClearanceApproved"))

    ready = await proof(living, "lin", case, "hand_over_items", items=["devices"], note="x")
    await handle.execute_update(ready["name"], ready["input"])
    assert "ItemsHandedOver" in facts(living, case)

    ready = await proof(living, "hr", case, "waive_items", items=["receivables"], reason="none")
    await handle.execute_update(ready["name"], ready["input"])
    other = {**ready["input"], "body": {**ready["input"]["body"], "items": ["open_orders"]}}
    for again in (ready["input"], other):
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(ready["name"], again)
    assert facts(living, case).count("ItemsWaived") == 1


async def test_the_commands_that_come_with_a_proof_work_as_they_are(living: Api) -> None:
    case = await resigned(living)
    by_signal = await proof(living, "lin", case, "hand_over_items", items=["devices"], note=AWKWARD)
    by_update = await proof(living, "lin", case, "hand_over_items", items=["receivables"], note=AWKWARD)
    for ready, way in ((by_signal, "signal"), (by_update, "update")):
        command = shlex.split(ready["commands"][way])
        assert json.loads(command[command.index("--input") + 1]) == ready["input"]
        assert command[0] == "temporal"
        run = partial(subprocess.run, [TEMPORAL, *command[1:]], capture_output=True, text=True, timeout=60)
        done = await asyncio.to_thread(run)
        # An update's answer is encrypted: without the codec server the CLI carries it out and can't show the answer.
        assert done.returncode == 0 or (way == "update" and "encoding is not supported" in done.stderr), done.stderr

    async def both() -> bool:
        return facts(living, case).count("ItemsHandedOver") == 2

    await eventually(both)


@pytest.mark.law("ESG-05")
async def test_a_proof_for_a_signature_needs_the_password_at_that_moment(living: Api, temporal: Client) -> None:
    give_password(living.engine, "a-wang", "a-zhou")
    case = await resigned(living)
    await everything_settled(living, case)
    await done(living, "zhou", case, "refuse_signature", account="a-zhou", reason="figures")
    wanted: dict[str, Any] = {"decision": "witness_refusal", "body": {"account": "a-zhou"}}
    witness, path = living.person("wang"), f"/cases/{case}/decision-proofs"
    problem(await witness.post(path, wanted), 422, "api.password_needed")
    problem(await witness.post(path, {**wanted, "password": "not this one"}), 403, "sign_in.password_wrong")
    ready = (await witness.post(path, {**wanted, "password": PASSWORD})).json()
    await temporal.get_workflow_handle(ready["workflow_id"]).execute_update(ready["name"], ready["input"])
    assert "SignatureRefusalWitnessed" in facts(living, case)


async def test_no_proof_is_issued_for_what_is_no_decision_of_the_case(api: Api) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    path, hr = f"/cases/{case.case_id}/decision-proofs", api.person("hr")
    problem(await hr.post(path, {"decision": "fire_everybody", "body": {}}), 422, "api.unknown_decision")
    details = problem(await hr.post(path, {"decision": "waive_items", "body": {"items": [], "x": 1}}), 422)
    assert {error["field"] for error in details["errors"]} == {"body.body.items", "body.body.reason", "body.body.x"}
    wanted = {"decision": "waive_items", "body": {"items": ["devices"], "reason": "x"}}
    problem(await api.person("stranger").post(path, wanted), 404, "case.unknown")
    assert (await hr.post(path, wanted)).headers["cache-control"] == "no-store"
