"""The desk: money that customers owe. Finance enters it; whoever looks after a customer sees what it owes."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, asked, dumped, of_customer, person
from domain.desk.access import Action
from domain.desk.amounts import from_minor
from domain.desk.orders import OrderState
from domain.desk.records import ReceivableState, RecordKind
from domain.errors import invalid
from models.desk import customers, order_changes, receivables, trail
from models.desk.gate import Passage, Target
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.receivables import ReceivableFilter
from models.desk.scopes import Within
from models.desk.tables import Customer, new_id
from models.desk.trail_bodies import NewPayment, NewReceivable
from models.desk.trail_views import PaymentLine, ReceivableDetail, ReceivableLine
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import Written
from models.fields import Key
from models.tables import Employee
from models.views import Page

NOT_YET_CONFIRMED = (OrderState.DRAFT.value, OrderState.QUOTATION.value)
router = APIRouter(prefix="/desk", tags=["desk: receivables"])


@router.get("/receivables", summary="Receivables within reach", responses=documented(401, 403, 404, 422))
def list_receivables(
    caller: CallerDep,
    engine: EngineDep,
    customer: Annotated[Key | None, Query(description="Id of the customer: all that it owes")] = None,
    owner: Annotated[Key | None, Query(description="Staff number of who looks after it")] = None,
    state: Annotated[ReceivableState | None, Query()] = None,
    due_before: Annotated[date | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ReceivableLine]:
    """The first due first: one's own and those of everybody below; finance and auditors see all."""

    def ask(session: Session, mine: Within) -> Seen:
        of: list[str] = []
        if customer is not None:
            of = customers.family(session, customers.customer(session, mine, customer)[0].id)
        wanted = ReceivableFilter(of, owner, state, due_before)
        rows, after = receivables.receivables(session, mine, wanted, limit, cursor)
        return Seen(Page(items=[_line(*row) for row in rows], next=after), len(rows), customer or "")

    found: Page[ReceivableLine] = read(engine, caller, Action.READ_RECEIVABLES, RecordKind.RECEIVABLE, purpose, ask)
    return found


@router.get("/receivables/{receivable_id}", summary="A receivable", responses=documented(401, 403, 404, 422))
def read_receivable(
    receivable_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK
) -> ReceivableDetail:
    """With its payments. It is within reach through its owner or through its customer."""

    def ask(session: Session, mine: Within) -> Seen:
        row, customer, owner = receivables.receivable(session, mine, receivable_id)
        paid = [
            PaymentLine(
                **payment.model_dump(exclude={"amount"}), amount=from_minor(payment.amount, row.currency).amount
            )
            for payment in receivables.payments(session, row.id)
        ]
        answer = ReceivableDetail(**_line(row, customer, owner).model_dump(), payments=paid)
        return Seen(answer, record_id=row.id)

    found: ReceivableDetail = read(engine, caller, Action.READ_RECEIVABLES, RecordKind.RECEIVABLE, purpose, ask)
    return found


@router.post(
    "/receivables",
    status_code=201,
    summary="Enter a receivable",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def enter_receivable(body: NewReceivable, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> Written:
    """For finance. Whoever owns the order looks after it; without an order, whoever would get the customer's orders."""

    def find(session: Session, mine: Within) -> Target:
        customer, assigned = order_changes.ordering(session, mine, body.customer, caller)
        return Target(RecordKind.RECEIVABLE, (customer, assigned.owner.id), new_id(), customer.id, new=True)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        customer, owner = target.row
        trail.require_parts(session, customer, order=body.order)
        if body.order is not None:
            order = session.get_one(SalesOrder, body.order)
            if order.state in NOT_YET_CONFIRMED:
                raise invalid("desk.order_not_confirmed", number=order.number)
            owner = order.owner
        row = receivables.enter(session, target.record_id, customer, owner, body, caller.account, passage)
        return dumped(201, Written(id=row.id))

    request = asked(caller, key, "POST /desk/receivables", body)
    answer, _ = write(engine, request, Action.POST_RECEIVABLES, find, act)
    return Written.model_validate(answer)


@router.post(
    "/receivables/{receivable_id}/payments",
    status_code=201,
    summary="Enter a payment",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def enter_payment(
    receivable_id: RecordId,
    body: NewPayment,
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
    response: Response,
) -> Written:
    """For finance. A payment is never changed; one that was wrong is taken back by a negative one."""

    def find(session: Session, mine: Within) -> Target:
        row = receivables.held(session, mine, receivable_id)
        return Target(RecordKind.PAYMENT, row, row.id, row.customer_id)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        payment = receivables.pay(session, target.row, body, caller.account, passage)
        return dumped(201, Written(id=payment.id))

    request = asked(caller, key, f"POST /desk/receivables/{receivable_id}/payments", body)
    answer, _ = write(engine, request, Action.POST_RECEIVABLES, find, act)
    response.headers["location"] = f"/api/v1/desk/receivables/{receivable_id}"
    return Written.model_validate(answer)


def _line(row: Receivable, customer: Customer, owner: Employee) -> ReceivableLine:
    values = row.model_dump(exclude={"owner", "amount", "paid"})
    return ReceivableLine(
        **values,
        customer=of_customer(customer),
        owner=person(owner),
        amount=from_minor(row.amount, row.currency).amount,
        paid=from_minor(row.paid, row.currency).amount,
    )
