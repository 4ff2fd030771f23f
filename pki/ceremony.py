"""How keys and certificates of an installation come to be. The root's key is made here, and handed out to be hidden."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from pki import certificates, status
from pki.certificates import CURVES, SERVICES, Key, Kind
from pki.keys import Identity, Keys
from pki.register import Revoked

ROOT_LIST = timedelta(days=365 * 10)
"""How long the root's list holds; before that it is signed anew with the root's key."""


class KeyMaker(Protocol):
    """Makes a key where it is to live: in memory, or in a token that it never leaves."""

    def make(self, kind: Kind) -> Key: ...


class InMemory:
    def make(self, kind: Kind) -> Key:
        return ec.generate_private_key(CURVES.get(kind, ec.SECP256R1)())


@dataclass(frozen=True)
class Founded:
    keys: Keys
    root_key: Key


def found(company: str, at: datetime, ocsp_url: str, *, maker: KeyMaker, development: bool) -> Founded:
    """Everything anew: root, issuing authority, services. Raises UnfitName for a company that fits no certificate."""
    root_key = InMemory().make(Kind.ROOT)
    root = certificates.root(company, root_key, at, development=development)
    return Founded(issue_all(root, root_key, (), at, ocsp_url, maker), root_key)


def issue_all(
    root: x509.Certificate, root_key: Key, revoked: tuple[Revoked, ...], at: datetime, ocsp_url: str, maker: KeyMaker
) -> Keys:
    """A new issuing authority with new services, below a root that stays."""
    key = maker.make(Kind.ISSUING)
    issuing = Identity(certificates.issuing(root, root_key, key.public_key(), at), key)
    made = {kind.value: issue_service(kind, issuing, at, ocsp_url, maker) for kind in SERVICES}
    return Keys(root=root, root_list=root_list(root, root_key, revoked, at), issuing=issuing, **made)


def issue_service(kind: Kind, issuing: Identity, at: datetime, ocsp_url: str, maker: KeyMaker) -> Identity:
    """A new key and certificate of one service."""
    key = maker.make(kind)
    made = certificates.service(kind, issuing.certificate, issuing.key, key.public_key(), at, ocsp_url)
    return Identity(made, key)


def root_list(root: x509.Certificate, root_key: Key, revoked: tuple[Revoked, ...], at: datetime) -> bytes:
    """What the root has revoked, in DER."""
    return status.revocation_list(root, root_key, revoked, at, ROOT_LIST)
