"""The compensation of a non-compete, month by month: asked for, overdue, escalated (NC-03, NC-05, NC-06).

Which sum is paid is the payroll's business. When what follows is a matter of law: `domain/law/months_owed.py`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.caretakers import alarmed, asked
from domain.case import Case
from domain.change import Change, Fact, FactValue, Notification
from domain.law import months_owed
from domain.obligations import Aftercare, AftercarePlan, Compensation
from domain.timezones import end_of, local_date

ASKED_BEFORE = timedelta(days=7)
"""So long before its due day a month's compensation is asked for."""


def month(case: Case, number: int, due: date) -> Compensation:
    """A month of the non-compete, nothing done about it yet."""
    return Compensation(number, due, case.agreed.calendar.opening_on(due - ASKED_BEFORE))


def with_month(case: Case, found: Aftercare, changed: Compensation) -> Case:
    months = tuple(changed if month.month == changed.month else month for month in found.compensations or ())
    return replace(case, aftercare=replace(found, compensations=months))


def instants(case: Case, found: Aftercare) -> Iterator[datetime]:
    """When `advance` has something to do."""
    opening_on = case.agreed.calendar.opening_on
    for month in found.compensations or ():
        if month.settled:
            continue
        if month.remind_at is None:
            yield month.ask_at
        if month.overdue_at is None:
            yield opening_on(months_owed.overdue_on(month.due))
        elif month.escalated_at is None:
            yield opening_on(_escalate_on(case, found, month))
    if (day := _rescission_from(case, found)) is not None:
        yield opening_on(day)


def advance(case: Case, found: Aftercare, now: datetime) -> Change | None:
    """Does the first thing that is due; None if nothing is."""
    if found.compensations is None:
        return _schedule(case, found, now)
    for month in found.compensations:
        if not month.settled and (change := _about(case, found, month, now)) is not None:
            return change
    return _rescission(case, found, now)


def _schedule(case: Case, found: Aftercare, now: datetime) -> Change | None:
    """A non-compete that is enforced is paid for month by month, each at its end (NC-03)."""
    restraint, months = case.non_compete, _owed(case)
    if restraint is None or not months:
        return None
    scheduled = replace(case, aftercare=replace(found, compensations=months))
    data: dict[str, FactValue] = {"months": len(months), "rule": "NC-03" if restraint.enforced else "NC-06"}
    data |= {"first": months[0].due.isoformat(), "last": months[-1].due.isoformat()}
    return Change(scheduled, (Fact("CompensationScheduled", now, data=data),))


def _owed(case: Case) -> tuple[Compensation, ...]:
    """The months that a decided non-compete costs: a waiver after the last day those that may be claimed (NC-06)."""
    restraint, planned, zone = case.non_compete, case.agreed.non_compete, case.agreed.calendar.zone
    if restraint is None or restraint.decided_at is None:
        return ()
    if restraint.enforced:
        due = months_owed.due_days(case.final_day, restraint.months)
    else:
        late = restraint.decided_at >= end_of(case.final_day, zone)
        due = (local_date(restraint.decided_at, zone),) * (planned.extra_months if planned and late else 0)
    return tuple(month(case, number, day) for number, day in enumerate(due, 1))


def _about(case: Case, found: Aftercare, month: Compensation, now: datetime) -> Change | None:
    opening_on = case.agreed.calendar.opening_on
    rule, to = "NC-05", alarmed(case)
    if month.remind_at is None and now >= month.ask_at:
        changed = replace(month, remind_at=opening_on(month.due))
        fact, told, rule, to = "CompensationAsked", "compensation_asked", "NC-03", asked(case)
    elif month.overdue_at is None:
        if now < opening_on(months_owed.overdue_on(month.due)):
            return None
        changed, fact, told = replace(month, overdue_at=now), "CompensationOverdue", "compensation_overdue"
    elif month.escalated_at is None and now >= opening_on(_escalate_on(case, found, month)):
        changed, fact, told = replace(month, escalated_at=now), "CompensationEscalated", "compensation_escalated"
    else:
        return None
    due = month.due.isoformat()
    data: dict[str, FactValue] = {"month": month.month, "due": due, "rule": rule}
    note = Notification(told, to, (str(month.month), due))
    return Change(with_month(case, found, changed), (Fact(fact, now, data=data),), (note,))


def _escalate_on(case: Case, found: Aftercare, month: Compensation) -> date:
    """As if this month were the first that stays unpaid."""
    figures = _figures(case)
    rest = tuple(other for other in found.compensations or () if other.due >= month.due)
    leads_to = months_owed.rescission_from(rest, figures.unpaid_months) if _binds(case, found) else None
    return months_owed.escalate_on(month.due, leads_to, figures.escalate_days)


def _rescission_from(case: Case, found: Aftercare) -> date | None:
    """When the employee may rescind; None if that was said, does not come, or there is nothing to rescind."""
    if not found.compensations or found.rescindable_since is not None or not _binds(case, found):
        return None
    return months_owed.rescission_from(found.compensations, _figures(case).unpaid_months)


def _rescission(case: Case, found: Aftercare, now: datetime) -> Change | None:
    """NC-05: from that day on the employee may rescind; a payment made later does not take that away by itself."""
    since = _rescission_from(case, found)
    if since is None or now < case.agreed.calendar.opening_on(since):
        return None
    late = sum(months_owed.unpaid(month, since) for month in found.compensations or ())
    changed = replace(case, aftercare=replace(found, rescindable_since=since))
    fact = Fact("NonCompeteRescindable", now, data={"unpaid": late, "since": since.isoformat(), "rule": "NC-05"})
    return Change(changed, (fact,), (Notification("non_compete_rescindable", alarmed(case), (str(late),)),))


def _binds(case: Case, found: Aftercare) -> bool:
    """True while the employee is bound: who is free has nothing to rescind, whatever is still owed."""
    return case.non_compete is not None and bool(case.non_compete.enforced) and found.non_compete_ended_on is None


def _figures(case: Case) -> AftercarePlan:
    """What the case is pinned to; there is no aftercare without it."""
    if case.agreed.aftercare is None:
        raise ValueError(f"case {case.case_id} has no plan for the time after the last day")
    return case.agreed.aftercare
