"""Signals: the way in for the Temporal CLI and UI. Whatever is wrong with one changes nothing and leaves a fact."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.api.common.v1 import Payload, Payloads, WorkflowExecution
from temporalio.api.workflowservice.v1 import SignalWorkflowExecutionRequest

from domain.case import Stage
from domain.people import Role
from models import decision_bodies as d
from models import decisions
from models.database import utc_now, writing
from models.proofs import Proofs
from models.tables import Account
from tests import builders as b
from tests.conftest import TEMPORAL
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.world import RunningCase, World

BODY = d.AssignReceiver(items=("devices",), receiver="a-it-clerk")
GOOD = d.AssignReceiver(items=("devices",), receiver="a-it-head")
NAME = "assign_receiver"

Bad = Callable[[RunningCase], Awaitable[None]]


async def raw(case: RunningCase, name: str, *payloads: Payload) -> None:
    """A signal with exactly these bytes."""
    client = case.world.client
    await client.workflow_service.signal_workflow_execution(
        SignalWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=case.handle.id),
            signal_name=name,
            input=Payloads(payloads=payloads),
        )
    )


def plain_json(value: Any) -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())


def decision(case: RunningCase, **changes: Any) -> dict[str, Any]:
    proof = case.world.prove(case.case_id, b.WITNESS, BODY)
    whole: decisions.Decision[Any] = decisions.Decision(by=b.WITNESS, body=BODY, proof=proof)
    return {**whole.model_dump(mode="json"), **changes}


async def without_proof(case: RunningCase) -> None:
    await case.signal(b.WITNESS, BODY, proof="")


async def with_a_stale_proof(case: RunningCase) -> None:
    old = case.world.prove(case.case_id, b.WITNESS, BODY, at=utc_now() - timedelta(hours=1))
    await case.signal(b.WITNESS, BODY, proof=old)


async def with_a_proof_that_was_used(case: RunningCase) -> None:
    same = d.AssignReceiver(items=("devices",), receiver="a-zhou")
    proof = case.world.prove(case.case_id, b.WITNESS, same)
    await case.decide(b.WITNESS, same, proof=proof)
    await case.signal(b.WITNESS, same, proof=proof)


async def with_a_proof_for_another_case(case: RunningCase) -> None:
    await case.signal(b.WITNESS, BODY, proof=case.world.prove("c-other", b.WITNESS, BODY))


async def with_a_proof_for_another_action(case: RunningCase) -> None:
    waive = d.WaiveItems(items=("devices",), reason="lost")
    await case.signal(b.WITNESS, BODY, proof=case.world.prove(case.case_id, b.WITNESS, waive))


async def with_a_proof_of_another_person(case: RunningCase) -> None:
    await case.signal(b.WITNESS, BODY, proof=case.world.prove(case.case_id, b.HR, BODY))


async def with_a_proof_for_another_content(case: RunningCase) -> None:
    await case.signal(b.WITNESS, BODY, proof=case.world.prove(case.case_id, b.WITNESS, GOOD))


async def with_a_proof_that_wanbi_did_not_issue(case: RunningCase) -> None:
    forger = Proofs({"k1": "x" * 44}, "k1")
    token, _ = forger.issue(case.case_id, NAME, "a-wang", decisions.digest(NAME, b.WITNESS, BODY), utc_now())
    await case.signal(b.WITNESS, BODY, proof=token)


async def with_a_role_that_the_account_does_not_have(case: RunningCase) -> None:
    await case.signal(b.actor("zhou", Role.HR), BODY)


async def by_somebody_who_may_not(case: RunningCase) -> None:
    await case.signal(b.RECEIVER, BODY)


async def without_an_argument(case: RunningCase) -> None:
    await raw(case, NAME)


async def with_two_arguments(case: RunningCase) -> None:
    await raw(case, NAME, plain_json(decision(case)), plain_json(decision(case)))


async def with_a_number(case: RunningCase) -> None:
    await raw(case, NAME, plain_json(7))


async def with_null(case: RunningCase) -> None:
    await raw(case, NAME, plain_json(None))


async def with_a_field_too_many(case: RunningCase) -> None:
    await raw(case, NAME, plain_json(decision(case, urgent=True)))


async def with_another_kind_of_body(case: RunningCase) -> None:
    await raw(case, NAME, plain_json(decision(case, body={"department": "it", "verdict": "approve"})))


async def with_broken_json(case: RunningCase) -> None:
    await raw(case, NAME, Payload(metadata={"encoding": b"json/plain"}, data=b'{"by": '))


async def with_bytes_of_no_known_encoding(case: RunningCase) -> None:
    await raw(case, NAME, Payload(metadata={"encoding": b"smoke/signals"}, data=b"\xff\x00"))


async def with_bytes_that_only_claim_to_be_encrypted(case: RunningCase) -> None:
    sealed = {"encoding": b"binary/encrypted", "encryption-key-id": b"k1"}
    await raw(case, NAME, Payload(metadata=sealed, data=b"nonsense"))


async def with_a_name_that_does_not_exist(case: RunningCase) -> None:
    await raw(case, "approve_everything", plain_json(decision(case)))


async def with_an_unknown_name_and_nonsense(case: RunningCase) -> None:
    await raw(case, "x" * 300, Payload(metadata={"encoding": b"json/plain"}, data=b"{"))


Nonsense = tuple[tuple[Bad, str], ...]

WRONG_PROOFS: Nonsense = (
    (without_proof, "proof.missing"),
    (with_a_stale_proof, "proof.expired"),
    (with_a_proof_that_was_used, "proof.already_used"),
    (with_a_proof_for_another_case, "proof.for_something_else"),
    (with_a_proof_for_another_action, "proof.for_something_else"),
    (with_a_proof_of_another_person, "proof.for_something_else"),
    (with_a_proof_for_another_content, "proof.for_something_else"),
    (with_a_proof_that_wanbi_did_not_issue, "proof.not_ours"),
    (with_a_role_that_the_account_does_not_have, "proof.role_lost"),
    (by_somebody_who_may_not, "item.only_witness_or_hr_assigns"),
)
WRONG_SHAPES: Nonsense = (
    (without_an_argument, "malformed: ValueError"),
    (with_two_arguments, "malformed: ValueError"),
    (with_a_number, "malformed: ValidationError"),
    (with_null, "malformed: ValidationError"),
    (with_a_field_too_many, "malformed: ValidationError"),
    (with_another_kind_of_body, "malformed: ValidationError"),
)
WRONG_BYTES: Nonsense = (
    (with_broken_json, "malformed: ValidationError"),
    (with_bytes_of_no_known_encoding, "malformed: ValidationError"),
    (with_bytes_that_only_claim_to_be_encrypted, "malformed: ValidationError"),
    (with_a_name_that_does_not_exist, "no such signal"),
    (with_an_unknown_name_and_nonsense, "no such signal"),
)


@pytest.mark.parametrize("nonsense", [WRONG_PROOFS, WRONG_SHAPES, WRONG_BYTES], ids=["proofs", "shapes", "bytes"])
async def test_a_bad_signal_changes_nothing_leaves_a_fact_and_does_not_wedge_the_case(
    world: World, nonsense: Nonsense
) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.until(lambda c: all(s.verified for s in c.systems))
    for number, (send, because) in enumerate(nonsense, 1):
        await case.decide(b.WITNESS, d.AssignReceiver(items=("devices",), receiver="a-zhou"))
        before = await case.state()
        await send(case)
        assert (await case.until_fact("SignalIgnored", number)).data["because"] == because, send.__name__
        assert await case.state() == before, send.__name__


async def test_a_good_signal_does_what_the_update_of_its_name_does(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.signal(b.WITNESS, BODY)
    assert (await case.until_fact("ReceiverAssigned")).by == "a-wang"
    assert "SignalIgnored" not in await case.kinds()


async def test_a_signal_to_a_case_that_is_not_open_yet_leaves_a_fact(world: World) -> None:
    world.close_account("a-lin")
    case = await world.resign()
    await case.until_pending("make_plan")
    await case.signal(b.WITNESS, BODY)
    assert (await case.until_fact("SignalIgnored")).data["because"] == "case.not_open_yet"
    assert (await case.state()).stage is Stage.OPENING

    with writing(world.engine) as session:
        session.get_one(Account, "a-lin").active = True
    await case.fast_forward(timedelta(minutes=2))
    await handing_over(case)
    await case.decide(b.WITNESS, GOOD)


async def test_a_case_that_is_cancelled_in_temporal_goes_on_and_remembers_it(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.handle.cancel()
    await case.until_fact("CancellationIgnored")
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=32))
    assert (await case.result()).outcome == "completed"


async def test_the_temporal_cli_can_decide_by_signal_with_plain_json_and_a_real_proof(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await cli(case, "workflow", "signal", "--name", NAME, "--input", json.dumps(decision(case)))
    await case.until_fact("ReceiverAssigned")


async def test_the_temporal_cli_can_decide_by_update_with_plain_json_and_a_real_proof(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    arguments = ("--name", NAME, "--input", json.dumps(decision(case)))
    await cli(case, "workflow", "update", "start", "--wait-for-stage", "accepted", *arguments)
    await case.until_fact("ReceiverAssigned")


async def cli(case: RunningCase, *command: str) -> None:
    """Runs the Temporal CLI on this case; it must succeed."""
    client = case.world.client
    process = await asyncio.create_subprocess_exec(
        TEMPORAL,
        *command,
        "--workflow-id",
        case.handle.id,
        "--address",
        client.service_client.config.target_host,
        "--namespace",
        client.namespace,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()
