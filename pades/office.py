"""Where documents are signed: the company's certificates and keys, and whoever confirms the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto.crl import CertificateList
from asn1crypto.ocsp import OCSPResponse
from cryptography.x509 import Certificate
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pades.errors import InvalidCertificate
from pki.adapters import KeySigner, Stamper, asn1
from pki.authority import Pki, Revocation
from pki.keys import Identity
from pki.stamps import Clock, StampingAuthority


@dataclass(frozen=True)
class Office:
    pki: Pki
    authority: StampingAuthority
    clock: Clock
    """Says when an answer on revocation was given. The time of a signature is never taken from it."""

    def signer(self, identity: Identity) -> KeySigner:
        """One of the company's own keys, as pyHanko uses it."""
        return KeySigner(identity, self.pki.chain)

    def stamper(self) -> Stamper:
        """For one document. Raises pki.stamps.NoStamp if no trusted time can be had."""
        return Stamper(self.authority)

    @property
    def chain(self) -> SimpleCertificateStore:
        """What is embedded beside a signer's certificate."""
        store: SimpleCertificateStore = SimpleCertificateStore.from_certs([asn1(c) for c in self.pki.chain])
        return store

    def context(self, certificate: Certificate) -> ValidationContext:
        """What shows, without asking anybody, whether a certificate is valid now: not expired, not revoked, ours."""
        answers = self.answers((certificate,))
        return ValidationContext(
            trust_roots=[asn1(self.pki.root)],
            other_certs=[asn1(self.pki.issuing)],
            ocsps=[OCSPResponse.load(answer) for answer in answers.ocsps],
            crls=[CertificateList.load(answer) for answer in answers.crls],
            allow_fetching=False,
            revocation_mode="require",
        )

    async def require_valid(self, certificate: Certificate) -> None:
        """Raises InvalidCertificate if nothing may be signed with it any more."""
        try:
            validator = CertificateValidator(asn1(certificate), validation_context=self.context(certificate))
            await validator.async_validate_usage({"digital_signature", "non_repudiation"})
        except ValidationError as error:
            raise InvalidCertificate(f"{certificate.subject.rfc4514_string()}: {error}") from error

    def answers(self, certificates: Sequence[Certificate]) -> Revocation:
        """Fresh answers on whether these were revoked."""
        return self.pki.revocation(*certificates, at=self.now())

    def now(self) -> datetime:
        return self.clock()
