"""Tables of the register of certificates and of receipts for evidence. They only grow, and hold no names of people."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from models.tables import instant


class IssuedCertificate(SQLModel, table=True):
    __tablename__ = "issued_certificate"
    serial: str = Field(primary_key=True)
    """In hexadecimal."""
    kind: str
    sha256: str
    issued_at: datetime = instant()
    not_after: datetime = instant()
    certificate: bytes | None = Field(default=None, sa_type=LargeBinary)
    """DER, of the company's own services; never of people's."""
    evidence_sha256: str = ""
    provider: str = ""
    licence: str = ""

    __table_args__ = (Index("issued_certificate_by_kind", "kind", "issued_at"),)


class RevokedCertificate(SQLModel, table=True):
    __tablename__ = "revoked_certificate"
    serial: str = Field(primary_key=True, foreign_key="issued_certificate.serial")
    at: datetime = instant()
    reason: str


class AnchorReceipt(SQLModel, table=True):
    """What an anchor confirmed about a piece of evidence, in its own bytes."""

    __tablename__ = "anchor_receipt"
    sha256: str = Field(primary_key=True)
    anchor: str = Field(primary_key=True)
    at: datetime = instant()
    content: bytes = Field(sa_type=LargeBinary)
    media_type: str
