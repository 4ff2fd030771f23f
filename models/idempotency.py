"""Idempotency keys: the same key of the same person never acts twice, and never stands for two different requests."""

import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, delete, insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from domain.errors import conflict, invalid
from models.database import table, utc_now, writing
from models.tables import IdempotentRequest

Answer = tuple[int, Any]
"""Status and JSON body."""
TRIES = 5
FORGOTTEN_AT_ONCE = 1000
"""A deletion that others wait for has to be short."""
_PAUSE = 0.02
"""Seconds that who lost a race waits at most before the first new try; more before each further one."""
_RACES = ("40001", "40P01", "23505")
"""PostgreSQL: serialization failure, deadlock, unique violation."""
_SQLITE_RACES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE)
T = TypeVar("T")
_CLAIM = insert(table(IdempotentRequest))


def request_digest(path: str, body: Any) -> str:
    """What a key stands for: the operation's path and its whole input."""
    content = json.dumps([path, body], sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def claim(session: Session, account: str, key: str, digest: str) -> Answer | None:
    """Claims the key inside the caller's transaction; the stored answer if it was used before for the same request.

    Raises Refusal if the key stood for another request.
    """
    found = session.get(IdempotentRequest, (account, key), with_for_update=True)
    if found is None:
        session.add(IdempotentRequest(account=account, key=key, digest=digest, created_at=utc_now()))
        session.flush()
        return None
    if found.digest != digest:
        raise invalid("api.key_used_for_another_request")
    return None if found.status is None else (found.status, found.response)


def is_used(session: Session, account: str, key: str) -> bool:
    """True if the person has used the key before, for whatever it was."""
    return session.get(IdempotentRequest, (account, key)) is not None


def once(engine: Engine, account: str, key: str, digest: str, act: Callable[[Session], Answer]) -> tuple[Answer, bool]:
    """Runs `act` and remembers its answer, in one transaction; True beside the answer if it is a remembered one.

    Who loses a race looks again: `act` runs anew and finds what the other has written. Raises Refusal if it loses each
    time.
    """

    def attempt(session: Session) -> tuple[Answer, bool]:
        before = claim(session, account, key, digest)
        if before is not None:
            return before, True
        answer = act(session)
        row = session.get_one(IdempotentRequest, (account, key))
        row.status, row.response = answer
        return answer, False

    return _until_not_raced(engine, attempt)


def reserve(engine: Engine, account: str, key: str, digest: str) -> Answer | None:
    """As `claim`, for a request that is carried out elsewhere, after this transaction."""
    values = {"account": account, "key": key, "digest": digest, "created_at": utc_now(), "status": None}
    with suppress(IntegrityError), writing(engine) as session:  # nearly always the key is new
        session.connection().execute(_CLAIM, values)
        return None
    return _until_not_raced(engine, lambda session: claim(session, account, key, digest))


def remember(engine: Engine, account: str, key: str, answer: Answer) -> None:
    """Stores the answer of a request that was carried out after its key had been reserved."""
    with writing(engine) as session:
        row = session.get_one(IdempotentRequest, (account, key))
        row.status, row.response = answer


def forget(engine: Engine, before: datetime) -> int:
    """Forgets requests that were made before then, some at a time, the oldest first; how many.

    Whoever repeats one of them afterwards acts anew.
    """
    made, whole = col(IdempotentRequest.created_at), 0
    while True:
        with writing(engine) as session:
            old = select(made).where(made < before).order_by(made)
            last = session.exec(old.offset(FORGOTTEN_AT_ONCE - 1).limit(1)).first()
            which = made < before if last is None else made <= last
            gone: Any = session.execute(delete(IdempotentRequest).where(which))
            whole += int(gone.rowcount)
        if last is None:
            return whole


def _until_not_raced(engine: Engine, work: Callable[[Session], T]) -> T:
    for left in reversed(range(TRIES)):
        try:
            with writing(engine) as session:
                return work(session)
        except DBAPIError as error:
            if not _lost_a_race(error):
                raise
            if not left:
                raise conflict("api.others_were_first") from error
            time.sleep(random.uniform(0, _PAUSE * (TRIES - left)))  # noqa: S311  # to part those who met, not to hide
    raise AssertionError("unreachable")


def _lost_a_race(error: DBAPIError) -> bool:
    """True if nothing was wrong with the transaction but that it met another one."""
    state, code = getattr(error.orig, "sqlstate", None), getattr(error.orig, "sqlite_errorcode", 0)
    return state in _RACES or code in _SQLITE_RACES


def veiled(secret: str, key: str) -> str:
    """Stands for a secret in a digest, and costs whoever steals the database as much to guess as a password hash."""
    return hashlib.scrypt(secret.encode(), salt=key.encode(), n=2**14, r=8, p=1).hex()
