"""Writes the week's figures, beside the workers: a history that only somebody's timetable kept would have holes."""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from models.desk import figures
from models.desk.weekly import write_week

EVERY = 3600.0
"""Seconds between two looks; once the week is written, a look is one row."""
log = structlog.get_logger("weeks")


async def keep_weeks(engine: Engine, stop: asyncio.Event) -> None:
    """Looks every hour until `stop`; harmless in many. A database that is away is simply asked again."""
    while not stop.is_set():
        try:
            if written := await asyncio.to_thread(write_week, engine, figures.today()):
                log.info("week.written", figures=written)
        except SQLAlchemyError as error:
            log.warning("weeks.wait", error=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
