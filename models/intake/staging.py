"""From a file to staged rows: each that fits its shape waits in the database until the whole file does.

Rows are committed two thousand at a time, together with how far the file was read: whoever takes over goes on there.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, select

from domain.desk.intake import ImportState
from models.database import reading, table
from models.import_files import Checked, validated
from models.import_problems import Problem, shown
from models.intake import mappings, uploads
from models.intake.claims import Claim
from models.intake.kinds import KINDS
from models.intake.mapped import Entry, Mapped, open_mapped
from models.intake.notes import note
from models.intake.tables import DeskImport, ImportRow
from models.sheets.sheet import Unreadable

MOST_ROWS = 5_000_000
MOST_TOGETHER = 10_000
"""Rows of one order, of one customer's contacts: they are looked at together."""
ROWS_A_STEP = 2000
_RENEWED_EVERY = 50_000
"""Rows that are passed over, after which the lease is renewed: no step of its own takes that long."""
_ROWS = table(ImportRow)
_ROW = insert(_ROWS)


def stage(claim: Claim) -> None:
    """Reads the file, from where it was left."""
    upload = claim.upload()
    if upload.state != ImportState.READING:
        return
    try:
        with uploads.spooled(claim.engine, upload) as file:
            if file is None:
                raise Unreadable(Problem(row=0, code="another_file"))
            with reading(claim.engine) as session:
                mapping = mappings.of(session, upload)
            with open_mapped(file, KINDS[upload.kind].shape, mapping) as found:
                _stage_all(claim, upload, found, mapping.time_zone if mapping else "")
    except Unreadable as unreadable:
        claim.finish(ImportState.HAS_PROBLEMS, unreadable.problems)
        return
    with claim.step() as (session, row):
        note(session, row, [*_duplicates(session, row), *_crowds(session, row)])
        row.state = ImportState.CHECKING.value


def _stage_all(claim: Claim, upload: DeskImport, found: Mapped, time_zone: str) -> None:
    with claim.step() as (_, row):
        row.columns, row.left_out = sorted(found.columns), list(found.left_out)
    checked = validated(KINDS[upload.kind].shape, _unread(claim, found, upload.read_up_to), time_zone)
    while batch := list(islice(checked, ROWS_A_STEP)):
        with claim.step() as (session, row):
            stage_some(session, row, batch)


def _unread(claim: Claim, found: Mapped, read_up_to: int) -> Iterator[Entry]:
    """The rows behind those that are staged already."""
    for passed, entry in enumerate(found.rows):
        if entry.number > read_up_to:
            yield entry
        elif passed % _RENEWED_EVERY == 0:
            with claim.step():
                pass


def stage_some(session: Session, upload: DeskImport, batch: list[Checked[Any]]) -> None:
    """Stages some rows. The caller holds the import. Raises Unreadable if they are too many."""
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
    note(session, upload, [problem for _, _, found in batch for problem in found])
    upload.rows_read += len(batch)
    upload.rows_valid += len(rows)
    upload.read_up_to = batch[-1].number
    upload.tries = 0
    if upload.rows_read > MOST_ROWS:
        raise Unreadable(Problem(row=upload.read_up_to, code="too_many_rows", value=str(MOST_ROWS)))


def _duplicates(session: Session, upload: DeskImport) -> list[Problem]:
    """Every row but the first that shares what none may share."""
    row, identity = _ROWS.c.row, _ROWS.c.identity
    mine = _ROWS.c.import_id == upload.id
    first = select(identity, func.min(row).label("first")).where(mine, identity.is_not(None))
    twice = first.group_by(identity).having(func.count() > 1).subquery()
    query = select(row, identity).join(twice, identity == twice.c.identity).where(mine, row > twice.c.first)
    key = KINDS[upload.kind].key
    return [
        Problem(row=number, column=key, code="duplicate", value=shown("", said.replace("\x1f", "/")))
        for number, said in session.connection().execute(query.order_by(row))
    ]


def _crowds(session: Session, upload: DeskImport) -> list[Problem]:
    """What so many rows belong to that it is hardly meant."""
    query = select(func.min(_ROWS.c.row), _ROWS.c.place).where(_ROWS.c.import_id == upload.id)
    crowds = query.group_by(_ROWS.c.place).having(func.count() > MOST_TOGETHER).order_by(func.min(_ROWS.c.row))
    return [
        Problem(row=number, code="too_many_together", value=shown("", place), limit=str(MOST_TOGETHER))
        for number, place in session.connection().execute(crowds)
    ]
