"""Evidence by name: what somebody relies on is looked up, and pinned by the hash of what it says today."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import rfc8785
from sqlmodel import Session, SQLModel, select

from domain.errors import not_found
from models.desk.commission_tables import CommissionAgreement
from models.desk.order_tables import Payment, Receivable, SalesOrder
from models.desk.trail_tables import Attempt, Communication, CustomerDocument
from models.tables import Document, FactRow


class EvidenceKind(StrEnum):
    FACT = "fact"
    """Of the case's chain, by its sequence number."""
    DOCUMENT = "document"
    """Of the case."""
    CUSTOMER_DOCUMENT = "customer_document"
    ORDER = "order"
    RECEIVABLE = "receivable"
    PAYMENT = "payment"
    COMMUNICATION = "communication"
    ATTEMPT = "attempt"
    """Something tried at the desk against the rights that were left."""
    AGREEMENT = "agreement"
    """About commission."""


@dataclass(frozen=True)
class Evidence:
    kind: EvidenceKind
    id: str
    label: str
    """What people know it by."""
    sha256: str
    """Of a document's bytes or a fact as it stands in the chain; of any other record's content as it is today."""


def found(session: Session, case_id: str, kind: EvidenceKind, record_id: str) -> Evidence:
    """What is relied on. Raises Refusal if the company has no such thing."""
    evidence = _FINDERS[kind](session, case_id, record_id)
    if evidence is None:
        raise not_found("evidence.unknown", what=kind.value, id=record_id)
    return evidence


def _fact(session: Session, case_id: str, record_id: str) -> Evidence | None:
    number = int(record_id) if record_id.isdecimal() and len(record_id) < 10 else 0
    row = session.get(FactRow, (case_id, number))
    return Evidence(EvidenceKind.FACT, record_id, row.kind, row.hash) if row else None


def _document(session: Session, case_id: str, record_id: str) -> Evidence | None:
    query = select(Document.kind, Document.sha256).where(Document.id == record_id, Document.case_id == case_id)
    row = session.exec(query).one_or_none()
    return Evidence(EvidenceKind.DOCUMENT, record_id, *row) if row else None


def _customer_document(session: Session, _: str, record_id: str) -> Evidence | None:
    row = session.get(CustomerDocument, record_id)
    return Evidence(EvidenceKind.CUSTOMER_DOCUMENT, record_id, row.title, row.sha256) if row else None


def _record(kind: EvidenceKind, model: type[SQLModel], label: str) -> Callable[[Session, str, str], Evidence | None]:
    def find(session: Session, _: str, record_id: str) -> Evidence | None:
        row = session.get(model, record_id)
        return Evidence(kind, record_id, str(getattr(row, label)), content_hash(row)) if row else None

    return find


def content_hash(row: SQLModel) -> str:
    """SHA-256 of everything that a record says, in canonical JSON (RFC 8785)."""
    content = {name: _plain(value) for name, value in row.model_dump().items()}
    return hashlib.sha256(rfc8785.dumps(content)).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers as text: canonical JSON has no exact ones beyond 53 bits."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    return value


_FINDERS: dict[EvidenceKind, Callable[[Session, str, str], Evidence | None]] = {
    EvidenceKind.FACT: _fact,
    EvidenceKind.DOCUMENT: _document,
    EvidenceKind.CUSTOMER_DOCUMENT: _customer_document,
    EvidenceKind.ORDER: _record(EvidenceKind.ORDER, SalesOrder, "number"),
    EvidenceKind.RECEIVABLE: _record(EvidenceKind.RECEIVABLE, Receivable, "number"),
    EvidenceKind.PAYMENT: _record(EvidenceKind.PAYMENT, Payment, "reference"),
    EvidenceKind.COMMUNICATION: _record(EvidenceKind.COMMUNICATION, Communication, "kind"),
    EvidenceKind.ATTEMPT: _record(EvidenceKind.ATTEMPT, Attempt, "action"),
    EvidenceKind.AGREEMENT: _record(EvidenceKind.AGREEMENT, CommissionAgreement, "reference"),
}
