"""Starts the workflows of notices that arrived while Temporal was away. Runs beside the workers, harmless in many."""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError

from models.database import reading, utc_now, writing
from models.resignations import start_message
from models.tables import Notice
from workflows.starter import start

EVERY = 5.0
"""Seconds between two looks."""
log = structlog.get_logger("starter")


def mark_started(engine: Engine, case_id: str) -> None:
    """Remembers that the case's workflow exists."""
    with writing(engine) as session:
        notice = session.get(Notice, case_id)
        if notice is not None and notice.started_at is None:
            notice.started_at = utc_now()
            session.add(notice)


def was_started(engine: Engine, case_id: str) -> bool:
    """True if the case's workflow exists, or existed: Temporal forgets closed ones after a while."""
    with reading(engine) as session:
        notice = session.get(Notice, case_id)
        return notice is not None and notice.started_at is not None


def waiting(engine: Engine) -> list[Notice]:
    """Notices whose case was not started yet, the oldest first."""
    with reading(engine) as session:
        query = select(Notice).where(col(Notice.started_at).is_(None)).order_by(col(Notice.recorded_at))
        return list(session.exec(query.limit(100)).all())


async def start_waiting(engine: Engine, client: Client) -> int:
    """Starts every case that waits for its workflow; returns how many."""

    notices = await asyncio.to_thread(waiting, engine)
    for notice in notices:
        await start(client, start_message(notice))
        await asyncio.to_thread(mark_started, engine, notice.case_id)
        log.info("case.started_late", case=notice.case_id)
    return len(notices)


async def keep_starting(engine: Engine, client: Client, stop: asyncio.Event) -> None:
    """Looks every few seconds until `stop`; a Temporal that is away is simply asked again."""
    while not stop.is_set():
        try:
            await start_waiting(engine, client)
        except (RPCError, SQLAlchemyError) as error:
            log.warning("starter.waits", error=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
