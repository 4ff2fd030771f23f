"""The matrix of the desk: its operations by action, the people who ask, and what the table of rules says they get."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from domain.desk.access import RULES, Action
from domain.people import Role
from models.database import writing
from models.desk.tables import Carrier
from models.desk.trail_tables import Attachment, Communication, CommunicationAttachment, CustomerDocument
from models.intake.tables import DeskImport
from models.tables import Account, Employee
from tests.api import contract
from tests.api.contract import Operation
from tests.api.desk.trade import LINE, RIGHTS, add_customer, entitle
from tests.api.house import V1, Person, new_key
from tests.api.rows import START

ACTIONS: dict[str, Action] = {
    "GET /desk/customers": Action.READ_CUSTOMERS,
    "GET /desk/customers/{customer_id}": Action.READ_CUSTOMERS,
    "GET /desk/customers/{customer_id}/duplicates": Action.READ_CUSTOMERS,
    "GET /desk/duplicates": Action.READ_CUSTOMERS,
    "POST /desk/customers": Action.ADD_CUSTOMER,
    "PATCH /desk/customers/{customer_id}": Action.CHANGE_CUSTOMER,
    "POST /desk/customers/{customer_id}/contacts": Action.CHANGE_CUSTOMER,
    "PATCH /desk/contacts/{contact_id}": Action.CHANGE_CUSTOMER,
    "POST /desk/customers/reassign": Action.REASSIGN,
    "GET /desk/capacities": Action.READ_CUSTOMERS,
    "POST /desk/capacities": Action.REASSIGN,
    "POST /desk/customers/{customer_id}/merge": Action.MERGE_CUSTOMERS,
    "GET /desk/customers/{customer_id}/notes": Action.READ_HISTORY,
    "GET /desk/customers/{customer_id}/changes": Action.READ_HISTORY,
    "GET /desk/customers/{customer_id}/owners": Action.READ_HISTORY,
    "GET /desk/customers/{customer_id}/documents": Action.READ_HISTORY,
    "GET /desk/communications": Action.READ_HISTORY,
    "GET /desk/files/documents/{document_id}": Action.READ_HISTORY,
    "GET /desk/files/communications/{communication_id}/{sha256}": Action.READ_HISTORY,
    "POST /desk/customers/{customer_id}/notes": Action.ADD_TO_HISTORY,
    "POST /desk/files/customers/{customer_id}": Action.ADD_TO_HISTORY,
    "POST /desk/files/communications/{communication_id}": Action.ADD_TO_HISTORY,
    "POST /desk/customers/{customer_id}/communications": Action.CONTACT_CUSTOMER,
    "GET /desk/orders": Action.READ_ORDERS,
    "GET /desk/orders/{order_id}": Action.READ_ORDERS,
    "POST /desk/orders": Action.PLACE_ORDER,
    "PATCH /desk/orders/{order_id}": Action.CHANGE_ORDER,
    "POST /desk/orders/{order_id}/state": Action.CHANGE_ORDER,
    "POST /desk/incoming-orders": Action.TAKE_INCOMING_ORDER,
    "GET /desk/receivables": Action.READ_RECEIVABLES,
    "GET /desk/receivables/{receivable_id}": Action.READ_RECEIVABLES,
    "POST /desk/receivables": Action.POST_RECEIVABLES,
    "POST /desk/receivables/{receivable_id}/payments": Action.POST_RECEIVABLES,
    "GET /desk/carriers": Action.READ_CARRIERS,
    "POST /desk/carriers": Action.CHANGE_CARRIERS,
    "PATCH /desk/carriers/{carrier_id}": Action.CHANGE_CARRIERS,
    "GET /desk/customers/{customer_id}/fields": Action.READ_CUSTOMERS,
    "PATCH /desk/customers/{customer_id}/fields": Action.CHANGE_CUSTOMER,
    "GET /desk/orders/{order_id}/fields": Action.READ_ORDERS,
    "PATCH /desk/orders/{order_id}/fields": Action.CHANGE_ORDER,
    "GET /desk/files/portfolios/{number}": Action.EXPORT_CUSTOMERS,
    "GET /desk/files/portfolios/{number}/{sheet}": Action.EXPORT_CUSTOMERS,
    "GET /desk/mappings": Action.IMPORT_RECORDS,
    "PUT /desk/mappings/{mapping}": Action.IMPORT_RECORDS,
    "GET /desk/imports": Action.IMPORT_RECORDS,
    "POST /desk/imports": Action.IMPORT_RECORDS,
    "GET /desk/imports/{import_id}": Action.IMPORT_RECORDS,
    "GET /desk/imports/{import_id}/problems": Action.IMPORT_RECORDS,
    "POST /desk/imports/{import_id}/start": Action.IMPORT_RECORDS,
    "POST /desk/imports/{import_id}/cancel": Action.IMPORT_RECORDS,
    "POST /desk/files/imports/{import_id}/{part}": Action.IMPORT_RECORDS,
    "GET /desk/reads": Action.READ_ACCESS_LOG,
    "GET /desk/attempts": Action.READ_ACCESS_LOG,
    "GET /desk/insight/completeness": Action.READ_FIGURES,
    "GET /desk/insight/completeness/{criterion}": Action.READ_CUSTOMERS,
    "GET /desk/insight/concentration": Action.READ_FIGURES,
    "GET /desk/insight/history": Action.READ_FIGURES,
    "GET /desk/insight/unusual": Action.READ_FIGURES,
}
OPERATIONS = {o.name: o for o in contract.operations() if o.path.startswith("/api/v1/desk/")}
ABOUT_A_RECORD = (
    "POST /desk/customers",
    "POST /desk/customers/reassign",
    "POST /desk/capacities",
    "POST /desk/orders",
    "GET /desk/files/portfolios/{number}",
    "GET /desk/files/portfolios/{number}/{sheet}",
)
RELATIONS = {"own": "me", "team": "zhou", "foreign": "sales-head"}
"""Whose the record is: the person's own, somebody's below, or somebody's above."""
SHA256 = "0" * 64


@dataclass(frozen=True)
class Seat:
    """Somebody at the desk: what roles they have, whether somebody works for them, whether they have rights."""

    roles: tuple[Role, ...] = ()
    leads: bool = False
    entitled: bool = True


AT_THE_DESK = (Role.AUDITOR, Role.FINANCE, Role.CUSTOMER_SERVICE, Role.INTEGRATION)
SEATS = {
    "salesperson": Seat(),
    "manager": Seat(leads=True),
    "without rights": Seat(leads=True, entitled=False),
    **{role.value: Seat((role,)) for role in Role},
    **{f"{role.value} without rights": Seat((role,), entitled=False) for role in AT_THE_DESK},
}


def seated(engine: Engine, seat: Seat) -> None:
    """`me` takes the seat; `zhou` works for `me` if `me` leads anybody."""
    with writing(engine) as session:
        session.add(
            Employee(
                id="e-me", number="n-me", name="me", department="sales", job="x", hired_on=START.date(), manager=None
            )
        )
        session.flush()
        roles = [role.value for role in seat.roles]
        session.add(Account(id="a-me", login="me", password_hash="-", name="me", employee_id="e-me", roles=roles))
        if seat.entitled:
            entitle(session, "e-me", *RIGHTS)
        session.get_one(Employee, "e-zhou").manager = "n-me" if seat.leads else "n-wang"
        session.add(Carrier(id="k-1", number="K-1", name="k", created_at=START, created_by="a-hr", updated_at=START))
        session.flush()
        add_customer(session, "c-me", "me")
        session.add(Attachment(sha256=SHA256, size=1, content=b"x", at=START))
        session.add(
            DeskImport(
                id="i-1",
                kind="carriers",
                purpose="p",
                sha256=SHA256,
                size=1,
                state="receiving",
                created_at=START,
                created_by="a-hr",
            )
        )
        session.flush()
        for name in RELATIONS.values():
            _with_history(session, name)


def _with_history(session: Any, name: str) -> None:
    here: dict[str, Any] = {"customer_id": f"c-{name}", "at": START, "by": "a-hr"}
    file: dict[str, Any] = {"name": "f", "media_type": "text/plain", "sha256": SHA256}
    session.add(CustomerDocument(id=f"d-{name}", kind="other", title="t", **file, **here))
    session.add(
        Communication(
            id=f"m-{name}", kind="call", direction="in", recorded_at=START, employee_id=f"e-{name}", summary="s", **here
        )
    )
    session.flush()
    session.add(CommunicationAttachment(communication_id=f"m-{name}", at=START, by="a-hr", **file))


PREFIXES = {
    "customer_id": "c",
    "contact_id": "p",
    "order_id": "o",
    "receivable_id": "r",
    "document_id": "d",
    "communication_id": "m",
}


def became(status: int) -> str:
    """What an answer means for the matrix: whoever passed may be told of the record's state."""
    return {403: "refused", 404: "not there"}.get(status, "passed" if status < 500 else "failed")


async def ask(person: Person, operation: Operation, whose: str) -> int:
    """The status with which the operation answers this person about the record of that owner."""
    values = {name: f"{prefix}-{whose}" for name, prefix in PREFIXES.items()}
    path = operation.address(**values, carrier_id="k-1", sha256=SHA256, number=f"n-{whose}").removeprefix("/api/v1")
    if "application/octet-stream" in operation.says.get("requestBody", {}).get("content", {}):
        headers = {**person.headers, "idempotency-key": new_key()}
        query = {"kind": "other", "title": "t", "name": "n"}
        return (await person.http.post(V1 + path, params=query, content=b"x", headers=headers)).status_code
    if operation.method == "GET":
        return (await person.get(path, purpose="x")).status_code
    return (await person.write(operation.method, path, body_for(operation, whose))).status_code


def body_for(operation: Operation, whose: str) -> Any:
    """The documented example, about this owner's records."""
    body = dict(operation.example or {})
    about: dict[str, Any] = {
        "POST /desk/customers": {"owner": f"n-{whose}"},
        "POST /desk/capacities": {"employee": f"n-{whose}"},
        "POST /desk/customers/reassign": {"customers": [f"c-{whose}"], "to": "n-me"},
        "POST /desk/customers/{customer_id}/merge": {"into": "c-me"},
        "POST /desk/customers/{customer_id}/communications": {"contact": f"p-{whose}"},
        "PATCH /desk/orders/{order_id}": {"lines": [LINE]},
        "POST /desk/orders/{order_id}/state": {"state": "cancelled", "reason": "x"},
        "POST /desk/orders": {"customer": f"c-{whose}", "lines": [LINE]},
        "POST /desk/incoming-orders": {"customer_number": f"N-{whose}", "lines": [LINE]},
        "POST /desk/receivables": {"customer": f"c-{whose}"},
        "POST /desk/receivables/{receivable_id}/payments": {"amount": "1", "received_on": "2026-03-20"},
    }
    return {**body, **about.get(operation.name, {})}


def expected(seat: Seat, name: str, relation: str) -> str:
    """What the table of rules says: `passed`, `refused`, or `not there`."""
    rule = RULES[ACTIONS[name]]
    by_role = rule.anybody or any(role in rule.everywhere for role in seat.roles)
    if not by_role and not rule.own:
        return "refused"
    names_a_record = "_id}" in name or name in ABOUT_A_RECORD
    if names_a_record and not by_role and relation != "own" and not (relation == "team" and seat.leads):
        return "not there" if seat.entitled or not name.startswith("GET") else "refused"
    return "passed" if seat.entitled or rule.right is None else "refused"
