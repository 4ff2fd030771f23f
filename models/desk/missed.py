"""What handovers missed and people found afterwards (S2.4): a fact of the case, and a row that figures count."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, StringConstraints
from sqlmodel import Session, col, select

from domain.case import Stage
from domain.errors import conflict, invalid, not_found
from domain.people import Role
from domain.timezones import local_date
from models.accounts import Caller
from models.decision_bodies import Body
from models.desk.after import departed
from models.desk.after_views import MissedItemView
from models.desk.figure_tables import MissedItem
from models.desk.gate import tell_case
from models.desk.order_bodies import Day
from models.desk.order_views import OfCustomer
from models.desk.tables import Customer, new_id
from models.desk.trail_tables import PortfolioEntry
from models.fields import Key
from models.forms import TEXT
from models.tables import Account, CaseView

FOUND = "MissedItemFound"


class NewMissedItem(Body):
    """Something that should have been handed over and was not."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"what": "三家客户的月结对账方式没有交接", "item": "customer_files", "found_on": "2027-01-12"}]
        }
    )

    what: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=TEXT)]
    item: Key | None = None
    """The checklist item that it belongs to; absent: the checklist had none for it."""
    customer: Key | None = None
    """Id of the customer that it is about."""
    found_on: Day


def record(session: Session, view: CaseView, body: NewMissedItem, caller: Caller, now: datetime) -> str:
    """Writes down what was missed; its id. Raises Refusal: only after the handover. The caller `may_tell`."""
    if view.open or view.stage == Stage.WITHDRAWN.value:
        raise conflict("missed.not_handed_over_yet", stage=view.stage)
    of = departed(view)
    if not local_date(of.arrived_at, of.zone) <= body.found_on <= local_date(now, of.zone):
        raise invalid("missed.found_on", day=body.found_on.isoformat())
    items = {item["id"] for item in view.snapshot.get("items", ())}
    if body.item is not None and body.item not in items:
        raise not_found("missed.item_unknown", item=body.item)
    if body.customer is not None and not _held(session, view.case_id, body.customer):
        raise not_found("missed.customer_unknown", customer=body.customer)
    row = MissedItem(
        id=new_id(),
        case_id=view.case_id,
        what=body.what,
        item=body.item or "",
        customer_id=body.customer,
        found_on=body.found_on,
        at=now,
        by=caller.account,
    )
    session.add(row)
    session.flush()
    data = {
        "missed": row.id,
        "what": row.what,
        "item": row.item,
        "customer": row.customer_id or "",
        "found_on": row.found_on.isoformat(),
    }
    tell_case(session, view.case_id, FOUND, caller.account, data, now)
    return row.id


def missed(session: Session, case_id: str) -> list[MissedItemView]:
    """Everything that was found missing of a case, the first first."""
    query = (
        select(MissedItem, Account.name, Customer)
        .join(Account, col(Account.id) == col(MissedItem.by))
        .join(Customer, col(Customer.id) == col(MissedItem.customer_id), isouter=True)
        .where(MissedItem.case_id == case_id)
        .order_by(col(MissedItem.at), col(MissedItem.id))
    )
    return [
        MissedItemView(
            **row.model_dump(exclude={"case_id", "customer_id"}),
            customer=OfCustomer(id=customer.id, number=customer.number, name=customer.name) if customer else None,
            by_name=name,
        )
        for row, name, customer in session.exec(query).all()
    ]


def may_tell(session: Session, view: CaseView, caller: Caller) -> bool:
    """True for HR, the witness, and everybody who received something; never for the leaver."""
    if caller.employee_id == view.employee_id:
        return False
    plan = view.snapshot.get("plan") or {}
    received = {item["receiver"] for item in view.snapshot.get("items", ())}
    if caller.has(Role.HR) or caller.account in {plan.get("witness"), plan.get("receiver"), *received}:
        return True
    entries = select(PortfolioEntry.record_id).where(
        PortfolioEntry.case_id == view.case_id, PortfolioEntry.receiver == caller.employee_id
    )
    return caller.employee_id is not None and session.exec(entries.limit(1)).first() is not None


def _held(session: Session, case_id: str, customer: str) -> bool:
    """True if anything of the portfolio belonged to that customer."""
    query = select(PortfolioEntry.record_id).where(
        PortfolioEntry.case_id == case_id, PortfolioEntry.customer_id == customer
    )
    return session.exec(query.limit(1)).first() is not None
