"""Conversations and files of customers: how they are found and entered. Nothing here is ever changed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from domain.desk.records import DocumentKind
from domain.errors import invalid, not_found
from models.accounts import Caller
from models.desk.customers import among, family
from models.desk.gate import Passage
from models.desk.order_tables import SalesOrder
from models.desk.paging import Paged, page
from models.desk.people import id_of
from models.desk.scopes import Within
from models.desk.tables import Contact, Customer
from models.desk.trail_bodies import NewCommunication
from models.desk.trail_tables import Attachment, Communication, CommunicationAttachment, CustomerDocument
from models.tables import Account

_AHEAD = timedelta(minutes=1)
"""So far may the clock of whoever tells us go ahead of ours."""


@dataclass(frozen=True)
class CommunicationFilter:
    """`customers`: of these, whoever of ours spoke."""

    customers: Sequence[str] = ()
    employee: str | None = None
    since: datetime | None = None


def communications(
    session: Session, mine: Within, wanted: CommunicationFilter, limit: int, cursor: str | None
) -> Paged:
    """Rows of (Communication, its customer, name of who recorded it), the newest first.

    Without a customer they are those of the people within reach.
    """
    query = (
        select(Communication, Customer, Account.name)
        .join(Customer, col(Customer.id) == col(Communication.customer_id))
        .join(Account, col(Account.id) == col(Communication.by))
    )
    reach = among(Communication.customer_id, wanted.customers) if wanted.customers else mine(Communication.employee_id)
    query = query.where(reach)
    if wanted.employee:
        query = query.where(Communication.employee_id == id_of(session, wanted.employee))
    if wanted.since:
        query = query.where(Communication.at >= wanted.since)
    place = (col(Communication.at), col(Communication.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def attachments(session: Session, ids: Sequence[str]) -> dict[str, list[CommunicationAttachment]]:
    """The files beside these communications, by communication."""
    query = select(CommunicationAttachment).where(col(CommunicationAttachment.communication_id).in_(ids))
    found: dict[str, list[CommunicationAttachment]] = {}
    for row in session.exec(query.order_by(col(CommunicationAttachment.at))).all():
        found.setdefault(row.communication_id, []).append(row)
    return found


def record(
    session: Session,
    communication_id: str,
    customer: Customer,
    body: NewCommunication,
    caller: Caller,
    passage: Passage,
) -> Communication:
    """Writes down what took place. Raises Refusal."""
    at = body.at or passage.now
    if at > passage.now + _AHEAD:
        raise invalid("desk.not_yet_taken_place")
    require_parts(session, customer, contact=body.contact, order=body.order)
    row = Communication(
        id=communication_id,
        kind=body.kind.value,
        direction=body.direction.value,
        customer_id=customer.id,
        contact_id=body.contact,
        order_id=body.order,
        at=at,
        recorded_at=passage.now,
        by=caller.account,
        employee_id=caller.employee_id,
        summary=body.summary,
    )
    session.add(row)
    session.flush()
    return row


def require_parts(
    session: Session, customer: Customer, *, contact: str | None = None, order: str | None = None
) -> None:
    """Raises Refusal unless contact and order, where they are named, are this customer's or its duplicates'."""
    if contact is not None:
        person = session.get(Contact, contact)
        if person is None or person.customer_id not in family(session, customer.id):
            raise not_found("desk.contact_unknown")
    if order is not None:
        ordered = session.get(SalesOrder, order)
        if ordered is None or ordered.customer_id not in family(session, customer.id):
            raise not_found("desk.order_unknown")


def documents(session: Session, ids: Sequence[str], limit: int, cursor: str | None) -> Paged:
    """Rows of (CustomerDocument, name of who filed it), the newest first."""
    query = (
        select(CustomerDocument, Account.name)
        .join(Account, col(Account.id) == col(CustomerDocument.by))
        .where(among(CustomerDocument.customer_id, ids))
    )
    place = (col(CustomerDocument.at), col(CustomerDocument.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)


def document(session: Session, mine: Within, document_id: str) -> CustomerDocument:
    """A document of a customer within reach. Raises Refusal."""
    query = select(CustomerDocument).join(Customer, col(Customer.id) == col(CustomerDocument.customer_id))
    found = session.exec(query.where(CustomerDocument.id == document_id, mine(Customer.owner))).one_or_none()
    if found is None:
        raise not_found("desk.document_unknown")
    return found


def communication(session: Session, mine: Within, communication_id: str) -> Communication:
    """A communication with a customer within reach. Raises Refusal."""
    query = select(Communication).join(Customer, col(Customer.id) == col(Communication.customer_id))
    found = session.exec(query.where(Communication.id == communication_id, mine(Customer.owner))).one_or_none()
    if found is None:
        raise not_found("desk.communication_unknown")
    return found


def attachment(session: Session, communication_id: str, sha256: str) -> CommunicationAttachment:
    """A file beside a communication. Raises Refusal."""
    found = session.get(CommunicationAttachment, (communication_id, sha256))
    if found is None:
        raise not_found("desk.attachment_unknown")
    return found


class Paper(NamedTuple):
    """A file and what it is to the customer."""

    kind: DocumentKind
    title: str
    name: str
    media_type: str
    content: bytes


def file(
    session: Session, document_id: str, customer: Customer, paper: Paper, order: str | None, by: str, passage: Passage
) -> CustomerDocument:
    """Files a document of a customer. Raises Refusal."""
    require_parts(session, customer, order=order)
    row = CustomerDocument(
        id=document_id,
        customer_id=customer.id,
        order_id=order,
        kind=paper.kind.value,
        title=paper.title,
        name=paper.name,
        media_type=paper.media_type,
        sha256=keep(session, paper.content, passage.now),
        at=passage.now,
        by=by,
    )
    session.add(row)
    session.flush()
    return row


def sha256_of(content: bytes) -> str:
    """The SHA-256 under which a file is kept."""
    return hashlib.sha256(content).hexdigest()


def keep(session: Session, content: bytes, now: datetime) -> str:
    """Keeps a file's bytes, once; the SHA-256 under which they are found. Raises Refusal if there are none."""
    if not content:
        raise invalid("desk.file_empty")
    sha256 = sha256_of(content)
    known = select(Attachment.sha256).where(Attachment.sha256 == sha256)
    if session.exec(known).one_or_none() is None:
        session.add(Attachment(sha256=sha256, size=len(content), content=content, at=now))
        session.flush()
    return sha256


def content(session: Session, sha256: str) -> Any:
    """A file's bytes."""
    return session.get_one(Attachment, sha256).content
