"""What everybody agrees to before they first sign electronically (ESG-01)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import rfc8785

from texts import LANGUAGES, text


@dataclass(frozen=True)
class Terms:
    """The terms as they are now. Whoever agreed to other ones is asked again."""

    messages: Mapping[str, str]
    """By language."""
    canonical: str
    version: str
    """SHA-256 of `canonical`, which is JSON (RFC 8785)."""


@cache
def terms() -> Terms:
    messages = {language: text("signing_consent", language) for language in LANGUAGES}
    canonical = rfc8785.dumps(messages)
    return Terms(messages, canonical.decode(), hashlib.sha256(canonical).hexdigest())
