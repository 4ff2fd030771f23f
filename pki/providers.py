"""Who certifies people: the company's own authority, or a licensed provider of electronic certification (ESG-03)."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from pki.adapters import asn1
from pki.authority import Pki, Revocation
from pki.certificates import Kind, PublicKey, common_name
from pki.names import Subject
from pki.register import Register, entry
from pki.webhook import Service, ServiceAway


@dataclass(frozen=True)
class Certified:
    """A person's certificate with the ones above it, the issuer first."""

    certificate: x509.Certificate
    chain: list[x509.Certificate]


class NotBelieved(Exception):
    """What a provider answered is not what was asked for; the message says why."""


class CertificateProvider(Protocol):
    """Certifies that a key belongs to a person, and says later whether that still holds."""

    @property
    def name(self) -> str: ...

    @property
    def licence(self) -> str:
        """Number of the licence for electronic certification (电子认证服务许可证); empty if there is none."""

    @property
    def roots(self) -> list[x509.Certificate]:
        """Which roots its certificates lead to."""

    def certify(self, subject: Subject, public_key: PublicKey, at: datetime, *, evidence_sha256: str) -> Certified:
        """Registers what it certifies. Raises UnfitKey, UnfitName, ServiceAway, ServiceRefuses, NotBelieved."""

    def revocation(self, certificate: x509.Certificate, at: datetime) -> Revocation:
        """Fresh answers, to be kept beside the signature. Raises as `certify`."""


@dataclass(frozen=True)
class OwnProvider:
    """The company certifies its own people: lawful where the parties agreed on it, and weaker than a third party."""

    pki: Pki
    licence: str = ""

    @property
    def name(self) -> str:
        return common_name(self.pki.issuing)

    @property
    def roots(self) -> list[x509.Certificate]:
        return [self.pki.root]

    def certify(self, subject: Subject, public_key: PublicKey, at: datetime, *, evidence_sha256: str) -> Certified:
        return Certified(self.pki.person(subject, public_key, at, evidence_sha256=evidence_sha256), self.pki.chain)

    def revocation(self, certificate: x509.Certificate, at: datetime) -> Revocation:
        return self.pki.revocation(certificate, at=at)


@dataclass(frozen=True)
class LicensedProvider:
    """A provider behind an adapter of the company's, asked over signed HTTP.

    `certificate.issue` with `{name, number, public_key, evidence_sha256}` is answered by
    `{"certificates": [PEM, …]}`, the person's first and every issuer after it; `certificate.status` with
    `{"certificate": PEM}` by `{"ocsps": […], "crls": […]}`, DER in base64. The certificate is believed only if it is
    for the key and the person asked about, valid now, for signing, and leads to one of the configured roots.
    """

    service: Service
    licence: str
    roots: list[x509.Certificate]
    register: Register

    @property
    def name(self) -> str:
        return self.service.name

    def certify(self, subject: Subject, public_key: PublicKey, at: datetime, *, evidence_sha256: str) -> Certified:
        asked = {
            "name": subject.name,
            "number": subject.number,
            "public_key": public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "evidence_sha256": evidence_sha256,
        }
        _, said = self.service.ask("certificate.issue", at, asked)
        found = self._certificates(said)
        self._require_fit(found, subject, public_key, at)
        self.register.add(entry(Kind.PERSON, found.certificate, at, provider=self.name, licence=self.licence))
        return found

    def revocation(self, certificate: x509.Certificate, at: datetime) -> Revocation:
        asked = {"certificate": certificate.public_bytes(Encoding.PEM).decode(), "at": at.isoformat()}
        _, said = self.service.ask("certificate.status", at, asked)
        answers = Revocation(ocsps=self._der(said, "ocsps"), crls=self._der(said, "crls"))
        if not answers.ocsps and not answers.crls:
            raise ServiceAway(f"{self.name}: it says nothing about revocation")
        return answers

    def _certificates(self, said: dict[str, Any]) -> Certified:
        try:
            first, *chain = [x509.load_pem_x509_certificate(str(pem).encode()) for pem in said["certificates"]]
        except (KeyError, TypeError, ValueError) as error:
            raise ServiceAway(f"{self.name}: the answer holds no certificates") from error
        return Certified(first, chain)

    def _der(self, said: dict[str, Any], part: str) -> list[bytes]:
        try:
            return [base64.b64decode(str(text), validate=True) for text in said.get(part) or ()]
        except (TypeError, ValueError) as error:
            raise ServiceAway(f"{self.name}: {part} are not in base64") from error

    def _require_fit(self, found: Certified, subject: Subject, public_key: PublicKey, at: datetime) -> None:
        certificate = found.certificate
        if certificate.public_key() != public_key:
            raise NotBelieved(f"{self.name}: the certificate is for another key")
        if subject.name not in certificate.subject.rfc4514_string() and subject.name not in common_name(certificate):
            raise NotBelieved(f"{self.name}: the certificate is for another person")
        try:
            asyncio.run(_validate(certificate, found.chain, self.roots, at))
        except (PathError, ValidationError, ValueError) as error:
            raise NotBelieved(f"{self.name}: {error}"[:300]) from error


async def _validate(
    certificate: x509.Certificate, chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> None:
    context = ValidationContext(
        trust_roots=[asn1(root) for root in roots], moment=at, revocation_mode="soft-fail", allow_fetching=False
    )
    validator = CertificateValidator(asn1(certificate), [asn1(each) for each in chain], context)
    await validator.async_validate_usage({"digital_signature"})
