"""The desk: what customers and orders say in the fields of their industry."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Engine
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Purpose, RecordId, asked, dumped
from domain.desk.access import Action
from domain.desk.records import RecordKind
from models.accounts import Caller
from models.desk import customers, orders
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.transactions import AT_WORK, Seen, read, write
from models.industries import extra
from models.industries.extra import FieldsChange, RecordFields
from models.industries.shapes import FieldOf

router = APIRouter(prefix="/desk", tags=["desk: industry"])
Find = Callable[[Session, Within], Target]


@router.get("/customers/{customer_id}/fields", summary="A customer's fields", responses=documented(401, 403, 404, 422))
def customer_fields(
    customer_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK
) -> RecordFields:
    """Those of the industry in force."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        return Seen(extra.shown(session, FieldOf.CUSTOMER, row.id), record_id=row.id)

    found: RecordFields = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.patch(
    "/customers/{customer_id}/fields",
    summary="Fill a customer's fields in",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def change_customer_fields(
    customer_id: RecordId, body: FieldsChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> RecordFields:
    """What they said before is kept with the customer's other changes."""

    def find(session: Session, mine: Within) -> Target:
        row = customers.held(session, mine, customer_id)
        return Target(RecordKind.CUSTOMER, row, row.id, row.id)

    return _changed(
        engine,
        caller,
        key,
        f"PATCH /desk/customers/{customer_id}/fields",
        Action.CHANGE_CUSTOMER,
        FieldOf.CUSTOMER,
        find,
        body,
    )


@router.get("/orders/{order_id}/fields", summary="An order's fields", responses=documented(401, 403, 404, 422))
def order_fields(order_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK) -> RecordFields:
    """Those of the industry in force."""

    def ask(session: Session, mine: Within) -> Seen:
        row = orders.order(session, mine, order_id)[0]
        return Seen(extra.shown(session, FieldOf.ORDER, row.id), record_id=row.id)

    found: RecordFields = read(engine, caller, Action.READ_ORDERS, RecordKind.ORDER, purpose, ask)
    return found


@router.patch(
    "/orders/{order_id}/fields",
    summary="Fill an order's fields in",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def change_order_fields(
    order_id: RecordId, body: FieldsChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> RecordFields:
    """In whatever state the order is: they are about how it is carried out."""

    def find(session: Session, mine: Within) -> Target:
        row = orders.held(session, mine, order_id)
        return Target(RecordKind.ORDER, row, row.id, row.customer_id)

    return _changed(
        engine, caller, key, f"PATCH /desk/orders/{order_id}/fields", Action.CHANGE_ORDER, FieldOf.ORDER, find, body
    )


def _changed(
    engine: Engine, caller: Caller, key: str, name: str, action: Action, of: FieldOf, find: Find, body: FieldsChange
) -> RecordFields:
    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        extra.change(session, of, target.record_id, target.customer_id, body, caller.account, passage)
        return dumped(200, extra.shown(session, of, target.record_id))

    answer, _ = write(engine, asked(caller, key, name, body), action, find, act)
    return RecordFields.model_validate(answer)
