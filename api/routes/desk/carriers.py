"""The desk: carriers. They belong to nobody in particular: the right alone decides."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, asked, dumped
from domain.desk.access import Action
from domain.desk.records import RecordKind
from models.desk import carriers, changes
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.tables import new_id
from models.desk.trail_bodies import CarrierChange, NewCarrier
from models.desk.trail_views import CarrierLine
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import Written
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: carriers"])


@router.get("/carriers", summary="Carriers", responses=documented(401, 403, 422))
def list_carriers(
    caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK, limit: Limit = 50, cursor: Cursor = None
) -> Page[CarrierLine]:
    """All of them by number, with rates and conditions."""

    def ask(session: Session, _: Within) -> Seen:
        rows, after = carriers.carriers(session, limit, cursor)
        items = [CarrierLine.model_validate(row, from_attributes=True) for row in rows]
        return Seen(Page(items=items, next=after), len(items))

    found: Page[CarrierLine] = read(engine, caller, Action.READ_CARRIERS, RecordKind.CARRIER, purpose, ask)
    return found


@router.post(
    "/carriers", status_code=201, summary="Enter a carrier", responses=documented(400, 401, 403, 409, 413, 422)
)
def add_carrier(body: NewCarrier, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> Written:
    """Without `number` one is made."""

    def find(_: Session, __: Within) -> Target:
        return Target(RecordKind.CARRIER, None, new_id(), new=True)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        return dumped(201, Written(id=carriers.add(session, target.record_id, body, caller.account, passage).id))

    answer, _ = write(engine, asked(caller, key, "POST /desk/carriers", body), Action.CHANGE_CARRIERS, find, act)
    return Written.model_validate(answer)


@router.patch(
    "/carriers/{carrier_id}", summary="Change a carrier", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def change_carrier(
    carrier_id: RecordId, body: CarrierChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """What it said before is kept. A carrier that is used no longer is marked, not removed."""

    def find(session: Session, _: Within) -> Target:
        return Target(RecordKind.CARRIER, carriers.held(session, carrier_id), carrier_id)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        changes.change(session, target.row, body, RecordKind.CARRIER, None, caller.account, passage)
        return dumped(200, Written(id=carrier_id, version=target.row.version))

    request = asked(caller, key, f"PATCH /desk/carriers/{carrier_id}", body)
    answer, _ = write(engine, request, Action.CHANGE_CARRIERS, find, act)
    return Written.model_validate(answer)
