"""Prevention: how complete files are, how much hangs on one head, what is unusual, before anybody resigns (S1.5)."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from sqlmodel import Session

from api.deps import CallerDep, EngineDep
from api.errors import documented
from api.routes.desk.common import Cursor, Limit, Purpose
from domain.desk.access import Action
from domain.desk.completeness import RECENT_DAYS, Criterion
from domain.desk.records import RecordKind
from domain.desk.turnover import twelve_months_until
from domain.errors import not_found
from models.desk import figures, files, habits, insight, people, weekly
from models.desk.insight_views import Completeness, Concentration, LackingCustomer, Unusual, WeekFigure
from models.desk.scopes import Within, reached
from models.desk.transactions import AT_WORK, Seen, read
from models.fields import Key
from models.queries import decode_cursor, encode_cursor
from models.views import Page
from texts import LANGUAGES, text

router = APIRouter(prefix="/desk/insight", tags=["figures"])
LISTS = "/api/v1/desk/insight/completeness"
WithinDays = Annotated[int, Query(ge=1, le=3650, description="So many days ago is recent")]


@router.get("/completeness", summary="How complete are customers' files?", responses=documented(401, 403, 422))
def read_completeness(
    caller: CallerDep,
    engine: EngineDep,
    within_days: WithinDays = RECENT_DAYS,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Completeness:
    """By team and by person: how many files fulfil each criterion, of how many. What is lacking can be filled in.

    Of one's own customers and those of everybody below; for HR, legal counsel and auditors, of all. `rules` says what
    each criterion asks, `lists` where the files that lack it are listed. Nothing follows from it by itself.
    """
    begins = decode_cursor(cursor, str)[0] if cursor else ""
    today = figures.today()

    def ask(session: Session, mine: Within) -> Seen:
        counted = files.by_owner(session, mine, insight.since(today, within_days))
        lines = [line for line in insight.people(session, counted) if line.person.number > begins]
        answer = Completeness(
            as_of=today,
            within_days=within_days,
            rules={criterion: _said(f"criterion.{criterion.value}", days=within_days) for criterion in Criterion},
            lists={c: f"{LISTS}/{c.value}?within_days={within_days}" for c in Criterion},
            teams=insight.teams(session, counted),
            people=lines[:limit],
            next=encode_cursor(lines[limit - 1].person.number) if len(lines) > limit else None,
        )
        return Seen(answer, sum(numbers["customers"] for numbers in counted.values()))

    answer: Completeness = figures.look(engine, caller, "completeness of files", ask).answer
    return answer


@router.get(
    "/completeness/{criterion}", summary="Customers whose files lack something", responses=documented(401, 403, 422)
)
def list_lacking(
    criterion: Criterion,
    caller: CallerDep,
    engine: EngineDep,
    owner: Annotated[Key | None, Query(description="Staff number of whose customers they are")] = None,
    within_days: WithinDays = RECENT_DAYS,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[LackingCustomer]:
    """The list behind a figure of completeness, by customer number: for whoever may read these customers."""
    recently = insight.since(figures.today(), within_days)

    def ask(session: Session, mine: Within) -> Seen:
        whose = people.id_of(session, owner) if owner is not None else None
        rows, after = insight.lacking(session, mine, criterion, recently, whose, limit, cursor)
        return Seen(Page(items=rows, next=after), len(rows))

    found: Page[LackingCustomer] = read(engine, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, ask)
    return found


@router.get("/history", summary="How figures stood week by week", responses=documented(401, 403, 404, 422))
def read_history(
    caller: CallerDep,
    engine: EngineDep,
    employee: Annotated[Key | None, Query(description="Staff number: only this person's")] = None,
    department: Annotated[Key | None, Query(description="Only of people who were in it then")] = None,
    weeks: Annotated[int, Query(ge=1, le=260)] = 26,
) -> list[WeekFigure]:
    """Completeness and turnover of those within reach, as each week began: the oldest week first.

    Completeness of each week is that of its own day, with 90 days as recent; turnover is that of the twelve months
    before, beside the company's.
    """
    first = weekly.week_of(figures.today()) - timedelta(weeks=weeks)

    def ask(session: Session, mine: Within) -> Seen:
        whose = people.id_of(session, employee) if employee is not None else None
        if whose is not None and not reached(session, mine, whose):
            raise not_found("employee.unknown", number=employee or "")
        rows = weekly.history(session, mine, whose, department, first)
        return Seen(rows, len(rows), whose or "")

    answer: list[WeekFigure] = figures.look(engine, caller, "figures by week", ask).answer
    return answer


@router.get("/concentration", summary="How much hangs on one head?", responses=documented(401, 403))
def read_concentration(caller: CallerDep, engine: EngineDep) -> Concentration:
    """Turnover of twelve months by whoever holds the customers now, and customers known through one person only.

    Of the people within reach, each currency by itself; `rules` says how shares and index are counted.
    """
    today = figures.today()
    year = twelve_months_until(today)

    def ask(session: Session, mine: Within) -> Seen:
        counted = files.by_owner(session, mine, insight.since(today, RECENT_DAYS)).values()
        answer = Concentration(
            first=year.first,
            last=year.last,
            rules={
                "share": _said("concentration.share"),
                "herfindahl": _said("concentration.herfindahl"),
                "one_contact": _said("concentration.one_contact"),
            },
            currencies=insight.concentration(session, mine, year),
            customers=sum(numbers["customers"] for numbers in counted),
            with_one_contact=sum(numbers["with_one_contact"] for numbers in counted),
            without_contact=sum(numbers["customers"] - numbers["contact"] for numbers in counted),
        )
        return Seen(answer, answer.customers)

    answer: Concentration = figures.look(engine, caller, "concentration of turnover", ask).answer
    return answer


@router.get("/unusual", summary="Reads and exports beside people's own habits", responses=documented(401, 403, 422))
def read_unusual(
    caller: CallerDep,
    engine: EngineDep,
    k: Annotated[int, Query(ge=1, le=100, description="How many deviations above the median stand out")] = 5,
    least: Annotated[int, Query(ge=1, le=1_000_000, description="Fewer records a day never stand out")] = 50,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Unusual:
    """For whoever leads the people, HR, legal counsel and auditors, and never of oneself. A person judges it.

    Days of the last 90 on which somebody read or exported far more records than on that person's own usual days. There
    is no score, nobody is compared with anybody else, nothing is restricted or told to anyone because of it, and the
    look itself is in the log of reads (PIP-07).
    """
    days = habits.days_until(figures.today())

    def ask(session: Session, mine: Within) -> Seen:
        page, after = habits.others(session, mine, caller, limit, cursor)
        answer = Unusual(
            first=days.first,
            last=days.last,
            k=k,
            least=least,
            rule=_said("unusual.rule", k=k, least=least),
            people=habits.habits(session, page, days, k, least),
            next=after,
        )
        return Seen(answer, len(page))

    answer: Unusual = figures.look(engine, caller, "unusual reads and exports", ask).answer
    return answer


def _said(key: str, **values: int) -> dict[str, str]:
    return {language: text(key, language, **values) for language in LANGUAGES}
