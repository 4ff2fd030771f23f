"""What pyHanko signs and stamps with: adapters over a key of this package and a stamping authority."""

import asyncio

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.signers import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from pki.keys import Identity
from pki.stamps import StampingAuthority

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


class KeySigner(Signer):
    """Signs with an identity, wherever its key lives."""

    def __init__(self, identity: Identity, chain: list[x509.Certificate]) -> None:
        registry = SimpleCertificateStore.from_certs([asn1(certificate) for certificate in chain])
        super().__init__(signing_cert=asn1(identity.certificate), cert_registry=registry)
        self._key = identity.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if dry_run:
            return bytes(2 * (self._key.key_size // 8) + 9)
        algorithm = ec.ECDSA(_HASHES[digest_algorithm])
        return await asyncio.to_thread(self._key.sign, data, algorithm)

    def get_signature_mechanism_for_digest(self, digest_algorithm: str | None) -> SignedDigestAlgorithm:
        return SignedDigestAlgorithm({"algorithm": f"{digest_algorithm}_ecdsa"})


class Stamper(TimeStamper):
    """Lets pyHanko stamp by an authority. One for each document: it remembers whose certificates stamped that.

    Each token stands in for the trial token by which pyHanko reckons sizes, so that none is asked for, and maybe paid,
    in vain. Raises pki.stamps.NoStamp.
    """

    def __init__(self, authority: StampingAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # of pyHanko
        self._authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await asyncio.to_thread(self._authority.stamp, message_digest, md_algorithm)
        content = cms.ContentInfo.load(token)
        self._register_dummy(md_algorithm, content)  # type: ignore[no-untyped-call]  # of pyHanko
        return content


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The same certificate as pyHanko wants it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))
