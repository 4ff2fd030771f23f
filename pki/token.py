"""Keys in a PKCS#11 token (a hardware security module, a smart card, SoftHSM): made there, and never leaving it."""

import hashlib
import secrets
from contextlib import suppress
from threading import Lock
from typing import Any, NoReturn

import pkcs11
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.utils import Buffer
from pkcs11.exceptions import NoSuchKey, PinIncorrect, PinLocked, PKCS11Error, UserAlreadyLoggedIn
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from pki.certificates import CURVES, Key, Kind, PublicKey


class TokenFails(Exception):
    """The token is not there, does not open, lacks a key, or does not sign; the message says which."""


class Token:
    """One token, opened when the process starts. Shared by threads: it signs one thing at a time."""

    def __init__(self, library: str, label: str, pin: str) -> None:
        self._label = label
        self._pin = pin
        self._lock = Lock()
        try:
            self._token = pkcs11.lib(library).get_token(token_label=label)
        except (PKCS11Error, RuntimeError) as error:
            raise TokenFails(f"there is no token {label!r} behind {library}: {_said(error)}") from error
        self._session = self._open()

    def make(self, kind: Kind) -> "TokenKey":
        """Fulfils KeyMaker: a key of its own label, which can neither be read nor wrapped out of the token."""
        label = f"wanbi-{kind}-{secrets.token_hex(4)}"
        curve = str(CURVES.get(kind, ec.SECP256R1).name)
        with self._lock:
            try:
                parameters = self._session.create_domain_parameters(
                    pkcs11.KeyType.EC,
                    {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(curve)},
                    local=True,
                )
                parameters.generate_keypair(
                    id=label.encode(),
                    label=label,
                    store=True,
                    private_template={pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SENSITIVE: True},
                )
            except PKCS11Error as error:
                raise TokenFails(f"token {self._label!r} makes no key: {_said(error)}") from error
        return self.key(label)

    def key(self, label: str) -> "TokenKey":
        """The key with this label. Raises TokenFails."""
        with self._lock:
            try:
                public = self._session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, label=label)
                self._session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=label)
                known = load_der_public_key(encode_ec_public_key(public))
            except NoSuchKey:
                raise TokenFails(f"token {self._label!r} holds no key {label!r}") from None
            except PKCS11Error as error:
                raise TokenFails(f"token {self._label!r}: {_said(error)}") from error
        if not isinstance(known, PublicKey):
            raise TokenFails(f"token {self._label!r}: {label!r} is no key on an elliptic curve")
        return TokenKey(self, label, known)

    def destroy(self, label: str) -> None:
        """Destroys a key; one that is gone already is no problem."""
        with self._lock:
            for kind in (pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.ObjectClass.PUBLIC_KEY):
                for found in self._session.get_objects({pkcs11.Attribute.CLASS: kind, pkcs11.Attribute.LABEL: label}):
                    found.destroy()

    def sign(self, label: str, digest: bytes) -> bytes:
        """An ECDSA signature in DER over a digest. A session that broke, as when the module restarted, is made anew."""
        with self._lock:
            try:
                raw = self._sign_again(label, digest)
            except PKCS11Error as error:
                raise TokenFails(f"token {self._label!r} does not sign with {label!r}: {_said(error)}") from error
        half = len(raw) // 2
        return utils.encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def _sign_again(self, label: str, digest: bytes) -> bytes:
        try:
            return self._sign(label, digest)
        except NoSuchKey:
            raise
        except PKCS11Error:
            with suppress(PKCS11Error):
                self._session.close()
            self._session = self._open()
            return self._sign(label, digest)

    def _sign(self, label: str, digest: bytes) -> bytes:
        key = self._session.get_key(pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        return bytes(key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA))

    def _open(self) -> Any:
        try:
            return self._token.open(rw=True, user_pin=self._pin)
        except UserAlreadyLoggedIn:  # by another session of this process: this one shares its sign-in
            return self._token.open(rw=True)
        except (PinIncorrect, PinLocked) as error:
            raise TokenFails(f"token {self._label!r} refuses WANBI_PKCS11_PIN: {_said(error)}") from error
        except PKCS11Error as error:
            raise TokenFails(f"token {self._label!r} does not open: {_said(error)}") from error


class TokenKey(ec.EllipticCurvePrivateKey):
    """A key in a token, for everything that takes a key of the library `cryptography` to sign with."""

    def __init__(self, token: Token, label: str, public: PublicKey) -> None:
        self._token = token
        self._public = public
        self.label = label

    @property
    def curve(self) -> ec.EllipticCurve:
        return self._public.curve

    @property
    def key_size(self) -> int:
        return self._public.key_size

    def public_key(self) -> PublicKey:
        return self._public

    def sign(self, data: Buffer, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        algorithm = signature_algorithm.algorithm
        if isinstance(algorithm, utils.Prehashed):
            return self._token.sign(self.label, bytes(data))
        return self._token.sign(self.label, hashlib.new(algorithm.name, data).digest())

    def exchange(self, algorithm: ec.ECDH, peer_public_key: PublicKey) -> NoReturn:
        raise TokenFails("keys of a token sign, and nothing else")

    def private_numbers(self) -> NoReturn:
        raise TokenFails("a key never leaves its token")

    def private_bytes(self, encoding: Any, format: Any, encryption_algorithm: Any) -> NoReturn:
        raise TokenFails("a key never leaves its token")

    def __copy__(self) -> Key:
        return self

    def __deepcopy__(self, memo: dict[Any, Any]) -> Key:
        return self


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {error}".strip()
