"""Every SELECT that serves a person's request. Lists are paged by key, never by offset, each on an index."""

import base64
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, tuple_
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from domain.errors import invalid
from models.database import utc_now
from models.tables import (
    Account,
    CaseView,
    Document,
    Employee,
    Entitlement,
    FactRow,
    NotificationRow,
    Participant,
    SystemRight,
    TaskRow,
    Template,
)

SORTS = {"last_day": CaseView.last_day, "arrived_at": CaseView.arrived_at}


def encode_cursor(*values: Any) -> str:
    """An opaque place in a list."""
    text = json.dumps([v.isoformat() if isinstance(v, date | datetime) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, size: int) -> list[Any]:
    """The place that `encode_cursor` made. Raises Refusal if it is not one of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list) or len(values) != size:
            raise ValueError("wrong shape")
        return values
    except ValueError as error:
        raise invalid("api.bad_cursor") from error


@dataclass(frozen=True)
class CaseFilter:
    stages: tuple[str, ...] = ()
    department: str | None = None
    open: bool | None = None
    overdue: bool = False
    participant: str | None = None
    """Only cases in which this account takes part."""
    sort: str = "last_day"
    descending: bool = False


def cases(session: Session, wanted: CaseFilter, limit: int, cursor: str | None) -> tuple[list[Any], str | None]:
    """Rows of (CaseView, employee name), and the cursor of the next page."""
    if wanted.participant is not None:
        key = Participant.last_day if wanted.sort == "last_day" else Participant.arrived_at
        id_column = col(Participant.case_id)
    else:
        key, id_column = SORTS[wanted.sort], col(CaseView.case_id)
    query = select(CaseView, Employee.name).join(Employee, col(Employee.id) == col(CaseView.employee_id))
    if wanted.participant is not None:
        query = query.join(Participant, col(Participant.case_id) == col(CaseView.case_id)).where(
            Participant.account == wanted.participant
        )
    query = query.where(*_conditions(wanted))
    place = col(key)
    if cursor:
        value, case_id = decode_cursor(cursor, 2)
        bound = (_sort_value(wanted.sort, value), str(case_id))
        pair = tuple_(place, id_column)
        query = query.where(pair < bound if wanted.descending else pair > bound)
    order = (place.desc(), id_column.desc()) if wanted.descending else (place, id_column)
    rows = session.exec(query.order_by(*order).limit(limit + 1)).all()
    page = list(rows[:limit])
    if len(rows) <= limit:
        return page, None
    last = page[-1][0]
    return page, encode_cursor(getattr(last, wanted.sort), last.case_id)


def _conditions(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.stages:
        found.append(col(CaseView.stage).in_(wanted.stages))
    if wanted.department:
        found.append(col(CaseView.department) == wanted.department)
    if wanted.open is not None:
        found.append(col(CaseView.open).is_(wanted.open))
    if wanted.overdue:
        late = or_(col(CaseView.next_due_at) < utc_now(), col(CaseView.failing))
        found.append(and_(col(CaseView.open), late))
    return found


def _sort_value(sort: str, text: Any) -> date | datetime:
    try:
        if sort == "last_day":
            return date.fromisoformat(text)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("naive")
        return moment
    except (ValueError, TypeError) as error:
        raise invalid("api.bad_cursor") from error


def case_view(session: Session, case_id: str) -> tuple[CaseView, str] | None:
    """A case's row and the leaver's name."""
    return session.exec(
        select(CaseView, Employee.name)
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
        .where(CaseView.case_id == case_id)
    ).one_or_none()


def takes_part(session: Session, account: str, case_id: str) -> bool:
    """True if the account takes or took part in the case."""
    return session.get(Participant, (account, case_id)) is not None


def names(session: Session, accounts: set[str]) -> dict[str, str]:
    """Names of these accounts."""
    found = session.exec(select(Account.id, Account.name).where(col(Account.id).in_(sorted(accounts)))).all()
    return dict(found)


def facts(session: Session, case_id: str, limit: int, cursor: str | None) -> tuple[list[FactRow], str | None]:
    """A case's chain in order."""
    after = decode_cursor(cursor, 1)[0] if cursor else 0
    if not isinstance(after, int) or isinstance(after, bool) or abs(after) > 2**53:
        raise invalid("api.bad_cursor")
    rows = session.exec(
        select(FactRow)
        .where(FactRow.case_id == case_id, FactRow.seq > after)
        .order_by(col(FactRow.seq))
        .limit(limit + 1)
    ).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1].seq) if len(rows) > limit else None


def all_facts(session: Session, case_id: str) -> list[FactRow]:
    """The whole chain of one case."""
    return list(session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))).all())


def tasks(session: Session, account: str, limit: int, cursor: str | None) -> tuple[list[Any], str | None]:
    """What waits for this account, the most urgent first: rows of (TaskRow, leaver's name)."""
    query = (
        select(TaskRow, Employee.name)
        .join(CaseView, col(CaseView.case_id) == col(TaskRow.case_id))
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
        .where(TaskRow.account == account)
    )
    if cursor:
        due, case_id, key = decode_cursor(cursor, 3)
        place = (_sort_value("arrived_at", due), str(case_id), str(key))
        query = query.where(tuple_(col(TaskRow.due_at), col(TaskRow.case_id), col(TaskRow.key)) > place)
    rows = session.exec(
        query.order_by(col(TaskRow.due_at), col(TaskRow.case_id), col(TaskRow.key)).limit(limit + 1)
    ).all()
    page = list(rows[:limit])
    if len(rows) <= limit:
        return page, None
    last = page[-1][0]
    return page, encode_cursor(last.due_at, last.case_id, last.key)


def tasks_of_case(session: Session, case_id: str) -> list[TaskRow]:
    """What waits for anybody in this case."""
    query = select(TaskRow).where(TaskRow.case_id == case_id).order_by(col(TaskRow.due_at), col(TaskRow.key))
    return list(session.exec(query).all())


def messages(session: Session, account: str, limit: int, cursor: str | None) -> tuple[list[Any], str | None]:
    """The inbox, newest first: rows of (NotificationRow, leaver's name)."""
    query = (
        select(NotificationRow, Employee.name)
        .join(CaseView, col(CaseView.case_id) == col(NotificationRow.case_id))
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
        .where(NotificationRow.account == account)
    )
    if cursor:
        before = decode_cursor(cursor, 1)[0]
        if not isinstance(before, int) or isinstance(before, bool) or abs(before) > 2**53:
            raise invalid("api.bad_cursor")
        query = query.where(col(NotificationRow.id) < before)
    rows = session.exec(query.order_by(col(NotificationRow.id).desc()).limit(limit + 1)).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1][0].id) if len(rows) > limit else None


def documents(session: Session, case_id: str) -> list[Any]:
    """Documents of a case, their content not loaded."""
    query = select(Document).options(defer(col(Document.content)))  # type: ignore[arg-type]  # sqlmodel's col()
    return list(session.exec(query.where(Document.case_id == case_id).order_by(col(Document.at))).all())


def employees(session: Session, limit: int, cursor: str | None) -> tuple[list[Employee], str | None]:
    """The staff by number."""
    query = select(Employee)
    if cursor:
        query = query.where(Employee.number > str(decode_cursor(cursor, 1)[0]))
    rows = session.exec(query.order_by(col(Employee.number)).limit(limit + 1)).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1].number) if len(rows) > limit else None


def accounts(session: Session, limit: int, cursor: str | None) -> tuple[list[Account], str | None]:
    """All accounts by login."""
    query = select(Account)
    if cursor:
        query = query.where(Account.login > str(decode_cursor(cursor, 1)[0]))
    rows = session.exec(query.order_by(col(Account.login)).limit(limit + 1)).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1].login) if len(rows) > limit else None


def entitlements(session: Session, employee_id: str) -> list[Any]:
    """A person's rights: rows of (Entitlement, frozen on notice or None)."""
    return list(
        session.exec(
            select(Entitlement, SystemRight.frozen_on_notice)
            .join(
                SystemRight,
                and_(
                    col(SystemRight.system) == col(Entitlement.system),
                    col(SystemRight.right) == col(Entitlement.right),
                ),
                isouter=True,
            )
            .where(Entitlement.employee_id == employee_id)
            .order_by(col(Entitlement.system), col(Entitlement.right))
        ).all()
    )


def open_cases_of(session: Session, account: str) -> list[str]:
    """Open cases in which this account takes part."""
    query = select(Participant.case_id).join(CaseView, col(CaseView.case_id) == col(Participant.case_id))
    return list(session.exec(query.where(Participant.account == account, col(CaseView.open))).all())


def templates(session: Session) -> list[Template]:
    """Every version of every checklist template, newest first."""
    return list(session.exec(select(Template).order_by(col(Template.key), col(Template.version).desc())).all())
