"""What waits for me, and what I was told."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import col, update

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from domain.desk.records import EntryState
from models import queries
from models.database import reading, utc_now, writing
from models.desk import portfolio_lists
from models.desk.portfolio_views import PortfolioTask
from models.idempotency import request_digest, reserve
from models.tables import NotificationRow
from models.views import InboxMessage, InboxTask, Page
from texts import text

router = APIRouter(prefix="/inbox", tags=["inbox"])
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/tasks", summary="What waits for me", responses=documented(401, 422))
def tasks(caller: CallerDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None) -> Page[InboxTask]:
    """The most urgent first."""
    with reading(engine) as session:
        rows, after = queries.tasks(session, caller.account, limit, cursor)
    now = utc_now()
    items = [
        InboxTask(
            case_id=row.case_id,
            key=row.key,
            kind=row.kind,
            subject=row.subject,
            leaver_name=name,
            due_at=row.due_at if row.has_due else None,
            overdue=row.has_due and row.due_at < now,
        )
        for row, name in rows
    ]
    return Page(items=items, next=after)


@router.get("/portfolio", summary="Customers, orders and receivables that wait for me", responses=documented(401))
def portfolio(caller: CallerDep, engine: EngineDep) -> list[PortfolioTask]:
    """One line a handover and kind, the nearest last day first; `GET /cases/{case_id}/portfolio` lists them."""
    if caller.employee_id is None:
        return []
    with reading(engine) as session:
        rows = portfolio_lists.tasks(session, caller.employee_id)
    return [
        PortfolioTask(
            case_id=row.case_id,
            leaver_name=name,
            kind=kind,
            to_answer=states.get(EntryState.PROPOSED, 0),
            to_introduce=states.get(EntryState.ACCEPTED, 0),
            to_confirm=states.get(EntryState.WAITING, 0),
            last_day=row.last_day,
        )
        for row, name, kind, states in rows
    ]


@router.get("/messages", summary="What I was told", responses=documented(401, 422))
def messages(caller: CallerDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None) -> Page[InboxMessage]:
    """The newest first, in the reader's language."""
    with reading(engine) as session:
        rows, after = queries.messages(session, caller.account, limit, cursor)
    items = [
        InboxMessage(
            id=row.id,
            case_id=row.case_id,
            kind=row.kind,
            title=text(f"notification.{row.kind}.subject", caller.language, leaver=name),
            at=row.at,
            read=row.read_at is not None,
            mail=row.mail,
        )
        for row, name in rows
    ]
    return Page(items=items, next=after)


class MarkRead(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"up_to": 118}]})

    up_to: Annotated[int, Field(ge=0, le=2**53)]
    """Every message up to this one counts as read."""


@router.post("/messages/read", status_code=204, summary="Mark as read", responses=documented(400, 401, 413, 422))
def mark_read(body: MarkRead, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> None:
    """Repeating it changes nothing."""
    reserve(engine, caller.account, key, request_digest("POST /inbox/messages/read", body.up_to))
    with writing(engine) as session:
        session.execute(
            update(NotificationRow)
            .where(
                col(NotificationRow.account) == caller.account,
                col(NotificationRow.id) <= body.up_to,
                col(NotificationRow.read_at).is_(None),
            )
            .values(read_at=utc_now())
        )
