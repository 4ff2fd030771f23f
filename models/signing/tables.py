"""The handover record while it is signed: each signature adds a revision to the document."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.tables import instant


class RecordRevision(SQLModel, table=True):
    """What one signature added to a record. The record as it stands is the text, and every addition in order."""

    __tablename__ = "record_revision"
    document_id: str = Field(primary_key=True, foreign_key="document.id")
    number: int = Field(primary_key=True)
    """From 1; two who sign at once want the same number, and one of them gets it."""
    field: str
    """The field that was signed: a party's, or the company's seal."""
    account: str
    """Who signed; whoever approved the seal."""
    evidence: str = ""
    """SHA-256 of what was recorded of the signer's will."""
    seen: str
    """SHA-256 of the whole record before: what the signer was shown."""
    added: bytes = Field(sa_type=LargeBinary)
    sha256: str
    """Of the whole record with this addition."""
    at: datetime = instant()
