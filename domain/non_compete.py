"""The non-compete of a case (竞业限制): enforced or waived by a person, before the last day (NC-06).

Waived in time it costs nothing; after the last day the employee may claim extra months. A case never closes undecided.
"""

from dataclasses import replace
from datetime import datetime

from domain.case import Case, NonCompete, Stage
from domain.change import Change, Fact, FactValue, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.people import Actor, Role
from domain.plan import NonCompetePlan
from domain.timezones import end_of

_UNDECIDABLE = (Stage.OPENING, Stage.WITHDRAWING)


def from_plan(plan: NonCompetePlan | None, remind_at: datetime) -> NonCompete | None:
    """Undecided, if the contract has a non-compete at all."""
    return None if plan is None else NonCompete(plan.months, remind_at=remind_at)


def undecided(case: Case) -> bool:
    """True if somebody still has to say whether the non-compete is enforced."""
    return case.non_compete is not None and case.non_compete.enforced is None


def decide(case: Case, by: Actor, enforce: bool, reason: str, now: datetime) -> Change:
    """HR enforces the non-compete, with its monthly compensation, or waives it; once."""
    if not by.has(Role.HR) or by.account == case.agreed.leaver:
        raise forbidden("non_compete.only_hr")
    found = case.non_compete
    if found is None:
        raise not_found("non_compete.none")
    if case.stage in _UNDECIDABLE:
        raise conflict("non_compete.not_in_this_stage", stage=case.stage.value)
    if found.enforced is not None:
        raise conflict("non_compete.already_decided")
    if not reason:
        raise invalid("reason.required")
    in_time = now < end_of(case.final_day, case.agreed.calendar.zone)
    decided = replace(found, enforced=enforce, decided_by=by.account, decided_at=now, remind_at=None)
    planned = case.agreed.non_compete
    extra = planned.extra_months if planned and not enforce and not in_time else 0
    data: dict[str, FactValue] = {
        "months": found.months,
        "reason": reason,
        "in_time": in_time,
        "extra_months": extra,
        "rule": "NC-06",
    }
    if planned and planned.law:  # what stood against it, and was decided all the same
        data["against"] = tuple(f"{answer.rule_id}: {answer.answer}" for answer in planned.law)
    fact = Fact("NonCompeteEnforced" if enforce else "NonCompeteWaived", now, by.account, data)
    told = Notification("non_compete_enforced" if enforce else "non_compete_waived", (case.agreed.leaver,))
    return Change(replace(case, non_compete=decided), (fact,), (told,))
