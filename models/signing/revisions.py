"""The handover record as it stands, revision by revision. What somebody signed is never changed, only added to."""

import hashlib
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.database import utc_now
from models.signing.tables import RecordRevision
from models.tables import Document


class StaleRevision(Exception):
    """Somebody else has signed meanwhile: the record to be signed is another one now."""


@dataclass(frozen=True)
class Revision:
    """The whole record after so many signatures."""

    number: int
    """0: the text as it was presented."""
    pdf: bytes
    signed: tuple[RecordRevision, ...]

    @property
    def sha256(self) -> str:
        return self.signed[-1].sha256 if self.signed else hashlib.sha256(self.pdf).hexdigest()

    def by(self, account: str) -> RecordRevision | None:
        """This person's signature, if it is there."""
        return next((row for row in self.signed if row.account == account), None)


def newest(session: Session, document_id: str) -> Revision:
    """The record as it stands now."""
    text = session.get_one(Document, document_id).content
    rows = tuple(
        session.exec(
            select(RecordRevision).where(RecordRevision.document_id == document_id).order_by(col(RecordRevision.number))
        )
    )
    return Revision(len(rows), b"".join([text, *(row.added for row in rows)]), rows)


def add(
    session: Session, document_id: str, before: Revision, pdf: bytes, *, field: str, account: str, evidence: str = ""
) -> RecordRevision:
    """Writes the record with one signature more, made on `before`. Raises StaleRevision if that is not the newest."""
    if not pdf.startswith(before.pdf):
        raise ValueError("a signature adds to the record and changes nothing of it")
    row = RecordRevision(
        document_id=document_id,
        number=before.number + 1,
        field=field,
        account=account,
        evidence=evidence,
        seen=before.sha256,
        added=pdf[len(before.pdf) :],
        sha256=hashlib.sha256(pdf).hexdigest(),
        at=utc_now(),
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as taken:
        raise StaleRevision(document_id) from taken
    return row


def signature_of(session: Session, document_id: str, account: str) -> RecordRevision | None:
    """What this person's signature added to the record, if they have signed."""
    query = select(RecordRevision).where(RecordRevision.document_id == document_id, RecordRevision.account == account)
    return session.exec(query).first()


def own_evidence(session: Session, case_id: str, account: str) -> set[str]:
    """SHA-256 of what was recorded of this person's will, for each of their signatures in the case."""
    query = (
        select(RecordRevision.evidence)
        .join(Document, col(Document.id) == col(RecordRevision.document_id))
        .where(Document.case_id == case_id, RecordRevision.account == account)
    )
    return set(session.exec(query))
