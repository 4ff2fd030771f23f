"""How the desk writes and reads: one transaction each, through the gate, with an idempotency key or a log of reads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, insert
from sqlmodel import Session

from domain.desk.access import Action
from domain.desk.records import RecordKind
from domain.errors import Refusal, RefusalKind
from models.accounts import Caller
from models.database import table, utc_now, writing
from models.desk import gate
from models.desk.gate import Passage, Target
from models.desk.scopes import Within, within
from models.desk.trail_tables import RecordRead
from models.idempotency import Answer, once, request_digest

T = TypeVar("T")
AT_WORK = "work"
"""The purpose of a read that names none."""
_FORBIDDEN = 403
_READ = insert(table(RecordRead))


@dataclass(frozen=True)
class Request:
    """Who asks for what, with which idempotency key. `name` and `content` are what the key stands for."""

    caller: Caller
    key: str
    name: str
    content: Any


def write(
    engine: Engine,
    request: Request,
    action: Action,
    find: Callable[[Session, Within], Target],
    act: Callable[[Session, Target, Passage], Answer],
) -> tuple[Any, bool]:
    """The answer, and whether it is a remembered one. `find` loads and locks what it is about, `act` writes.

    Raises Refusal. If it is the gate that refused, the attempt and the answer are kept all the same, so that repeating
    the request with its key gives the same answer and makes no second attempt of it.
    """
    caller = request.caller

    def attempt(session: Session) -> Answer:
        scope = gate.reach(action, caller)
        held = gate.standing_of(session, caller, action, hold=True)
        target = find(session, within(session, scope))
        passage = gate.enter(session, caller, action, target, held)
        if isinstance(passage, Refusal):
            return _FORBIDDEN, {"code": passage.code, "params": passage.params}
        return act(session, target, passage)

    digest = request_digest(request.name, request.content)
    (status, answer), replayed = once(engine, caller.account, request.key, digest, attempt)
    if status == _FORBIDDEN:
        raise Refusal(RefusalKind.FORBIDDEN, answer["code"], **answer["params"])
    return answer, replayed


@dataclass(frozen=True)
class Seen:
    """What a read found, for its log: one record, or how many."""

    answer: Any
    records: int = 1
    record_id: str = ""


def read(
    engine: Engine,
    caller: Caller,
    action: Action,
    kind: RecordKind,
    purpose: str,
    ask: Callable[[Session, Within], Seen],
) -> Any:
    """What `ask` finds, logged in the same transaction: nobody reads without a trace (S1.3). Raises Refusal."""
    with writing(engine) as session:
        scope = gate.reach(action, caller)
        held = gate.standing_of(session, caller, action, hold=False)
        passage = gate.enter(session, caller, action, Target(kind), held, note_all=False)
        if not isinstance(passage, Refusal):
            seen = ask(session, within(session, scope))
            note_read(session, caller, action, kind, purpose, seen)
            return seen.answer
    raise passage


def note_read(
    session: Session,
    caller: Caller,
    action: Action,
    kind: RecordKind,
    purpose: str,
    seen: Seen,
    at: datetime | None = None,
) -> None:
    """An entry in the log of reads; of now, unless it tells of another time."""
    log = {"account": caller.account, "employee_id": caller.employee_id, "at": at or utc_now()}
    log |= {"action": action.value, "kind": kind.value, "record_id": seen.record_id}
    session.connection().execute(_READ, {**log, "records": seen.records, "purpose": purpose})
