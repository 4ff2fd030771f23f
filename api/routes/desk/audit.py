"""The desk, for auditors: who read what for which purpose, and who tried what."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlmodel import Session

from api.deps import CallerDep, EngineDep
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose
from domain.desk.access import Action
from domain.desk.records import Outcome, RecordKind
from models.desk import audit, people
from models.desk.audit import AttemptFilter, ReadFilter
from models.desk.scopes import Within
from models.desk.trail_views import AttemptLine, ReadLine
from models.desk.transactions import AT_WORK, Seen, read
from models.fields import Key
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: audit"])


@router.get("/reads", summary="Who read what, and what for", responses=documented(401, 403, 422))
def list_reads(
    caller: CallerDep,
    engine: EngineDep,
    account: Annotated[Key | None, Query()] = None,
    record: Annotated[
        Key | None, Query(description="Id of the record, or of the customer whose records they were")
    ] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReadLine]:
    """Every read and export of the desk's records, the newest first; reading this is an entry, too."""

    def ask(session: Session, _: Within) -> Seen:
        rows, after = audit.reads(session, ReadFilter(account, record, since), limit, cursor)
        items = [ReadLine(**row.model_dump(), account_name=name) for row, name in rows]
        return Seen(Page(items=items, next=after), len(items), record or "")

    found: Page[ReadLine] = read(engine, caller, Action.READ_ACCESS_LOG, RecordKind.READ, purpose, ask)
    return found


@router.get("/attempts", summary="Who tried what", responses=documented(401, 403, 422))
def list_attempts(
    caller: CallerDep,
    engine: EngineDep,
    employee: Annotated[Key | None, Query(description="Staff number")] = None,
    case: Annotated[Key | None, Query(description="Id of the departure")] = None,
    outcome: Annotated[Outcome | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[AttemptLine]:
    """What was refused to anybody, and what people in notice did, under a grant or without one; the newest first."""

    def ask(session: Session, _: Within) -> Seen:
        wanted = AttemptFilter(employee and people.id_of(session, employee), case, outcome)
        rows, after = audit.attempts(session, wanted, limit, cursor)
        items = [AttemptLine(**row.model_dump(), account_name=name) for row, name in rows]
        return Seen(Page(items=items, next=after), len(items))

    found: Page[AttemptLine] = read(engine, caller, Action.READ_ACCESS_LOG, RecordKind.READ, purpose, ask)
    return found
