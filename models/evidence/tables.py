"""Tables of evidence bundles that were made: what is kept of each, and its bytes in parts."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.tables import instant


class EvidenceBundle(SQLModel, table=True):
    """A bundle of a case, as it was given out; erased with the case's file (PIP-04)."""

    __tablename__ = "evidence_bundle"
    id: str = Field(primary_key=True)
    case_id: str
    at: datetime = instant()
    by: str
    purpose: str = Field(sa_type=Text)
    sha256: str
    size: int = Field(sa_type=BigInteger)
    log_size: int = Field(sa_type=BigInteger)

    __table_args__ = (Index("evidence_bundle_by_case", "case_id", "at", "id"),)


class EvidenceBundlePart(SQLModel, table=True):
    __tablename__ = "evidence_bundle_part"
    bundle_id: str = Field(primary_key=True, foreign_key="evidence_bundle.id")
    number: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
