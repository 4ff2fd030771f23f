"""The codec server: decrypts payloads for the Temporal UI and CLI, for engineers and administrators only.

The CLI sends a token: `temporal … --codec-endpoint <our address>/codec --codec-auth "Bearer <token>"`. The UI can't
know our tokens; it sends the browser's cookie for this address if it is told to "include cross-origin credentials"
(of the UI's image: TEMPORAL_CODEC_INCLUDE_CREDENTIALS=true; of the dev server: a box in the UI's codec dialogue, beside
the endpoint). Signing in at the API sets that cookie. It is SameSite=Strict, so UI and API must be opened under one
site: the same host on different ports, or two names below one domain.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

import structlog
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from google.protobuf import json_format
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Mount, Route
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.converter import PayloadCodec

from api.errors import Problem
from domain.people import Role
from models.accounts import Caller, caller_of
from models.codec import UnknownKey
from models.database import reading

PATH = "/codec"
COOKIE = "wanbi_codec"
READERS = (Role.ENGINEER, Role.ADMINISTRATOR)
LARGEST = 8_000_000
"""Bytes of one request: above the largest payloads that Temporal stores, in base64."""
_ASKED_HEADERS = ("content-type", "x-namespace", "authorization", "authorization-extras")
log = structlog.get_logger("codec")

Authorise = Callable[[Request], None]
Step = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


def engineers_only(request: Request) -> None:
    """Raises Problem unless the bearer token or the cookie belongs to an engineer or administrator."""
    with reading(request.app.state.engine) as session:
        callers = [caller for token in _tokens(request) if (caller := caller_of(session, token)) is not None]
    if not callers:
        raise Problem(401, "api.sign_in_first", headers={"www-authenticate": "Bearer"})
    allowed = [caller for caller in callers if caller.has(*READERS)]
    if not allowed:
        raise Problem(403, "api.role_needed", roles=", ".join(READERS))
    _log(request, allowed[0])


def codec_server(codec: PayloadCodec, ui_url: str, authorise: Authorise = engineers_only) -> Mount:
    """`POST /codec/decode` and `/codec/encode`, open to pages of the Temporal UI's origin. Append it to `app.routes`.

    A mounted part with middleware of its own: the rest of the API stays closed to other origins.
    """

    async def decode(request: Request) -> Response:
        return await _apply(codec.decode, request, authorise)

    async def encode(request: Request) -> Response:
        return await _apply(codec.encode, request, authorise)

    cors = Middleware(
        CORSMiddleware,
        allow_origins=[_origin(ui_url)],
        allow_methods=["POST"],
        allow_headers=_ASKED_HEADERS,
        allow_credentials=True,
    )
    routes = [Route("/decode", decode, methods=["POST"]), Route("/encode", encode, methods=["POST"])]
    return Mount(PATH, routes=routes, middleware=[cors])


def remember(response: Response, token: str, expires: datetime, *, secure: bool) -> None:
    """Lets the browser show this access token to the codec server, and to nothing else."""
    response.set_cookie(COOKIE, token, expires=expires, path=PATH, secure=secure, httponly=True, samesite="strict")


def forget(response: Response) -> None:
    """Takes back what `remember` set."""
    response.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="strict")


async def _apply(step: Step, request: Request, authorise: Authorise) -> Response:
    await run_in_threadpool(authorise, request)
    payloads = _parsed(await _body(request))
    try:
        done = await step(payloads.payloads)
    except UnknownKey as error:
        log.error("codec.unknown_key", error=str(error))
        raise Problem(422, "api.unknown_payload_key") from error
    content = json_format.MessageToJson(Payloads(payloads=done))
    return Response(content, media_type="application/json", headers={"cache-control": "no-store"})


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise Problem(413, "api.too_large", bytes=LARGEST)
    return bytes(body)


def _parsed(body: bytes) -> Payloads:
    """Fields that a newer UI may add are passed over. Raises Problem."""
    try:
        content = json.loads(body)
        if not isinstance(content, dict):
            raise TypeError(f"{type(content).__name__} is not an object")
        return json_format.ParseDict(content, Payloads(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Problem(400, "api.malformed_payloads") from error


def _tokens(request: Request) -> Iterator[str]:
    """Both are tried: a UI with its own sign-in sends a bearer token that is not ours beside our cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        yield token.strip()
    if cookie := request.cookies.get(COOKIE):
        yield cookie


def _origin(url: str) -> str:
    """Scheme, host and port, as browsers name where a page comes from."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _log(request: Request, caller: Caller) -> None:
    """Whoever decrypts a case's history reads personal data: it is logged who did."""
    log.info("codec.used", account=caller.account, path=request.url.path, namespace=request.headers.get("x-namespace"))
