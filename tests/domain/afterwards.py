"""Cases after their last day, and how they live on: nothing but rules and a clock that jumps to what is due next."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from domain import aftercare, agenda, closing, non_compete, process
from domain.case import Case, Stage
from domain.change import Change, Fact, Rule
from domain.law.aftercare import plan
from domain.plan import NonCompetePlan
from models.law import library
from tests.domain import cases as c

AFTERCARE = plan(library().book(), c.LAST_DAY)
YEAR = NonCompetePlan(12, 3)


def left(months: int = 0) -> Case:
    """The last day has just ended; with a non-compete of so many months, which is enforced."""
    case = c.handing_over(aftercare=AFTERCARE, non_compete=replace(YEAR, months=months) if months else None)
    if months:
        case = non_compete.decide(case, c.HR, True, "it is needed", c.NOW).case
    return process.carry_out(closing.leave, case, c.OVER).case


def closed(months: int = 0) -> Case:
    """The case has closed, and its aftercare goes on alone."""
    case = replace(left(months), stage=Stage.COMPLETED, closed_at=c.OVER)
    return process.carry_out(aftercare.take_over, case, c.OVER).case


def lived(case: Case, until: datetime, now: datetime = c.OVER) -> tuple[Case, tuple[Fact, ...]]:
    """The case at `until`, and every fact on the way but reminders, if nobody did anything."""
    facts: list[Fact] = []
    while (due := agenda.next_due(case, now)) is not None and due <= until:
        assert due > now, f"{due} was due and still is"
        now = due
        change = process.carry_out(lambda case, now: Change(case), case, now)
        case = change.case
        facts += [fact for fact in change.facts if fact.kind != "DigestSent"]
    return case, tuple(facts)


def days(facts: tuple[Fact, ...]) -> list[tuple[str, str]]:
    """Kind and local instant of each."""
    return [(fact.kind, fact.at.astimezone(c.OVER.tzinfo).isoformat(timespec="minutes")[:16]) for fact in facts]


def on(day: date, rule: Rule, case: Case) -> Change:
    """The rule on that day at ten o'clock."""
    return process.carry_out(rule, case, c.opening(day) + timedelta(hours=1))


def without_duties() -> Case:
    """A law that knows no such duties."""
    case = closed()
    assert case.aftercare is not None
    return replace(case, aftercare=replace(case.aftercare, duties=()))
