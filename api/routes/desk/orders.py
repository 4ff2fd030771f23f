"""The desk: orders, by whom they are taken, and where they go."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, asked, dumped, of_customer, person
from domain.desk.access import Action
from domain.desk.amounts import from_minor
from domain.desk.orders import OrderState, action_for
from domain.desk.records import RecordKind
from models.desk import customers, order_changes, orders
from models.desk.gate import Passage, Target
from models.desk.order_bodies import IncomingOrder, MoveOrder, NewOrder, OrderChange
from models.desk.order_tables import SalesOrder
from models.desk.order_views import OrderDetail, OrderInList, OrderLineView, OrderPlaced, OrderStep
from models.desk.orders import OrderFilter
from models.desk.scopes import Within
from models.desk.tables import Customer, new_id
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import Written
from models.fields import Key
from models.tables import Employee
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: orders"])


@router.get("/orders", summary="Orders within reach", responses=documented(401, 403, 404, 422))
def list_orders(
    caller: CallerDep,
    engine: EngineDep,
    customer: Annotated[
        Key | None, Query(description="Id of the customer: all of its orders, whoever owns them")
    ] = None,
    owner: Annotated[Key | None, Query(description="Staff number of the order's owner")] = None,
    origin: Annotated[
        Key | None, Query(description="Staff number of whose customer it was when the order came")
    ] = None,
    department: Annotated[Key | None, Query()] = None,
    state: Annotated[OrderState | None, Query()] = None,
    placed_from: Annotated[AwareDatetime | None, Query()] = None,
    placed_before: Annotated[AwareDatetime | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[OrderInList]:
    """The newest first: one's own and those of everybody below, or all by role."""

    def ask(session: Session, mine: Within) -> Seen:
        of: list[str] = []
        if customer is not None:
            of = customers.family(session, customers.customer(session, mine, customer)[0].id)
        wanted = OrderFilter(of, owner, origin, department, state, placed_from, placed_before)
        rows, after = orders.orders(session, mine, wanted, limit, cursor)
        return Seen(Page(items=[_line(*row) for row in rows], next=after), len(rows), customer or "")

    found: Page[OrderInList] = read(engine, caller, Action.READ_ORDERS, RecordKind.ORDER, purpose, ask)
    return found


@router.get("/orders/{order_id}", summary="An order", responses=documented(401, 403, 404, 422))
def read_order(order_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK) -> OrderDetail:
    """With its lines, and its way so far. It is within reach through its owner or through its customer."""

    def ask(session: Session, mine: Within) -> Seen:
        row, *whose = orders.order(session, mine, order_id)
        lines = [
            OrderLineView(
                **line.model_dump(exclude={"order_id", "amount"}), amount=from_minor(line.amount, row.currency).amount
            )
            for line in orders.lines(session, row.id)
        ]
        answer = OrderDetail(
            **_line(row, *whose).model_dump(),
            customer_reference=row.customer_reference,
            carrier_id=row.carrier_id,
            lines=lines,
            way=[OrderStep(**step.model_dump(), by_name=name) for step, name in orders.way(session, row.id)],
        )
        return Seen(answer, record_id=row.id)

    found: OrderDetail = read(engine, caller, Action.READ_ORDERS, RecordKind.ORDER, purpose, ask)
    return found


@router.post(
    "/orders", status_code=201, summary="Take an order", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def place_order(
    body: NewOrder, caller: CallerDep, engine: EngineDep, key: IdempotencyKey, response: Response
) -> OrderPlaced:
    """An order, a quotation or a draft for a customer of one's own or of somebody below.

    Refused while the right to do so is frozen: the answer says since when, on what basis, and how to ask for a grant.
    """

    def find(session: Session, mine: Within) -> Target:
        customer, assigned = order_changes.ordering(session, mine, body.customer, caller)
        return Target(RecordKind.ORDER, (customer, assigned), new_id(), customer.id, new=True)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        return _placed(session, target, body, caller.account, passage)

    answer, _ = write(engine, asked(caller, key, "POST /desk/orders", body), action_for(body.state), find, act)
    response.headers["location"] = f"/api/v1/desk/orders/{answer['id']}"
    return OrderPlaced.model_validate(answer)


@router.post(
    "/incoming-orders",
    status_code=201,
    summary="Hand on an order that a customer sent",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def take_incoming_order(
    body: IncomingOrder, caller: CallerDep, engine: EngineDep, key: IdempotencyKey, response: Response
) -> OrderPlaced:
    """For customer service and connected systems. It is never refused because the customer's owner is leaving.

    If the owner can't take orders any more, it goes to the customer's receiver, to the receiver of the departure, or
    to the manager's queue; `origin_owner` keeps whose customer it was.
    """

    def find(session: Session, mine: Within) -> Target:
        customer_id = order_changes.customer_of_number(session, body.customer_number)
        customer, assigned = order_changes.ordering(session, mine, customer_id, caller)
        return Target(RecordKind.ORDER, (customer, assigned), new_id(), customer.id, new=True)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        return _placed(session, target, body, caller.account, passage)

    request = asked(caller, key, "POST /desk/incoming-orders", body)
    answer, _ = write(engine, request, Action.TAKE_INCOMING_ORDER, find, act)
    response.headers["location"] = f"/api/v1/desk/orders/{answer['id']}"
    return OrderPlaced.model_validate(answer)


@router.patch(
    "/orders/{order_id}",
    summary="Change a draft or a quotation",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def change_order(
    order_id: RecordId, body: OrderChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """`lines` replaces all lines; those of before are kept. Once the customer relies on an order it stays as it is."""

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        order_changes.change(session, target.row, body, caller.account, passage)
        return dumped(200, Written(id=order_id, version=target.row.version))

    request = asked(caller, key, f"PATCH /desk/orders/{order_id}", body)
    answer, _ = write(engine, request, Action.CHANGE_ORDER, _held(order_id), act)
    return Written.model_validate(answer)


@router.post(
    "/orders/{order_id}/state",
    summary="Bring an order into its next state",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def move_order(
    order_id: RecordId, body: MoveOrder, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """Draft, quotation, confirmed, in progress, delivered, completed; cancelled or defaulted with a reason.

    Confirming a draft is taking an order, and takes that right; issuing a quotation takes the right to quote.
    """

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        order_changes.move(session, target.row, body, caller.account, passage)
        return dumped(200, Written(id=order_id, version=target.row.version))

    request = asked(caller, key, f"POST /desk/orders/{order_id}/state", body)
    answer, _ = write(engine, request, action_for(body.state), _held(order_id), act)
    return Written.model_validate(answer)


def _held(order_id: str) -> Any:
    def find(session: Session, mine: Within) -> Target:
        row = orders.held(session, mine, order_id)
        return Target(RecordKind.ORDER, row, row.id, row.customer_id)

    return find


def _placed(
    session: Session, target: Target, body: NewOrder | IncomingOrder, by: str, passage: Passage
) -> tuple[int, Any]:
    customer, assigned = target.row
    row = order_changes.place(session, target.record_id, customer, assigned, body, by, passage)
    answer = OrderPlaced(
        id=row.id,
        number=row.number,
        version=row.version,
        state=OrderState(row.state),
        placed_at=row.placed_at,
        owner=person(assigned.owner),
        routed_because=row.routed_because,
        currency=row.currency,
        total=from_minor(row.total, row.currency).amount,
    )
    return dumped(201, answer)


def _line(row: SalesOrder, customer: Customer, owner: Employee, origin: Employee) -> OrderInList:
    return OrderInList(
        **row.model_dump(exclude={"owner", "origin_owner", "total"}),
        customer=of_customer(customer),
        owner=person(owner),
        origin_owner=person(origin),
        total=from_minor(row.total, row.currency).amount,
    )
