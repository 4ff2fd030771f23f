"""Proof that a paper reached the person it is for: a fact in the case's chain, written once (CRT-01, PAY-02)."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, select

from domain import papers
from domain.case import PaperKind
from models import facts
from models.database import reading, writing
from models.tables import CaseView, Document, FactRow
from models.visibility import paper_document

DELIVERED = "PaperDelivered"
_TO_BE_PROVED = (PaperKind.CERTIFICATE, PaperKind.SETTLEMENT_STATEMENT, PaperKind.DEDUCTION_NOTICE)
_PROVED = {paper_document(kind): kind for kind in _TO_BE_PROVED}
"""Papers whose delivery the company may have to prove."""


def note_delivery(engine: Engine, document: Document, by: str, now: datetime) -> None:
    """The leaver, with the account `by`, has read the document; only the first time is noted, also after the close."""
    kind = _PROVED.get(document.kind)
    if kind is None:
        return
    with reading(engine) as session:
        if _noted(session, document):
            return
    with writing(engine) as session:
        # The case's row first, as the ledger does: facts of one case are written one after another.
        session.exec(select(CaseView.case_id).where(CaseView.case_id == document.case_id).with_for_update()).one()
        if not _noted(session, document):
            data = {"paper": kind.value, "document": document.id, "sha256": document.sha256, "rule": papers.RULES[kind]}
            facts.append_foreign(session, document.case_id, DELIVERED, by, data, now)


def _noted(session: Session, document: Document) -> bool:
    query = select(FactRow.data).where(FactRow.case_id == document.case_id, FactRow.kind == DELIVERED)
    return any(data["document"] == document.id for data in session.exec(query).all())
