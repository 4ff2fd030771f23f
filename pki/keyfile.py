"""Where an installation's keys and certificates are kept: one file, always replaced as a whole.

Each service's certificate stands beside its key, which is wrapped, or named by its label in a token; so the two can
never be out of step. The root's key is never in it: it has a file of its own, to be taken offline.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from pki.certificates import SERVICES, Key, Kind
from pki.keys import Identity, Keys
from pki.token import Token, TokenKey
from pki.wrapping import Passphrase

VERSION = 1
NAME, ROOT_NAME = "keys.json", "root.pem"
_OWNER, _EVERYBODY = 0o600, 0o644


class NoKeys(Exception):
    """There are no keys: there was no ceremony, or their file is lost."""


class UnfitKeys(Exception):
    """A file of keys that can't be used; the message says why."""


@dataclass(frozen=True)
class Custody:
    """What opens the keys: a passphrase, a token, or both while keys move from one to the other."""

    passphrase: Passphrase | None = None
    token: Token | None = None

    def keep(self, name: str, key: Key) -> dict[str, Any]:
        """What the file says about a key."""
        if isinstance(key, TokenKey):
            return {"token": key.label}
        if self.passphrase is None:
            raise UnfitKeys(f"{name}: without a passphrase its key can't be kept: set WANBI_KEYS_PASSPHRASE")
        return self.passphrase.wrap(name, key)

    def fetch(self, name: str, kept: Mapping[str, Any]) -> Key:
        """The key. Raises Locked, TokenFails, UnfitKeys."""
        if "token" in kept:
            if self.token is None:
                raise UnfitKeys(f"{name}: its key is in a token, and none is set: see WANBI_PKCS11_LIBRARY")
            return self.token.key(str(kept["token"]))
        if self.passphrase is None:
            raise UnfitKeys(f"{name}: its key is wrapped, and there is no passphrase: set WANBI_KEYS_PASSPHRASE")
        return self.passphrase.unwrap(name, kept)


@dataclass(frozen=True)
class Public:
    """What the file says to whoever has no secret."""

    certificates: dict[Kind, x509.Certificate]
    root_list: x509.CertificateRevocationList
    tokens: dict[Kind, str]
    """Labels of the keys that are in a token."""


@dataclass(frozen=True)
class KeyFile:
    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / NAME

    def open(self, custody: Custody) -> Keys:
        """All keys, ready to sign. Wrapped ones take half a second together: once for each process.

        Raises NoKeys, Locked, TokenFails, UnfitKeys.
        """
        content = self._content()
        public = self._public(content)
        made = {
            kind.value: _identity(kind, public.certificates[kind], content["keys"][kind]["key"], custody)
            for kind in (Kind.ISSUING, *SERVICES)
        }
        return Keys(root=public.certificates[Kind.ROOT], root_list=_der(public.root_list), **made)

    def public(self) -> Public:
        """Raises NoKeys, UnfitKeys."""
        return self._public(self._content())

    def create(self, keys: Keys, custody: Custody) -> bool:
        """Writes the file unless there is one, and the root for whoever wants to see it. False if there was one."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = _draft(self.path, _dumped(keys, custody), _OWNER)
        try:
            os.link(draft, self.path)  # fails if another ceremony was first
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        self.publish_root(keys.root)
        return True

    def replace(self, keys: Keys, custody: Custody) -> None:
        """In one step: whoever reads the file sees all of the old or all of the new."""
        _draft(self.path, _dumped(keys, custody), _OWNER).replace(self.path)

    def publish_root(self, root: x509.Certificate) -> None:
        _draft(self.folder / ROOT_NAME, root.public_bytes(Encoding.PEM), _EVERYBODY).replace(self.folder / ROOT_NAME)

    def _content(self) -> dict[str, Any]:
        try:
            return _versioned(self.path)
        except FileNotFoundError:
            raise NoKeys(f"{self.path} is not there: run python -m commands.ceremony, or put it back") from None

    def _public(self, content: Mapping[str, Any]) -> Public:
        try:
            found = {kind: _pem(content["keys"][kind]["certificate"]) for kind in (Kind.ISSUING, *SERVICES)}
            tokens = {kind: str(content["keys"][kind]["key"].get("token", "")) for kind in found}
            listed = x509.load_pem_x509_crl(content["root_list"].encode())
            certificates = {Kind.ROOT: _pem(content["root"]), **found}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise UnfitKeys(f"{self.path} is damaged: put it back from the backup") from error
        _require_chain(certificates, listed)
        return Public(certificates, listed, {kind: label for kind, label in tokens.items() if label})


def write_root(file: Path, identity: Identity, passphrase: Passphrase) -> None:
    """Writes the root's key to a file of its own, for its owner only. Raises FileExistsError."""
    content = {
        "version": VERSION,
        "certificate": identity.certificate.public_bytes(Encoding.PEM).decode(),
        "key": passphrase.wrap(Kind.ROOT, identity.key),
    }
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER), "wb") as writing:
        writing.write(_json(content))  # no draft and link: file systems of removable media know no links
        writing.flush()
        os.fsync(writing.fileno())


def read_root(file: Path, passphrase: Passphrase) -> Identity:
    """Raises NoKeys, Locked, UnfitKeys."""
    try:
        content = _versioned(file)
        certificate = _pem(content["certificate"])
    except FileNotFoundError:
        raise NoKeys(f"there is no root's key in {file}") from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise UnfitKeys(f"{file} holds no root's key") from error
    return _identity(Kind.ROOT, certificate, content["key"], Custody(passphrase))


def _identity(kind: Kind, certificate: x509.Certificate, kept: Mapping[str, Any], custody: Custody) -> Identity:
    key = custody.fetch(kind, kept)
    if certificate.public_key() != key.public_key():
        raise UnfitKeys(f"{kind}: certificate and key do not belong together")
    return Identity(certificate, key)


def _dumped(keys: Keys, custody: Custody) -> bytes:
    services: dict[Kind, Identity] = {kind: getattr(keys, kind) for kind in (Kind.ISSUING, *SERVICES)}
    return _json(
        {
            "version": VERSION,
            "root": keys.root.public_bytes(Encoding.PEM).decode(),
            "root_list": x509.load_der_x509_crl(keys.root_list).public_bytes(Encoding.PEM).decode(),
            "keys": {
                kind.value: {
                    "certificate": identity.certificate.public_bytes(Encoding.PEM).decode(),
                    "key": custody.keep(kind, identity.key),
                }
                for kind, identity in services.items()
            },
        }
    )


def _versioned(file: Path) -> dict[str, Any]:
    """Raises FileNotFoundError, UnfitKeys."""
    try:
        content = json.loads(file.read_bytes())
        version = content["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise UnfitKeys(f"{file} is damaged: put it back from the backup") from error
    if version != VERSION:
        raise UnfitKeys(f"{file} is of version {version}; this Wanbi reads version {VERSION}")
    return dict(content)


def _require_chain(certificates: Mapping[Kind, x509.Certificate], listed: x509.CertificateRevocationList) -> None:
    root, issuing = certificates[Kind.ROOT], certificates[Kind.ISSUING]
    try:
        root.verify_directly_issued_by(root)
        issuing.verify_directly_issued_by(root)
        for kind in SERVICES:
            certificates[kind].verify_directly_issued_by(issuing)
        ours = listed.is_signature_valid(root.public_key())  # type: ignore[arg-type]  # a root of ours has a key that signs
    except (InvalidSignature, ValueError, TypeError) as error:
        raise UnfitKeys("the certificates do not lead to one root: parts of two ceremonies are mixed up") from error
    if not ours:
        raise UnfitKeys("the root's list is not of this root: parts of two ceremonies are mixed up")


def _pem(text: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(text.encode())


def _der(listed: x509.CertificateRevocationList) -> bytes:
    return listed.public_bytes(Encoding.DER)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _draft(file: Path, content: bytes, mode: int) -> Path:
    """A file beside the one that it is to become, on disk."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as writing:
            writing.write(content)
            writing.flush()
            os.fsync(writing.fileno())
        os.chmod(name, mode)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(name)
        raise
    return Path(name)
