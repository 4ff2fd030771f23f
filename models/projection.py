"""Writes a case's snapshot into the read model: the rows from which lists, inboxes and pages are served."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import Session, col, select

from domain import agenda
from domain.case import Case
from domain.change import Notification
from domain.timezones import local_date
from models.tables import Account, CaseView, NotificationRow, Participant, TaskRow

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)
_SNAPSHOT: TypeAdapter[Case] = TypeAdapter(Case)


def to_snapshot(case: Case) -> Any:
    """The case as plain JSON."""
    return _SNAPSHOT.dump_python(case, mode="json")


def from_snapshot(snapshot: Any) -> Case:
    """The case from its plain JSON."""
    return _SNAPSHOT.validate_python(snapshot)


def project(session: Session, row: CaseView, case: Case, version: int, now: datetime) -> None:
    """Brings the row of a case and everything derived from it to this version, made at `now` on the case's clock."""
    tasks = agenda.tasks(case)
    row.stage = case.stage.value
    row.open = not case.closed
    row.closed_at = case.closed_at
    row.failing = any(system.failing_since is not None for system in case.systems)
    row.next_due_at = min((task.due_at for task in tasks if task.due_at), default=None)
    row.version = version
    row.snapshot = to_snapshot(case)
    row.updated_at = now
    if case.plan is not None:
        row.last_day, row.department = case.final_day, case.plan.department
        row.leaver, row.hr = case.plan.leaver, case.plan.hr
    session.add(row)
    _project_tasks(session, case.case_id, tasks)
    _project_participants(session, row, case, tasks)


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


def _project_tasks(session: Session, case_id: str, tasks: tuple[agenda.Task, ...]) -> None:
    wanted = {
        (account, task.key): (task.kind, task.subject, task.due_at or END_OF_TIME, task.due_at is not None)
        for task in tasks
        for account in task.accounts
        if account
    }
    for row in session.exec(select(TaskRow).where(TaskRow.case_id == case_id)).all():
        values = wanted.pop((row.account, row.key), None)
        if values is None:
            session.delete(row)
        elif (row.kind, row.subject, row.due_at, row.has_due) != values:
            row.kind, row.subject, row.due_at, row.has_due = values
            session.add(row)
    for (account, key), (kind, subject, due_at, has_due) in wanted.items():
        session.add(
            TaskRow(
                account=account, case_id=case_id, key=key, kind=kind, subject=subject, due_at=due_at, has_due=has_due
            )
        )


def _project_participants(session: Session, row: CaseView, case: Case, tasks: tuple[agenda.Task, ...]) -> None:
    people = {account for task in tasks for account in task.accounts}
    people |= {item.receiver for item in case.items}
    people |= {seat.account for clearance in case.clearances for seat in clearance.seats}
    if case.plan is not None:
        people |= {case.plan.leaver, case.plan.witness, case.plan.receiver, case.plan.hr}
    people.discard("")
    known = {p.account: p for p in session.exec(select(Participant).where(Participant.case_id == case.case_id)).all()}
    session.add_all(participant(account, row) for account in sorted(people - known.keys()))
    for there in known.values():
        if (there.last_day, there.open) != (row.last_day, row.open):
            there.last_day, there.open = row.last_day, row.open
            session.add(there)


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
    accounts = {a.id: a for a in session.exec(select(Account).where(col(Account.id).in_(list(wanted)))).all()}
    messages = {
        _key(case_id, version, notification, account): (notification, account)
        for notification in notifications
        for account in notification.to
        if account in accounts and accounts[account].active
    }
    known = set(session.exec(select(NotificationRow.key).where(col(NotificationRow.key).in_(list(messages)))).all())
    for key, (notification, account) in messages.items():
        if key in known:
            continue
        mail = bool(accounts[account].email)
        session.add(
            NotificationRow(
                key=key,
                account=account,
                case_id=case_id,
                kind=notification.kind,
                subjects=list(notification.subjects),
                at=now,
                mail="waiting" if mail else "none",
                mail_at=now if mail else None,
            )
        )
    return tuple(a for a in wanted if a not in accounts or not accounts[a].active)


def _key(case_id: str, version: int, notification: Notification, account: str) -> str:
    """Names the message by what it says: an attempt that never was may have used this version for something else."""
    said = hashlib.sha256("\x00".join((notification.kind, *notification.subjects)).encode()).hexdigest()[:16]
    return f"{case_id}:{version}:{said}:{account}"
