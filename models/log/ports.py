"""What the log needs from outside: a key that signs tree heads, an authority that stamps them."""

from collections.abc import Collection
from typing import Protocol


class HeadSigner(Protocol):
    """The log's key."""

    @property
    def public_key(self) -> bytes:
        """As SubjectPublicKeyInfo, in DER."""
        ...

    @property
    def known(self) -> Collection[str]:
        """Ids (verifier.heads.key_id) of this key and of those that signed before it."""
        ...

    def sign(self, message: bytes) -> bytes: ...


class Stamper(Protocol):
    """A time-stamping authority (RFC 3161)."""

    def stamp(self, sha256: bytes) -> bytes:
        """A time-stamp token over the hash, in DER, with its certificates. Raises OSError if nobody answers now."""
        ...
