"""The Temporal client of every process: the installation's namespace, payloads encrypted with its key ring."""

import asyncio
import logging
import sys
from functools import cache

import structlog
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.assembly import plain
from config import Settings
from models.codec import EncryptionCodec, converter, ring
from workflows.options import TASK_QUEUE

_PASSING = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.NOT_FOUND)
AWAY = 3
"""Exit code of a command that could not ask Temporal: nothing was found out."""
_ASK_EVERY = 0.5
"""Seconds."""
log = structlog.get_logger("temporal")


async def connect_temporal(config: Settings, *, lazy: bool = False, metrics_address: str = "") -> Client:
    """A client; `lazy`: connects with its first call. Raises RuntimeError if Temporal can't be reached."""
    codec = EncryptionCodec(ring(plain(config.payload_keys)), config.payload_key)
    runtime = _silent()
    if metrics_address:
        prometheus = PrometheusConfig(
            bind_address=metrics_address, durations_as_seconds=True, counters_total_suffix=True, unit_suffix=True
        )
        core = LoggingConfig(
            filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
            forwarding=LogForwardingConfig(logger=logging.getLogger("temporal.core")),
        )
        runtime = Runtime(telemetry=TelemetryConfig(metrics=prometheus, logging=core))
    return await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=converter(codec),
        lazy=lazy,
        runtime=runtime,
    )


async def reach_temporal(config: Settings) -> Client:
    """A client for an operator's command. Ends the program with code 3 and one line if Temporal does not answer."""
    try:
        return await connect_temporal(config)
    except RuntimeError as error:
        print(f"Temporal does not answer at {config.temporal_address}: {error}", file=sys.stderr)
        await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)
        raise SystemExit(AWAY) from error


@cache
def _silent() -> Runtime:
    """For clients alone: what goes wrong is raised here, so that the SDK's core need not print it in its own format."""
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter="off")))


async def wait_for_namespace(config: Settings) -> None:
    """Returns when Temporal answers and serves the namespace; says once what it waits for.

    A namespace that was just made is known to the server's database before all its parts serve it. A worker that polls
    in between is turned away, and comes back only ten seconds later: so a task queue is asked about.

    Raises RPCError if Temporal answers that this client may not ask.
    """
    client, told = await connect_temporal(config, lazy=True), False
    asked = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=TASK_QUEUE),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    while True:
        try:
            await client.workflow_service.describe_task_queue(asked)
        except (RPCError, RuntimeError) as error:  # RuntimeError: nobody has answered this client yet
            if isinstance(error, RPCError) and error.status not in _PASSING:
                raise
            if not told:
                log.info("temporal.waiting", namespace=client.namespace, hint="python -m commands.setup makes it")
                told = True
            await asyncio.sleep(_ASK_EVERY)
        else:
            return
