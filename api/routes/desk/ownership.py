"""The desk: whose customers are. Managers reassign with a reason, people merge duplicates; every change is kept."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, asked, dumped, person
from domain.desk.access import Action
from domain.desk.records import RecordKind
from models.desk import customer_changes, customers, ownership, people
from models.desk.bodies import Merge, Reassign
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import OwnershipLine, Reassigned, Written
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: customers"])


@router.post(
    "/customers/reassign",
    summary="Give customers to somebody else",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def reassign(body: Reassign, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> Reassigned:
    """For managers: of their own and their people's customers, to themselves or their people. All or none.

    Open orders and receivables go along; what is finished stays with whoever finished it.
    """

    def find(session: Session, mine: Within) -> Target:
        to = people.employee(session, body.to, mine)
        people.require_staying(session, to)
        rows = [customers.held(session, mine, customer_id) for customer_id in sorted(set(body.customers))]
        only = rows[0].id if len(rows) == 1 else ""
        return Target(RecordKind.CUSTOMER, (to, rows), only, only or None)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        to, rows = target.row
        moved = [
            ownership.hand_over(session, row, to, body.reason, caller.account, passage.now)
            for row in rows
            if row.owner != to.id
        ]
        orders, receivables = sum(m.orders for m in moved), sum(m.receivables for m in moved)
        return dumped(200, Reassigned(customers=len(moved), orders=orders, receivables=receivables))

    answer, _ = write(engine, asked(caller, key, "POST /desk/customers/reassign", body), Action.REASSIGN, find, act)
    return Reassigned.model_validate(answer)


@router.post(
    "/customers/{customer_id}/merge",
    summary="Say that it is the same customer as another one",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def merge(customer_id: RecordId, body: Merge, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> Written:
    """For whoever may edit both. The duplicate leaves the lists; its whole history is shown with the other one."""

    def find(session: Session, mine: Within) -> Target:
        held = {one: customers.held(session, mine, one) for one in sorted({customer_id, body.into})}
        return Target(RecordKind.CUSTOMER, (held[customer_id], held[body.into]), customer_id, customer_id)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        row, into = target.row
        customer_changes.merge(session, row, into, body, caller.account, passage)
        return dumped(200, Written(id=row.id, version=row.version))

    request = asked(caller, key, f"POST /desk/customers/{customer_id}/merge", body)
    answer, _ = write(engine, request, Action.MERGE_CUSTOMERS, find, act)
    return Written.model_validate(answer)


@router.get(
    "/customers/{customer_id}/owners",
    summary="Whose a customer was",
    responses=documented(401, 403, 404, 422),
)
def list_owners(
    customer_id: RecordId,
    caller: CallerDep,
    engine: EngineDep,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OwnershipLine]:
    """Every change of owner of the customer, its orders and receivables, the newest first, with its reason."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        rows, after = customers.owners(session, row.id, limit, cursor)
        staff = people.by_id(session, {one for change, _ in rows for one in (change.from_owner, change.to_owner)})
        items = [
            OwnershipLine(
                **change.model_dump(exclude={"from_owner", "to_owner"}),
                from_owner=person(staff[change.from_owner]),
                to_owner=person(staff[change.to_owner]),
                by_name=name,
            )
            for change, name in rows
        ]
        return Seen(Page(items=items, next=after), len(items), row.id)

    found: Page[OwnershipLine] = read(engine, caller, Action.READ_HISTORY, RecordKind.CUSTOMER, purpose, ask)
    return found
