"""The register of certificates and the receipts of anchors, in the database: what one process writes all others see."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from cryptography.x509 import ReasonFlags
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from models.certificate_tables import AnchorReceipt, IssuedCertificate, RevokedCertificate
from models.database import reading, writing
from pki.anchors import Receipt
from pki.certificates import Kind
from pki.register import Issued, Revoked, UnknownCertificate

_OWN = tuple(kind.value for kind in Kind if kind is not Kind.PERSON)


@dataclass(frozen=True)
class DatabaseRegister:
    """Fulfils the port Register of `pki/register.py`."""

    engine: Engine

    def add(self, issued: Issued) -> None:
        with reading(self.engine) as session:
            if session.get(IssuedCertificate, issued.serial) is not None:
                return
        row = IssuedCertificate(
            serial=issued.serial,
            kind=issued.kind.value,
            sha256=issued.sha256,
            issued_at=issued.issued_at,
            not_after=issued.not_after,
            certificate=issued.certificate,
            evidence_sha256=issued.evidence_sha256,
            provider=issued.provider,
            licence=issued.licence,
        )
        _write_once(self.engine, row)

    def revoke(self, serial: str, reason: ReasonFlags, at: datetime) -> Revoked:
        before = self.status(serial)
        if before is None:
            _write_once(self.engine, RevokedCertificate(serial=serial, at=at, reason=reason.value))
        return before or self.status(serial) or Revoked(serial, at, reason)

    def status(self, serial: str) -> Revoked | None:
        query = (
            select(IssuedCertificate.serial, RevokedCertificate)
            .outerjoin(RevokedCertificate, col(RevokedCertificate.serial) == IssuedCertificate.serial)
            .where(IssuedCertificate.serial == serial)
        )
        with reading(self.engine) as session:
            found = session.exec(query).one_or_none()
        if found is None:
            raise UnknownCertificate(f"no certificate with the serial number {serial} was ever issued")
        return None if found[1] is None else _revoked(found[1])

    def revoked(self, at: datetime, *kinds: Kind) -> Sequence[Revoked]:
        query = (
            select(RevokedCertificate)
            .join(IssuedCertificate, col(IssuedCertificate.serial) == RevokedCertificate.serial)
            .where(col(IssuedCertificate.kind).in_([kind.value for kind in kinds]))
            .where(IssuedCertificate.not_after > at, IssuedCertificate.provider == "")
            .order_by(RevokedCertificate.serial)
        )
        with reading(self.engine) as session:
            return [_revoked(row) for row in session.exec(query).all()]

    def services(self) -> Sequence[Issued]:
        query = (
            select(IssuedCertificate)
            .where(col(IssuedCertificate.kind).in_(_OWN))
            .order_by(col(IssuedCertificate.issued_at), IssuedCertificate.serial)
        )
        with reading(self.engine) as session:
            return [_issued(row) for row in session.exec(query).all()]


@dataclass(frozen=True)
class DatabaseReceipts:
    """Keeps what anchors confirmed; the first receipt of an anchor for a hash stays."""

    engine: Engine

    def keep(self, receipt: Receipt) -> Receipt:
        """The receipt that is kept: this one, or the one from before."""
        _write_once(
            self.engine,
            AnchorReceipt(
                sha256=receipt.sha256,
                anchor=receipt.anchor,
                at=receipt.at,
                content=receipt.content,
                media_type=receipt.media_type,
            ),
        )
        return next(kept for kept in self.of(receipt.sha256) if kept.anchor == receipt.anchor)

    def of(self, sha256: str) -> Sequence[Receipt]:
        """All receipts for a hash, the earliest first."""
        query = (
            select(AnchorReceipt)
            .where(AnchorReceipt.sha256 == sha256)
            .order_by(col(AnchorReceipt.at), AnchorReceipt.anchor)
        )
        with reading(self.engine) as session:
            rows = session.exec(query).all()
        return [Receipt(row.anchor, row.sha256, row.at, row.content, row.media_type) for row in rows]


def _write_once(engine: Engine, row: SQLModel) -> None:
    with suppress(IntegrityError), writing(engine) as session:  # somebody else may have written it just now
        session.add(row)


def _revoked(row: RevokedCertificate) -> Revoked:
    return Revoked(row.serial, row.at, ReasonFlags(row.reason))


def _issued(row: IssuedCertificate) -> Issued:
    return Issued(
        serial=row.serial,
        kind=Kind(row.kind),
        sha256=row.sha256,
        issued_at=row.issued_at,
        not_after=row.not_after,
        certificate=row.certificate,
        evidence_sha256=row.evidence_sha256,
        provider=row.provider,
        licence=row.licence,
    )
