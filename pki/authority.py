"""The company's own certification authority: certificates for people, and what proves that they were not revoked."""

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pki import certificates, status
from pki.certificates import Kind, PublicKey
from pki.keys import Identity, Keys
from pki.names import Subject
from pki.register import BELOW_ISSUING, Register, entry, serial_of

_SHA256 = re.compile(r"[0-9a-f]{64}")


class UnfitKey(ValueError):
    """A public key for which no certificate is issued."""


class NotOurs(ValueError):
    """A certificate that this authority has not issued: it can say nothing about it."""


@dataclass(frozen=True)
class Revocation:
    """Answers to be kept beside a signature, all DER."""

    ocsps: list[bytes]
    crls: list[bytes]


class Pki:
    """An installation's authority, with the certificates and keys of its services.

    Safe to share between threads. Making one costs nothing: the keys were unwrapped before.
    """

    def __init__(self, keys: Keys, register: Register, ocsp_url: str) -> None:
        self._keys = keys
        self._register = register
        self._ocsp_url = ocsp_url
        self.responder = status.Responder(keys.issuing.certificate, keys.ocsp, register)

    @property
    def root(self) -> x509.Certificate:
        return self._keys.root

    @property
    def issuing(self) -> x509.Certificate:
        return self._keys.issuing.certificate

    @property
    def seal(self) -> Identity:
        return self._keys.seal

    @property
    def certifying(self) -> Identity:
        return self._keys.certifying

    @property
    def tsa(self) -> Identity:
        return self._keys.tsa

    @property
    def chain(self) -> list[x509.Certificate]:
        """To be embedded beside any certificate of this authority, from the issuer up to the root."""
        return [self.issuing, self.root]

    @property
    def root_list(self) -> bytes:
        """What the root has revoked, as a list in DER, signed at a ceremony."""
        return self._keys.root_list

    def person(
        self, subject: Subject, public_key: PublicKey, at: datetime, *, evidence_sha256: str
    ) -> x509.Certificate:
        """A certificate of thirty minutes for a key that its holder made; it is registered before it is handed out.

        `evidence_sha256` (64 lower-case hexadecimal digits) names what identified the holder. Raises UnfitKey unless
        the key is on P-256 or P-384, UnfitName for a name that no certificate can hold, ValueError for no hash.
        """
        if not isinstance(public_key, PublicKey) or not isinstance(public_key.curve, ec.SECP256R1 | ec.SECP384R1):
            raise UnfitKey("a signer's key must be on the curve P-256 or P-384")
        if not _SHA256.fullmatch(evidence_sha256):
            raise ValueError("the evidence is named by its SHA-256: 64 lower-case hexadecimal digits")
        issuing = self._keys.issuing
        made = certificates.event(
            subject, issuing.certificate, issuing.key, public_key, at, evidence_sha256, self._ocsp_url
        )
        self._register.add(entry(Kind.PERSON, made, at))
        return made

    def revocation(self, *asked: x509.Certificate, at: datetime) -> Revocation:
        """Fresh answers about certificates of this authority, and the root's list for the issuing one.

        The answers are made at `at`, which is not to lie in the past. Raises NotOurs, and UnknownCertificate for one
        that the register does not know. A certificate may well be revoked: the answer says so.
        """
        answers = []
        for certificate in asked:
            if certificate.issuer != self.issuing.subject:
                raise NotOurs(f"{certificate.subject.rfc4514_string()} was issued by somebody else")
            revoked = self._register.status(serial_of(certificate))
            answers.append(
                status.answer(self.issuing, self._keys.ocsp, certificate.serial_number, revoked, at, status.EMBEDDED)
            )
        return Revocation(ocsps=answers, crls=[self._keys.root_list])

    def revocation_list(self, at: datetime) -> bytes:
        """What this authority has revoked and would not have expired by itself, as a list in DER, good for a week."""
        return status.revocation_list(
            self.issuing, self._keys.issuing.key, self._register.revoked(at, *BELOW_ISSUING), at, status.LIST
        )
