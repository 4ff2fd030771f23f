"""The company's seal and its time stamps, as evidence bundles and tree heads ask for them."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from pki.authority import Pki
from pki.stamps import NoStamp, StampingAuthority


@dataclass(frozen=True)
class CompanySeal:
    """Fulfils the port `Sealer` of evidence bundles."""

    pki: Pki

    @property
    def chain(self) -> tuple[bytes, ...]:
        certificates = (self.pki.seal.certificate, *self.pki.chain)
        return tuple(certificate.public_bytes(Encoding.DER) for certificate in certificates)

    def sign(self, content: bytes) -> bytes:
        """ECDSA over SHA-256, DER."""
        return self.pki.seal.key.sign(content, ec.ECDSA(SHA256()))


@dataclass(frozen=True)
class Stamping:
    """Fulfils the port `Stamper` of the log and of evidence bundles."""

    authority: StampingAuthority

    def stamp(self, sha256: bytes) -> bytes:
        """A time-stamp token. Raises OSError if no authority gives one now."""
        try:
            return self.authority.stamp(sha256)
        except NoStamp as away:
            raise OSError(str(away)) from away
