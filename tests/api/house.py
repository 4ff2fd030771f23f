"""The API under test, in this process, and the people who use it."""

import hashlib
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, col, func, select
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from api.main import create_app
from config import Settings
from domain.people import Role
from models.database import reading, utc_now, writing
from models.tables import AccessToken, Account

V1 = "/api/v1"
RESIGNATION = {"employee_number": "n-lin", "channel": "email", "text": "我辞职。", "receiver": "a-zhou"}
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
    roles = {"admin": Role.ADMINISTRATOR, "auditor": Role.AUDITOR, "engineer": Role.ENGINEER, "stranger": None}
    with writing(engine) as session:
        for name, role in roles.items():
            account = Account(id=f"a-{name}", login=name, password_hash="-", name=name, roles=[role] if role else [])
            session.add(account)


def set_password(session: Session, account: str, password_hash: str) -> None:
    session.get_one(Account, account).password_hash = password_hash


class EngineAway(Client):
    """Stands for a Temporal client whose server does not answer."""

    def __init__(self) -> None:
        """Connects to nothing."""

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("__"):
            return super().__getattribute__(name)
        raise RPCError("nobody answers", RPCStatusCode.UNAVAILABLE, b"")


@asynccontextmanager
async def serving(engine: Engine, config: Settings, client: Client) -> AsyncIterator[Api]:
    """The application on this database and this Temporal, until the block ends."""
    app = create_app(config, engine, client)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://wanbi") as http,
    ):
        yield Api(app, http, engine, config)


def rows(session: Session, table: type[SQLModel]) -> list[Any]:
    return list(session.exec(select(table).order_by(*(col(c) for c in table.__table__.primary_key))).all())  # type: ignore[attr-defined]
