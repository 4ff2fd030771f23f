"""Files on their way into the desk: announced, received in parts, started, given up. The parts lie in the database,
so that whichever process works on a file finds it, also after a crash or on another machine.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Engine, delete, func
from sqlmodel import Session, col, select

from domain.desk.intake import (
    ImportState,
    require_cancellable,
    require_receiving,
    require_room,
    require_startable,
    require_whole,
)
from domain.errors import conflict, invalid, not_found
from models.database import reading, utc_now
from models.intake.tables import DeskImport, ImportPart, ImportProblem, ImportRow

LARGEST_PART = 8 * 1024 * 1024
"""Bytes."""
LARGEST_FILE = 1 << 30
MOST_PARTS = 1000
_FRESH: dict[str, Any] = {
    **dict.fromkeys(("rows_read", "rows_valid", "rows_checked", "read_up_to", "problems", "warnings", "tries"), 0),
    **dict.fromkeys(("inserted", "updated", "unchanged", "held_back"), 0),
    **dict.fromkeys(("checked_up_to", "columns", "left_out", "finished_at", "lease", "lease_until")),
}


def held(session: Session, import_id: str) -> DeskImport:
    """The import, locked. Raises Refusal if there is none."""
    found = session.get(DeskImport, import_id, with_for_update=True, populate_existing=True)
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
    there = session.exec(select(func.sum(ImportPart.size)).where(ImportPart.import_id == import_id)).one() or 0
    require_room(there + len(content), upload.size)
    part = ImportPart(import_id=import_id, number=number, sha256=digest, size=len(content), content=content)
    session.add(part)
    return part


def parts(session: Session, import_id: str) -> list[tuple[int, int, str]]:
    """Number, size and hash of the parts that have come."""
    query = select(ImportPart.number, ImportPart.size, ImportPart.sha256).where(ImportPart.import_id == import_id)
    return [(n, size, digest) for n, size, digest in session.exec(query.order_by(col(ImportPart.number))).all()]


def start(session: Session, import_id: str, by: str, *, dry_run: bool) -> DeskImport:
    """Has the file checked, or loaded, by whoever is free. Raises Refusal unless all of it is there."""
    upload = held(session, import_id)
    require_startable(ImportState(upload.state))
    there = parts(session, import_id)
    if [number for number, _, _ in there] != list(range(1, len(there) + 1)):
        raise invalid("desk_import.part_missing", parts=", ".join(str(number) for number, _, _ in there))
    require_whole(len(there), sum(size for _, size, _ in there), upload.size)
    for name, value in _FRESH.items():
        setattr(upload, name, value)
    upload.state, upload.dry_run = ImportState.QUEUED.value, dry_run
    upload.started_at, upload.started_by = utc_now(), by
    return upload


def cancel(session: Session, import_id: str, now: datetime) -> DeskImport:
    """Gives a file up; what was stored of it goes. Raises Refusal if it was loaded, or is being written."""
    require_cancellable(ImportState(known(session, import_id).state))  # without waiting until it is written
    upload = held(session, import_id)
    require_cancellable(ImportState(upload.state))
    upload.state, upload.finished_at = ImportState.CANCELLED.value, now
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


def forget_results(session: Session, import_id: str) -> None:
    """Removes what an earlier run staged and found."""
    for model in (ImportRow, ImportProblem):
        session.execute(delete(model).where(col(model.import_id) == import_id))
