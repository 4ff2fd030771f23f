"""Works one file off: reads it into staged rows, compares them with the desk, writes them in one transaction.

Each step up to the last is committed a thousand rows at a time, together with how far it got. Whoever takes over after
a crash goes on there; a file that is being written when the process dies was not written, and is written anew.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine, func, insert, or_, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from domain.desk.access import Action
from domain.desk.intake import AT_WORK, ImportState
from models.database import reading, table, utc_now, writing
from models.desk.trail_tables import RecordRead
from models.import_files import Checked, validated
from models.import_problems import Problem, shown
from models.intake import mappings, uploads
from models.intake.desk import AT_ONCE, Desk, Tally
from models.intake.kinds import KINDS
from models.intake.mapped import Mapped, open_mapped
from models.intake.tables import DeskImport, ImportProblem, ImportRow
from models.sheets.sheet import Unreadable

MOST_ROWS = 5_000_000
MOST_PROBLEMS_KEPT = 10_000
LEASE = timedelta(minutes=2)
"""For so long a step may take; each one renews it."""
ROWS_A_STEP = 2000
TRIES = 3
_ONE_AT_A_TIME = 7_461_110_220
"""Key of PostgreSQL's advisory lock: two files that write at once would both insert the same new record."""
_ROW, _PROBLEM = insert(table(ImportRow)), insert(table(ImportProblem))
_STAGED = table(ImportRow)


class Overtaken(Exception):
    """Somebody else works on the file now, or it was given up."""


class _NoLongerFits(Exception):
    """The desk has changed since the file was checked."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].code)
        self.problems = problems


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
        return found.id


class ImportJob:
    """One file in the hands of one worker."""

    def __init__(self, engine: Engine, import_id: str, worker: str, stopping: Callable[[], bool] = lambda: False):
        self._engine = engine
        self._id = import_id
        self._worker = worker
        self._stopping = stopping

    def run(self) -> None:
        """Until the file is through, or the process is to stop: then somebody else goes on at once."""
        with suppress(Overtaken):
            with reading(self._engine) as session:
                upload = session.get_one(DeskImport, self._id)
            if upload.state == ImportState.QUEUED:
                with self._step() as (session, row):
                    uploads.forget_results(session, self._id)
                    row.state = ImportState.READING.value
            self._read()
            self._check()
            self._write()

    # Reading: from the file to staged rows.

    def _read(self) -> None:
        upload = self._upload()
        if upload.state != ImportState.READING:
            return
        try:
            with uploads.spooled(self._engine, upload) as file:
                if file is None:
                    raise Unreadable(Problem(row=0, code="another_file"))
                with reading(self._engine) as session:
                    mapping = mappings.of(session, upload)
                with open_mapped(file, KINDS[upload.kind].shape, mapping) as found:
                    self._stage(upload, found, mapping.time_zone if mapping else "")
            self._find_duplicates(upload)
        except Unreadable as unreadable:
            self._finish(ImportState.HAS_PROBLEMS, unreadable.problems)
            return
        with self._step() as (_, row):
            row.state = ImportState.CHECKING.value

    def _stage(self, upload: DeskImport, found: Mapped, time_zone: str) -> None:
        with self._step() as (_, row):
            row.columns, row.left_out = sorted(found.columns), list(found.left_out)
        entries = (entry for entry in found.rows if entry.number > upload.read_up_to)
        checked = validated(KINDS[upload.kind].shape, entries, time_zone)
        while batch := list(islice(checked, ROWS_A_STEP)):
            with self._step() as (session, row):
                self._stage_batch(session, row, batch)

    def _stage_batch(self, session: Session, upload: DeskImport, batch: list[Checked[Any]]) -> None:
        kind = KINDS[upload.kind]
        rows = [
            {
                "import_id": upload.id,
                "row": number,
                "place": kind.place(row),
                "identity": kind.identity(row),
                "content": row.model_dump_json(),
            }
            for number, row, _ in batch
            if row is not None
        ]
        if rows:
            session.connection().execute(_ROW, rows)
        self._note(session, upload, [problem for _, _, found in batch for problem in found])
        upload.rows_read += len(batch)
        upload.rows_valid += len(rows)
        upload.read_up_to = batch[-1].number
        if upload.rows_read > MOST_ROWS:
            raise Unreadable(Problem(row=upload.read_up_to, code="too_many_rows", value=str(MOST_ROWS)))

    def _find_duplicates(self, upload: DeskImport) -> None:
        row, identity = _STAGED.c.row, _STAGED.c.identity
        mine = _STAGED.c.import_id == upload.id
        first = select(identity, func.min(row).label("first")).where(mine, identity.is_not(None))
        twice = first.group_by(identity).having(func.count() > 1).subquery()
        query = select(row, identity).join(twice, identity == twice.c.identity).where(mine, row > twice.c.first)
        key = KINDS[upload.kind].key
        with self._step() as (session, here):
            found = [
                Problem(row=number, column=key, code="duplicate", value=shown("", said.replace("\x1f", "/")))
                for number, said in session.connection().execute(query.order_by(row))
            ]
            self._note(session, here, found)

    # Checking: staged rows against the desk. Writing: the same, and then it is so.

    def _check(self) -> None:
        upload = self._upload()
        if upload.state != ImportState.CHECKING:
            return
        desk = None
        for place, rows in self._chunks(upload):
            with reading(self._engine) as session:
                desk = desk or _desk(session, upload)
                desk.session = session
                KINDS[upload.kind].settle(desk, rows)
            with self._step() as (session, row):
                self._count(session, row, desk.take())
                row.rows_checked += len(rows)
                row.checked_up_to = place
        with self._step() as (_, row):
            found = bool(row.problems)
            if not found and not row.dry_run:
                row.state = ImportState.WRITING.value
                return
        self._finish(ImportState.HAS_PROBLEMS if found else ImportState.CHECKED)

    def _write(self) -> None:
        upload = self._upload()
        if upload.state != ImportState.WRITING:
            return
        for left in reversed(range(TRIES)):
            try:
                self._write_all(upload)
                return
            except _NoLongerFits as error:
                self._finish(ImportState.HAS_PROBLEMS, error.problems)
                return
            except IntegrityError:  # somebody entered a record with the same number: it is there now
                if not left:
                    raise

    def _write_all(self, upload: DeskImport) -> None:
        """Everything in one transaction. Raises _NoLongerFits if the desk has changed so that a row does not fit."""
        with writing(self._engine) as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
            self._mine(session)
            desk = _desk(session, upload, writing=True)
            for _, rows in self._chunks(upload, session):
                KINDS[upload.kind].settle(desk, rows)
                if desk.problems:
                    raise _NoLongerFits(desk.problems)
                desk.flush()
            row, tally = self._mine(session), desk.take()
            row.inserted, row.updated, row.unchanged, row.held_back = tally[:4]
            row.state, row.finished_at = ImportState.DONE.value, utc_now()
            row.lease, row.lease_until = None, None
            session.add(_logged(row))

    def _chunks(
        self, upload: DeskImport, session: Session | None = None
    ) -> Iterator[tuple[str, list[tuple[int, Any]]]]:
        """Staged rows by place, never a place in two; while checking, from where the check stopped."""
        shape, after = KINDS[upload.kind].shape, None if session else upload.checked_up_to
        while True:
            query = select(_STAGED.c.place, _STAGED.c.row, _STAGED.c.content).where(_STAGED.c.import_id == upload.id)
            if after is not None:
                query = query.where(_STAGED.c.place > after)
            query = query.order_by(_STAGED.c.place, _STAGED.c.row)
            found = self._whole_places(query, session)
            if not found:
                return
            after = found[-1].place
            yield after, [(row.row, shape.model_validate_json(row.content)) for row in found]

    def _whole_places(self, query: Any, session: Session | None) -> list[Any]:
        """About a thousand rows, the last place whole."""
        if session is None:
            with reading(self._engine) as own:
                return self._whole_places(query, own)
        found = list(session.connection().execute(query.limit(AT_ONCE)))
        if len(found) == AT_ONCE:
            last = found[-1]
            rest = query.where(_STAGED.c.place == last.place, _STAGED.c.row > last.row)
            found += session.connection().execute(rest)
        return found

    # How far it got.

    def _upload(self) -> DeskImport:
        with reading(self._engine) as session:
            return session.get_one(DeskImport, self._id)

    def _mine(self, session: Session) -> DeskImport:
        """The import, locked. Raises Overtaken if it is no longer this worker's."""
        row = session.get_one(DeskImport, self._id, with_for_update=True)
        if row.lease != self._worker or row.state not in AT_WORK:
            raise Overtaken
        return row

    @contextmanager
    def _step(self) -> Iterator[tuple[Session, DeskImport]]:
        """One small transaction that holds the import. Raises Overtaken; also if the process is to stop."""
        if self._stopping():
            self._let_go()
            raise Overtaken
        with writing(self._engine) as session:
            row = self._mine(session)
            yield session, row
            row.lease_until = utc_now() + LEASE if row.lease else None

    def _let_go(self) -> None:
        with writing(self._engine) as session:
            self._mine(session).lease_until = utc_now()

    def _finish(self, state: ImportState, problems: Sequence[Problem] = ()) -> None:
        with self._step() as (session, row):
            self._note(session, row, problems)
            row.state, row.finished_at, row.lease = state.value, utc_now(), None

    def _count(self, session: Session, row: DeskImport, tally: Tally) -> None:
        row.inserted += tally.inserted
        row.updated += tally.updated
        row.unchanged += tally.unchanged
        row.held_back += tally.held_back
        self._note(session, row, tally.problems)
        self._note(session, row, tally.warnings, warnings=True)

    def _note(self, session: Session, row: DeskImport, found: Sequence[Problem], *, warnings: bool = False) -> None:
        """Counts problems, and keeps the first of them."""
        position = row.problems + row.warnings
        kept = found[: max(0, MOST_PROBLEMS_KEPT - position)]
        if kept:
            rows = [
                {"import_id": row.id, "position": position + n, "warning": warnings, **_columns(problem)}
                for n, problem in enumerate(kept)
            ]
            session.connection().execute(_PROBLEM, rows)
        if warnings:
            row.warnings += len(found)
        else:
            row.problems += len(found)


def _columns(problem: Problem) -> dict[str, Any]:
    return {name: getattr(problem, name) for name in ("row", "column", "code", "value", "limit", "unit")}


def _desk(session: Session, upload: DeskImport, *, writing: bool = False) -> Desk:
    return Desk(session, utc_now(), upload.created_by, frozenset(upload.columns or ()), writing)


def _logged(upload: DeskImport) -> RecordRead:
    """What came in stands in the log of reads beside what went out."""
    return RecordRead(
        account=upload.created_by,
        at=utc_now(),
        action=Action.IMPORT_RECORDS.value,
        kind=KINDS[upload.kind].record.value,
        record_id="",
        records=upload.rows_valid,
        purpose=upload.purpose,
    )
