"""Figures week by week: how they stood when a week began, so that people can see where they go."""

from datetime import date, timedelta

from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from domain.desk.completeness import RECENT_DAYS, Criterion
from domain.desk.turnover import Days, share, twelve_months_until
from models.database import reading, table, utc_now, writing
from models.desk import files, insight, turnover
from models.desk.figure_tables import WeeklyFigure
from models.desk.figures import shown_share, zone
from models.desk.insight_views import WeekFigure
from models.desk.scopes import Within, everybody

_WEEKLY = table(WeeklyFigure)
_TURNOVER = "turnover:"


def week_of(day: date) -> date:
    """Its Monday."""
    return day - timedelta(days=day.weekday())


def is_written(session: Session, week: date) -> bool:
    """True if the week's figures are there: they are written all at once."""
    return session.execute(select(_WEEKLY.c.week).where(_WEEKLY.c.week == week).limit(1)).first() is not None


def write_week(engine: Engine, today: date) -> int:
    """Writes how everybody's figures stand in this week, unless it is written; how many. Several may try at once."""
    week = week_of(today)
    with reading(engine) as session:
        if is_written(session, week):
            return 0
        rows = _rows(session, week, today)
    try:
        with writing(engine) as session:
            return _put(session, rows)
    except IntegrityError:  # somebody else has just written the same week
        return 0


def put_week(session: Session, day: date) -> int:
    """Writes a week in the caller's transaction: by what is on file now, and what had taken place by that day."""
    return _put(session, _rows(session, week_of(day), day))


def _put(session: Session, rows: list[dict[str, object]]) -> int:
    if rows:
        session.connection().execute(insert(_WEEKLY), rows)
    return len(rows)


def _rows(session: Session, week: date, today: date) -> list[dict[str, object]]:
    recent = insight.since(today, RECENT_DAYS)
    counted = files.by_owner(session, everybody, recent, Days(today, today).ends(zone()))
    year = twelve_months_until(today - timedelta(days=1))
    sold = turnover.by_owner(session, everybody, year, zone())
    company = turnover.of_company(session, year, zone())
    known = insight.staff(session, {*counted, *sold})
    rows = []
    for owner, row in known.items():
        numbers, sums = counted.get(owner, {}), sold.get(owner, {})
        figures = {c.value: (numbers[c.value], insight.asked(numbers, c)) for c in Criterion if numbers}
        figures |= {f"{_TURNOVER}{currency}": (part, company[currency]) for currency, part in sums.items()}
        common = {"week": week, "employee_id": owner, "department": row.department, "at": utc_now()}
        rows += [
            {**common, "figure": figure, "part": part, "whole": whole} for figure, (part, whole) in figures.items()
        ]
    return rows


def history(
    session: Session, mine: Within, employee: str | None, department: str | None, first: date
) -> list[WeekFigure]:
    """Of one person, of those who were in a department then, or of everybody within reach; the oldest week first."""
    wanted = (_WEEKLY.c.week >= first) & mine(_WEEKLY.c.employee_id)
    if employee is not None:
        wanted &= _WEEKLY.c.employee_id == employee
    if department is not None:
        wanted &= _WEEKLY.c.department == department
    columns = (_WEEKLY.c.week, _WEEKLY.c.figure)
    sums = (func.sum(_WEEKLY.c.part), func.sum(_WEEKLY.c.whole), func.max(_WEEKLY.c.whole))
    query = select(*columns, *sums).where(wanted).group_by(*columns).order_by(*columns)
    found = []
    for week, figure, part, together, company in session.execute(query):
        whole = int(company if figure.startswith(_TURNOVER) else together)
        found.append(
            WeekFigure(
                week=week, figure=figure, part=int(part), whole=whole, share=shown_share(share(int(part), whole))
            )
        )
    return found
