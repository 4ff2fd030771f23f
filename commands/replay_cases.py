"""Replays every open case with this very code: run it with a new release, before its workers start.

`python -m commands.replay_cases [--closed]`. It reads histories and changes nothing anywhere. Exit code 1 if the code
would not get a case to where it stands: such a change has to be guarded with `workflow.patched` first.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from temporalio.client import Client
from temporalio.worker import Replayer

import logs
from config import settings
from sandbox import workflow_runner
from temporal_client import reach_temporal
from workflows.aftercare import Aftercare
from workflows.ids import AFTERCARE_TYPE, WORKFLOW_TYPE
from workflows.offboarding import Offboarding

_LONGEST_PROBLEM = 300


@dataclass
class Result:
    """How many histories were replayed, and which of them this code does not get through."""

    replayed: int = 0
    problems: list[str] = field(default_factory=list)


async def replay(client: Client, *, closed: bool = False) -> Result:
    """Goes through all open cases; with `closed` also through those that ended and are still retained."""
    which = "" if closed else " AND ExecutionStatus = 'Running'"
    types = f"WorkflowType IN ('{WORKFLOW_TYPE}', '{AFTERCARE_TYPE}')"
    histories = client.list_workflows(f"{types}{which}").map_histories()
    replayer = Replayer(
        workflows=[Offboarding, Aftercare],
        namespace=client.namespace,
        data_converter=client.data_converter,
        workflow_runner=workflow_runner(),
    )
    result = Result()
    async with replayer.workflow_replay_iterator(histories) as replays:
        async for one in replays:
            result.replayed += 1
            if one.replay_failure is not None:
                problem = f"{type(one.replay_failure).__name__}: {one.replay_failure}"
                result.problems.append(f"{one.history.workflow_id}: {problem[:_LONGEST_PROBLEM]}")
    return result


async def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m commands.replay_cases", description=__doc__)
    parser.add_argument("--closed", action="store_true", help="also cases that ended and that Temporal still knows")
    wanted = parser.parse_args(arguments)
    logs.configure("ERROR", sys.stderr)
    result = await replay(await reach_temporal(settings()), closed=wanted.closed)
    for problem in result.problems:
        print(f"PROBLEM {problem}")
    print(f"{result.replayed} cases replayed, {len(result.problems)} problems")
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
