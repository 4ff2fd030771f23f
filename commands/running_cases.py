"""What the workflows of the cases say about themselves, for the commands that compare it with the database."""

import asyncio
from datetime import timedelta

from temporalio.client import Client, WorkflowHandle, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.case import Case
from models.messages import NumberedFact
from models.restore import Told
from workflows.case_workflow import CaseWorkflow
from workflows.ids import AFTERCARE_TYPE, WORKFLOW_TYPE, aftercare_id, workflow_id

_ATTEMPTS = 5
_ASK_AGAIN = 0.5
"""Seconds."""
_ANSWER_WITHIN = timedelta(seconds=20)


class NoWorkflow(RuntimeError):
    """Temporal knows no workflow of this case (any more)."""


class NoAnswer(RuntimeError):
    """The workflow could not be asked: no worker runs, or its code fails."""


async def known_to_temporal(client: Client, *, closed: bool) -> list[str]:
    """The ids of all running cases; with `closed` also of those that ended and are still retained."""
    which = "" if closed else " AND ExecutionStatus = 'Running'"
    types = f"WorkflowType IN ('{WORKFLOW_TYPE}', '{AFTERCARE_TYPE}')"
    found = {
        one.id.removeprefix(prefix)
        async for one in client.list_workflows(f"{types}{which}")
        for prefix in (workflow_id(""), aftercare_id(""))
        if one.id.startswith(prefix)
    }
    return sorted(found)


async def ask(client: Client, case_id: str) -> Told:
    """The case's state and facts of one and the same version, from whichever of its workflows knows more.

    Raises NoWorkflow or NoAnswer.
    """
    try:
        return await _ask(client, case_id, aftercare_id(case_id))
    except NoWorkflow:
        return await _ask(client, case_id, workflow_id(case_id))


async def _ask(client: Client, case_id: str, named: str) -> Told:
    handle: WorkflowHandle[CaseWorkflow, object] = client.get_workflow_handle(named)
    try:
        for _ in range(_ATTEMPTS):
            version = await handle.query("version", result_type=int, rpc_timeout=_ANSWER_WITHIN)
            case = await handle.query("state", result_type=Case, rpc_timeout=_ANSWER_WITHIN)
            facts = await handle.query("facts", result_type=list[NumberedFact], rpc_timeout=_ANSWER_WITHIN)
            if version == await handle.query("version", result_type=int, rpc_timeout=_ANSWER_WITHIN):
                return Told(case, version, tuple(facts))
            await asyncio.sleep(_ASK_AGAIN)
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise NoWorkflow(f"case {case_id}: Temporal knows no workflow of it") from error
        raise NoAnswer(f"case {case_id}: its workflow does not answer: {error}") from error
    except WorkflowQueryFailedError as error:
        raise NoAnswer(f"case {case_id}: its workflow can't answer: {error}") from error
    raise NoAnswer(f"case {case_id}: it changed all the time while it was asked")
