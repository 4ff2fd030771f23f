"""The manifest: what a bundle is of, who made it when and what for, and the hash of every other file in it.

Canonical JSON (RFC 8785), signed by the company's seal, and the signature is stamped by a time-stamping authority. The
manifest, its signature and the stamp are the only files that it does not list.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785

from verifier import strict_json

VERSION = 1
MANIFEST, SIGNATURE, STAMP = "manifest.json", "manifest.sig", "manifest.tst"
UNLISTED = frozenset({MANIFEST, SIGNATURE, STAMP})
HEAD, HEAD_STAMP = "head.json", "head.tst"
FACTS, PROOFS, PAPERS = "facts.json", "proofs.json", "notices.json"
ORDERS, COMMUNICATIONS, LEGAL_BASES = "orders.json", "communications.json", "legal_bases.json"
PAGE = "index.html"
SEAL_CHAIN = "certs/seal.pem"
"""The certificate that sealed the manifest first, then those above it, up to the root."""
CERTIFICATES, DOCUMENTS, EARLIER_HEADS = "certs/", "documents/", "heads/"
_NEEDED = (HEAD, HEAD_STAMP, FACTS, PROOFS, PAPERS, ORDERS, COMMUNICATIONS, LEGAL_BASES, PAGE, SEAL_CHAIN)
_TEXTS = ("case", "company", "made_at", "made_by", "purpose")
_HEX = re.compile(r"[0-9a-f]{64}")


class BadManifest(ValueError):
    """Not a manifest; the text says what is wrong."""


@dataclass(frozen=True)
class Listed:
    sha256: str
    size: int


@dataclass(frozen=True)
class Manifest:
    case: str
    company: str
    made_at: datetime
    made_by: str
    purpose: str
    log_size: int
    log_keys: frozenset[str]
    """The log's keys, as a tree head names them, for which the company's seal vouches."""
    files: dict[str, Listed]


def to_file(about: Mapping[str, str], log_size: int, log_keys: list[str], files: Mapping[str, Listed]) -> bytes:
    """The manifest's bytes; `about` holds case, company, made_at, made_by and purpose."""
    listed = {name: {"sha256": found.sha256, "size": found.size} for name, found in files.items()}
    whole: Any = {**about, "version": VERSION, "log": {"size": log_size, "keys": sorted(log_keys)}, "files": listed}
    return rfc8785.dumps(whole)


def listed(content: bytes | memoryview) -> Listed:
    """What the manifest says of a file."""
    return Listed(hashlib.sha256(content).hexdigest(), len(content))


def from_file(content: bytes | memoryview) -> Manifest:
    """Raises BadManifest or BadJson."""
    found = strict_json.load(content)
    if not isinstance(found, dict) or rfc8785.dumps(found) != bytes(content):
        raise BadManifest("not in canonical form")
    if set(found) != {*_TEXTS, "version", "log", "files"} or found["version"] != VERSION:
        raise BadManifest(f"not a manifest of version {VERSION}")
    if not all(isinstance(found[name], str) for name in _TEXTS):
        raise BadManifest("something in it is no text")
    try:
        files = {name: Listed(told["sha256"], told["size"]) for name, told in found["files"].items()}
        size, keys = found["log"]["size"], frozenset(found["log"]["keys"])
        made_at = datetime.fromisoformat(found["made_at"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadManifest("something is missing in it, or of another type") from None
    hashes = [*keys, *(told.sha256 for told in files.values())]
    if not all(isinstance(digest, str) and _HEX.fullmatch(digest) for digest in hashes):
        raise BadManifest("a hash is none")
    if made_at.tzinfo is None or type(size) is not int or any(type(told.size) is not int for told in files.values()):
        raise BadManifest("an instant or a size is none")
    if missing := [name for name in _NEEDED if name not in files]:
        raise BadManifest(f"it does not list {', '.join(missing)}")
    return Manifest(
        case=found["case"],
        company=found["company"],
        made_at=made_at,
        made_by=found["made_by"],
        purpose=found["purpose"],
        log_size=size,
        log_keys=keys,
        files=files,
    )
