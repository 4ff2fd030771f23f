"""Reads and exports of people beside their own habit (S1.5): counts of the log of reads, day by day."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Subquery, func, literal, select, true, union_all
from sqlmodel import Session

from domain.desk.access import Action
from domain.desk.habit import DAYS, habit, unusual
from domain.desk.turnover import Days
from models.accounts import Caller
from models.database import UtcDateTime, table
from models.desk import turnover
from models.desk.figures import rounded, zone
from models.desk.insight_views import HabitView, PersonHabits, UnusualDay
from models.desk.scopes import Within
from models.desk.trail_tables import RecordRead
from models.desk.views import Person
from models.queries import decode_cursor, encode_cursor

_EMPLOYEE, _READ = turnover.EMPLOYEE, table(RecordRead)
_EXPORTS = tuple(action.value for action in Action if action.startswith("export_"))
_READS = tuple(action.value for action in Action if action.startswith("read_"))


def others(
    session: Session, mine: Within, caller: Caller, limit: int, cursor: str | None
) -> tuple[Sequence[Any], str | None]:
    """A page of the people within reach, by staff number; never the caller."""
    query = select(_EMPLOYEE.c.id, _EMPLOYEE.c.number, _EMPLOYEE.c.name).where(mine(_EMPLOYEE.c.id), _EMPLOYEE.c.active)
    if caller.employee_id is not None:
        query = query.where(_EMPLOYEE.c.id != caller.employee_id)
    if cursor:
        query = query.where(_EMPLOYEE.c.number > decode_cursor(cursor, str)[0])
    rows = session.execute(query.order_by(_EMPLOYEE.c.number).limit(limit + 1)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].number) if len(rows) > limit else None


def days_until(today: date) -> Days:
    """The days looked back on; today is not over."""
    return Days(today - timedelta(days=DAYS), today - timedelta(days=1))


def habits(session: Session, who: Sequence[Any], days: Days, k: int, least: int) -> list[PersonHabits]:
    """Reads and exports of these people on these days."""
    counted = _counted(session, [row.id for row in who], days)
    return [_habits(row, counted.get(row.id, {}), k, least) for row in who]


def _habits(row: Any, by_day: Mapping[date, tuple[int, int]], k: int, least: int) -> PersonHabits:
    at_work = {day: both for day, both in by_day.items() if any(both)}
    reads, exports = ({day: both[place] for day, both in at_work.items()} for place in (0, 1))
    return PersonHabits(
        person=Person(number=row.number, name=row.name),
        days=len(at_work),
        reads=_habit(reads, k, least),
        exports=_habit(exports, k, least),
    )


def _habit(by_day: Mapping[date, int], k: int, least: int) -> HabitView:
    usual = habit(list(by_day.values()), k)
    return HabitView(
        median=rounded(usual.median, 1),
        deviation=rounded(usual.deviation, 1),
        above=None if usual.above is None else rounded(usual.above, 1),
        unusual=[UnusualDay(day=day, records=by_day[day]) for day in unusual(by_day, usual, least)],
    )


def _counted(session: Session, ids: Sequence[str], days: Days) -> dict[str, dict[date, tuple[int, int]]]:
    """By person and day of the company's time zone: records read, and records exported.

    Each count is a short range of an index: a person's log may be long.
    """
    calendar = _calendar(days)
    reads, exports = (_records(calendar, actions) for actions in (_READS, _EXPORTS))
    query = select(_EMPLOYEE.c.id, calendar.c.day, reads, exports).join_from(_EMPLOYEE, calendar, true())
    found: dict[str, dict[date, tuple[int, int]]] = defaultdict(dict)
    for employee, day, read, exported in session.execute(query.where(_EMPLOYEE.c.id.in_(ids))):
        found[employee][date.fromisoformat(day)] = (int(read), int(exported))
    return found


def _calendar(days: Days) -> Subquery:
    """The days with the instants at which each begins and ends there: they have 23 or 25 hours in some places."""
    here = zone()
    dates = [days.first + timedelta(days=number) for number in range(len(days))]
    return union_all(
        *(
            select(
                literal(day.isoformat()).label("day"),
                literal(Days(day, day).starts(here), UtcDateTime()).label("starts"),
                literal(Days(day, day).ends(here), UtcDateTime()).label("ends"),
            )
            for day in dates
        )
    ).subquery("calendar")


def _records(calendar: Subquery, actions: Sequence[str]) -> Any:
    within = (_READ.c.at >= calendar.c.starts) & (_READ.c.at < calendar.c.ends)
    mine = (_READ.c.employee_id == _EMPLOYEE.c.id) & _READ.c.action.in_(actions)
    return select(func.coalesce(func.sum(_READ.c.records), 0)).where(mine, within).scalar_subquery()
