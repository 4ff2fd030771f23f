"""The codec server decrypts for engineers and administrators, and for nobody else."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI, Response
from google.protobuf import json_format
from sqlalchemy import Engine
from sqlmodel import SQLModel
from temporalio.api.common.v1 import Payload, Payloads

from api import codec, errors
from domain.people import Role
from models.accounts import hash_password, sign_in
from models.codec import EncryptionCodec
from models.database import connect, writing
from models.tables import Account

UI = "http://127.0.0.1:8233"
PASSWORD = "correct horse battery"
OLD, NEW = {"k1": b"1" * 32}, {"k1": b"1" * 32, "k2": b"2" * 32}
SECRET = Payload(metadata={"encoding": b"json/plain"}, data='"林晓"'.encode())
Token = Callable[[Role | None], str]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('codec') / 'wanbi.db'}")
    SQLModel.metadata.create_all(engine)
    with writing(engine) as session:
        for role in (None, *Role):
            name = role.value if role else "employee"
            roles = [role.value] if role else []
            session.add(
                Account(id=f"a-{name}", login=name, name=name, password_hash=hash_password(PASSWORD), roles=roles)
            )
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def token(engine: Engine) -> Token:
    """Signs somebody with that role in."""
    return lambda role: sign_in(engine, role.value if role else "employee", PASSWORD, timedelta(hours=1))[0]


def served(engine: Engine, **options: Any) -> httpx.AsyncClient:
    """A client of an application whose codec server has this engine's accounts."""
    app = FastAPI()
    app.state.engine = engine
    errors.install(app)
    app.routes.append(codec.codec_server(EncryptionCodec(NEW, "k2"), f"{UI}/namespaces", **options))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000")


@pytest_asyncio.fixture
async def client(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    async with served(engine) as client:
        yield client


def body(*payloads: Payload) -> str:
    """Payloads as the UI sends them."""
    return json_format.MessageToJson(Payloads(payloads=payloads))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "content-type": "application/json", "x-namespace": "wanbi"}


async def test_what_is_encoded_decodes_to_the_same(client: httpx.AsyncClient, token: Token) -> None:
    headers = bearer(token(Role.ENGINEER))
    encoded = await client.post("/codec/encode?preserveStorageRefs=true", content=body(SECRET), headers=headers)
    assert encoded.status_code == 200
    assert "encryption-key-id" in encoded.json()["payloads"][0]["metadata"]
    decoded = await client.post("/codec/decode?preserveStorageRefs=true", content=encoded.content, headers=headers)
    assert json_format.Parse(decoded.content, Payloads()).payloads == [SECRET]
    assert decoded.headers["cache-control"] == "no-store"


async def test_an_old_key_of_the_ring_still_decodes(client: httpx.AsyncClient, token: Token) -> None:
    stored = await EncryptionCodec(OLD, "k1").encode([SECRET])
    decoded = await client.post("/codec/decode", content=body(*stored), headers=bearer(token(Role.ADMINISTRATOR)))
    assert json_format.Parse(decoded.content, Payloads()).payloads == [SECRET]


async def test_a_key_that_is_not_in_the_ring_is_said_plainly(client: httpx.AsyncClient, token: Token) -> None:
    stored = await EncryptionCodec({"k9": b"9" * 32}, "k9").encode([SECRET])
    answer = await client.post("/codec/decode", content=body(*stored), headers=bearer(token(Role.ENGINEER)))
    assert (answer.status_code, answer.json()["code"]) == (422, "api.unknown_payload_key")


async def test_plain_payloads_pass_as_they_are(client: httpx.AsyncClient, token: Token) -> None:
    decoded = await client.post("/codec/decode", content=body(SECRET), headers=bearer(token(Role.ENGINEER)))
    assert json_format.Parse(decoded.content, Payloads()).payloads == [SECRET]


async def test_nobody_decodes_without_signing_in(client: httpx.AsyncClient) -> None:
    for headers in ({}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic eDp5"}):
        answer = await client.post("/codec/decode", content=body(SECRET), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "api.sign_in_first")
        assert answer.headers["content-type"] == errors.MEDIA_TYPE


@pytest.mark.parametrize("role", [None, *(role for role in Role if role not in codec.READERS)])
async def test_only_engineers_and_administrators_decode(
    client: httpx.AsyncClient, token: Token, role: Role | None
) -> None:
    answer = await client.post("/codec/decode", content=body(SECRET), headers=bearer(token(role)))
    assert (answer.status_code, answer.json()["code"]) == (403, "api.role_needed")


async def test_the_browsers_cookie_counts_as_the_token(client: httpx.AsyncClient, token: Token) -> None:
    client.cookies.set(codec.COOKIE, token(Role.ENGINEER), path=codec.PATH)
    assert (await client.post("/codec/decode", content=body(SECRET), headers={"origin": UI})).status_code == 200


async def test_the_cookie_counts_beside_a_token_that_is_not_ours(client: httpx.AsyncClient, token: Token) -> None:
    client.cookies.set(codec.COOKIE, token(Role.ENGINEER), path=codec.PATH)
    assert (await client.post("/codec/decode", content=body(SECRET), headers=bearer("of-the-ui"))).status_code == 200


async def test_an_ordinary_employees_cookie_decodes_nothing(client: httpx.AsyncClient, token: Token) -> None:
    client.cookies.set(codec.COOKIE, token(None), path=codec.PATH)
    assert (await client.post("/codec/decode", content=body(SECRET))).status_code == 403


def test_the_cookie_is_for_the_codec_server_alone_and_out_of_reach_of_scripts_and_other_sites() -> None:
    response = Response()
    codec.remember(response, "token", datetime(2026, 12, 1, tzinfo=UTC), secure=True)
    attributes = {part.strip().lower() for part in response.headers["set-cookie"].split(";")}
    assert {"wanbi_codec=token", "path=/codec", "httponly", "samesite=strict", "secure"} <= attributes
    codec.forget(response)
    assert 'wanbi_codec=""' in response.headers.getlist("set-cookie")[1]


async def preflight(client: httpx.AsyncClient, origin: str, **headers: str) -> Any:
    asked = {"origin": origin, "access-control-request-method": "POST", **headers}
    return await client.options("/codec/decode", headers=asked)


async def test_pages_of_the_temporal_ui_may_ask_with_credentials(client: httpx.AsyncClient) -> None:
    asked = "content-type,x-namespace,authorization"
    answer = await preflight(client, UI, **{"access-control-request-headers": asked})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "POST" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert all(header in allowed for header in asked.split(","))


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8234", "http://localhost:8233", "https://evil.example", "null"])
async def test_pages_of_other_origins_may_not(client: httpx.AsyncClient, token: Token, origin: str) -> None:
    assert (await preflight(client, origin)).status_code == 400
    answer = await client.post(
        "/codec/decode", content=body(SECRET), headers={**bearer(token(Role.ENGINEER)), "origin": origin}
    )
    assert "access-control-allow-origin" not in answer.headers


async def test_the_ui_can_read_why_it_was_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post("/codec/decode", content=body(SECRET), headers={"origin": UI})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == UI


MALFORMED = (
    b"",
    b"nonsense",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"7",
    b'{"payloads": 7}',
    b'{"payloads": [7]}',
    b'{"payloads": [{"data": "not base64!"}]}',
    b'{"payloads": [{"metadata": []}]}',
    b"[" * 5000,
    b'{"payloads":' * 500 + b"1" + b"}" * 500,
)


@pytest.mark.parametrize("content", MALFORMED, ids=lambda content: repr(content[:24]))
async def test_a_malformed_body_is_a_bad_request(client: httpx.AsyncClient, token: Token, content: bytes) -> None:
    answer = await client.post("/codec/decode", content=content, headers=bearer(token(Role.ENGINEER)))
    assert (answer.status_code, answer.json()["code"]) == (400, "api.malformed_payloads")


async def test_a_body_beyond_the_limit_is_refused_though_it_does_not_say_how_long_it_is(
    client: httpx.AsyncClient, token: Token
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(codec.LARGEST // 1_000_000 + 1):
            yield b" " * 1_000_000

    answer = await client.post("/codec/decode", content=chunks(), headers=bearer(token(Role.ENGINEER)))
    assert (answer.status_code, answer.json()["code"]) == (413, "api.too_large")


async def test_only_post_is_understood(client: httpx.AsyncClient, token: Token) -> None:
    assert (await client.get("/codec/decode", headers=bearer(token(Role.ENGINEER)))).status_code == 405
    assert (await client.post("/codec/elsewhere", headers=bearer(token(Role.ENGINEER)))).status_code == 404


async def test_another_gatekeeper_can_be_handed_in(engine: Engine) -> None:
    def nobody(_: object) -> None:
        raise errors.Problem(403, "api.role_needed", roles="engineer")

    async with served(engine, authorise=nobody) as client:
        assert (await client.post("/codec/decode", content=json.dumps({}))).status_code == 403
