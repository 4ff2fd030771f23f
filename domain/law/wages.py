"""When wages are due at the end of an employment (PAY-02), by statute and as far as a region tolerates it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action, LegalRule
from domain.working_days import Term, WorkingCalendar


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


def wages_terms(book: RuleBook, on: date) -> tuple[Term, ...]:
    """Within which days of the last one wages are paid: the statute's first, then the region's own, if it has one.

    Raises as `wages_due`.
    """
    regional = book.regional.find("PAY-02", on) if book.regional else None
    statute = RuleBook(book.national, review=book.review).rule("PAY-02", on)
    return tuple(_term(rule) for rule in (statute, regional) if rule is not None)


def wages_due(book: RuleBook, last_day: date, calendar: WorkingCalendar) -> WagesDue:
    """The day on which all wages are due: the last day by statute; a region's days only show what it tolerates.

    The stricter for the employee wins (PAY-02). Raises NoRule without the national rule, ValueError if a pack counts in
    neither calendar nor working days.
    """
    statute = RuleBook(book.national, review=book.review)
    days = [term.after(last_day, calendar) for term in wages_terms(book, last_day)]
    answers = [statute.answer("PAY-02", last_day, _working(statute.rule("PAY-02", last_day), last_day, days[0]))]
    if days[1:]:
        working = _working(book.rule("PAY-02", last_day), last_day, days[-1])
        answers.append(book.answer("PAY-02", last_day, working, action=Action.RECORD))
    return WagesDue(min(days), days[-1], tuple(answers))


def _term(rule: LegalRule) -> Term:
    return Term(rule.number("due_days"), Unit(rule.word("unit")) is Unit.WORKING)


def _working(rule: LegalRule, last_day: date, due: date) -> str:
    return f"{last_day.isoformat()} + {rule.number('due_days')} = {due.isoformat()}"
