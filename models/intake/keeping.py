"""What is stored of files ends: parts and staged rows when a file is through, what was said of it a week later."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, func
from sqlmodel import Session, col, select

from domain.desk.intake import AT_WORK, CANCELLABLE, THROUGH
from models.database import reading, writing
from models.intake.tables import DeskImport, ImportPart, ImportProblem, ImportRow
from models.intake.uploads import cancel

KEPT = timedelta(days=7)
"""For so long a file waits that nobody started or mended, and its report stays."""
_AT_ONCE = 20_000
"""Rows deleted in one transaction."""
_WAITING = [state.value for state in CANCELLABLE if state not in AT_WORK]
_THROUGH = [state.value for state in THROUGH]


def give_up_forgotten(engine: Engine, now: datetime) -> bool:
    """Gives up a file that nobody started or mended for long; False if there is none."""
    since = func.coalesce(DeskImport.finished_at, DeskImport.created_at)
    query = select(DeskImport.id).where(col(DeskImport.kept), col(DeskImport.state).in_(_WAITING), since < now - KEPT)
    with reading(engine) as session:
        import_id = session.exec(query.limit(1)).first()
    if import_id is None:
        return False
    with writing(engine) as session:
        cancel(session, import_id, now)
    return True


def tidy(engine: Engine, now: datetime) -> bool:
    """Deletes a piece of what is stored of files that are through; False if there is nothing left to delete."""
    query = select(DeskImport.id, DeskImport.finished_at).where(
        col(DeskImport.kept), col(DeskImport.state).in_(_THROUGH)
    )
    with reading(engine) as session:
        through = session.exec(query).all()
    for import_id, finished_at in through:
        over = finished_at is not None and finished_at < now - KEPT
        with writing(engine) as session:
            for model in (ImportRow, ImportPart, ImportProblem) if over else (ImportRow, ImportPart):
                if _delete_some(session, model, import_id):
                    return True
            if over:
                session.get_one(DeskImport, import_id).kept = False
                return True
    return False


def _delete_some(session: Session, model: Any, import_id: str) -> bool:
    mine = col(model.import_id) == import_id
    orders: dict[Any, Any] = {
        ImportRow: ImportRow.row,
        ImportPart: ImportPart.number,
        ImportProblem: ImportProblem.position,
    }
    order = orders[model]
    last = session.exec(select(func.max(order)).where(mine)).one()
    if last is None:
        return False
    session.execute(delete(model).where(mine, order > last - _AT_ONCE))
    return True
