"""What happens by the calendar and belongs to no case. Made or brought in line when a worker starts."""

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from models.messages import TreeHeadOrder
from workflows import ids
from workflows.options import TASK_QUEUE

_EVERY_DAY = timedelta(days=1)
_AT_NIGHT = timedelta(hours=19)
"""UTC: three in the morning in China."""


async def keep(client: Client, tree_heads_every: timedelta) -> None:
    """Returns when every schedule is as it should be. Raises RPCError if Temporal can't be reached."""
    await _keep(client, ids.TREE_HEADS, _schedule(ids.TREE_HEADS, TreeHeadOrder(), tree_heads_every))
    whole = _schedule(ids.LOG_CHECK, TreeHeadOrder(whole=True), _EVERY_DAY, _AT_NIGHT)
    await _keep(client, ids.LOG_CHECK, whole)


async def _keep(client: Client, name: str, wanted: Schedule) -> None:
    try:
        await client.create_schedule(name, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(name).update(lambda found: _in_line(found, wanted))


def _in_line(found: ScheduleUpdateInput, wanted: Schedule) -> ScheduleUpdate:
    """As wanted, but for what an engineer decided: whether it is paused."""
    return ScheduleUpdate(
        Schedule(wanted.action, wanted.spec, policy=wanted.policy, state=found.description.schedule.state)
    )


def _schedule(name: str, order: TreeHeadOrder, every: timedelta, offset: timedelta | None = None) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(ids.TREE_HEADS_TYPE, order, id=name, task_queue=TASK_QUEUE),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every, offset)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
        state=ScheduleState(note="The log across all cases: docs/operations.md"),
    )
