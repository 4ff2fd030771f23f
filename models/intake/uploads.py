"""Files on their way into the desk: announced, received in parts, started, given up. The parts lie in the database,
so that whichever process works on a file finds it, also after a crash or on another machine.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Engine, delete, func
from sqlmodel import Session, col, select

from domain.desk.intake import (
    AT_WORK,
    CANCELLABLE,
    ImportState,
    require_cancellable,
    require_receiving,
    require_startable,
    require_whole,
)
from domain.errors import conflict, invalid, not_found
from models.database import reading, utc_now, writing
from models.intake.tables import DeskImport, ImportPart, ImportProblem, ImportRow

LARGEST_PART = 8 * 1024 * 1024
"""Bytes."""
LARGEST_FILE = 1 << 30
MOST_PARTS = 1000
KEPT = timedelta(days=7)
"""For so long a file waits that nobody started, or mended."""
_ROWS_AT_ONCE = 20_000
_FRESH: dict[str, Any] = {
    **dict.fromkeys(("rows_read", "rows_valid", "rows_checked", "read_up_to", "problems", "warnings"), 0),
    **dict.fromkeys(("inserted", "updated", "unchanged", "held_back"), 0),
    **dict.fromkeys(("checked_up_to", "columns", "left_out", "finished_at", "lease", "lease_until")),
}


def held(session: Session, import_id: str) -> DeskImport:
    """The import, locked. Raises Refusal if there is none."""
    found = session.get(DeskImport, import_id, with_for_update=True)
    if found is None:
        raise not_found("desk_import.unknown")
    return found


def known(session: Session, import_id: str) -> DeskImport:
    """The import. Raises Refusal if there is none."""
    found = session.get(DeskImport, import_id)
    if found is None:
        raise not_found("desk_import.unknown")
    return found


def put_part(session: Session, import_id: str, number: int, content: bytes) -> ImportPart:
    """Keeps one part of a file; the same part again changes nothing. Raises Refusal."""
    upload = held(session, import_id)
    require_receiving(ImportState(upload.state))
    digest = hashlib.sha256(content).hexdigest()
    found = session.get(ImportPart, (import_id, number))
    if found is not None:
        if found.sha256 != digest:
            raise conflict("desk_import.another_part", number=number)
        return found
    part = ImportPart(import_id=import_id, number=number, sha256=digest, size=len(content), content=content)
    session.add(part)
    return part


def parts(session: Session, import_id: str) -> list[tuple[int, int, str]]:
    """Number, size and hash of the parts that have come."""
    query = select(ImportPart.number, ImportPart.size, ImportPart.sha256).where(ImportPart.import_id == import_id)
    return [(n, size, digest) for n, size, digest in session.exec(query.order_by(col(ImportPart.number))).all()]


def start(session: Session, import_id: str, *, dry_run: bool) -> DeskImport:
    """Has the file checked, or loaded, by whoever is free. Raises Refusal unless all of it is there."""
    upload = held(session, import_id)
    require_startable(ImportState(upload.state))
    there = parts(session, import_id)
    if [number for number, _, _ in there] != list(range(1, len(there) + 1)):
        raise invalid("desk_import.part_missing", parts=", ".join(str(number) for number, _, _ in there))
    require_whole(len(there), sum(size for _, size, _ in there), upload.size)
    for name, value in _FRESH.items():
        setattr(upload, name, value)
    upload.state, upload.dry_run, upload.started_at = ImportState.QUEUED.value, dry_run, utc_now()
    return upload


def cancel(session: Session, import_id: str) -> DeskImport:
    """Gives a file up; what was stored of it goes. Raises Refusal if it was loaded already."""
    upload = held(session, import_id)
    require_cancellable(ImportState(upload.state))
    upload.state, upload.finished_at = ImportState.CANCELLED.value, utc_now()
    upload.lease, upload.lease_until = None, None
    return upload


@contextmanager
def spooled(engine: Engine, upload: DeskImport) -> Iterator[BinaryIO | None]:
    """The whole file on this machine's disk, until the block ends; None if it is not the file that was announced."""
    with tempfile.TemporaryFile() as file:
        digest = hashlib.sha256()
        with reading(engine) as session:
            for number, _, _ in parts(session, upload.id):
                part = session.get_one(ImportPart, (upload.id, number))
                digest.update(part.content)
                file.write(part.content)
                session.expunge(part)
        file.seek(0)
        yield file if digest.hexdigest() == upload.sha256 else None


def give_up_forgotten(engine: Engine, now: datetime) -> int:
    """Gives up files that nobody started or mended for long; returns how many."""
    waiting = [state.value for state in CANCELLABLE if state not in AT_WORK]
    with writing(engine) as session:
        query = select(DeskImport.id).where(
            col(DeskImport.state).in_(waiting),
            func.coalesce(DeskImport.finished_at, DeskImport.created_at) < now - KEPT,
        )
        forgotten = session.exec(query).all()
        for import_id in forgotten:
            cancel(session, import_id)
    return len(forgotten)


def tidy(engine: Engine) -> bool:
    """Deletes a piece of what is stored of files that are through; False if there is nothing left."""
    with writing(engine) as session:
        for model in (ImportRow, ImportPart):
            key: Any = model.import_id
            through = col(DeskImport.state).in_((ImportState.DONE.value, ImportState.CANCELLED.value))
            left = select(DeskImport.id).where(through, select(key).where(key == DeskImport.id).exists())
            if (import_id := session.exec(left.limit(1)).first()) is not None:
                _delete_some(session, model, import_id)
                return True
    return False


def forget_results(session: Session, import_id: str) -> None:
    """Removes what an earlier run staged and found."""
    for model in (ImportRow, ImportProblem):
        session.execute(delete(model).where(col(model.import_id) == import_id))


def _delete_some(session: Session, model: type[ImportRow] | type[ImportPart], import_id: str) -> None:
    order: Any = ImportRow.row if model is ImportRow else ImportPart.number
    last = session.exec(
        select(order).where(col(model.import_id) == import_id).order_by(order).offset(_ROWS_AT_ONCE).limit(1)
    ).first()
    statement = delete(model).where(col(model.import_id) == import_id)
    session.execute(statement if last is None else statement.where(order < last))
