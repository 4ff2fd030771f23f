"""Brings the schedules in line when a worker starts; harmless in many."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from temporalio.client import Client
from temporalio.service import RPCError

from workflows import schedules

AGAIN = 5.0
"""Seconds until a Temporal that did not answer is asked again."""
log = structlog.get_logger("schedules")


async def keep_schedules(client: Client, tree_heads_every: timedelta, stop: asyncio.Event) -> None:
    """Returns when every schedule is as the settings want it, or at `stop`."""
    while not stop.is_set():
        try:
            await schedules.keep(client, tree_heads_every)
        except RPCError as error:
            log.warning("schedules.wait", error=str(error)[:200])
        else:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), AGAIN)
