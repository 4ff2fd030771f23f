"""Time stamps from somebody else, over HTTP (RFC 3161, section 3.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx
from cryptography import x509

from pki.exchange import NoAnswer, post
from pki.stamps import AuthorityAway, Clock, StampRefused, question, token_of

LONGEST_CALL = 10.0
"""Seconds until an answer must be complete; then the next authority is asked."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class ExternalAuthority:
    """Fulfils StampingAuthority. Believes nothing that doesn't lead to one of the roots."""

    url: str
    roots: Sequence[x509.Certificate]
    seconds: float = LONGEST_CALL
    clock: Clock = _now

    @property
    def name(self) -> str:
        return httpx.URL(self.url).host

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        """Raises NoStamp: away, refused, or not believed. Not for a thread that runs an event loop."""
        try:
            asked = question(digest, algorithm)
        except ValueError as error:
            raise StampRefused(str(error)) from error
        headers = {"content-type": "application/timestamp-query", "accept": "application/timestamp-reply"}
        try:
            answered = post(self.url, asked.der(), headers, self.seconds)
        except NoAnswer as error:
            raise AuthorityAway(str(error)) from error
        if answered.status != httpx.codes.OK:
            raise AuthorityAway(f"HTTP {answered.status}")
        return token_of(answered.body, asked, self.roots, self.clock)
