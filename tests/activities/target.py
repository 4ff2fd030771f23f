"""A connected system on a real port that checks signatures with the Standard Webhooks library, and can misbehave."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks.webhooks import Webhook

from activities.connectors.webhook import WebhookConnector
from domain.rights import Operation
from models.messages import AccessOrder
from tests.domain.cases import NOW

SECRET = "whsec_" + "c2VjcmV0" * 6
"""36 bytes."""


@dataclass
class Answer:
    """What the system says once instead of doing its work. With `drip` it says it a byte at a time, never done."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    drip: str = ""
    """`head` or `body`: which part of the answer never ends; `silence`: nothing comes at all."""


@dataclass
class Target:
    """The system: `rights` are real, `heard` is what was asked of it, `answers` are said first."""

    rights: list[str] = field(default_factory=lambda: ["change_orders", "create_orders", "view_orders"])
    answers: list[Answer] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    obeys: bool = True
    secret: str = SECRET
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def hear(self, headers: dict[str, str], body: bytes) -> Answer:
        """Raises WebhookVerificationError if it is not one of ours."""
        heard = Webhook(self.secret).verify(body, headers)
        self.heard.append(heard)
        self.headers.append(headers)
        self.bodies.append(body)
        if self.answers:
            return self.answers.pop(0)
        if heard["type"] == "access.read_back":
            return Answer(body=json.dumps({"rights": self.rights}).encode())
        if self.obeys:
            self.rights = list(heard["data"]["desired"])
        return Answer(202)


@contextlib.contextmanager
def listening(target: Target) -> Iterator[Target]:
    """The system on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = target.hear({name.lower(): value for name, value in self.headers.items()}, body)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                self._say(answer)

        def _say(self, answer: Answer) -> None:
            if answer.drip == "silence":
                target.over.wait(30)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.drip == "head":
                self._drip(b"x-more: ")
                return
            self.send_header("content-length", str(len(answer.body) + (1 << 30 if answer.drip else 0)))
            self.end_headers()
            self.wfile.write(answer.body)
            if answer.drip == "body":
                self._drip(b" ")

        def _drip(self, beginning: bytes) -> None:
            self.flush_headers()
            self.wfile.write(beginning)
            while not target.over.wait(0.02):
                self.wfile.write(b"x")
                self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    target.url = f"http://127.0.0.1:{server.server_address[1]}/wanbi"
    try:
        yield target
    finally:
        target.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def an_order(operation: Operation = Operation.FREEZE, **changes: Any) -> AccessOrder:
    values: dict[str, Any] = {
        "case_id": "c1",
        "employee_id": "e-lin",
        "system": "erp",
        "operation": operation,
        "held": ("change_orders", "create_orders", "view_orders"),
        "desired": ("view_orders",),
        "revision": 1,
        "wanted_since": NOW,
        "key": "c1:access:erp:1",
    }
    return AccessOrder(**{**values, **changes})


def connector(target: Target, secret: str = SECRET) -> WebhookConnector:
    return WebhookConnector(target.url, secret)


def freeze(target: Target) -> None:
    connector(target).freeze(an_order())


def read_back(target: Target) -> tuple[str, ...]:
    return connector(target).read_back(an_order())
