"""Communications from files: what took place is added, and never twice, whether it came from a file or not."""

import hashlib
import json
from typing import Any

from sqlalchemy import select as select_rows
from sqlmodel import select

from models.database import table
from models.desk.order_tables import SalesOrder
from models.desk.tables import Contact
from models.desk.trail_tables import Communication
from models.intake.desk import Desk, Rows
from models.intake.desk_rows import CommunicationRow

_CONTENT = ("at", "kind", "direction", "customer_id", "contact_id", "order_id", "employee_id", "summary")
_SAID: Any = select_rows(*(table(Communication).c[name] for name in _CONTENT))


def communications(desk: Desk, rows: Rows[CommunicationRow]) -> None:
    customers = desk.customers(row.customer for _, row in rows)
    orders = dict(desk.by_key(select(SalesOrder.number, SalesOrder.id), (r.order for _, r in rows if r.order)))
    ids = [customer.id for customer in customers.values()]
    contacts = {
        (customer_id, name): contact_id
        for customer_id, name, contact_id in desk.by_key(select(Contact.customer_id, Contact.name, Contact.id), ids)
    }
    there = set(desk.by_key(select(Communication.id), (identity(row) for _, row in rows), Communication.id))
    said = set(map(tuple, desk.by_key(_SAID, (row.at for _, row in rows), Communication.at)))
    for number, row in rows:
        before = len(desk.problems)
        customer, employee = customers.get(row.customer), desk.person(number, "employee", row.employee)
        order, contact = orders.get(row.order or ""), None
        if customer is None:
            desk.complain(number, "customer", "unknown", row.customer)
        elif row.contact and (contact := contacts.get((customer.id, row.contact))) is None:
            desk.complain(number, "contact", "unknown", row.contact)
        if row.order and order is None:
            desk.complain(number, "order", "unknown", row.order)
        if row.at > desk.now:
            desk.complain(number, "at", "in_the_future", row.at.isoformat())
        if customer is None or len(desk.problems) > before:
            continue
        values = {
            "at": row.at,
            "kind": row.kind.value,
            "direction": row.direction.value,
            "customer_id": customer.id,
            "contact_id": contact,
            "order_id": order,
            "employee_id": employee.id if employee else None,
            "summary": row.summary,
        }
        if identity(row) in there or tuple(values[name] for name in _CONTENT) in said:
            desk.unchanged += 1
            continue
        desk.inserted += 1
        desk.add(Communication, id=identity(row), recorded_at=desk.now, by=desk.by, **values)


def identity(row: CommunicationRow) -> str:
    """The id of a communication from a file is made of its content: loaded again, it is the same one."""
    content = json.dumps(row.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:32]
