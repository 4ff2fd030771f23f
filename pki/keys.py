"""An installation's keys in use: who signs as what."""

from dataclasses import dataclass, fields

from cryptography import x509

from pki.certificates import Key, Kind


@dataclass(frozen=True)
class Identity:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: Key


@dataclass(frozen=True)
class Keys:
    """Everything that a process signs with. The root's key is not there: it is offline."""

    root: x509.Certificate
    root_list: bytes
    """What the root has revoked: a list in DER, signed at a ceremony."""
    issuing: Identity
    seal: Identity
    certifying: Identity
    tsa: Identity
    ocsp: Identity

    def certificates(self) -> dict[Kind, x509.Certificate]:
        """By kind, the root first."""
        found = {Kind(field.name): getattr(self, field.name) for field in fields(self) if field.name in set(Kind)}
        return {kind: getattr(each, "certificate", each) for kind, each in found.items()}
