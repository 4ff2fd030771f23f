"""What bundles and tree heads are sealed and stamped with: the company's keys and authorities, behind their ports."""

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from activities.trust import Trust
from models.evidence.packing import Seals
from pki.keys import Identity
from pki.stamps import NoStamp, StampingAuthority


@dataclass(frozen=True)
class CompanySeal:
    """Fulfils the port `Sealer` with the key of the company's seal."""

    identity: Identity
    above: tuple[x509.Certificate, ...]

    @property
    def chain(self) -> tuple[bytes, ...]:
        return tuple(each.public_bytes(Encoding.DER) for each in (self.identity.certificate, *self.above))

    def sign(self, content: bytes) -> bytes:
        return self.identity.key.sign(content, ec.ECDSA(hashes.SHA256()))


class NobodyStamps(OSError):
    """No authority has stamped; the message says why."""


@dataclass(frozen=True)
class AuthorityStamper:
    """Fulfils the port `Stamper` with the authorities that the settings name, in their order."""

    authority: StampingAuthority

    def stamp(self, sha256: bytes) -> bytes:
        try:
            return self.authority.stamp(sha256, "sha256")
        except NoStamp as error:
            raise NobodyStamps(str(error)) from error


def stamper(trust: Trust | None) -> AuthorityStamper | None:
    """None where no ceremony was held yet."""
    return AuthorityStamper(trust.stamps) if trust else None


def seals(trust: Trust | None) -> Seals | None:
    """None where no ceremony was held yet."""
    if trust is None:
        return None
    pki = trust.pki
    return Seals(CompanySeal(pki.seal, tuple(pki.chain)), AuthorityStamper(trust.stamps))
