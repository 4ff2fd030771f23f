"""Staged rows against the desk: first only compared, some at a time; then written, all of them in one transaction."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from domain.desk.access import Action
from domain.desk.intake import ImportState
from domain.desk.records import RecordKind
from domain.errors import Refusal
from models.accounts import Caller, caller_behind
from models.database import reading, table, utc_now, writing
from models.desk import gate, joining
from models.desk.gate import Passage, Target
from models.desk.transactions import Seen, note_read
from models.import_problems import Problem
from models.intake.claims import Claim, end
from models.intake.desk import AT_ONCE, Desk, Tally
from models.intake.kinds import KINDS
from models.intake.notes import note
from models.intake.tables import DeskImport, ImportRow

RACES = 3
"""How often a file is written anew because somebody entered the same record meanwhile."""
_ONE_AT_A_TIME = 7_461_110_220
"""Key of PostgreSQL's advisory lock: two files that write at once would both insert the same new record."""
_ROWS = table(ImportRow)
_BY_PLACE = select(_ROWS.c.place, _ROWS.c.row, _ROWS.c.content).order_by(_ROWS.c.place, _ROWS.c.row)


class _DoesNotFit(Exception):
    """The desk, or who may load files, has changed since the file was checked."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].code)
        self.problems = problems


def check(claim: Claim) -> None:
    """Compares the rows with the desk, from where that was left; then the file is to be written, or through."""
    upload = claim.upload()
    if upload.state != ImportState.CHECKING:
        return
    desk = None
    while True:
        with reading(claim.engine) as session:
            rows = _next_rows(session, upload, upload.checked_up_to)
            if not rows:
                break
            desk = desk or _desk(session, upload, utc_now())
            desk.session = session
            KINDS[upload.kind].settle(desk, _shaped(upload, rows))
        with claim.step() as (session, upload):
            count(session, upload, desk.take())
            upload.rows_checked += len(rows)
            upload.checked_up_to = rows[-1].place
    if upload.problems or upload.dry_run:
        claim.finish(ImportState.HAS_PROBLEMS if upload.problems else ImportState.CHECKED)
        return
    with claim.step() as (_, row):
        row.state = ImportState.WRITING.value


def count(session: Session, upload: DeskImport, tally: Tally) -> None:
    """Adds up what would become of some rows, and notes what there is to say of them."""
    upload.inserted += tally.inserted
    upload.updated += tally.updated
    upload.unchanged += tally.unchanged
    upload.held_back += tally.held_back
    upload.tries = 0
    note(session, upload, tally.problems)
    note(session, upload, tally.warnings, warnings=True)


def write(claim: Claim) -> None:
    """Writes the rows, all or none."""
    upload = claim.upload()
    if upload.state != ImportState.WRITING:
        return
    for left in reversed(range(RACES)):
        try:
            _write_all(claim, upload)
            return
        except _DoesNotFit as misfit:
            claim.finish(ImportState.HAS_PROBLEMS, misfit.problems)
            return
        except IntegrityError:  # somebody entered a record with the same number: it is there now
            if not left:
                raise


def _write_all(claim: Claim, upload: DeskImport) -> None:
    with writing(claim.engine) as session:
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        claim.held(session)
        caller, passage = _let_in(session, upload)
        desk = _desk(session, upload, passage.now, writing=True)
        for rows in _chunks(session, upload):
            KINDS[upload.kind].settle(desk, _shaped(upload, rows))
            if desk.problems:
                raise _DoesNotFit(*desk.problems)
            desk.flush()
        joining.join_everybody(session, caller.account, passage.now)
        row, tally = claim.held(session), desk.take()
        row.inserted, row.updated, row.unchanged, row.held_back = tally[:4]
        end(row, ImportState.DONE)
        kind = KINDS[upload.kind].record
        note_read(session, caller, Action.IMPORT_RECORDS, kind, upload.purpose, Seen(None, upload.rows_valid))


def _let_in(session: Session, upload: DeskImport) -> tuple[Caller, Passage]:
    """Whoever has the file loaded passes the gate now, as every write does. Raises _DoesNotFit if they may not."""
    by = str(upload.started_by)
    if (caller := caller_behind(session, by)) is not None:
        try:
            gate.reach(Action.IMPORT_RECORDS, caller)
            standing = gate.standing_of(session, caller, Action.IMPORT_RECORDS, hold=True)
            target = Target(RecordKind.FILE, record_id=upload.id)
            passage = gate.enter(session, caller, Action.IMPORT_RECORDS, target, standing)
        except Refusal as refusal:
            passage = refusal
        if isinstance(passage, Passage):
            return caller, passage
    raise _DoesNotFit(Problem(row=0, code="not_permitted", value=caller.name if caller else by))


def _chunks(session: Session, upload: DeskImport) -> Iterator[list[Any]]:
    after = None
    while rows := _next_rows(session, upload, after):
        yield rows
        after = rows[-1].place


def _next_rows(session: Session, upload: DeskImport, after: str | None) -> list[Any]:
    """About a thousand staged rows in the order of their places, the last place whole."""
    query = _BY_PLACE.where(_ROWS.c.import_id == upload.id)
    connection = session.connection()
    found = list(connection.execute((query if after is None else query.where(_ROWS.c.place > after)).limit(AT_ONCE)))
    if len(found) == AT_ONCE:
        last = found[-1]
        found += connection.execute(query.where(_ROWS.c.place == last.place, _ROWS.c.row > last.row))
    return found


def _shaped(upload: DeskImport, rows: list[Any]) -> list[tuple[int, Any]]:
    shape = KINDS[upload.kind].shape
    return [(row.row, shape.model_validate_json(row.content)) for row in rows]


def _desk(session: Session, upload: DeskImport, now: Any, *, writing: bool = False) -> Desk:
    return Desk(session, now, str(upload.started_by), frozenset(upload.columns or ()), writing)
