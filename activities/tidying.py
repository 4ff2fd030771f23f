"""Forgets what nobody needs any more, beside the workers: idempotency keys, attempts to sign that came to nothing."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models import idempotency
from models.database import utc_now
from models.signing import attempts

EVERY = 3600.0
"""Seconds between two looks."""
log = structlog.get_logger("tidying")


async def keep_tidy(engine: Engine, keep: timedelta, stop: asyncio.Event) -> None:
    """Looks every hour until `stop`; harmless in many. A database that is away is simply asked again."""
    while not stop.is_set():
        try:
            before = utc_now() - keep
            if gone := await asyncio.to_thread(idempotency.forget, engine, before):
                log.info("requests.forgotten", requests=gone)
            if gone := await asyncio.to_thread(attempts.forget, engine, before):
                log.info("attempts.forgotten", attempts=gone)
        except SQLAlchemyError as error:
            log.warning("tidying.wait", error=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
