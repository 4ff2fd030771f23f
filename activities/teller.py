"""Tells running cases what was decided at the desk. Runs beside the workers, harmless in many.

What a case has to look at anew is a row written together with what changed it (models.desk.entries): a process that
dies in between loses nothing. The row goes once the signal is accepted, unless it was written anew meanwhile.
"""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import Engine, delete
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models.database import reading, writing
from models.desk.portfolio_tables import CaseSignal
from workflows import ids

EVERY = 2.0
"""Seconds between two looks."""
_AT_ONCE = 100
log = structlog.get_logger("teller")


def untold(engine: Engine) -> list[CaseSignal]:
    """What cases have not been told yet, the oldest first."""
    with reading(engine) as session:
        query = select(CaseSignal).order_by(col(CaseSignal.at), col(CaseSignal.case_id))
        return list(session.exec(query.limit(_AT_ONCE)).all())


def told(engine: Engine, row: CaseSignal) -> None:
    """The case knows, or has ended; what was asked for after `row` was read stays."""
    this = delete(CaseSignal).where(
        col(CaseSignal.case_id) == row.case_id, col(CaseSignal.signal) == row.signal, col(CaseSignal.at) == row.at
    )
    with writing(engine) as session:
        session.execute(this)


async def tell_all(engine: Engine, client: Client) -> int:
    """Tells every case what it has to look at; returns how many were told. Raises RPCError if Temporal is away."""
    rows = await asyncio.to_thread(untold, engine)
    for row in rows:
        try:
            await client.get_workflow_handle(ids.workflow_id(row.case_id)).signal(row.signal)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:  # one that has closed counted by itself before
                raise
        await asyncio.to_thread(told, engine, row)
    return len(rows)


async def keep_telling(engine: Engine, client: Client, stop: asyncio.Event) -> None:
    """Looks every few seconds until `stop`; a Temporal that is away is simply asked again."""
    while not stop.is_set():
        try:
            await tell_all(engine, client)
        except (RPCError, SQLAlchemyError) as error:
            log.warning("teller.waits", error=str(error)[:200])
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY)
