"""Cases that began under older code go on under the present code: their recorded histories replay."""

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from sandbox import workflow_runner
from tests.replay.changed import Cautious, Hasty
from tests.replay.record import AFTERCARE, HISTORIES, WITH_AFTERCARE
from tests.replay.stories import STORIES
from tests.workflows.world import in_the_open
from workflows.aftercare import Aftercare
from workflows.offboarding import Offboarding

ADVICE = """
The workflow gives its commands in another order than the recorded case {name!r}. Cases that run now would be stuck.
Put the change behind `if workflow.patched("name-of-the-change"):` and leave the histories as they are. Only if no
case can meet the change (nothing was released since they were recorded): python -m tests.replay.record
"""


def recorded(name: str) -> WorkflowHistory:
    return WorkflowHistory.from_json("offboarding-recorded", (HISTORIES / f"{name}.json").read_text(encoding="utf-8"))


def replayer(workflow: type) -> Replayer:
    return Replayer(workflows=[workflow], workflow_runner=workflow_runner(), data_converter=in_the_open())


@pytest.mark.parametrize("name", sorted(STORIES))
async def test_a_recorded_case_goes_on_under_the_present_code(name: str) -> None:
    try:
        await replayer(Offboarding).replay_workflow(recorded(name))
    except NondeterminismError as error:
        pytest.fail(ADVICE.format(name=name) + str(error))


@pytest.mark.parametrize("name", sorted(STORIES))
async def test_a_change_of_the_command_order_without_a_patch_is_caught(name: str) -> None:
    with pytest.raises(NondeterminismError):
        await replayer(Hasty).replay_workflow(recorded(name))


async def test_a_recorded_aftercare_goes_on_under_the_present_code() -> None:
    name = f"{WITH_AFTERCARE}_{AFTERCARE}"
    try:
        await replayer(Aftercare).replay_workflow(recorded(name))
    except NondeterminismError as error:
        pytest.fail(ADVICE.format(name=name) + str(error))


async def test_the_same_change_behind_a_patch_is_not() -> None:
    await replayer(Cautious).replay_workflow(recorded("happy"))


def test_every_story_is_recorded_and_nothing_else() -> None:
    assert {path.stem for path in HISTORIES.glob("*.json")} == {*STORIES, f"{WITH_AFTERCARE}_{AFTERCARE}"}
