"""Connector to any system that speaks Wanbi's access webhook, signed as Standard Webhooks prescribes.

`POST {url}` with `{"type": "access.freeze", "timestamp": …, "data": {…}}` brings the rights to `data.desired`;
`{"type": "access.read_back", …}` answers `{"rights": [...]}`. `webhook-id` is the order's idempotency key: a system
that saw it before answers as it did then. 2xx is success; 429 and 5xx are tried again; other 4xx need a person.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from activities.failures import PersonMustAct, TryAgain
from models.messages import AccessOrder

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
LARGEST_ANSWER = 1_000_000
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class WebhookConnector:
    url: str
    secret: str
    transport: httpx.BaseTransport | None = None

    def freeze(self, order: AccessOrder) -> None:
        self._send("access.freeze", order)

    def grant(self, order: AccessOrder) -> None:
        self._send("access.grant", order)

    def revoke(self, order: AccessOrder) -> None:
        self._send("access.revoke", order)

    def restore(self, order: AccessOrder) -> None:
        self._send("access.restore", order)

    def read_back(self, order: AccessOrder) -> tuple[str, ...]:
        answer = self._send("access.read_back", order, key=f"{order.key}:read-back:{_now().timestamp():.6f}")
        try:
            rights = json.loads(answer)["rights"]
        except (ValueError, KeyError, TypeError) as error:
            raise TryAgain(f"{order.system}: read back is not {{'rights': [...]}}") from error
        if not isinstance(rights, list) or not all(isinstance(right, str) for right in rights):
            raise TryAgain(f"{order.system}: read back holds something other than names of rights")
        return tuple(sorted(set(rights)))

    def _send(self, kind: str, order: AccessOrder, key: str | None = None) -> bytes:
        now = _now()
        body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": _data(order)}, ensure_ascii=False)
        message_id = key or order.key
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(message_id, now, body),
        }
        try:
            with httpx.Client(timeout=TIMEOUT, transport=self.transport, follow_redirects=False) as client:
                response = client.post(self.url, content=body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryAgain(f"{order.system}: {type(error).__name__}: {error}") from error
        return _content(order.system, response)


def _content(system: str, response: httpx.Response) -> bytes:
    if response.is_success:
        if len(response.content) > LARGEST_ANSWER:
            raise TryAgain(f"{system}: the answer is too large")
        return response.content
    status = response.status_code
    if status == 429 or status >= 500:
        raise TryAgain(f"{system}: HTTP {status}", after=_retry_after(response))
    raise PersonMustAct(f"{system}: HTTP {status}: {response.text[:200]}")


def _retry_after(response: httpx.Response) -> timedelta | None:
    """Retry-After in seconds (RFC 9110 section 10.2.3), capped; anything else leaves the wait to the retry rule."""
    text = response.headers.get("retry-after", "")
    return min(timedelta(seconds=int(text)), LONGEST_WAIT) if text.isdigit() and len(text) < 10 else None


def _data(order: AccessOrder) -> dict[str, Any]:
    return {
        "case": order.case_id,
        "employee": order.employee_id,
        "system": order.system,
        "desired": list(order.desired),
        "held": list(order.held),
        "revision": order.revision,
    }


def _now() -> datetime:
    return datetime.now(UTC)
