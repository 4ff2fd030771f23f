"""The notice period: when a resignation ends the employment."""

from datetime import date, datetime, timedelta

from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.plan import LegalAnswer
from domain.timezones import local_date


def notice_end(book: RuleBook, arrived_at: datetime, probation_until: date | None) -> tuple[date, LegalAnswer]:
    """The first day on which the notice may end, and the rule that says so. Raises NoRule.

    NOT-01: thirty calendar days; NOT-02: three in probation, judged on the day of arrival. NOT-06: the day of arrival
    is not counted, no roll-over for holidays. NOT-07: arrival starts the clock, in the pack's own time zone.
    """
    arrived_on = local_date(arrived_at, book.national.time_zone)
    in_probation = probation_until is not None and arrived_on <= probation_until
    rule = book.rule("NOT-02" if in_probation else "NOT-01", arrived_on)
    days = rule.number("notice_days")
    end = arrived_on + timedelta(days=days)
    return end, book.answer(rule.id, arrived_on, f"{arrived_on} + {days} = {end}", action=Action.RECORD)
