"""When wages are due at the end of an employment (PAY-02), by statute and as far as a region tolerates it."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action, LegalRule
from domain.working_days import WorkingCalendar


class Unit(StrEnum):
    """How a pack counts days of payment."""

    CALENDAR = "calendar"
    WORKING = "working"


@dataclass(frozen=True)
class WagesDue:
    due: date
    """The day to pay by: the earlier of statute and region."""
    tolerated_until: date
    """The last day that the region's own rule tolerates; `due` where it has none."""
    answers: tuple[LegalAnswer, ...]


def wages_due(book: RuleBook, last_day: date, calendar: WorkingCalendar) -> WagesDue:
    """The day on which all wages are due: the last day by statute; a region's days only show what it tolerates.

    The stricter for the employee wins (PAY-02). Raises NoRule without the national rule, ValueError if a pack counts in
    neither calendar nor working days.
    """
    statute = RuleBook(book.national, review=book.review)
    national = _day(statute.rule("PAY-02", last_day), last_day, calendar)
    found = book.regional.find("PAY-02", last_day) if book.regional else None
    answers = [statute.answer("PAY-02", last_day, _working(statute.rule("PAY-02", last_day), last_day, national))]
    if found is None:
        return WagesDue(national, national, tuple(answers))
    regional = _day(found, last_day, calendar)
    answers.append(book.answer("PAY-02", last_day, _working(found, last_day, regional), action=Action.RECORD))
    return WagesDue(min(national, regional), regional, tuple(answers))


def _day(rule: LegalRule, last_day: date, calendar: WorkingCalendar) -> date:
    days = rule.number("due_days")
    if Unit(rule.word("unit")) is Unit.WORKING:
        return calendar.working_day_after(last_day, days)
    return last_day + timedelta(days=days)


def _working(rule: LegalRule, last_day: date, due: date) -> str:
    return f"{last_day.isoformat()} + {rule.number('due_days')} = {due.isoformat()}"
