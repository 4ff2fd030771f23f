"""Around every request: a size limit, a request id in the logs, figures for Prometheus. Nothing is buffered."""

import time
import uuid

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem_response

LARGEST_BODY = 1_000_000
LARGEST_FILE = 20_000_000
"""Bytes; files are what goes to the import operations."""

REQUESTS = Counter("wanbi_http_requests", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("wanbi_http_request_seconds", "Time to answer", ["method", "route"])
log = structlog.get_logger("api")


class TooLarge(Exception):
    """The body is longer than allowed."""


class RequestContext:
    """Refuses bodies that are too large, also those that don't say how long they are; counts, times and logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        limit = LARGEST_FILE if scope["path"].startswith("/api/v1/imports/") else LARGEST_BODY
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
        read, answering = 0, False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
            await send(message)

        try:
            if _declared_length(scope) > limit:
                raise TooLarge
            await self._app(scope, counted, watched)
        except TooLarge:
            if answering:
                raise
            status = 413
            await problem_response(Request(scope), 413, "api.too_large", {"bytes": limit})(scope, receive, send)
        finally:
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        REQUESTS.labels(scope["method"], route, status).inc()
        SECONDS.labels(scope["method"], route).observe(seconds)
        log.info(
            "request.answered",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            case=scope.get("path_params", {}).get("case_id"),
        )


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0
