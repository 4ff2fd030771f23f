"""Servers that a test session shares, one for each pytest-xdist worker. Other fixtures live beside their tests."""

import models.sheets.defused  # noqa: F401  # isort: skip  # before openpyxl

import asyncio
import sysconfig
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import _workflow as workflow_worker

from workflows import ids

TEMPORAL = str(Path(sysconfig.get_path("scripts")) / "temporal")
DYNAMIC_CONFIG = (
    "frontend.WorkflowTimeSkippingEnabled=true",
    'history.timerProcessorMaxTimeShift="10ms"',
    "history.timerProcessorMaxPollRPS=2000",  # with the default of 20 every skip waits 100 to 300 ms
)


DEADLOCK_SECONDS = 60


@pytest.fixture(scope="session", autouse=True)
def patient_deadlock_detector() -> Iterator[None]:
    """Workflow code may take its time in a test: the SDK's two seconds pass on a busy machine without any deadlock.

    The SDK has no option for it but its debug mode, which also loosens the sandbox. On a timeout it throws into the
    thread, wherever that happens to be, so that other tests fail of it too.
    """
    init = workflow_worker._WorkflowWorker.__init__

    def patient(self: Any, *args: Any, **options: Any) -> None:
        init(self, *args, **options)
        self._deadlock_timeout_seconds = DEADLOCK_SECONDS

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow_worker._WorkflowWorker, "__init__", patient)
        yield


async def start_temporal(*more_config: str) -> WorkflowEnvironment:
    """A dev server in memory whose workflows' clocks stand still unless a test fast-forwards them."""
    options = [part for setting in (*DYNAMIC_CONFIG, *more_config) for part in ("--dynamic-config-value", setting)]
    return await WorkflowEnvironment.start_time_skipping_v2(
        ts_config=TimeSkippingConfig(enabled=False, disable_propagation=True, max_session_skip_count=10_000),
        dev_server_existing_path=TEMPORAL,
        dev_server_log_level="never",
        search_attributes=list(ids.SEARCH_ATTRIBUTES),
        dev_server_extra_args=options,
    )


@pytest_asyncio.fixture(scope="session")
async def temporal_server() -> AsyncIterator[WorkflowEnvironment]:
    """The session's Temporal dev server, with time skipping by hand."""
    async with await start_temporal() as environment:
        yield environment
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)
