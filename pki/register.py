"""The register of certificates: which were issued, and which of them must not be believed any more.

It holds no names: an event certificate is known by its serial number and the hash of its evidence. The certificates of
the company's own services are kept whole, so that every process can read them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ReasonFlags

from pki.certificates import SERVICES, Kind, evidence_of

REASONS = (
    ReasonFlags.key_compromise,
    ReasonFlags.affiliation_changed,
    ReasonFlags.superseded,
    ReasonFlags.cessation_of_operation,
    ReasonFlags.privilege_withdrawn,
    ReasonFlags.unspecified,
)
"""Why a certificate may be revoked (RFC 5280, section 5.3.1)."""


BELOW_ISSUING = (*SERVICES, Kind.PERSON)
"""Kinds of certificates that the issuing authority signs, and revokes; the root does so for the issuing one."""


class UnknownCertificate(LookupError):
    """No certificate with this serial number was ever issued."""


@dataclass(frozen=True)
class Revoked:
    serial: str
    at: datetime
    reason: ReasonFlags


@dataclass(frozen=True)
class Issued:
    serial: str
    """In lower-case hexadecimal, as `serial_of` gives it."""
    kind: Kind
    sha256: str
    issued_at: datetime
    not_after: datetime
    certificate: bytes | None = None
    """DER; of event certificates nothing is kept."""
    evidence_sha256: str = ""
    provider: str = ""
    """Who issued it; empty: the company itself."""
    licence: str = ""
    """Number of the provider's licence for electronic certification (ESG-03)."""


class Register(Protocol):
    """Where certificates are remembered. Every process sees what another wrote."""

    def add(self, issued: Issued) -> None:
        """Remembers a certificate; one that is there already stays as it is."""

    def revoke(self, serial: str, reason: ReasonFlags, at: datetime) -> Revoked:
        """Ends trust in a certificate, once: the first instant and reason stay. Raises UnknownCertificate."""

    def status(self, serial: str) -> Revoked | None:
        """How it was revoked, or None while it may be believed. Raises UnknownCertificate."""

    def revoked(self, at: datetime, *kinds: Kind) -> Sequence[Revoked]:
        """Revoked certificates of these kinds, of the company's own, that had not expired by then; by serial number."""

    def services(self) -> Sequence[Issued]:
        """All certificates of the company's own infrastructure, the oldest first."""


def serial_of(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def entry(kind: Kind, certificate: x509.Certificate, at: datetime, *, provider: str = "", licence: str = "") -> Issued:
    """What the register keeps of a certificate."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Issued(
        serial=serial_of(certificate),
        kind=kind,
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
        issued_at=at,
        not_after=certificate.not_valid_after_utc,
        certificate=None if kind is Kind.PERSON else der,
        evidence_sha256=evidence_of(certificate),
        provider=provider,
        licence=licence,
    )
