"""Messages to services that a company buys, signed as Standard Webhooks 1.0 prescribes, and their JSON answers."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from pki.exchange import NoAnswer, post, printable

LONGEST_CALL = 15.0
KEY_BYTES = range(24, 65)
"""How long a secret must be (Standard Webhooks, signature scheme)."""
_AGAIN = (408, 425, 429)


class ServiceAway(Exception):
    """No usable answer; trying again may help."""


class ServiceRefuses(Exception):
    """The service won't do it as long as nobody changes something."""


class UnfitService(ValueError):
    """An address or a secret that can't be one; the message says which."""


@dataclass(frozen=True)
class Service:
    """A service at an address, with a secret shared with it."""

    name: str
    url: str
    secret: str = field(repr=False)
    """`whsec_…`; during a change of secrets the new and the old one, separated by a space."""
    seconds: float = LONGEST_CALL

    def __post_init__(self) -> None:
        if httpx.URL(self.url).scheme not in ("http", "https") or not httpx.URL(self.url).host:
            raise UnfitService(f"{self.name}: its address must begin with http:// or https:// and name a host")
        self._keys()

    def ask(self, kind: str, at: datetime, data: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
        """The answer's bytes and what they say. The same question has the same `webhook-id` however often it is asked.

        Raises ServiceAway and ServiceRefuses. Not for a thread that runs an event loop.
        """
        content = {"type": kind, "timestamp": at.isoformat(), "data": data}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        identity = json.dumps([kind, data], ensure_ascii=False, sort_keys=True)
        message_id = f"msg_{sha256(identity.encode()).hexdigest()[:32]}"
        try:
            answered = post(self.url, body.encode(), self._headers(message_id, body), self.seconds)
        except NoAnswer as error:
            raise ServiceAway(f"{self.name}: {error}") from error
        if answered.status in _AGAIN or answered.status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise ServiceAway(f"{self.name}: HTTP {answered.status}")
        if not httpx.codes.is_success(answered.status):
            said = printable(answered.body[:800].decode(errors="replace"))
            raise ServiceRefuses(f"{self.name}: HTTP {answered.status}: {said}")
        return answered.body, self._said(answered.body)

    def _said(self, body: bytes) -> dict[str, Any]:
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ServiceAway(f"{self.name}: the answer is not JSON") from error
        if not isinstance(said, dict):
            raise ServiceAway(f"{self.name}: the answer is no JSON object")
        return said

    def _headers(self, message_id: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(Webhook(key).sign(message_id, now, body) for key in self._keys()),
        }

    def _keys(self) -> list[bytes]:
        try:
            texts = [text.removeprefix("whsec_") for text in self.secret.split()]
            keys = [base64.b64decode(text + "=" * (-len(text) % 4), validate=True) for text in texts]
        except (binascii.Error, ValueError):
            keys = []
        if not keys or not all(len(key) in KEY_BYTES for key in keys):
            raise UnfitService(f"{self.name}: its secret must be whsec_ and 24 to 64 random bytes in base64")
        return keys
