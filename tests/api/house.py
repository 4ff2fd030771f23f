"""The API under test, in this process, and the people who use it."""

import asyncio
import hashlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import structlog
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import SQLModel, func, select
from temporalio.service import RPCError, RPCStatusCode

from activities import sealing
from activities.assembly import proofs
from activities.trust import trust_if_founded
from api.gateway import Gateway
from api.main import create_app
from config import Settings
from domain.people import Role
from models.database import reading, utc_now, writing
from models.evidence.packing import Seals
from models.tables import AccessToken, Account
from tests import builders

V1 = "/api/v1"
RESIGNATION = {"employee_number": "n-lin", "channel": "email", "text": "我辞职。", "receiver": "a-zhou"}
PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
CHEAP_HASH = CHEAP.hash(PASSWORD)
"""What a password costs to check is written in its hash."""

WITHIN = 30.0
"""Seconds of real time after which something awaited counts as never coming."""
T = TypeVar("T")
_numbers = itertools.count(1)


def new_key() -> str:
    """An idempotency key that nobody has used yet."""
    return f"key-{next(_numbers):08d}"


@dataclass
class Person:
    """Somebody with a token (or with none, or a bad one) at the API."""

    http: httpx.AsyncClient
    account: str
    headers: dict[str, str]

    async def get(self, path: str, **parameters: Any) -> httpx.Response:
        return await self.http.get(V1 + path, params=parameters, headers=self.headers)

    async def write(self, method: str, path: str, body: Any, key: str | None = None) -> httpx.Response:
        """A write as JSON, with a new idempotency key unless one is given."""
        headers = {**self.headers, "idempotency-key": key or new_key()}
        return await self.http.request(method, V1 + path, json=body, headers=headers)

    async def post(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        return await self.write("POST", path, body, key)

    async def patch(self, path: str, body: Any, key: str | None = None) -> httpx.Response:
        return await self.write("PATCH", path, body, key)

    async def register(self, key: str | None = None, **changes: Any) -> httpx.Response:
        """Registers the resignation of `lin`, unless `changes` say otherwise."""
        return await self.post("/cases", {**RESIGNATION, **changes}, key)

    async def decide(self, case_id: str, decision: str, key: str | None = None, **body: Any) -> httpx.Response:
        return await self.post(f"/cases/{case_id}/{decision.replace('_', '-')}", body, key)


@dataclass
class Api:
    app: FastAPI
    http: httpx.AsyncClient
    engine: Engine
    config: Settings
    _people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """The person with the account `a-<name>`, signed in."""
        if name not in self._people:
            self._people[name] = Person(self.http, f"a-{name}", bearer(token_for(self.engine, f"a-{name}")))
        return self._people[name]

    def nobody(self) -> Person:
        """Somebody without a token."""
        return Person(self.http, "", {})

    def count(self, table: type[SQLModel]) -> int:
        with reading(self.engine) as session:
            return session.exec(select(func.count()).select_from(table)).one()


def problem(
    answer: httpx.Response, status: int | tuple[int, ...] = tuple(range(400, 600)), code: str = ""
) -> dict[str, Any]:
    """The problem details of an answer, which has to have one of these statuses, and this code if one is given."""
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    details: dict[str, Any] = answer.json()
    assert details["status"] == answer.status_code
    assert details["code"] == code or not code, details
    assert set(details["messages"]) == {"zh", "en"}
    assert details["detail"] == details["messages"][answer.headers["content-language"]]
    return details


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def token_for(engine: Engine, account: str, lasting: timedelta = timedelta(hours=1)) -> str:
    """A token written straight into the database: signing in costs an Argon2 hash."""
    token = f"token-{next(_numbers):08d}-of-{account}"
    now = utc_now()
    with writing(engine) as session:
        digest = hashlib.sha256(token.encode()).hexdigest()
        session.add(AccessToken(hash=digest, account=account, created_at=now, expires_at=now + lasting))
    return token


def outsiders(engine: Engine) -> None:
    """People with a role and no part in the company's departments, and a stranger without either."""
    roles = {
        "admin": Role.ADMINISTRATOR,
        "auditor": Role.AUDITOR,
        "engineer": Role.ENGINEER,
        "finance": Role.FINANCE,
        "service": Role.CUSTOMER_SERVICE,
        "machine": Role.INTEGRATION,
        "keeper": Role.SEAL_KEEPER,
        "stranger": None,
    }
    with writing(engine) as session:
        for name, role in roles.items():
            account = Account(id=f"a-{name}", login=name, password_hash="-", name=name, roles=[role] if role else [])
            session.add(account)


class EngineAway:
    """Stands for a Temporal client whose server does not answer."""

    def get_workflow_handle(self, _: str) -> "EngineAway":
        return self

    def __getattr__(self, name: str) -> Any:
        raise RPCError("nobody answers", RPCStatusCode.UNAVAILABLE, b"")


@cache
def the_app() -> FastAPI:
    """One application for all tests: making it costs more than most of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    return create_app(builders.settings(Path("unused")))


@asynccontextmanager
async def serving(engine: Engine, config: Settings, client: Any, seals: Seals | None = None) -> AsyncIterator[Api]:
    """The application on this database and this Temporal client, until the block ends."""
    app = the_app()
    app.state.settings, app.state.engine, app.state.gateway = config, engine, Gateway(client, proofs(config))
    app.state.trust = trust_if_founded(config, engine)
    app.state.seals = seals or sealing.seals(app.state.trust)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wanbi") as http:
        yield Api(app, http, engine, config)


def give_password(engine: Engine, *accounts: str) -> None:
    """Lets these people sign in with PASSWORD."""
    with writing(engine) as session:
        for account in accounts:
            session.get_one(Account, account).password_hash = CHEAP_HASH


async def eventually(reached: Callable[[], Awaitable[T]]) -> T:
    """What `reached` gives, as soon as it is true. Raises TimeoutError if it never comes true."""
    ends = time.monotonic() + WITHIN
    while time.monotonic() < ends:
        if found := await reached():
            return found
        await asyncio.sleep(0.02)
    raise TimeoutError
