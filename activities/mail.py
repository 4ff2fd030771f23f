"""Delivers the outgoing mail beside the workers. Mail is a courtesy: it blocks nothing, and its failure is a fact."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from activities.letters import compose, told
from activities.post import NoServer, Postman, problem_of
from config import Settings
from models import outbox
from models.database import utc_now
from models.outbox import Letter

EVERY = 2.0
"""Seconds between two looks at an empty outbox."""
EVERY_WITHOUT_SERVER = 60.0
BATCH = 20
LEASE = timedelta(minutes=10)
"""For how long a batch belongs to the process that took it."""
LONGEST_SENDING = timedelta(minutes=5)
"""A letter is not begun if its lease is shorter than this; above what a server that uses up every time-out takes."""
log = structlog.get_logger("mail")


@dataclass(frozen=True)
class MailDispatcher:
    """Sends what is due. Any number may run: a letter belongs to one of them at a time."""

    engine: Engine
    settings: Settings
    clock: Callable[[], datetime] = utc_now
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. Whatever goes wrong is logged and tried again: mail never takes the worker down."""
        pause = EVERY if self.settings.smtp_host else EVERY_WITHOUT_SERVER
        while not stop.is_set():
            taken = 0
            try:
                taken = await asyncio.to_thread(self.deliver, stop.is_set)
            except Exception as error:
                log.warning("mail.waits", error=f"{type(error).__name__}: {error}"[:300])
            if not taken:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)

    def deliver(self, stopping: Callable[[], bool] = lambda: False) -> int:
        """Sends one batch of what is due; returns how many letters it took. Blocks: not for the event loop."""
        if not self.settings.smtp_host:
            outbox.none_wanted(self.engine)
            return 0
        letters = outbox.take(self.engine, self.clock(), BATCH, LEASE)
        with Postman(self.settings, self.tls) as postman:
            for position, letter in enumerate(letters):
                if stopping() or self.clock() > letter.lease - LONGEST_SENDING:
                    outbox.released(self.engine, letters[position:], self.clock())
                    break
                try:
                    self._deliver(letter, postman)
                except NoServer as error:
                    for unsent in letters[position:]:
                        self._failed(unsent, error)
                    break
        return len(letters)

    def _deliver(self, letter: Letter, postman: Postman) -> None:
        try:
            if not self._wanted(letter):
                outbox.unneeded(self.engine, letter)
                return
            postman.send(compose(letter, self.settings.mail_from, self.settings.public_url, self.clock()))
        except NoServer:
            raise
        except Exception as error:  # whatever is wrong with this letter must not keep the next one
            self._failed(letter, error)
            return
        outbox.sent(self.engine, letter, self.clock())
        log.info("mail.sent", case=letter.row.case_id, notification=letter.row.kind, account=letter.row.account)

    def _wanted(self, letter: Letter) -> bool:
        """False if the recipient has gone, or a reminder was overtaken by what it reminds of."""
        if not letter.to.active or not letter.to.email:
            return False
        return letter.row.kind != "digest" or bool(told(letter).tasks)

    def _failed(self, letter: Letter, error: Exception) -> None:
        problem = problem_of(error).replace(letter.to.email, "the recipient")
        gave_up = outbox.failed(self.engine, letter, problem, self.clock())
        log.warning(
            "mail.failed" if gave_up else "mail.postponed",
            case=letter.row.case_id,
            notification=letter.row.kind,
            account=letter.row.account,
            attempts=letter.row.mail_attempts,
            problem=problem,
        )
