"""What anybody may ask the company's own authority over HTTP, signed in or not: time stamps, whether a certificate is
revoked, and the certificates themselves.

`POST /tsa` (RFC 3161), `POST /ocsp` (RFC 6960), `GET /pki/root.pem`, `/pki/issuing.pem`, `/pki/root.crl`,
`/pki/issuing.crl`. They speak the formats of those standards, not JSON, and are no part of the OpenAPI.
"""

from collections.abc import Callable
from typing import cast

from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.routing import Route

from activities.trust import Trust
from api.errors import Problem
from models.database import utc_now
from pki.tsa import LARGEST_REQUEST

PEM = "application/x-pem-file"
LIST = "application/pkix-crl"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
OCSP_QUERY, OCSP_REPLY = "application/ocsp-request", "application/ocsp-response"
Asked = Callable[[Trust, bytes], bytes]
Given = Callable[[Trust], bytes]


def trust_routes() -> list[Route]:
    """To be appended to `app.routes`."""
    return [
        _answering("/tsa", QUERY, REPLY, lambda trust, body: trust.own_stamps.respond(body)),
        _answering("/ocsp", OCSP_QUERY, OCSP_REPLY, lambda trust, body: trust.pki.responder.respond(body, utc_now())),
        _giving("/pki/root.pem", PEM, lambda trust: trust.pki.root.public_bytes(Encoding.PEM)),
        _giving("/pki/issuing.pem", PEM, lambda trust: trust.pki.issuing.public_bytes(Encoding.PEM)),
        _giving("/pki/root.crl", LIST, lambda trust: trust.pki.root_list),
        _giving("/pki/issuing.crl", LIST, lambda trust: trust.pki.revocation_list(utc_now())),
    ]


def _answering(path: str, takes: str, gives: str, answer: Asked) -> Route:
    async def respond(request: Request) -> Response:
        trust = _trust(request)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != takes:
            raise Problem(415, "api.other_media_type", media_type=takes)
        body = await run_in_threadpool(answer, trust, await _body(request))
        return Response(body, media_type=gives, headers={"cache-control": "no-store"})

    return Route(path, respond, methods=["POST"])


def _giving(path: str, gives: str, content: Given) -> Route:
    async def give(request: Request) -> Response:
        return Response(await run_in_threadpool(content, _trust(request)), media_type=gives)

    return Route(path, give, methods=["GET"])


def _trust(request: Request) -> Trust:
    """Raises Problem while no ceremony has founded keys."""
    trust = cast(Trust | None, request.app.state.trust)
    if trust is None:
        raise Problem(503, "api.no_keys")
    return trust


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_REQUEST:
            raise Problem(413, "api.too_large", bytes=LARGEST_REQUEST)
    return bytes(body)
