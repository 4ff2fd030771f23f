"""The Temporal client of every process: the installation's namespace, payloads encrypted with its key ring."""

import asyncio
import logging

import structlog
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
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

_PASSING = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.NOT_FOUND)
_ASK_EVERY = 0.5
"""Seconds."""
log = structlog.get_logger("temporal")


async def connect_temporal(config: Settings, *, lazy: bool = False, metrics_address: str = "") -> Client:
    """A client; `lazy`: connects with its first call. Raises RuntimeError if Temporal can't be reached."""
    codec = EncryptionCodec(ring(plain(config.payload_keys)), config.payload_key)
    runtime = None
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


async def wait_for_namespace(config: Settings) -> None:
    """Returns when Temporal answers and knows the namespace; says once what it waits for.

    Raises RPCError if Temporal answers that this client may not ask.
    """
    client, told = await connect_temporal(config, lazy=True), False
    while True:
        try:
            await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        except (RPCError, RuntimeError) as error:  # RuntimeError: nobody has answered this client yet
            if isinstance(error, RPCError) and error.status not in _PASSING:
                raise
            if not told:
                log.info("temporal.waiting", namespace=client.namespace, hint="python -m commands.setup makes it")
                told = True
            await asyncio.sleep(_ASK_EVERY)
        else:
            return
