"""How many customers people can look after: what a manager says of each, and what each looks after now."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, asked, dumped, person
from domain.desk.access import Action
from domain.desk.records import RecordKind
from domain.errors import invalid
from models.desk import assignments, people, portfolio_lists
from models.desk.gate import Passage, Target
from models.desk.portfolio_bodies import SetCapacity
from models.desk.portfolio_tables import CustomerCapacity
from models.desk.portfolio_views import CapacityLine
from models.desk.scopes import Within
from models.desk.transactions import AT_WORK, Seen, read, write
from models.tables import Employee
from models.views import Page

router = APIRouter(prefix="/desk/capacities", tags=["portfolio"])


@router.get("", summary="Who looks after how many customers", responses=documented(401, 403, 422))
def list_capacities(
    caller: CallerDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None
) -> Page[CapacityLine]:
    """Oneself and everybody below, by staff number; with the customers that they are asked to take over."""

    def ask(session: Session, mine: Within) -> Seen:
        rows, after = portfolio_lists.capacities(session, mine, limit, cursor)
        loads = assignments.loads_of(session, [employee.id for employee, _ in rows])
        items = [
            CapacityLine(employee=person(employee), customers=loads[employee.id], capacity=capacity)
            for employee, capacity in rows
        ]
        return Seen(Page(items=items, next=after), len(items))

    found: Page[CapacityLine] = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, AT_WORK, ask)
    return found


@router.post(
    "",
    summary="Say how many customers somebody can look after",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def set_capacity(body: SetCapacity, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> CapacityLine:
    """For managers, of their people. A handover gives nobody more, unless whoever assigns it says why."""

    def find(session: Session, mine: Within) -> Target:
        return Target(RecordKind.CUSTOMER, people.employee(session, body.employee, mine))

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        employee: Employee = target.row
        if employee.id == caller.employee_id:
            raise invalid("portfolio.own_capacity")
        _set(session, employee.id, body.customers, caller.account, passage.now)
        load = assignments.loads_of(session, [employee.id])[employee.id]
        return dumped(200, CapacityLine(employee=person(employee), customers=load, capacity=body.customers))

    answer, _ = write(engine, asked(caller, key, "POST /desk/capacities", body), Action.REASSIGN, find, act)
    return CapacityLine.model_validate(answer)


def _set(session: Session, employee_id: str, customers: int | None, by: str, now: datetime) -> None:
    row = session.get(CustomerCapacity, employee_id, with_for_update=True)
    if customers is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(CustomerCapacity(employee_id=employee_id, customers=customers, at=now, by=by))
    else:
        row.customers, row.at, row.by = customers, now, by
