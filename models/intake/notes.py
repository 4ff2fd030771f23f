"""What is wrong with a file, as it is kept: all of it counted, the first of it in words."""

from collections.abc import Sequence

from sqlalchemy import insert
from sqlmodel import Session

from models.database import table
from models.import_problems import Problem
from models.intake.tables import DeskImport, ImportProblem

MOST_KEPT = 10_000
_PROBLEM = insert(table(ImportProblem))
_COLUMNS = ("row", "column", "code", "value", "limit", "unit")


def note(session: Session, upload: DeskImport, found: Sequence[Problem], *, warnings: bool = False) -> None:
    """Counts what was found, and keeps the first of it. The caller holds the import."""
    position = upload.problems + upload.warnings
    kept = [
        {
            "import_id": upload.id,
            "position": position + place,
            "warning": warnings,
            **{name: getattr(problem, name) for name in _COLUMNS},
        }
        for place, problem in enumerate(found[: max(0, MOST_KEPT - position)])
    ]
    if kept:
        session.connection().execute(_PROBLEM, kept)
    if warnings:
        upload.warnings += len(found)
    else:
        upload.problems += len(found)
