"""The desk: customers, as they are and as they were."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import documented
from api.routes.desk.common import (
    Cursor,
    Limit,
    Purpose,
    RecordId,
    asked,
    dumped,
    held_customer,
    hidden_from,
    person,
    shown_contact,
)
from domain.desk.access import Action
from domain.desk.masking import masked
from domain.desk.records import CustomerStatus, RecordKind
from models.desk import customer_changes, customers, duplicates, people
from models.desk.bodies import CustomerChange, CustomerName, NewCustomer, Word
from models.desk.customers import CustomerFilter
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.tables import Customer, new_id
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.views import (
    ChangeLine,
    CustomerAdded,
    CustomerDetail,
    CustomerLine,
    DuplicateLine,
    LookAlikes,
    Written,
)
from models.fields import Key
from models.tables import Employee
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: customers"])


@router.get("/customers", summary="Customers within reach", responses=documented(401, 403, 422))
def list_customers(
    caller: CallerDep,
    engine: EngineDep,
    name: Annotated[
        CustomerName | None, Query(description="How the name begins; case and legal form don't matter")
    ] = None,
    owner: Annotated[Key | None, Query(description="Staff number of the owner")] = None,
    department: Annotated[Key | None, Query()] = None,
    status: Annotated[CustomerStatus | None, Query()] = None,
    region: Annotated[Word | None, Query()] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CustomerLine]:
    """One's own and those of everybody below; by their role, auditors, finance and customer service see all.

    By number, or by name if one is looked for. Each page is an entry in the log of reads.
    """
    wanted = CustomerFilter(owner, department, status, region, name)

    def ask(session: Session, mine: Within) -> Seen:
        rows, after = customers.customers(session, mine, wanted, limit, cursor)
        return Seen(Page(items=[_line(*row) for row in rows], next=after), len(rows))

    found: Page[CustomerLine] = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.get("/customers/{customer_id}", summary="A customer", responses=documented(401, 403, 404, 422))
def read_customer(
    customer_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK
) -> CustomerDetail:
    """With its people, also those of its duplicates. What a role does not need is masked.

    Customer service sees telephone numbers if it says for what (`purpose`). Each read is an entry in the log of reads.
    """

    def ask(session: Session, mine: Within) -> Seen:
        row, owner = customers.customer(session, mine, customer_id)
        hidden = hidden_from(session, caller, row.owner, purpose)
        people_there = customers.contacts(session, customers.family(session, row.id))
        answer = CustomerDetail(
            **_line(row, owner).model_dump(),
            address=row.address,
            source=row.source,
            merged_into=row.merged_into,
            created_at=row.created_at,
            contacts=[shown_contact(contact, hidden) for contact in people_there],
            masked=sorted(hidden),
        )
        return Seen(answer, record_id=row.id)

    found: CustomerDetail = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.post(
    "/customers", status_code=201, summary="Enter a customer", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def add_customer(
    body: NewCustomer, caller: CallerDep, engine: EngineDep, key: IdempotencyKey, response: Response
) -> CustomerAdded:
    """It belongs to whoever enters it, or to somebody below. The answer names what looks like the same customer."""

    def find(session: Session, mine: Within) -> Target:
        owner = people.employee(session, body.owner or _own_number(session, caller.employee_id), mine)
        if owner.id != caller.employee_id:  # a leaver's own right is judged by the gate
            people.require_staying(session, owner)
        return Target(RecordKind.CUSTOMER, (owner, mine), new_id(), new=True)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        owner, mine = target.row
        row = customer_changes.add(session, body, owner, target.record_id, caller.account, passage)
        alike = customers.duplicates(session, mine, row, customers.contacts(session, [row.id]))
        return dumped(
            201,
            CustomerAdded(
                id=row.id,
                number=row.number,
                version=row.version,
                possible_duplicates=[_alike(*found) for found in alike],
            ),
        )

    request = asked(caller, key, "POST /desk/customers", body)
    answer, _ = write(engine, request, Action.ADD_CUSTOMER, find, act)
    response.headers["location"] = f"/api/v1/desk/customers/{answer['id']}"
    return CustomerAdded.model_validate(answer)


@router.patch(
    "/customers/{customer_id}",
    summary="Change a customer",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def change_customer(
    customer_id: RecordId, body: CustomerChange, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> Written:
    """What it said before is kept. A `version` that is not the latest changes nothing (409)."""

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        customer_changes.change(session, target.row, body, caller.account, passage)
        return dumped(200, Written(id=target.record_id, version=target.row.version))

    request = asked(caller, key, f"PATCH /desk/customers/{customer_id}", body)
    answer, _ = write(engine, request, Action.CHANGE_CUSTOMER, held_customer(customer_id), act)
    return Written.model_validate(answer)


@router.get(
    "/customers/{customer_id}/changes",
    summary="What a customer said before",
    responses=documented(401, 403, 404, 422),
)
def list_changes(
    customer_id: RecordId,
    caller: CallerDep,
    engine: EngineDep,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ChangeLine]:
    """Every change of the customer, its people and its orders, by whom, the newest first; masked as they are."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        hidden = hidden_from(session, caller, row.owner, purpose)
        rows, after = customers.changes(session, row.id, limit, cursor)
        items = [
            ChangeLine(**change.model_dump(exclude={"changes"}), changes=_masked(change.changes, hidden), by_name=name)
            for change, name in rows
        ]
        return Seen(Page(items=items, next=after), len(items), row.id)

    found: Page[ChangeLine] = read(engine, caller, Action.READ_HISTORY, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.get(
    "/customers/{customer_id}/duplicates",
    summary="What looks like the same customer",
    responses=documented(401, 403, 404, 422),
)
def list_duplicates(
    customer_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK
) -> list[DuplicateLine]:
    """Others within reach with the same name, telephone number or mail address, however they are written."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        there = customers.contacts(session, customers.family(session, row.id))
        found = customers.duplicates(session, mine, row, there)
        return Seen([_alike(*one) for one in found], len(found), row.id)

    found: list[DuplicateLine] = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.get("/duplicates", summary="Customers that look alike", responses=documented(401, 403, 422))
def list_all_duplicates(
    caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK, limit: Limit = 50, cursor: Cursor = None
) -> Page[LookAlikes]:
    """Throughout one's reach, by number, each pair once: the same name, telephone number or mail address.

    Nothing is merged by it: `POST /desk/customers/{customer_id}/merge` is a person's decision.
    """

    def ask(session: Session, mine: Within) -> Seen:
        rows, after = duplicates.alike(session, mine, limit, cursor)
        items = [
            LookAlikes(
                id=row.id, number=row.number, name=row.name, owner=person(owner), alike=[_alike(*one) for one in found]
            )
            for row, owner, found in rows
        ]
        return Seen(Page(items=items, next=after), sum(1 + len(item.alike) for item in items))

    found: Page[LookAlikes] = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


def _own_number(session: Session, employee_id: str | None) -> str:
    found = session.get(Employee, employee_id) if employee_id else None
    return found.number if found else ""


def _line(row: Customer, owner: Employee) -> CustomerLine:
    return CustomerLine(**row.model_dump(exclude={"owner"}), owner=person(owner))


def _alike(row: Customer, owner: Employee, same: tuple[str, ...]) -> DuplicateLine:
    return DuplicateLine(id=row.id, number=row.number, name=row.name, owner=person(owner), same=list(same))


def _masked(changes: dict[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {
        name: tuple(masked({name: value}, hidden)[name] if name in hidden else value for value in pair)
        for name, pair in changes.items()
    }
