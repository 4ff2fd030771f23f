"""The desk: what was said with customers. Entered once, never changed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, added_to, asked, dumped, of_customer
from domain.desk.access import Action
from domain.desk.records import Direction, RecordKind
from models.desk import customers, trail
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.trail import CommunicationFilter
from models.desk.trail_bodies import NewCommunication
from models.desk.trail_views import AttachmentLine, CommunicationLine
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import Written
from models.fields import Key
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: conversations"])


@router.get("/communications", summary="What was said", responses=documented(401, 403, 404, 422))
def list_communications(
    caller: CallerDep,
    engine: EngineDep,
    customer: Annotated[Key | None, Query(description="Id of the customer: all of it, whoever of ours spoke")] = None,
    employee: Annotated[Key | None, Query(description="Staff number of who spoke")] = None,
    since: Annotated[AwareDatetime | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CommunicationLine]:
    """Calls, mails, visits, messages and order follow-ups, the newest first.

    Of one customer within reach, or else those that oneself and everybody below had.
    """

    def ask(session: Session, mine: Within) -> Seen:
        of: list[str] = []
        if customer is not None:
            of = customers.family(session, customers.customer(session, mine, customer)[0].id)
        wanted = CommunicationFilter(of, employee, since)
        rows, after = trail.communications(session, mine, wanted, limit, cursor)
        files = trail.attachments(session, [row.id for row, _, _ in rows])
        items = [
            CommunicationLine(
                **row.model_dump(),
                customer=of_customer(whose),
                by_name=name,
                attachments=[AttachmentLine(**file.model_dump()) for file in files.get(row.id, ())],
            )
            for row, whose, name in rows
        ]
        return Seen(Page(items=items, next=after), len(items), customer or "")

    found: Page[CommunicationLine] = read(engine, caller, Action.READ_HISTORY, RecordKind.COMMUNICATION, purpose, ask)
    return found


@router.post(
    "/customers/{customer_id}/communications",
    status_code=201,
    summary="Record what was said",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def record_communication(
    customer_id: RecordId, body: NewCommunication, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """What we began (`out`) takes the right to contact customers; what a customer told us only that to see them."""

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        row = trail.record(session, target.record_id, target.row, body, caller, passage)
        return dumped(201, Written(id=row.id))

    action = Action.CONTACT_CUSTOMER if body.direction is Direction.OUT else Action.ADD_TO_HISTORY
    request = asked(caller, key, f"POST /desk/customers/{customer_id}/communications", body)
    answer, _ = write(engine, request, action, added_to(customer_id, RecordKind.COMMUNICATION), act)
    return Written.model_validate(answer)
