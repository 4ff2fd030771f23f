"""The outgoing mail: which letters are due, who is sending them, what became of them.

A letter is taken by moving its `mail_at` to the end of a lease, on the condition that it still is what was read: of
several dispatchers one succeeds. If that one dies, the lease runs out and the letter is due again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func
from sqlalchemy.engine import CursorResult
from sqlmodel import Session, col, select, update

from domain.case import Case
from domain.people import Text
from models import facts
from models.database import reading, writing
from models.projection import from_snapshot
from models.tables import Account, CaseView, ConnectedSystem, Employee, NotificationRow
from models.wording import Wording

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
ATTEMPTS = 12
"""Afterwards a letter has failed; with these pauses that is about 20 hours after the first attempt."""
FAILED = "NotificationFailed"


@dataclass(frozen=True)
class Letter:
    """One notification that this process alone sends now, until `lease`."""

    row: NotificationRow
    to: Account
    view: CaseView | None
    """Of the case it is about; empty if it is about none."""
    leaver: str
    systems: Mapping[str, Text]
    lease: datetime

    def wording(self) -> Wording:
        """The names it mentions, as the case stands now. Raises ValidationError if the snapshot is damaged."""
        case = from_snapshot(self.view.snapshot) if self.view else Case("", "", self.row.at)
        return Wording(case, self.leaver, self.systems)


def take(engine: Engine, now: datetime, limit: int, lease: timedelta) -> list[Letter]:
    """Up to `limit` letters that are due, the oldest first. A row taken counts as attempted, come what may."""
    with reading(engine) as session:
        due = session.exec(
            select(NotificationRow.id, NotificationRow.mail_at)
            .where(NotificationRow.mail == "waiting", col(NotificationRow.mail_at) <= now)
            .order_by(col(NotificationRow.mail_at), col(NotificationRow.id))
            .limit(limit)
        ).all()
    if not due:
        return []
    until = now + lease
    attempts = col(NotificationRow.mail_attempts) + 1
    with writing(engine) as session:
        mine = [
            number
            for number, seen in due
            if number is not None and _move(session, number, seen, mail_at=until, mail_attempts=attempts)
        ]
    return _letters(engine, mine, until)


def sent(engine: Engine, letter: Letter, now: datetime) -> None:
    """The mail server has accepted it."""
    _settle(engine, letter, mail="sent", mail_at=now, mail_error="")


def unneeded(engine: Engine, letter: Letter) -> None:
    """There is nothing left to say, or nobody to say it to."""
    _settle(engine, letter, mail="none", mail_at=None, mail_error="")


def released(engine: Engine, letters: Sequence[Letter], now: datetime) -> None:
    """Taken, and not tried after all: due at once, for whoever comes."""
    for letter in letters:
        _settle(engine, letter, mail_at=now, mail_attempts=letter.row.mail_attempts - 1)


def failed(engine: Engine, letter: Letter, problem: str, now: datetime) -> bool:
    """Tried in vain: due again after a pause that doubles. True if that was the last attempt; the ledger tells it."""
    attempts = letter.row.mail_attempts
    if attempts < ATTEMPTS:
        pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
        _settle(engine, letter, mail_at=now + pause, mail_error=problem)
        return False
    with writing(engine) as session:
        # The case's row first, as the ledger does: facts of one case are written one after another.
        held = select(CaseView.case_id).where(CaseView.case_id == letter.row.case_id).with_for_update()
        of_a_case = session.exec(held).one_or_none() is not None
        if _move(session, letter.row.id, letter.lease, mail="failed", mail_at=now, mail_error=problem) and of_a_case:
            data = {
                "notification": letter.row.kind,
                "account": letter.row.account,
                "attempts": attempts,
                "problem": problem,
            }
            facts.append_foreign(session, letter.row.case_id, FAILED, "", data, now)
    return True


def none_wanted(engine: Engine) -> int:
    """No mail server is set up: nothing waits for one. Returns how many letters were let go."""
    with reading(engine) as session:
        if session.exec(select(NotificationRow.id).where(NotificationRow.mail == "waiting").limit(1)).first() is None:
            return 0
    waiting = update(NotificationRow).where(col(NotificationRow.mail) == "waiting").values(mail="none", mail_at=None)
    with writing(engine) as session:
        result: CursorResult[Any] = session.execute(waiting)  # type: ignore[assignment]  # what an UPDATE returns
        return result.rowcount


def _settle(engine: Engine, letter: Letter, **values: Any) -> None:
    with writing(engine) as session:
        _move(session, letter.row.id, letter.lease, **values)


def _move(session: Session, number: int | None, seen: datetime | None, **values: Any) -> bool:
    """Changes a waiting row if its `mail_at` is still the one seen; True if it was."""
    change = (
        update(NotificationRow)
        .where(
            col(NotificationRow.id) == number,
            col(NotificationRow.mail) == "waiting",
            col(NotificationRow.mail_at) == seen,
        )
        .values(**values)
    )
    result: CursorResult[Any] = session.execute(change)  # type: ignore[assignment]  # what an UPDATE returns
    return result.rowcount == 1


def _letters(engine: Engine, numbers: list[int], lease: datetime) -> list[Letter]:
    with reading(engine) as session:
        systems = {s.key: Text(s.name_zh, s.name_en) for s in session.exec(select(ConnectedSystem)).all()}
        rows = session.exec(
            select(NotificationRow, Account, CaseView, func.coalesce(col(Employee.name), ""))
            .join(Account, col(Account.id) == col(NotificationRow.account))
            .join(
                CaseView, col(CaseView.case_id) == col(NotificationRow.case_id), isouter=True
            )  # none if it is of no case
            .join(Employee, col(Employee.id) == col(CaseView.employee_id), isouter=True)  # none once erased
            .where(col(NotificationRow.id).in_(numbers))
            .order_by(col(NotificationRow.id))
        ).all()
        session.expunge_all()
    return [Letter(row, account, view, leaver, systems, lease) for row, account, view, leaver in rows]
