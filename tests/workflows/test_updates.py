"""Updates: the API's way in. The caller learns why a decision was not taken, and a repetition is answered as before."""

import asyncio
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models import decision_bodies as d
from models import decisions
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.world import Refused, World

BODY = d.AssignReceiver(items=("devices",), receiver="a-it-clerk")


MALFORMED: dict[str, list[Any]] = {
    "nothing": [],
    "null": [None],
    "a number": [7],
    "half of it": [{"by": {"account": "a-wang"}}],
    "no items": [{"by": {"account": "a-wang"}, "body": {"items": [], "receiver": "x"}, "proof": ""}],
    "a path for a key": [{"by": {"account": "a-wang"}, "body": {"items": ["../x"], "receiver": "x"}, "proof": ""}],
    "an unknown role": [
        {"by": {"account": "a-wang", "roles": ["king"]}, "body": BODY.model_dump(mode="json"), "proof": ""}
    ],
    "a huge proof": [{"by": {"account": "a-wang"}, "body": BODY.model_dump(mode="json"), "proof": "x" * 5000}],
    "two arguments": [{}, {}],
}


async def test_an_update_with_malformed_content_fails_cleanly_and_changes_nothing(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.until(lambda c: all(s.verified for s in c.systems))
    before = await case.state()
    for name, arguments in MALFORMED.items():
        with pytest.raises(WorkflowUpdateFailedError):
            await case.handle.execute_update("assign_receiver", args=arguments)
        assert await case.state() == before, name
    await case.decide(b.WITNESS, BODY)


async def test_an_unknown_update_fails_cleanly(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    with pytest.raises(WorkflowUpdateFailedError):
        await case.handle.execute_update("approve_everything", {"by": "me"})
    await case.decide(b.WITNESS, BODY)


async def test_a_refusal_says_its_kind_its_code_and_the_values_its_text_names(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    decision: decisions.Decision[Any] = decisions.Decision(
        by=b.WITNESS, body=d.AssignReceiver(items=("crown_jewels",), receiver="a-zhou"), proof=""
    )
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await case.handle.execute_update("assign_receiver", decision)
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.details[0] == {"kind": "not_found", "code": "item.unknown", "params": {"item": "crown_jewels"}}


async def test_a_decision_without_proof_is_refused_remembered_and_changes_nothing(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    with pytest.raises(Refused, match=r"proof\.missing"):
        await case.decide(b.WITNESS, BODY, proof="")
    assert (await case.until_fact("DecisionRefused")).data == {
        "action": "assign_receiver",
        "because": "proof.missing",
    }
    assert (await case.state()).items == state.items


async def test_a_repeated_update_is_answered_as_the_first_and_carried_out_once(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    proof = world.prove(case.case_id, b.WITNESS, BODY)
    decision: decisions.Decision[Any] = decisions.Decision(by=b.WITNESS, body=BODY, proof=proof)
    answers = [
        await case.handle.execute_update("assign_receiver", decision, id="key-1", result_type=decisions.DecisionResult)
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert (await case.kinds()).count("ReceiverAssigned") == 1


async def test_a_proof_serves_one_decision_only(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    proof = world.prove(case.case_id, b.WITNESS, BODY)
    await case.decide(b.WITNESS, BODY, proof=proof)
    with pytest.raises(Refused, match=r"proof\.already_used"):
        await case.decide(b.WITNESS, BODY, proof=proof)


async def test_a_decision_before_the_case_is_open_is_refused(world: World) -> None:
    world.close_account("a-lin")
    case = await world.resign()
    await case.until_pending("make_plan")
    with pytest.raises(Refused, match=r"case\.not_open_yet"):
        await case.decide(b.WITNESS, BODY)


async def test_many_people_can_decide_at_once(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await asyncio.gather(
        *(
            case.decide(
                b.actor(f"{department}-clerk"), d.DecideClearance(department=department, verdict=d.Verdict.APPROVE)
            )
            for department in b.DEPARTMENTS
        )
    )
    assert (await case.kinds()).count("ClearanceApproved") == len(b.DEPARTMENTS)
