"""Around every request: a size limit, a request id in the logs, figures for Prometheus. Nothing is buffered."""

import time
import uuid

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TooLarge, problem_response

LARGEST_BODY = 1_000_000
LARGEST_FILE = 20_000_000
"""Bytes; files go to the import operations and to the desk, and the Temporal UI has them decrypted."""
LARGEST_BUNDLE = 100_000_000
"""Bytes; an evidence bundle that somebody wants verified."""
_FILES = ("/api/v1/imports/", "/api/v1/desk/files/", "/codec/")
_BUNDLES = "/verify"

_HEADERS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
"""On every answer: what is told to one person is kept by no cache, and is never taken for something else."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REQUESTS = Counter("wanbi_http_requests", "HTTP requests", ["method", "route", "status"])
SECONDS = Histogram("wanbi_http_request_seconds", "Time to answer", ["method", "route"])
log = structlog.get_logger("api")


class RequestContext:
    """Refuses bodies that are too large, also those that don't say how long they are; counts, times and logs."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500
        limit = _limit(scope["path"])
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=uuid.uuid4().hex[:12])
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise TooLarge(limit)
            return message

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        try:
            if _declared_length(scope) > limit:
                refusal = problem_response(Request(scope), 413, "api.too_large", {"bytes": limit})
                await refusal(scope, receive, watched)
            else:
                await self._app(scope, counted, watched)
        finally:
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = _route(scope)
        method = scope["method"] if scope["method"] in _METHODS else "other"  # callers may not make up new series
        REQUESTS.labels(method, route, status).inc()
        SECONDS.labels(method, route).observe(seconds)
        log.info(
            "request.answered",
            method=scope["method"],
            path=scope["path"],
            status=status,
            milliseconds=round(seconds * 1000, 1),
            case=scope.get("path_params", {}).get("case_id"),
        )


def _limit(path: str) -> int:
    if path == _BUNDLES:
        return LARGEST_BUNDLE
    return LARGEST_FILE if path.startswith(_FILES) else LARGEST_BODY


def _declared_length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value[:20])
    return 0


def _route(scope: Scope) -> str:
    """The route's path with its parameters' names. FastAPI knows it without the prefix of the router around it."""
    if "route" not in scope:
        return "none"
    path, known = scope["path"], scope["route"].path
    prefix = path.split("/")[: path.count("/") - known.count("/") + 1]
    return "/".join(prefix) + str(known)
