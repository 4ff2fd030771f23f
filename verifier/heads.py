"""Signed tree heads: what the log across all cases was, as its key said at some time.

A head's file is canonical JSON: `{statement: {version, size, root, at, key}, key, signature}`. The signature is over
the canonical JSON of the statement; `statement.key` is the SHA-256 of the key itself.
"""

import base64
import binascii
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_der_public_key

from verifier import strict_json
from verifier.certificates import Untrusted, verify_with_key

VERSION = 1


class BadHead(ValueError):
    """Not a signed tree head that can be believed; the text says why."""


@dataclass(frozen=True)
class Head:
    size: int
    root: bytes
    at: datetime
    key: str
    """SHA-256 of the public key (its SubjectPublicKeyInfo), in hexadecimal digits."""


def statement(size: int, root: bytes, at: datetime, key: str) -> bytes:
    """What is signed: size, root, instant and key, in canonical JSON."""
    said = {"version": VERSION, "size": size, "root": root.hex(), "at": at.astimezone(UTC).isoformat(), "key": key}
    return rfc8785.dumps(said)  # type: ignore[arg-type]  # it takes no dict of a union


def key_id(public_key: bytes) -> str:
    """How a statement names a key, given as SubjectPublicKeyInfo."""
    return hashlib.sha256(public_key).hexdigest()


def to_file(said: bytes, public_key: bytes, signature: bytes) -> bytes:
    """A signed statement as the file that is stamped and handed out."""
    whole = {
        "statement": strict_json.load(said),
        "key": base64.b64encode(public_key).decode(),
        "signature": base64.b64encode(signature).decode(),
    }
    return rfc8785.dumps(whole)


def from_file(content: bytes | memoryview, keys: Collection[str]) -> Head:
    """The head in the file, if one of these keys signed it. Raises BadHead."""
    found = strict_json.load(content)
    if rfc8785.dumps(found) != bytes(content):
        raise BadHead("not in canonical form")
    try:
        key, signature = (base64.b64decode(found[name], validate=True) for name in ("key", "signature"))
        said = found["statement"]
        head = Head(said["size"], bytes.fromhex(said["root"]), datetime.fromisoformat(said["at"]), said["key"])
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error):
        raise BadHead("not a tree head") from None
    if type(head.size) is not int or head.size < 1 or len(head.root) != 32 or head.at.tzinfo is None:
        raise BadHead("not a tree head")
    if rfc8785.dumps(said) != statement(head.size, head.root, head.at, head.key):
        raise BadHead("the statement says something else than size, root, instant and key")
    if head.key != key_id(key) or head.key not in keys:
        raise BadHead("signed by a key that is not the log's")
    _require_signature(key, signature, rfc8785.dumps(said))
    return head


def _require_signature(key: bytes, signature: bytes, said: bytes) -> None:
    try:
        public: Any = load_der_public_key(key)
        verify_with_key(public, signature, said, hashes.SHA256())
    except Untrusted as error:
        raise BadHead(str(error)) from None
    except (ValueError, UnsupportedAlgorithm):
        raise BadHead("the key is damaged") from None
