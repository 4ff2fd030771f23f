"""(a) What one standard case leaves in Temporal's history, beside the smallest workflow that takes the same steps."""

from collections import Counter
from statistics import median
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHandle

from bench.company import Company
from bench.grounds import Grounds, grounds
from bench.report import Figure, Table
from bench.story import BareCase, HttpCase

_OF_THE_SKIPPING = (
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
)
"""Written because the benchmark skips time; no real case has them."""
_DEFAULT_WARNINGS = 3
"""Seven days, three days and no day before the last one."""


async def measure(*, quick: bool) -> list[Table]:
    cases = 1 if quick else 5
    return [
        await _compare("(a) history of the standard case", cases, warnings=False),
        await _compare("(a) the same with the three warnings of the default policy", cases, warnings=True),
    ]


async def _compare(title: str, cases: int, *, warnings: bool) -> Table:
    async with grounds(Company(cases, warnings)) as here:
        ours = [_figures(await _history_of_ours(here, number)) for number in range(cases)]
        bare = [_figures(await _history_of_bare(here, number, warnings)) for number in range(cases)]
    aims = {"events": 1.2}
    figures = [
        Figure(name, median(f[name] for f in ours), median(f[name] for f in bare), at_most=aims.get(name))
        for name in ours[0]
    ]
    return Table(title, figures, notes=(f"median of {cases} cases; events of the time skipping itself left out",))


async def _history_of_ours(here: Grounds, number: int) -> list[HistoryEvent]:
    case = HttpCase(here, here.caller(), number)
    await case.live()
    return await _events(case.handle)


async def _history_of_bare(here: Grounds, number: int, warnings: bool) -> list[HistoryEvent]:
    case = BareCase(here, number, warnings=_DEFAULT_WARNINGS if warnings else 0)
    await case.live()
    return await _events(case.handle)


async def _events(handle: WorkflowHandle[Any, Any]) -> list[HistoryEvent]:
    history = await handle.fetch_history()
    return [event for event in history.events if event.event_type not in _OF_THE_SKIPPING]


def _figures(events: list[HistoryEvent]) -> dict[str, float]:
    kinds = Counter(EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events)
    return {
        "events": len(events),
        "bytes": sum(len(event.SerializeToString()) for event in events),
        "activities": kinds["ACTIVITY_TASK_SCHEDULED"],
        "local activities": kinds["MARKER_RECORDED"],
        "workflow tasks": kinds["WORKFLOW_TASK_SCHEDULED"],
        "timers": kinds["TIMER_STARTED"],
        "decisions": kinds["WORKFLOW_EXECUTION_UPDATE_ACCEPTED"],
    }
