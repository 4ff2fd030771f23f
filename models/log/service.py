"""The log as the worker's steps see it: grown and signed, stamped, checked as a whole."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from activities.failures import Permanent, TryAgain
from models.database import reading, utc_now
from models.log import alarms, checking, heads, integration
from models.log.nodes import LogBroken
from models.log.ports import HeadSigner, Stamper
from models.messages import GrownLog


@dataclass(frozen=True)
class DatabaseLog:
    """Fulfils the port `TreeLog` with the database, the log's key and, where one is set up, a stamping authority."""

    engine: Engine
    signer: HeadSigner
    stamper: Stamper | None = None
    clock: Callable[[], datetime] = utc_now

    def grow(self) -> GrownLog:
        """Takes in what waits and signs it. Raises Permanent, after an alarm, if the log does not continue."""
        try:
            taken = integration.integrate(self.engine)
            return GrownLog(taken_in=taken, size=heads.sign(self.engine, self.signer, self.clock()))
        except LogBroken as broken:
            raise self._alarmed(broken) from broken

    def stamp(self) -> int:
        """Has every tree head stamped that is not; none without an authority. Raises TryAgain if it does not answer."""
        if self.stamper is None:
            return 0
        try:
            return heads.stamp(self.engine, self.stamper, self.clock())
        except OSError as error:
            raise TryAgain(f"the time-stamping authority does not answer: {error}") from error

    def check(self) -> None:
        """Recomputes all of it. Raises Permanent, after an alarm, if anything is wrong."""
        with reading(self.engine) as session:
            problems = list(checking.problems(session, self.signer.known))
        if problems:
            raise self._alarmed(LogBroken(problems))

    def _alarmed(self, broken: LogBroken) -> Permanent:
        alarms.raise_alarm(self.engine, broken.problems, self.clock())
        return Permanent(f"the log is broken: {broken}")
