"""A company's certificates and a time-stamping authority (RFC 3161) for tests: small, quick, and made by hand.

Written apart from the product's own, so that the verifier is not proved by the code that makes what it verifies.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

POLICY = "2.25.1234567890"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
Key = ec.EllipticCurvePrivateKey


@dataclass
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def issue(
    name: str,
    issuer: Issued | None,
    *,
    ca: int | None = None,
    stamping: bool = False,
    critical: bool = True,
    begins: datetime = BEGAN,
    days: int = 3650,
) -> Issued:
    """A certificate for a new key; of itself if nobody issues it. `ca`: how many authorities may be below it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    draft = x509.CertificateBuilder(
        issuer_name=issuer.certificate.subject if issuer else subject,
        subject_name=subject,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=begins,
        not_valid_after=begins + timedelta(days=days),
    )
    draft = draft.add_extension(x509.BasicConstraints(ca=ca is not None, path_length=ca), critical=True)
    draft = draft.add_extension(_usage(signs_certificates=ca is not None), critical=True)
    if stamping:
        draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=critical)
    return Issued(draft.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass
class Authority:
    """Root, authority below it, the company's seal and a time-stamping authority; fulfils the ports of log and seal."""

    root: Issued = field(default_factory=lambda: issue("Test Root", None, ca=1))
    now: datetime = datetime(2026, 11, 24, tzinfo=UTC)
    """What its clock shows."""
    below: Issued = field(init=False)
    seal: Issued = field(init=False)
    stamps: Issued = field(init=False)
    _serial: int = 0

    def __post_init__(self) -> None:
        self.below = issue("Test CA", self.root, ca=0)
        self.seal = issue("Test Seal", self.below)
        self.stamps = issue("Test TSA", self.root, stamping=True)

    @property
    def fingerprint(self) -> str:
        return self.root.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Of the seal, from its own certificate up to the root."""
        return (self.seal.der, self.below.der, self.root.der)

    def sign(self, content: bytes) -> bytes:
        return self.seal.key.sign(content, ec.ECDSA(hashes.SHA256()))

    def stamp(self, sha256: bytes) -> bytes:
        self._serial += 1
        return token(sha256, self.stamps, [self.root], self.now, self._serial)


def token(sha256: bytes, signer: Issued, others: list[Issued], at: datetime, serial: int) -> bytes:
    """A time-stamp token over the hash."""
    own = asn1_x509.Certificate.load(signer.der)
    sha = algos.DigestAlgorithm({"algorithm": "sha256"})
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {"hash_algorithm": sha, "hashed_message": sha256},
            "serial_number": serial,
            "gen_time": at.replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
    ).dump()
    pinned = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(signer.der).digest()}]})
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(at.replace(microsecond=0))})),
            _attribute("message_digest", hashlib.sha256(info).digest()),
            _attribute("signing_certificate_v2", pinned),
        ]
    )
    signature = signer.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
    who = cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number})
    signed = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": who}),
            "digest_algorithm": sha,
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": signature,
        }
    )
    data = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": cms.DigestAlgorithms([sha]),
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
            "certificates": [own, *(asn1_x509.Certificate.load(other.der) for other in others)],
            "signer_infos": [signed],
        }
    )
    found: bytes = cms.ContentInfo({"content_type": "signed_data", "content": data}).dump()
    return found


def _attribute(name: str, value: Any) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": name, "values": [value]})
