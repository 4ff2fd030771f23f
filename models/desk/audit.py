"""Who read what for which purpose, and who tried what: for auditors."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.desk.paging import Paged, page
from models.desk.trail_tables import Attempt, RecordRead
from models.tables import Account


@dataclass(frozen=True)
class ReadFilter:
    account: str | None = None
    record: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class AttemptFilter:
    employee: str | None = None
    """An employee's id."""
    case: str | None = None
    outcome: str | None = None


def reads(session: Session, wanted: ReadFilter, limit: int, cursor: str | None) -> Paged:
    """Rows of (RecordRead, name of who read), the newest first."""
    query = select(RecordRead, Account.name).join(Account, col(Account.id) == col(RecordRead.account))
    if wanted.account:
        query = query.where(RecordRead.account == wanted.account)
    if wanted.record:
        query = query.where(RecordRead.record_id == wanted.record)
    if wanted.since:
        query = query.where(RecordRead.at >= wanted.since)
    place = (col(RecordRead.at), col(RecordRead.id))
    return page(session, query, place, (datetime, int), limit, cursor, descending=True)


def attempts(session: Session, wanted: AttemptFilter, limit: int, cursor: str | None) -> Paged:
    """Rows of (Attempt, name of who tried), the newest first."""
    query = select(Attempt, Account.name).join(Account, col(Account.id) == col(Attempt.account))
    if wanted.employee:
        query = query.where(Attempt.employee_id == wanted.employee)
    if wanted.case:
        query = query.where(Attempt.case_id == wanted.case)
    if wanted.outcome:
        query = query.where(Attempt.outcome == wanted.outcome)
    place = (col(Attempt.at), col(Attempt.id))
    return page(session, query, place, (datetime, str), limit, cursor, descending=True)
