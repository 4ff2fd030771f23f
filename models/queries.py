"""Every SELECT that serves a person's request. Lists are paged by key, never by offset, each on an index."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, or_, tuple_
from sqlalchemy.orm import Mapped, defer
from sqlmodel import Session, col, select

from domain.errors import invalid
from models.database import table, utc_now
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
from models.visibility import INTRODUCTION

_VIEW, _PARTICIPANT = table(CaseView), table(Participant)
_MINE = and_(_PARTICIPANT.c.case_id == _VIEW.c.case_id, _PARTICIPANT.c.account == bindparam("account"))
_PART = (
    select(_VIEW.c.employee_id, _PARTICIPANT.c.account)
    .outerjoin_from(_VIEW, _PARTICIPANT, _MINE)
    .where(_VIEW.c.case_id == bindparam("case_id"))
)
SORTS: dict[str, type[date] | type[datetime]] = {"last_day": date, "arrived_at": datetime}
"""What lists of cases can be sorted by."""


def encode_cursor(*values: Any) -> str:
    """An opaque place in a list."""
    text = json.dumps([v.isoformat() if isinstance(v, date | datetime) else v for v in values])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *kinds: type[Any]) -> list[Any]:
    """The place that `encode_cursor` made of values of these kinds. Raises Refusal if it is not one of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list):
            raise TypeError("no list")
        return [_decoded(kind, value) for kind, value in zip(kinds, values, strict=True)]
    except (ValueError, TypeError, OverflowError) as error:
        raise invalid("api.bad_cursor") from error


def _decoded(kind: type[Any], value: Any) -> Any:
    """A value that every database takes. Raises ValueError, TypeError or OverflowError."""
    if kind is date:
        return date.fromisoformat(value)
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a naive datetime names no instant")
        return moment.astimezone(UTC)
    if type(value) is not kind or (kind is int and abs(value) > 2**53) or (kind is str and not value.isprintable()):
        raise ValueError("not one of ours")
    return value


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
    """Rows of (CaseView without its snapshot, employee name), and the cursor of the next page."""
    listed = CaseView if wanted.participant is None else Participant
    place, id_column = col(getattr(listed, wanted.sort)), col(listed.case_id)
    query = (
        select(CaseView, Employee.name)
        .options(defer(col(CaseView.snapshot)))  # type: ignore[arg-type]  # sqlmodel's col()
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
    )
    if wanted.participant is not None:
        query = query.join(Participant, col(Participant.case_id) == col(CaseView.case_id)).where(
            Participant.account == wanted.participant
        )
    query = query.where(*_conditions(wanted, col(listed.open)))
    if cursor:
        bound = decode_cursor(cursor, SORTS[wanted.sort], str)
        pair = tuple_(place, id_column)
        query = query.where(pair < bound if wanted.descending else pair > bound)
    order = (place.desc(), id_column.desc()) if wanted.descending else (place, id_column)
    rows = session.exec(query.order_by(*order).limit(limit + 1)).all()
    page = list(rows[:limit])
    if len(rows) <= limit:
        return page, None
    last = page[-1][0]
    return page, encode_cursor(getattr(last, wanted.sort), last.case_id)


def _conditions(wanted: CaseFilter, is_open: Mapped[bool]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.stages:
        found.append(col(CaseView.stage).in_(wanted.stages))
    if wanted.department:
        found.append(col(CaseView.department) == wanted.department)
    if wanted.open is not None:
        found.append(is_open.is_(wanted.open))
    if wanted.overdue:
        late = or_(col(CaseView.next_due_at) < utc_now(), col(CaseView.failing))
        found.append(and_(is_open, late))
    return found


def case_view(session: Session, case_id: str) -> tuple[CaseView, str] | None:
    """A case's row and the leaver's name."""
    return session.exec(
        select(CaseView, Employee.name)
        .join(Employee, col(Employee.id) == col(CaseView.employee_id))
        .where(CaseView.case_id == case_id)
    ).one_or_none()


def part_in(session: Session, account: str, case_id: str) -> tuple[str, bool] | None:
    """The leaver, and whether the account takes or took part; None if there is no such case."""
    found = session.connection().execute(_PART, {"account": account, "case_id": case_id}).one_or_none()
    return None if found is None else (found.employee_id, found.account is not None)


def takes_part(session: Session, account: str, case_id: str) -> bool:
    """True if the account takes or took part in the case."""
    return session.get(Participant, (account, case_id)) is not None


def names(session: Session, accounts: set[str]) -> dict[str, str]:
    """Names of these accounts."""
    found = session.exec(select(Account.id, Account.name).where(col(Account.id).in_(sorted(accounts)))).all()
    return dict(found)


def facts(session: Session, case_id: str, limit: int, cursor: str | None) -> tuple[list[FactRow], str | None]:
    """A case's chain in order."""
    after = decode_cursor(cursor, int)[0] if cursor else 0
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
        bound = decode_cursor(cursor, datetime, str, str)
        query = query.where(tuple_(col(TaskRow.due_at), col(TaskRow.case_id), col(TaskRow.key)) > bound)
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
    # A subquery, not a join: a planner that sees joins may do them all before it takes the first page.
    leaver = (
        select(Employee.name)
        .join(CaseView, col(CaseView.employee_id) == col(Employee.id))
        .where(CaseView.case_id == NotificationRow.case_id)
        .correlate(NotificationRow)
        .scalar_subquery()
    )
    query = select(NotificationRow, leaver).where(NotificationRow.account == account)
    if cursor:
        place = tuple_(col(NotificationRow.at), col(NotificationRow.id))
        query = query.where(place < decode_cursor(cursor, datetime, int))
    rows = session.exec(
        query.order_by(col(NotificationRow.at).desc(), col(NotificationRow.id).desc()).limit(limit + 1)
    ).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1][0].at, page[-1][0].id) if len(rows) > limit else None


def documents(session: Session, case_id: str) -> list[Any]:
    """Documents of a case but for letters to customers, their content not loaded."""
    query = select(Document).options(defer(col(Document.content)))  # type: ignore[arg-type]  # sqlmodel's col()
    of_case = query.where(Document.case_id == case_id, Document.kind != INTRODUCTION)
    return list(session.exec(of_case.order_by(col(Document.at))).all())


def employees(session: Session, limit: int, cursor: str | None) -> tuple[list[Employee], str | None]:
    """The staff by number."""
    query = select(Employee)
    if cursor:
        query = query.where(Employee.number > decode_cursor(cursor, str)[0])
    rows = session.exec(query.order_by(col(Employee.number)).limit(limit + 1)).all()
    page = list(rows[:limit])
    return page, encode_cursor(page[-1].number) if len(rows) > limit else None


def accounts(session: Session, limit: int, cursor: str | None) -> tuple[list[Account], str | None]:
    """All accounts by login."""
    query = select(Account)
    if cursor:
        query = query.where(Account.login > decode_cursor(cursor, str)[0])
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


def open_cases_of(session: Session, accounts: Sequence[str]) -> list[str]:
    """Open cases in which one of these accounts takes part."""
    query = select(Participant.case_id).join(CaseView, col(CaseView.case_id) == col(Participant.case_id))
    return list(session.exec(query.where(col(Participant.account).in_(accounts), col(CaseView.open)).distinct()).all())


def closed_cases_asking(session: Session, accounts: Sequence[str]) -> list[str]:
    """Closed cases whose aftercare asks one of these accounts for something."""
    query = select(TaskRow.case_id).join(CaseView, col(CaseView.case_id) == col(TaskRow.case_id))
    return list(session.exec(query.where(col(TaskRow.account).in_(accounts), ~col(CaseView.open)).distinct()).all())


def templates(session: Session) -> list[Template]:
    """Every version of every checklist template, newest first."""
    return list(session.exec(select(Template).order_by(col(Template.key), col(Template.version).desc())).all())
