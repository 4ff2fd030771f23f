"""What the company's records say for the letter that introduces a receiver to a customer."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from domain.desk.records import EntryState, RecordKind
from domain.errors import conflict, not_found
from domain.timezones import local_date
from models.desk.handover_people import Part
from models.desk.scopes import Within
from models.desk.tables import Contact, Customer
from models.desk.trail_tables import PortfolioEntry
from models.tables import Account, Employee

_ACCEPTED = (EntryState.ACCEPTED, EntryState.WAITING, EntryState.DONE)


@dataclass(frozen=True)
class Introduction:
    customer: str
    contact: str
    """The person to write to; empty if nobody is on file."""
    before: str
    """Who looked after the customer so far."""
    receiver: Employee
    mail: str
    accepted_at: datetime

    @property
    def since(self) -> date:
        """The day of the acceptance, where the receiver works: so the letter is the same on any day."""
        return local_date(self.accepted_at, self.receiver.time_zone)


def gather(session: Session, case_id: str, customer_id: str, part: Part, reach: Within) -> Introduction:
    """Raises Refusal: the customer is not this person's to see, or nobody has accepted it.

    The entry is held until the transaction ends: of two who ask for the letter one writes it down.
    """
    key = (case_id, RecordKind.CUSTOMER.value, customer_id)
    entry = session.get(PortfolioEntry, key, with_for_update={"key_share": True})
    if entry is None or not _may_see(session, entry, part, reach):
        raise not_found("portfolio.entry_unknown", count=1)
    if entry.state not in _ACCEPTED or entry.accepted_at is None:
        raise conflict("portfolio.not_accepted_yet", state=entry.state)
    people = select(Contact.name).where(Contact.customer_id == customer_id, col(Contact.active))
    contact = session.exec(people.order_by(col(Contact.is_primary).desc(), col(Contact.id)).limit(1)).first()
    receiver = session.get_one(Employee, entry.receiver)
    mail = session.exec(select(Account.email).where(Account.employee_id == receiver.id)).first()
    return Introduction(
        customer=session.get_one(Customer, customer_id).name,
        contact=contact or "",
        before=session.get_one(Employee, entry.holder).name,
        receiver=receiver,
        mail=mail or "",
        accepted_at=entry.accepted_at,
    )


def _may_see(session: Session, entry: PortfolioEntry, part: Part, reach: Within) -> bool:
    if part.employee_id is not None and entry.receiver == part.employee_id:
        return True
    seen = select(Customer.id).where(Customer.id == entry.record_id, reach(Customer.owner))
    return session.exec(seen).first() is not None
