"""How customers and their people change. What they said before is kept; nothing of them is ever deleted or hidden."""

from sqlmodel import Session, col, select

from domain.desk.keys import mail_key, name_key, phone_key
from domain.desk.records import RecordKind
from domain.errors import conflict, invalid, not_found
from models.desk import customers, joining, ownership
from models.desk.bodies import ContactChange, CustomerChange, Merge, NewContact, NewCustomer, NewNote
from models.desk.changes import change as change_row
from models.desk.changes import made_number, note, require_version
from models.desk.gate import Passage
from models.desk.scopes import Within
from models.desk.tables import Contact, Customer, CustomerNote
from models.tables import Employee

_NUMBER = "C"


def add(session: Session, body: NewCustomer, owner: Employee, customer_id: str, by: str, passage: Passage) -> Customer:
    """Enters a customer with its people. Raises Refusal if the number is taken."""
    number = body.number or made_number(_NUMBER, customer_id)
    if session.exec(select(Customer.id).where(Customer.number == number)).first() is not None:
        raise conflict("desk.number_taken", number=number)
    row = Customer(
        id=customer_id,
        number=number,
        name_key=name_key(body.name),
        owner=owner.id,
        department=owner.department,
        created_at=passage.now,
        created_by=by,
        updated_at=passage.now,
        **body.model_dump(mode="json", exclude={"number", "owner", "contacts"}),
    )
    session.add(row)
    session.flush()
    for contact in body.contacts:
        add_contact(session, row, contact, by, passage)
    joining.join(session, owner.id, by, passage.now, row.id)
    return row


def change(session: Session, row: Customer, body: CustomerChange, by: str, passage: Passage) -> None:
    """Raises Refusal if the customer was changed since it was read."""
    change_row(session, row, body, RecordKind.CUSTOMER, row.id, by, passage)
    row.name_key = name_key(row.name)


def add_note(session: Session, note_id: str, customer: Customer, body: NewNote, by: str, passage: Passage) -> None:
    """Adds a note; it is never changed."""
    row = CustomerNote(id=note_id, customer_id=customer.id, kind=body.kind.value, text=body.text, at=passage.now, by=by)
    session.add(row)
    session.flush()


def add_contact(session: Session, customer: Customer, body: NewContact, by: str, passage: Passage) -> Contact:
    """Enters somebody at a customer; a new primary contact takes the place of the one before."""
    row = Contact(
        customer_id=customer.id,
        created_at=passage.now,
        created_by=by,
        updated_at=passage.now,
        **body.model_dump(),
    )
    _settle(session, row, by, passage)
    session.add(row)
    session.flush()
    return row


def change_contact(session: Session, row: Contact, body: ContactChange, by: str, passage: Passage) -> None:
    """Raises Refusal if the contact was changed since it was read."""
    change_row(session, row, body, RecordKind.CONTACT, row.customer_id, by, passage)
    _settle(session, row, by, passage)


def held_contact(session: Session, mine: Within, contact_id: str) -> tuple[Contact, Customer]:
    """Somebody at a customer within reach, and the customer, locked. Raises Refusal."""
    customer_id = session.exec(select(Contact.customer_id).where(Contact.id == contact_id)).one_or_none()
    if customer_id is None:
        raise not_found("desk.contact_unknown")
    customer = customers.held(session, mine, customer_id)
    return session.get_one(Contact, contact_id, with_for_update={"key_share": True}), customer


def merge(session: Session, row: Customer, into: Customer, body: Merge, by: str, passage: Passage) -> None:
    """Makes `row` a duplicate of `into`: it points there, as do its own duplicates, and all keep their history.

    It gets the other one's owner, which is a change of owner like any other.
    """
    if row.id == into.id:
        raise invalid("desk.merge_with_itself")
    require_version(row, body.version)
    if row.owner != into.owner:
        owner = session.get_one(Employee, into.owner)
        ownership.hand_over(session, row, owner, body.reason, by, passage.now)
    note(session, RecordKind.CUSTOMER, row.id, row.id, {"merged_into": (None, into.id)}, by, passage)
    for duplicate in session.exec(select(Customer).where(Customer.merged_into == row.id)).all():
        note(session, RecordKind.CUSTOMER, duplicate.id, row.id, {"merged_into": (row.id, into.id)}, by, passage)
        duplicate.merged_into = into.id
    row.merged_into, row.updated_at = into.id, passage.now
    row.version += 1
    session.flush()
    joining.join(session, into.owner, by, passage.now, into.id)


def _settle(session: Session, row: Contact, by: str, passage: Passage) -> None:
    """Brings the keys of a contact in line, and leaves the customer one primary contact at most."""
    row.phone_key, row.mail_key = phone_key(row.phone), mail_key(row.mail)
    if not row.is_primary:
        return
    primary = select(Contact).where(Contact.customer_id == row.customer_id, col(Contact.is_primary))
    for before in session.exec(primary.where(Contact.id != row.id)).all():
        note(session, RecordKind.CONTACT, before.id, row.customer_id, {"is_primary": (True, False)}, by, passage)
        before.is_primary, before.updated_at, before.version = False, passage.now, before.version + 1
