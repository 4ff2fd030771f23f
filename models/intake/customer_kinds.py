"""Customers, the people at them, and carriers from files."""

from typing import Any

from domain.desk.keys import mail_key, name_key, phone_key
from domain.desk.records import RecordKind
from models.desk.tables import Carrier, Contact, Customer, new_id
from models.intake.desk import Desk, Rows
from models.intake.desk_rows import CarrierRow, ContactRow, CustomerRow


def customers(desk: Desk, rows: Rows[CustomerRow]) -> None:
    """New ones get their owner; those there keep theirs, whatever the file says. Duplicates that were merged rest."""
    there = {row.number: row for row in desk.held(Customer, Customer.number, (row.number for _, row in rows))}
    for number, row in rows:
        owner = desk.person(number, "owner", row.owner)
        if owner is None:
            continue
        values = row.model_dump(mode="json", exclude={"owner", "number"})
        values["name_key"] = name_key(row.name)
        found = there.get(row.number)
        if found is None and not owner.stays:
            desk.complain(number, "owner", "owner_leaving", row.owner)
        elif found is None:
            desk.inserted += 1
            desk.add(
                Customer,
                id=new_id(),
                number=row.number,
                owner=owner.id,
                department=owner.department,
                **values,
                **desk.stamped(),
            )
        elif found.merged_into is not None:
            desk.leave(number, "number", row.number)
        elif found.owner != owner.id and "owner" in desk.columns and _same(desk, found, values):
            desk.leave(number, "owner", row.owner)
        else:
            desk.settle(RecordKind.CUSTOMER, found, values, found.id)


def contacts(desk: Desk, rows: Rows[ContactRow]) -> None:
    """Somebody is known by their name at their customer. The last primary contact of a customer's rows is the one."""
    customers_there = desk.customers(row.customer for _, row in rows)
    ids = [customer.id for customer in customers_there.values()]
    there = {(row.customer_id, row.name): row for row in desk.held(Contact, Contact.customer_id, ids)}
    primary = {
        customers_there[row.customer].id: row.name
        for _, row in rows
        if row.is_primary and row.customer in customers_there
    }
    for number, row in rows:
        customer = customers_there.get(row.customer)
        if customer is None:
            desk.complain(number, "customer", "unknown", row.customer)
            continue
        values = row.model_dump(exclude={"customer", "name"})
        values |= {"phone_key": phone_key(row.phone), "mail_key": mail_key(row.mail)}
        values["is_primary"] = primary.get(customer.id) == row.name
        found = there.get((customer.id, row.name))
        if found is None:
            desk.inserted += 1
            desk.add(Contact, id=new_id(), customer_id=customer.id, name=row.name, **values, **desk.stamped())
        else:
            desk.settle(RecordKind.CONTACT, found, values, customer.id)
    for (customer_id, name), found in there.items():
        if found.is_primary and primary.get(customer_id, name) != name:
            desk.change(RecordKind.CONTACT, found, {"is_primary": False}, customer_id)


def carriers(desk: Desk, rows: Rows[CarrierRow]) -> None:
    there = {row.number: row for row in desk.held(Carrier, Carrier.number, (row.number for _, row in rows))}
    for _, row in rows:
        values = row.model_dump(exclude={"number"})
        found = there.get(row.number)
        if found is None:
            desk.inserted += 1
            desk.add(Carrier, id=new_id(), number=row.number, **values, **desk.stamped())
        else:
            desk.settle(RecordKind.CARRIER, found, values, None)


def _same(desk: Desk, found: Customer, values: dict[str, Any]) -> bool:
    return all(getattr(found, name) == value for name, value in values.items() if name in desk.columns)
