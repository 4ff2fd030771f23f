"""The gate: every write of the desk passes it, inside its own transaction, and so does every reader.

It answers one question: may this person do this to this record now? The person's right is a row that freeze and grants
change, too. The gate locks it until the transaction ends, one write of a person after the other: a freeze waits for the
writes that were let in before it, and whoever comes after it sees it (docs/decisions/0014). What is written is stamped
with `Passage.now`, which is read once everything is locked: so it can be compared with the freeze.

Locks are always taken in this order: idempotency key, entitlements, customers, orders and receivables, the case's row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from domain.case import Stage
from domain.desk import gate
from domain.desk.access import RULES, Action, Right, Scope, scope_of
from domain.desk.gate import Standing
from domain.desk.records import Outcome, RecordKind
from domain.errors import Refusal, forbidden
from domain.rights import Operation
from domain.timezones import local_date
from models import facts
from models.accounts import Caller
from models.database import table, utc_now
from models.desk.trail_tables import Attempt
from models.tables import CaseView, EffectRow, Entitlement, Notice

REFUSED = "DeskAttemptRefused"
_RIGHT, _NOTICE, _VIEW, _EFFECT = table(Entitlement), table(Notice), table(CaseView), table(EffectRow)
_STANDING = select(_RIGHT.c.active, _RIGHT.c.changed_at, _RIGHT.c.changed_by).where(
    _RIGHT.c.employee_id == bindparam("employee"),
    _RIGHT.c.system == bindparam("system"),
    _RIGHT.c.right == bindparam("right"),
)
_HELD_STILL = _STANDING.with_for_update()
_OPEN_CASE = (
    select(_NOTICE.c.case_id, _VIEW.c.stage)
    .join(_VIEW, _VIEW.c.case_id == _NOTICE.c.case_id)
    .where(_NOTICE.c.open_for == bindparam("employee"))
)
_OPERATION = select(_EFFECT.c.operation).where(_EFFECT.c.key == bindparam("key"))
_BASIS = select(_VIEW.c.snapshot["freeze"]["basis"].as_string()).where(_VIEW.c.case_id == bindparam("case_id"))
_HOLD_CASE = select(_VIEW.c.case_id).where(_VIEW.c.case_id == bindparam("case_id")).with_for_update()


@dataclass(frozen=True)
class Target:
    """What somebody wants to do something to. `row` is whatever the caller loaded of it, within reach and locked."""

    kind: RecordKind
    row: Any = None
    record_id: str = ""
    customer_id: str | None = None
    new: bool = False
    """The record is there only if the gate is passed."""


@dataclass(frozen=True)
class Passage:
    """The gate was passed at this instant, which no freeze that is already in force precedes."""

    now: datetime
    case_id: str | None
    """The person's own open case."""


def reach(action: Action, caller: Caller) -> Scope:
    """How far the caller reaches with this action. Raises Refusal if it is nothing of theirs at all."""
    scope = scope_of(action, caller.employee_id, caller.roles)
    if not scope.nothing:
        return scope
    if roles := RULES[action].everywhere:
        raise forbidden("api.role_needed", roles=", ".join(roles))
    raise forbidden("desk.no_employee")


def standing_of(session: Session, caller: Caller, action: Action, *, hold: bool) -> Standing | None:
    """How the caller stands to the right that the action takes; None if none is needed.

    An account that belongs to no employee (a system, an auditor from outside) has its role and nothing else.
    """
    right = RULES[action].right
    if right is None or caller.employee_id is None:
        return None
    return standing(session, right, caller.employee_id, hold=hold)


def standing(session: Session, right: Right, employee: str, *, hold: bool) -> Standing:
    """How the right of this employee stands; `hold` it until the transaction ends, so that nothing changes it."""
    asked = {"employee": employee, "system": right.system, "right": right.right}
    connection = session.connection()
    row = connection.execute(_HELD_STILL if hold else _STANDING, asked).one_or_none()
    # A statement of its own: the one before may have waited for its lock, and knows only what was there when it began.
    case = connection.execute(_OPEN_CASE, {"employee": employee}).one_or_none()
    if row is None:
        return Standing(right, held=False, active=False, case_id=case.case_id if case else None)
    if case is None:
        return Standing(right, held=True, active=row.active, changed_at=row.changed_at)
    by_case = row.changed_by.startswith(f"{case.case_id}:")
    by_grant = by_case and connection.execute(_OPERATION, {"key": row.changed_by}).scalar() == Operation.GRANT
    return Standing(right, True, row.active, row.changed_at, case.case_id, Stage(case.stage), by_case, by_grant)


def enter(
    session: Session, caller: Caller, action: Action, target: Target, held: Standing | None, *, note_all: bool = True
) -> Passage | Refusal:
    """Lets the caller do this to the target, or says why not. `held`: their standing; None if it takes no right.

    A refused attempt is noted, and if they are in notice their case is told. What somebody in notice may do is noted
    as well, unless `note_all` is false. Whoever calls this commits the note also if nothing else is done.
    """
    now = utc_now()
    if held is None:
        return Passage(now, None)
    found = gate.outcome(held)
    refusal = _refusal(session, caller, action, held) if found is Outcome.REFUSED else None
    if refusal is not None or (found is not None and note_all):
        _note(session, caller, action, target, held, found or Outcome.ALLOWED, now, refusal.code if refusal else "")
    return refusal or Passage(now, held.case_id)


def _note(
    session: Session,
    caller: Caller,
    action: Action,
    target: Target,
    held: Standing,
    outcome: Outcome,
    now: datetime,
    code: str,
) -> None:
    """Writes an attempt down; a refused one of somebody in notice also in the chain of their case."""
    record_id = "" if target.new and outcome is Outcome.REFUSED else target.record_id
    what = {
        "action": action.value,
        "system": held.right.system,
        "right": held.right.right,
        "kind": target.kind.value,
        "code": code,
    }
    session.add(
        Attempt(
            **what,
            account=caller.account,
            employee_id=caller.employee_id,
            at=now,
            record_id=record_id,
            customer_id=target.customer_id,
            outcome=outcome.value,
            case_id=held.case_id,
        )
    )
    session.flush()
    if outcome is Outcome.REFUSED and held.case_id is not None:
        data = {**what, "record": record_id, "customer": target.customer_id or ""}
        tell_case(session, held.case_id, REFUSED, caller.account, data, now)


def tell_case(session: Session, case_id: str, kind: str, by: str, data: dict[str, Any], now: datetime) -> None:
    """Appends a fact to a case's chain, holding its row as the ledger does."""
    session.connection().execute(_HOLD_CASE, {"case_id": case_id})
    facts.append_foreign(session, case_id, kind, by, data, now)


def _refusal(session: Session, caller: Caller, action: Action, held: Standing) -> Refusal:
    """Why not, and what to do about it."""
    named, system, right = action.value, held.right.system, held.right.right
    if not held.held:
        return forbidden("desk.right_missing", action=named, system=system, right=right)
    since = local_date(held.changed_at, caller.time_zone).isoformat() if held.changed_at else ""
    if not gate.frozen(held):
        return forbidden("desk.right_ended", action=named, system=system, right=right, since=since)
    case_id = held.case_id or ""
    basis = session.connection().execute(_BASIS, {"case_id": case_id}).scalar() or ""
    return forbidden("desk.frozen", action=named, system=system, right=right, since=since, case=case_id, basis=basis)
