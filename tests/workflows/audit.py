"""What must be true of any case after any test: nothing wedged, nothing lost, nothing doubled, replayable."""

from contextlib import suppress
from typing import Any

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import Replayer

from models import facts
from models.messages import NumberedFact
from models.projection import from_snapshot
from sandbox import workflow_runner
from tests.workflows.running_case import RunningCase, eventually
from workflows.aftercare import Aftercare
from workflows.offboarding import Offboarding

_OUR_FAULT = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE


async def audit(case: RunningCase) -> None:
    """The ledger holds exactly what the workflow knows, the read model shows it, and the history can be replayed."""
    await eventually(lambda: _two_sides(case), lambda sides: sides[0] == sides[1])
    assert not facts.verify(case.case_id, case.chain()).problems
    for system in case.world.systems:
        assert all(set(rights) <= set(system.shown[0]) for rights in system.shown), "never more rights than before"
    await _replayable(case, case.handle)
    with suppress(RPCError):  # most cases have no aftercare
        await _replayable(case, case.aftercare)


async def _replayable(case: RunningCase, handle: WorkflowHandle[Any, Any]) -> None:
    history = await handle.fetch_history()
    failures = [event.workflow_task_failed_event_attributes for event in history.events]
    stuck = [failed.failure.message for failed in failures if failed.cause == _OUR_FAULT]
    assert not stuck, "no workflow task ever failed because of the code"
    await Replayer(
        workflows=[Offboarding, Aftercare],
        workflow_runner=workflow_runner(),
        data_converter=case.world.client.data_converter,
    ).replay_workflow(history)


async def _two_sides(case: RunningCase) -> tuple[list[object], list[object]]:
    """What the workflow knows, and what the database holds of it; facts from elsewhere are the ledger's alone."""
    known: list[object] = [(f.number, f.kind, f.by, f.at, _json(f)) for f in await case.facts()]
    written: list[object] = [
        (row.number, row.kind, row.by, row.at, row.data) for row in case.ledger() if row.number is not None
    ]
    if not written:
        return known, written
    return [*known, await case.state()], [*written, from_snapshot(case.row().snapshot)]


def _json(fact: NumberedFact) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in fact.data.items()}
