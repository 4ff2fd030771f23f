"""Writes a case's snapshot into the read model: the rows from which lists, inboxes and pages are served."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlmodel import Session

from domain import agenda, papers
from domain.case import Case
from domain.change import Notification
from domain.timezones import local_date
from models.database import table
from models.tables import Account, CaseView, NotificationRow, Participant, TaskRow

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_SNAPSHOT: TypeAdapter[Case] = TypeAdapter(Case)
_VIEW, _TASK, _PARTICIPANT = table(CaseView), table(TaskRow), table(Participant)
_ACCOUNT, _NOTIFICATION = table(Account), table(NotificationRow)

# Every write of every case runs these: plain rows in and out, and statements that are made once.
_UPDATE_VIEW = update(_VIEW).where(_VIEW.c.case_id == bindparam("held"))
_TASKS_OF_CASE = select(
    _TASK.c.account, _TASK.c.key, _TASK.c.kind, _TASK.c.subject, _TASK.c.due_at, _TASK.c.has_due
).where(_TASK.c.case_id == bindparam("case_id"))
_DELETE_TASK = delete(_TASK).where(
    _TASK.c.account == bindparam("whose"), _TASK.c.case_id == bindparam("held"), _TASK.c.key == bindparam("what")
)
_PEOPLE = select(_PARTICIPANT.c.account, _PARTICIPANT.c.last_day, _PARTICIPANT.c.open).where(
    _PARTICIPANT.c.case_id == bindparam("case_id")
)
_UPDATE_PEOPLE = update(_PARTICIPANT).where(_PARTICIPANT.c.case_id == bindparam("held"))
_ADDRESSES = select(_ACCOUNT.c.id, _ACCOUNT.c.active, _ACCOUNT.c.email).where(
    _ACCOUNT.c.id.in_(bindparam("ids", expanding=True))
)
_KNOWN_MESSAGES = select(_NOTIFICATION.c.key).where(_NOTIFICATION.c.key.in_(bindparam("keys", expanding=True)))


def to_snapshot(case: Case) -> Any:
    """The case as plain JSON."""
    return _SNAPSHOT.dump_python(case, mode="json")


def from_snapshot(snapshot: Any) -> Case:
    """The case from its plain JSON."""
    return _SNAPSHOT.validate_python(snapshot)


def project(session: Session, case: Case, version: int, now: datetime) -> None:
    """Brings the row of a case and everything derived from it to this version, made at `now` on the case's clock.

    The row is there; the caller holds it.
    """
    tasks = agenda.tasks(case)
    values: dict[str, Any] = {
        "stage": case.stage.value,
        "open": not case.closed,
        "closed_at": case.closed_at,
        "failing": _needs_somebody(case),
        "restricted": case.aftercare is not None and case.aftercare.restricted_at is not None,
        "next_due_at": min((task.due_at for task in tasks if task.due_at), default=None),
        "version": version,
        "snapshot": to_snapshot(case),
        "updated_at": now,
        "held": case.case_id,
    }
    if case.plan is not None:
        values |= {"last_day": case.final_day, "department": case.plan.department}
        values |= {"leaver": case.plan.leaver, "hr": case.plan.hr}
    connection = session.connection()
    connection.execute(_UPDATE_VIEW, values)
    _project_tasks(connection, case.case_id, tasks)
    _project_participants(connection, case, tasks)


def _needs_somebody(case: Case) -> bool:
    """True if the case is stuck on something that only a person can put right."""
    systems = any(system.failing_since is not None for system in case.systems)
    return systems or bool(case.plan_problem or papers.lacking(case))


def new_row(case: Case, now: datetime) -> CaseView:
    """The row of a case that the read model does not know yet."""
    last_day: date = case.last_day or local_date(case.arrived_at, "Asia/Shanghai")
    return CaseView(
        case_id=case.case_id,
        employee_id=case.employee_id,
        department="",
        leaver="",
        hr="",
        stage=case.stage.value,
        arrived_at=case.arrived_at,
        last_day=last_day,
        version=0,
        snapshot={},
        updated_at=now,
    )


def _project_tasks(connection: Connection, case_id: str, tasks: tuple[agenda.Task, ...]) -> None:
    wanted = {
        (account, task.key): (task.kind, task.subject, task.due_at or END_OF_TIME, task.due_at is not None)
        for task in tasks
        for account in task.accounts
        if account
    }
    there = {
        (account, key): tuple(values)
        for account, key, *values in connection.execute(_TASKS_OF_CASE, {"case_id": case_id})
    }
    stale = [place for place in there if there[place] != wanted.get(place)]
    fresh = [place for place in wanted if wanted[place] != there.get(place)]
    if stale:
        connection.execute(_DELETE_TASK, [{"held": case_id, "whose": a, "what": key} for a, key in stale])
    if fresh:
        columns = ("account", "case_id", "key", "kind", "subject", "due_at", "has_due")
        rows = [dict(zip(columns, (a, case_id, key, *wanted[a, key]), strict=True)) for a, key in fresh]
        connection.execute(insert(_TASK), rows)


def _project_participants(connection: Connection, case: Case, tasks: tuple[agenda.Task, ...]) -> None:
    if case.plan is None:
        return
    people = {account for task in tasks for account in task.accounts}
    people |= {item.receiver for item in case.items}
    people |= {seat.account for clearance in case.clearances for seat in clearance.seats}
    people |= {case.plan.leaver, case.plan.witness, case.plan.receiver, case.plan.hr}
    people.discard("")
    wanted = (case.final_day, not case.closed)
    there = {account: tuple(values) for account, *values in connection.execute(_PEOPLE, {"case_id": case.case_id})}
    if any(values != wanted for values in there.values()):
        connection.execute(_UPDATE_PEOPLE, {"last_day": wanted[0], "open": wanted[1], "held": case.case_id})
    if new := sorted(people - there.keys()):
        columns = ("case_id", "last_day", "arrived_at", "open")
        same = dict(zip(columns, (case.case_id, wanted[0], case.arrived_at, wanted[1]), strict=True))
        connection.execute(insert(_PARTICIPANT), [{"account": account, **same} for account in new])


def participant(account: str, row: CaseView) -> Participant:
    """That this account takes part in this case."""
    return Participant(
        account=account, case_id=row.case_id, last_day=row.last_day, arrived_at=row.arrived_at, open=row.open
    )


def tell(
    session: Session, case_id: str, version: int, notifications: tuple[Notification, ...], now: datetime
) -> tuple[str, ...]:
    """Puts messages into inboxes and the outgoing mail, each once; returns the accounts that can't be told any more."""
    wanted = dict.fromkeys(account for n in notifications for account in n.to if account)
    if not wanted:
        return ()
    connection = session.connection()
    accounts = {row.id: row for row in connection.execute(_ADDRESSES, {"ids": list(wanted)})}
    messages = {
        _key(case_id, version, notification, account): (notification, account)
        for notification in notifications
        for account in notification.to
        if account in accounts and accounts[account].active
    }
    known = set(connection.execute(_KNOWN_MESSAGES, {"keys": list(messages)}).scalars())
    rows = []
    for key, (notification, account) in messages.items():
        if key in known:
            continue
        mail = bool(accounts[account].email)
        rows.append(
            {
                "key": key,
                "account": account,
                "case_id": case_id,
                "kind": notification.kind,
                "subjects": list(notification.subjects),
                "at": now,
                "mail": "waiting" if mail else "none",
                "mail_attempts": 0,
                "mail_at": now if mail else None,
                "mail_error": "",
            }
        )
    if rows:
        connection.execute(insert(_NOTIFICATION), rows)
    return tuple(a for a in wanted if a not in accounts or not accounts[a].active)


def _key(case_id: str, version: int, notification: Notification, account: str) -> str:
    """Names the message by what it says: an attempt that never was may have used this version for something else."""
    said = hashlib.sha256("\x00".join((notification.kind, *notification.subjects)).encode()).hexdigest()[:16]
    return f"{case_id}:{version}:{said}:{account}"
