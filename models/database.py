"""The database: engine, sessions, column types. SQLite (WAL) by default, PostgreSQL by URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from pydantic_core import to_json
from sqlalchemy import DateTime, Engine, String, Table, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel, create_engine


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Only aware datetimes go in; UTC comes out, on SQLite as on PostgreSQL."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime names no instant")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """An exact decimal. Kept as text: SQLite knows only floats."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


def connect(url: str) -> Engine:
    """An engine for `url`. SQLite gets WAL, foreign keys and a patient lock; writers start with BEGIN IMMEDIATE."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # Row locks decide who comes first, whatever the server's default: who has waited has to see what was written.
        locking: dict[str, Any] = {"isolation_level": "READ COMMITTED"}
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, json_serializer=_json, **locking)
    waits: dict[str, Any] = {"timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=waits, pool_size=10, json_serializer=_json)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides how a transaction starts
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _json(value: Any) -> str:
    return to_json(value).decode()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads."""
    with Session(engine) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction that writes: committed at the end of the block, rolled back if it raises."""
    with Session(engine.execution_options(writing=True), expire_on_commit=False) as session, session.begin():
        yield session


def table(model: type[SQLModel]) -> Table:
    """The table behind a model, for statements that move plain rows."""
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # sqlmodel sets it on every table model


def utc_now() -> datetime:
    """The present instant. Activities and the API may ask; workflows use their own clock."""
    return datetime.now(UTC)
