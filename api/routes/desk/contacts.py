"""The desk: the people at customers, and notes on them."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, added_to, asked, dumped, held_customer
from domain.desk.access import Action
from domain.desk.records import RecordKind
from models.desk import customer_changes, customers
from models.desk.bodies import ContactChange, NewContact, NewNote
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import NoteLine, Written
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: customers"])


@router.post(
    "/customers/{customer_id}/contacts",
    status_code=201,
    summary="Enter somebody at a customer",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def add_contact(
    customer_id: RecordId, body: NewContact, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """A new primary contact takes the place of the one before."""

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        row = customer_changes.add_contact(session, target.row, body, caller.account, passage)
        return dumped(201, Written(id=row.id))

    request = asked(caller, key, f"POST /desk/customers/{customer_id}/contacts", body)
    answer, _ = write(engine, request, Action.CHANGE_CUSTOMER, held_customer(customer_id), act)
    return Written.model_validate(answer)


@router.patch(
    "/contacts/{contact_id}", summary="Change a contact", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def change_contact(
    contact_id: RecordId, body: ContactChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """What it said before is kept. Whoever has left the customer is marked, not removed."""

    def find(session: Session, mine: Within) -> Target:
        row, customer = customer_changes.held_contact(session, mine, contact_id)
        return Target(RecordKind.CONTACT, row, row.id, customer.id)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        customer_changes.change_contact(session, target.row, body, caller.account, passage)
        return dumped(200, Written(id=target.record_id, version=target.row.version))

    request = asked(caller, key, f"PATCH /desk/contacts/{contact_id}", body)
    answer, _ = write(engine, request, Action.CHANGE_CUSTOMER, find, act)
    return Written.model_validate(answer)


@router.get("/customers/{customer_id}/notes", summary="Notes on a customer", responses=documented(401, 403, 404, 422))
def list_notes(
    customer_id: RecordId,
    caller: CallerDep,
    engine: EngineDep,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[NoteLine]:
    """Preferences and the history of cooperation, the newest first; those of its duplicates among them."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        rows, after = customers.notes(session, customers.family(session, row.id), limit, cursor)
        items = [NoteLine(**note.model_dump(), by_name=name) for note, name in rows]
        return Seen(Page(items=items, next=after), len(items), row.id)

    found: Page[NoteLine] = read(engine, caller, Action.READ_HISTORY, RecordKind.NOTE, purpose, ask)
    return found


@router.post(
    "/customers/{customer_id}/notes",
    status_code=201,
    summary="Add a note",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def add_note(
    customer_id: RecordId, body: NewNote, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """Notes are never changed. Somebody in notice may add them as long as they may see the customer."""

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        customer_changes.add_note(session, target.record_id, target.row, body, caller.account, passage)
        return dumped(201, Written(id=target.record_id))

    request = asked(caller, key, f"POST /desk/customers/{customer_id}/notes", body)
    answer, _ = write(engine, request, Action.ADD_TO_HISTORY, added_to(customer_id, RecordKind.NOTE), act)
    return Written.model_validate(answer)
