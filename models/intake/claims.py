"""Who works on a file: one worker at a time, by a lease that each step renews. Whoever dies is followed by another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, or_
from sqlmodel import Session, col, select

from domain.desk.intake import AT_WORK, ImportState
from models.database import reading, utc_now, writing
from models.import_problems import Problem
from models.intake.notes import note
from models.intake.tables import DeskImport

LEASE = timedelta(minutes=2)
"""For so long a step may take; each one renews it. Writing is one step, and holds the import's row instead."""


class Overtaken(Exception):
    """Somebody else works on the file now, it was given up, or this process is to stop."""


def take(engine: Engine, worker: str, now: datetime) -> str | None:
    """The oldest file that waits to be worked on and belongs to nobody; it then belongs to `worker`."""
    with writing(engine) as session:
        query = select(DeskImport).where(
            col(DeskImport.state).in_([state.value for state in AT_WORK]),
            or_(col(DeskImport.lease_until).is_(None), col(DeskImport.lease_until) < now),
        )
        found = session.exec(
            query.order_by(col(DeskImport.created_at)).limit(1).with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        found.lease, found.lease_until = worker, now + LEASE
        found.tries += 1
        return found.id


@dataclass(frozen=True)
class Claim:
    """One file in the hands of one worker."""

    engine: Engine
    import_id: str
    worker: str
    stopping: Callable[[], bool] = lambda: False

    def upload(self) -> DeskImport:
        """The import as it is now."""
        with reading(self.engine) as session:
            return session.get_one(DeskImport, self.import_id)

    def held(self, session: Session) -> DeskImport:
        """The import, locked. Raises Overtaken if it is no longer this worker's."""
        row = session.get_one(DeskImport, self.import_id, with_for_update=True)
        if row.lease != self.worker or row.state not in AT_WORK:
            raise Overtaken
        return row

    @contextmanager
    def step(self) -> Iterator[tuple[Session, DeskImport]]:
        """One small transaction that holds the import. Raises Overtaken; also if the process is to stop."""
        if self.stopping():
            self._let_go()
            raise Overtaken
        with writing(self.engine) as session:
            row = self.held(session)
            yield session, row
            row.lease_until = utc_now() + LEASE if row.lease else None

    def finish(self, state: ImportState, problems: Sequence[Problem] = ()) -> None:
        """The file is through."""
        with self.step() as (session, row):
            note(session, row, problems)
            end(row, state)

    def _let_go(self) -> None:
        with writing(self.engine) as session:
            row = self.held(session)
            row.lease_until, row.tries = utc_now(), 0


def end(upload: DeskImport, state: ImportState) -> None:
    """The import is nobody's any more."""
    upload.state, upload.finished_at = state.value, utc_now()
    upload.lease, upload.lease_until = None, None
