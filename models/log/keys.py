"""The log's own keys: Ed25519, from the key ring of the settings, where a key is the 32 bytes that it is made of."""

import base64
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.heads import key_id


class RingSigner:
    """Fulfils the port `HeadSigner`: signs with the active key, knows the others of the ring."""

    def __init__(self, ring: Mapping[str, str], active: str) -> None:
        keys = {name: Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)) for name, seed in ring.items()}
        self._key = keys[active]
        self.public_key = _public(self._key)
        self.known = frozenset(key_id(_public(key)) for key in keys.values())

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
