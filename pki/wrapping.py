"""Keys at rest: wrapped by AES-256-GCM under a key that scrypt makes of a passphrase (n = 2^17: half a second, 128 MB).

A wrapped key is bound to its name, so that no key can be put in the place of another.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key

from pki.certificates import Key

COST = 2**17
_BLOCK, _PARALLEL = 8, 1
_SALT, _NONCE = 16, 12


class Locked(Exception):
    """A key can't be unwrapped; the message says what may be wrong."""


@dataclass(frozen=True)
class Passphrase:
    """Opens and closes keys. Deriving takes half a second, once for each salt: the keys of a folder share one."""

    secret: str = field(repr=False)
    _derived: dict[tuple[bytes, int], bytes] = field(default_factory=dict, repr=False, compare=False)
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.secret:
            raise Locked("there is no passphrase for the keys: set WANBI_KEYS_PASSPHRASE")

    def wrap(self, name: str, key: Key) -> dict[str, Any]:
        """As JSON can hold it. A new salt is made with the first key that this passphrase wraps."""
        salt, cost = next(iter(self._derived), (secrets.token_bytes(_SALT), COST))
        nonce = secrets.token_bytes(_NONCE)
        plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return {
            "cipher": "AES-256-GCM",
            "kdf": "scrypt",
            "n": cost,
            "r": _BLOCK,
            "p": _PARALLEL,
            "salt": base64.b64encode(salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
            "wrapped": base64.b64encode(AESGCM(self._derive(salt, cost)).encrypt(nonce, plain, _bound(name))).decode(),
        }

    def unwrap(self, name: str, wrapped: Mapping[str, Any]) -> Key:
        """Raises Locked for a wrong passphrase, a changed file, or the key of another name."""
        try:
            fixed = (wrapped["cipher"], wrapped["kdf"], wrapped["r"], wrapped["p"])
            salt, nonce, text = (base64.b64decode(wrapped[part]) for part in ("salt", "nonce", "wrapped"))
            cost = wrapped["n"]
            if fixed != ("AES-256-GCM", "scrypt", _BLOCK, _PARALLEL) or cost != COST:
                raise Locked(f"{name}: this version of Wanbi does not know how it was wrapped")
            key = load_der_private_key(AESGCM(self._derive(salt, cost)).decrypt(nonce, text, _bound(name)), None)
        except InvalidTag:
            raise Locked(f"{name}: the passphrase is wrong, or the file was changed or is another key's") from None
        except (KeyError, TypeError, ValueError) as error:
            raise Locked(f"{name}: its file is damaged") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise Locked(f"{name}: its file holds no key of ours")
        return key

    def _derive(self, salt: bytes, cost: int) -> bytes:
        with self._lock:
            if (salt, cost) not in self._derived:
                kdf = Scrypt(salt=salt, length=32, n=cost, r=_BLOCK, p=_PARALLEL)
                self._derived[salt, cost] = kdf.derive(self.secret.encode())
            return self._derived[salt, cost]


def _bound(name: str) -> bytes:
    return f"wanbi key 1 {name}".encode()
