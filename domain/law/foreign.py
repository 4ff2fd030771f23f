"""What an unverified notice template of another jurisdiction says (FGN-01). It warns, and refuses what can not be."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from domain.errors import invalid
from domain.law.answers import LegalAnswer
from domain.law.endings import Ending
from domain.law.notice_facts import NoticeFacts, Road, agreed_day, contract_end
from domain.law.periods import add_months, add_years
from domain.law.rulebook import RuleBook
from domain.law.rules import LegalRule

RULE = "FGN-01"

_STEP = re.compile(r"(\d+)([dwmy]):(\d+)([dwmy])")
_LATER: dict[str, Callable[[date, int], date]] = {
    "d": lambda start, many: start + timedelta(days=many),
    "w": lambda start, many: start + timedelta(weeks=many),
    "m": add_months,
    "y": add_years,
}


def earliest_last_day(rule: LegalRule, arrived_on: date, facts: NoticeFacts) -> tuple[date, str]:
    """The day on which the notice ends, and the working.

    In probation the template's own period counts; later what was agreed, but never less than the template's minimum;
    else the step that the length of service has reached, or the template's usual notice. Raises Refusal if the notice
    is from before the service.
    """
    if facts.hired_on is not None and facts.hired_on > arrived_on:
        raise invalid("notice.hired_after_arrival", hired=facts.hired_on.isoformat())
    if in_probation(rule, arrived_on, facts):
        many, unit = rule.number("probation_notice"), rule.word("probation_unit")[0]
        return _ends(arrived_on, many, unit, rule.word("probation_count_start"))
    many, unit = _of_service(rule, arrived_on, facts.hired_on)
    if facts.agreed_notice_days:
        many, unit = max(facts.agreed_notice_days, rule.number("agreed_min_days")), "d"
    end, working = _ends(arrived_on, many, unit, rule.word("count_start"))
    anchored = _ANCHORS[rule.word("end_anchor")](end)
    return anchored, working if anchored == end else f"{working} → {anchored}"


def in_probation(rule: LegalRule, arrived_on: date, facts: NoticeFacts) -> bool:
    """True on the day of arrival; probation lasts no longer than the place allows, whatever was agreed."""
    if facts.probation_until is None or arrived_on > facts.probation_until:
        return False
    most = rule.number("probation_most_months")
    return not most or facts.hired_on is None or arrived_on < add_months(facts.hired_on, most)


def _service_unknown(rule: LegalRule, arrived_on: date, facts: NoticeFacts) -> bool:
    """True if the length of service decides, and nobody knows it."""
    return facts.hired_on is None and bool(rule.words("tenure_steps")) and not in_probation(rule, arrived_on, facts)


def _of_service(rule: LegalRule, arrived_on: date, hired_on: date | None) -> tuple[int, str]:
    """The step that the service has reached; the longest if nobody knows since when: no one leaves too early then."""
    many, unit = rule.number("notice"), rule.word("unit")[0]
    for step in rule.words("tenure_steps"):
        found = _STEP.fullmatch(step)
        if found and (hired_on is None or _LATER[found[2]](hired_on, int(found[1])) <= arrived_on):
            many, unit = int(found[3]), found[4]
    return many, unit


def _ends(arrived_on: date, many: int, unit: str, count_start: str) -> tuple[date, str]:
    """The last day of the period. If it begins with the day of arrival, that day is its first."""
    end = _LATER[unit](arrived_on, many)
    period = f"P{many}{unit.upper()}"
    if many and count_start == "same_day":
        end -= timedelta(days=1)
        return end, f"{arrived_on} + {period} − P1D = {end}"
    return end, f"{arrived_on} + {period} = {end}"


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_ANCHORS: dict[str, Callable[[date], date]] = {
    "any": lambda day: day,
    "15th_or_month_end": lambda day: day.replace(day=15) if day.day <= 15 else _month_end(day),
    "month_end": _month_end,
}


def _resignation(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    """FGN-01: by the template, which also says what form the notice takes there."""
    rule = book.rule(RULE, arrived_on)
    end, working = earliest_last_day(rule, arrived_on, facts)
    law = (book.answer(rule.id, arrived_on, working), *_by_template(book, arrived_on))
    if _service_unknown(rule, arrived_on, facts):
        law = (*law, book.answer(rule.id, arrived_on, working, reason="service_unknown"))
    form = rule.word("form")
    if form == "wet_ink":
        return end, (*law, book.answer(rule.id, arrived_on, form, reason="notice_on_paper_only"))
    if form == "written":
        return end, (*law, book.answer(rule.id, arrived_on, form, reason="notice_in_writing"))
    return end, law


def _fault(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    return arrived_on, _by_template(book, arrived_on)


def _mutual(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    agreed_day(facts, ("employee", "employer"))
    return arrived_on, _by_template(book, arrived_on)


def _expiry(book: RuleBook, facts: NoticeFacts, arrived_on: date) -> Road:
    return contract_end(facts, arrived_on), _by_template(book, arrived_on)


def _by_template(book: RuleBook, arrived_on: date) -> tuple[LegalAnswer, ...]:
    place = book.national.jurisdiction
    return (book.answer(RULE, arrived_on, place, reason="template_unverified", place=place),)


ROADS: Mapping[Ending, Callable[[RuleBook, NoticeFacts, date], Road]] = {
    Ending.RESIGNATION: _resignation,
    Ending.EMPLOYER_FAULT: _fault,
    Ending.MUTUAL: _mutual,
    Ending.EXPIRY: _expiry,
}
