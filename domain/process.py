"""The process as it stands on paper: how long each stage of a case lasts, and what ends it.

`carry_out` is the one way in which anything happens to a case: a rule, and everything that follows from it at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain import access, aftercare, agenda, closing, retention, settlement
from domain.case import Case, Stage
from domain.change import Change, Rule


@dataclass(frozen=True)
class Passage:
    """A case stays in `stage` `until` that is so, and leaves it as `then` says."""

    stage: Stage
    until: Callable[[Case, datetime], bool]
    then: Rule


def _enter(stage: Stage) -> Rule:
    return lambda case, now: closing.enter(case, stage, now)


def _purpose_met(case: Case, now: datetime) -> bool:
    """Nothing is left to look after, and everything is paid."""
    return aftercare.purpose_met(case, now) and settlement.settled(case)


PROCESS = (
    Passage(Stage.FREEZING, until=closing.freeze_answered, then=_enter(Stage.HANDING_OVER)),
    Passage(Stage.HANDING_OVER, until=closing.signing_begins, then=_enter(Stage.SIGNING)),
    Passage(Stage.SIGNING, until=closing.signing_ends, then=_enter(Stage.AWAITING_LAST_DAY)),
    Passage(Stage.AWAITING_LAST_DAY, until=closing.last_day_over, then=closing.leave),
    Passage(Stage.LEAVING, until=closing.access_ended, then=_enter(Stage.PURSUING)),
    Passage(Stage.PURSUING, until=closing.may_close, then=closing.close),
    Passage(Stage.WITHDRAWING, until=closing.undone, then=closing.withdrawn),
    *(
        passage
        for closed in (Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS)
        for passage in (
            Passage(closed, until=_purpose_met, then=retention.restrict),
            Passage(closed, until=retention.over, then=aftercare.end),
        )
    ),
)


def carry_out(rule: Rule, case: Case, now: datetime) -> Change:
    """The rule, then whatever is due, then every passage whose time has come. Raises what the rule raises."""
    change = rule(case, now)
    while (more := _next(change.case, now)) is not None:
        change = change.then(more)
    return change


def _next(case: Case, now: datetime) -> Change | None:
    """One thing more that follows by itself; None if the case now waits for somebody, a system or the clock."""
    settled = access.settle(case, now)
    if settled is not case:
        return Change(settled)
    due = agenda.advance(case, now)
    if due.facts:
        return due
    for passage in PROCESS:
        if case.stage is passage.stage and passage.until(case, now):
            return passage.then(case, now)
    return None
