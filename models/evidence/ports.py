"""What a bundle needs from outside: the company's seal. Its time stamps come from `models.log.ports.Stamper`."""

from typing import Protocol


class Sealer(Protocol):
    """The company's seal."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """Certificates in DER: the seal's own first, then those above it, the root last."""
        ...

    def sign(self, content: bytes) -> bytes:
        """Signature over the content with SHA-256 (ECDSA in DER, RSA PKCS #1 v1.5 or Ed25519)."""
        ...
