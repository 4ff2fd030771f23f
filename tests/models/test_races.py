"""Who loses a race begins anew, and is told plainly if it loses each time; other faults are not tried again."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlmodel import Session

from domain.errors import Refusal
from models import idempotency
from models.database import reading, writing
from models.idempotency import Answer, once
from models.tables import Department, IdempotentRequest


def lost(state: str = "40001", sqlite: int = sqlite3.SQLITE_BUSY) -> OperationalError:
    """What a database says to whoever met somebody else."""
    said: Any = sqlite3.OperationalError("could not serialize")
    said.sqlstate, said.sqlite_errorcode = state, sqlite
    return OperationalError("UPDATE", {}, said)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_PAUSE", 0)


@pytest.mark.parametrize("state", ["40001", "40P01", "23505"])
def test_a_lost_race_is_run_again_and_leaves_one_answer(engine: Engine, state: str) -> None:
    tries: list[int] = []

    def act(session: Session) -> Answer:
        session.add(Department(key="sales", name_zh="销售", name_en="Sales"))
        session.flush()
        tries.append(1)
        if len(tries) < idempotency.TRIES:
            raise lost(state, 0)
        return 200, {"tries": len(tries)}

    assert once(engine, "a", "key-00000001", "d", act) == ((200, {"tries": idempotency.TRIES}), False)
    assert once(engine, "a", "key-00000001", "d", act) == ((200, {"tries": idempotency.TRIES}), True)


def test_whoever_loses_every_time_is_told_so_and_nothing_is_left(engine: Engine) -> None:
    def act(_: Session) -> Answer:
        raise lost()

    with pytest.raises(Refusal, match=r"api\.others_were_first"):
        once(engine, "a", "key-00000001", "d", act)
    with reading(engine) as session:
        assert session.get(IdempotentRequest, ("a", "key-00000001")) is None


def test_what_was_wrong_by_itself_is_raised_at_once(engine: Engine) -> None:
    tries: list[int] = []

    def act(session: Session) -> Answer:
        tries.append(1)
        session.connection().execute(text("INSERT INTO department (key) VALUES ('x')"))
        return 200, {}

    with pytest.raises(IntegrityError):
        once(engine, "a", "key-00000001", "d", act)
    with pytest.raises(DBAPIError):
        once(engine, "a", "key-00000002", "d", lambda s: (s.connection().execute(text("no SQL")).rowcount, {}))
    assert len(tries) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_is_asked_for_the_isolation_that_locks_need_whatever_its_default(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation TO 'serializable'"))
    engine.dispose()
    with writing(engine) as session:
        shown = session.connection().execute(text("SHOW transaction_isolation")).scalar_one()
    assert shown == "read committed"
