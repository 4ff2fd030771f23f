"""Connector to any system that speaks Wanbi's access webhook, signed as Standard Webhooks 1.0 prescribes.

`POST {url}` with `{"type": "access.freeze" | "access.grant" | "access.revoke" | "access.restore", "timestamp": …,
"data": {case, employee, system, desired, held, revision}}` asks the system to bring the person's rights to exactly
`data.desired`, and to pass over a `revision` below one it has carried out. `{"type": "access.read_back", …}` asks for
`{"rights": [...]}`: what the person really may do there. `webhook-id` and body stay the same however often an order is
sent; a read back is a question of its own each time.

2xx is success. 408, 425, 429, 5xx, silence and nonsense are tried again; anything else, redirects included, needs a
person. Addresses come from administrators alone, who may well mean a host inside the company, so inner addresses are
allowed; only http and https are spoken, and no answer can send an order elsewhere.
"""

import asyncio
import base64
import binascii
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from activities.failures import PersonMustAct, TryAgain
from models.messages import AccessOrder

LONGEST_CALL = 14.0
"""Seconds until an answer must be complete, however slowly it drips. An effect makes two calls in its 30 seconds."""
LARGEST_ANSWER = 1_000_000
LONGEST_WAIT = timedelta(minutes=10)
KEY_BYTES = range(24, 65)
"""How long a secret must be (Standard Webhooks, signature scheme)."""
_AGAIN = (408, 425, 429)


@dataclass(frozen=True)
class WebhookConnector:
    url: str
    secret: str
    """`whsec_…`; during a change of secrets the new and the old one, separated by a space."""

    def freeze(self, order: AccessOrder) -> None:
        self._order("access.freeze", order)

    def grant(self, order: AccessOrder) -> None:
        self._order("access.grant", order)

    def revoke(self, order: AccessOrder) -> None:
        self._order("access.revoke", order)

    def restore(self, order: AccessOrder) -> None:
        self._order("access.restore", order)

    def read_back(self, order: AccessOrder) -> tuple[str, ...]:
        return _rights(order.system, self._send("access.read_back", order, uuid.uuid4().hex, datetime.now(UTC)))

    def _order(self, kind: str, order: AccessOrder) -> None:
        # A digest, because a message id may hold no full stop and a system's key may.
        self._send(kind, order, sha256(order.key.encode()).hexdigest()[:32], order.wanted_since or datetime.now(UTC))

    def _send(self, kind: str, order: AccessOrder, name: str, happened_at: datetime) -> bytes:
        """The body of a successful answer. Raises TryAgain or PersonMustAct."""
        content = {"type": kind, "timestamp": happened_at.isoformat(), "data": _data(order)}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        request = httpx.Request(
            "POST", _address(self.url, order.system), content=body, headers=self._headers(order, f"msg_{name}", body)
        )
        try:
            return asyncio.run(_exchange(order.system, request))
        except TimeoutError as error:
            raise TryAgain(f"{order.system}: no complete answer within {LONGEST_CALL:.0f} seconds") from error
        except (httpx.HTTPError, ValueError) as error:
            raise TryAgain(f"{order.system}: {type(error).__name__}: {_printable(str(error))}") from error

    def _headers(self, order: AccessOrder, message_id: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        return {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "Wanbi",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(
                Webhook(key).sign(message_id, now, body) for key in _keys(self.secret, order.system)
            ),
        }


async def _exchange(system: str, request: httpx.Request) -> bytes:
    async with asyncio.timeout(LONGEST_CALL), httpx.AsyncClient(timeout=None, follow_redirects=False) as client:  # noqa: S113  # the whole call has a limit, above
        response = await client.send(request, stream=True)
        try:
            return _content(system, response, await _read(response))
        finally:
            await response.aclose()


async def _read(response: httpx.Response) -> bytes:
    """The body, or its beginning if it is too large."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            break
    return bytes(body)


def _content(system: str, response: httpx.Response, body: bytes) -> bytes:
    status = response.status_code
    if response.is_success:
        if len(body) > LARGEST_ANSWER:
            raise TryAgain(f"{system}: the answer is larger than {LARGEST_ANSWER} bytes")
        return body
    if status in _AGAIN or status >= 500:
        raise TryAgain(f"{system}: HTTP {status}", after=_retry_after(response))
    if response.is_redirect:
        raise PersonMustAct(f"{system}: HTTP {status}: it has moved; an administrator has to set its new address")
    raise PersonMustAct(f"{system}: HTTP {status}: {_printable(body[:800].decode(errors='replace'))}")


def _rights(system: str, answer: bytes) -> tuple[str, ...]:
    try:
        rights = json.loads(answer)["rights"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise TryAgain(f"{system}: the read back is not {{'rights': [...]}}") from error
    if not isinstance(rights, list) or not all(_is_name(right) for right in rights):
        raise TryAgain(f"{system}: the read back holds something other than names of rights")
    return tuple(sorted(set(rights)))


def _is_name(right: object) -> bool:
    return isinstance(right, str) and 0 < len(right) <= 200 and right.isprintable()


def _retry_after(response: httpx.Response) -> timedelta | None:
    """Retry-After in seconds or as a date (RFC 9110 section 10.2.3), capped; None leaves it to the retry rule."""
    asked = response.headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return min(timedelta(seconds=int(asked[:9])), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(asked) - datetime.now(UTC)
    except (ValueError, TypeError):
        return None
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _address(url: str, system: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise PersonMustAct(f"{system}: its address is not a URL") from error
    if found.scheme not in ("http", "https") or not found.host:
        raise PersonMustAct(f"{system}: its address must begin with http:// or https:// and name a host")
    if found.userinfo:
        raise PersonMustAct(f"{system}: its address must not hold a name or password; orders are signed instead")
    return found


def _keys(secret: str, system: str) -> list[bytes]:
    try:
        texts = [text.removeprefix("whsec_") for text in secret.split()]
        keys = [base64.b64decode(text + "=" * (-len(text) % 4), validate=True) for text in texts]
    except (binascii.Error, ValueError) as error:
        raise PersonMustAct(f"{system}: its webhook secret is not base64 after whsec_") from error
    if not keys or not all(len(key) in KEY_BYTES for key in keys):
        raise PersonMustAct(f"{system}: its webhook secret must be 24 to 64 random bytes")
    return keys


def _data(order: AccessOrder) -> dict[str, Any]:
    return {
        "case": order.case_id,
        "employee": order.employee_id,
        "system": order.system,
        "desired": list(order.desired),
        "held": list(order.held),
        "revision": order.revision,
    }


def _printable(text: str) -> str:
    """What a stranger sent, on one line and fit to be kept."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))[:200]
