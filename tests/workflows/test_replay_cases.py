"""The check before an upgrade sees whether new code gets every open case to where it stands."""

import asyncio
import time
from datetime import datetime

import pytest
from temporalio.worker import UnsandboxedWorkflowRunner

from commands import replay_cases
from commands.replay_cases import replay
from domain.case import Case
from tests.workflows.world import WITHIN, RunningCase, World
from workflows.showcase import Showcase


async def running(world: World) -> RunningCase:
    """A case in the middle of its handover, which Temporal lists by now."""
    case = await world.resign()
    await case.until(lambda c: c.stage == "handing_over")
    ends = time.monotonic() + WITHIN
    while not (await world.client.count_workflows(f"WorkflowId = '{case.handle.id}'")).count:
        assert time.monotonic() < ends
        await asyncio.sleep(0.05)
    return case


async def test_the_code_that_ran_the_cases_replays_them(world: World) -> None:
    case = await running(world)
    result = await replay(world.client)
    assert result.replayed >= 1
    assert not [problem for problem in result.problems if case.case_id in problem]


async def test_code_that_leaves_a_step_out_is_found_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = await running(world)

    def remembers_only(showcase: Showcase, shown: Case, at: datetime) -> None:
        showcase.case = shown

    monkeypatch.setattr(Showcase, "show", remembers_only)
    monkeypatch.setattr(replay_cases, "workflow_runner", UnsandboxedWorkflowRunner)  # the sandbox would load it anew
    result = await replay(world.client)
    (problem,) = [problem for problem in result.problems if case.case_id in problem]
    assert "NondeterminismError" in problem
