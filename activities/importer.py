"""Works files for the desk off, beside the workers. Any number may run: a file belongs to one of them at a time.

It is no workflow: what there is to remember of a file is its rows, and they are in the database; that is also where a
step and how far it got are committed together. Files come in while Temporal is away, too.
"""

import asyncio
import uuid
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Engine

from models.database import utc_now
from models.intake import keeping
from models.intake.claims import Claim, take
from models.intake.job import work_off

EVERY = 2.0
"""Seconds between two looks when there is nothing to do."""
log = structlog.get_logger("importer")


def _first_line(error: Exception) -> str:
    """What went wrong; what follows may quote the file, and is nobody's business here."""
    return next(iter(str(error).splitlines()), "")[:300]


@dataclass(frozen=True)
class Importer:
    """Takes the oldest file that waits, or that somebody left unfinished."""

    engine: Engine
    name: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Whatever goes wrong is logged, and the file is tried again when its lease is over."""
        while not stop.is_set():
            worked = False
            try:
                worked = await asyncio.to_thread(self.work, stop)
            except Exception as error:
                log.warning("importer.waits", error=f"{type(error).__name__}: {_first_line(error)}")
            if not worked:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), EVERY)

    def work(self, stop: asyncio.Event) -> bool:
        """One file, or one piece of tidying up; False if there was nothing to do. Blocks: not for the event loop."""
        import_id = take(self.engine, self.name, utc_now())
        if import_id is None:
            return keeping.tidy(self.engine, utc_now()) or keeping.give_up_forgotten(self.engine, utc_now())
        log.info("import.taken", id=import_id)
        work_off(Claim(self.engine, import_id, self.name, stop.is_set))
        return True
