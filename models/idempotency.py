"""Idempotency keys: the same key of the same person never acts twice, and never stands for two different requests."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from domain.errors import invalid
from models.database import utc_now, writing
from models.tables import IdempotentRequest

Answer = tuple[int, Any]
"""Status and JSON body."""


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


def once(engine: Engine, account: str, key: str, digest: str, act: Callable[[Session], Answer]) -> tuple[Answer, bool]:
    """Runs `act` and remembers its answer, in one transaction; True beside the answer if it is a remembered one."""
    for attempt in (1, 2):
        try:
            with writing(engine) as session:
                before = claim(session, account, key, digest)
                if before is not None:
                    return before, True
                answer = act(session)
                row = session.get(IdempotentRequest, (account, key))
                if row is not None:
                    row.status, row.response = answer
                    session.add(row)
                return answer, False
        except IntegrityError:
            if attempt == 2 or not _taken(engine, account, key):
                raise
    raise AssertionError("unreachable")


def _taken(engine: Engine, account: str, key: str) -> bool:
    """True if another request with this key committed in the meantime."""
    with Session(engine) as session:
        return session.get(IdempotentRequest, (account, key)) is not None
