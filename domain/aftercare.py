"""After the last day: duties to offices, the compensation of a non-compete, and the limitation of claims.

None of it waits for the handover, and the case may close long before it is over (HND-02). Each instant acts once.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain.case import CLOSED_STAGES, Case, Stage
from domain.change import Change, Fact, FactValue, Notification
from domain.law.periods import add_months, add_years
from domain.obligations import Aftercare, Compensation, Duty, DutyKind
from domain.timezones import at_local, end_of, local_date

ASKED_BEFORE = timedelta(days=7)
"""So long before its due day a month's compensation is asked for."""
_LIVES = (Stage.LEAVING, Stage.PURSUING, *CLOSED_STAGES)


def begin(case: Case, now: datetime) -> Change:
    """The last day is over: every duty gets its day, and the year for claims begins (CRT-02, CRT-03, LIM-01)."""
    plan = case.agreed.aftercare
    if plan is None:
        return Change(case)
    calendar, last_day = case.agreed.calendar, case.final_day
    duties = tuple(
        Duty(
            duty.kind,
            duty.rule,
            last_day + timedelta(days=duty.days),
            calendar.opening_after(end_of(last_day, calendar.zone) - timedelta(seconds=1), 1),
            last_day + timedelta(days=duty.warn_days) if duty.warn_days is not None else None,
        )
        for duty in plan.duties
    )
    until = add_years(last_day, plan.arbitration_years)
    data: dict[str, FactValue] = {
        "duties": tuple(f"{duty.kind.value}:{duty.due.isoformat()}:{duty.rule}" for duty in duties),
        "arbitration_until": until.isoformat(),
        "rule": "LIM-01",
    }
    begun = replace(case, aftercare=Aftercare(until, duties))
    return Change(begun, (Fact("AftercareBegun", now, data=data),), (Notification("aftercare_begun", asked(case)),))


def lives(case: Case) -> Aftercare | None:
    """The aftercare of a case in which it has begun and has not ended."""
    found = case.aftercare
    return found if found is not None and found.ended_at is None and case.stage in _LIVES else None


def looked_after_alone(case: Case) -> bool:
    """True if the case has closed, and a workflow of its own looks after what is left."""
    found = lives(case)
    return found is not None and found.alone


def missed(case: Case) -> tuple[DutyKind, ...]:
    """The duties that were not done in time, also if they were done later."""
    return tuple(duty.kind for duty in (case.aftercare.duties if case.aftercare else ()) if duty.missed_at is not None)


def purpose_met(case: Case, now: datetime) -> bool:
    """True as soon as nothing is left to look after; a legal hold keeps the file in use."""
    found = lives(case)
    if found is None or not found.alone or found.restricted_at is not None or case.hold is not None:
        return False
    pending = any(duty.done_on is None for duty in found.duties)
    owed = any(not month.settled for month in found.compensations or ())
    return not pending and not owed and found.limitation_over_at is not None


def end(case: Case, now: datetime) -> Change:
    """Everything is done or can't be claimed any more, and what was kept of it is erased."""
    found = of(case)
    fact = Fact("AftercareEnded", now, data={"arbitration_until": found.arbitration_until.isoformat()})
    return Change(replace(case, aftercare=replace(found, ended_at=now)), (fact,))


def take_over(case: Case, now: datetime) -> Change:
    """The case has closed; from here on a workflow of its own looks after what is left."""
    found = lives(case)
    if found is None or found.alone:
        return Change(case)
    return Change(replace(case, aftercare=replace(found, alone=True)), (Fact("AftercareAlone", now),))


def instants(case: Case) -> Iterator[datetime]:
    """When `advance` has something to do; reminders are the agenda's."""
    found = lives(case)
    if found is None:
        return
    calendar = case.agreed.calendar
    for duty in found.duties:
        if duty.done_on is None:
            if duty.warn_on is not None and duty.warned_at is None and duty.missed_at is None:
                yield at_local(duty.warn_on, calendar.opens_at, calendar.zone)
            if duty.missed_at is None:
                yield end_of(duty.due, calendar.zone)
    for month in found.compensations or ():
        if month.settled:
            continue
        if month.remind_at is None:
            yield month.ask_at
        if month.overdue_at is None:
            yield _morning_after(case, month)
        if month.escalated_at is None:
            yield _escalation(case, month)
    if found.limitation_over_at is None:
        yield end_of(found.arbitration_until, calendar.zone)


def advance(case: Case, now: datetime) -> Change:
    """Does the first thing that is due; nothing, if nothing is."""
    found = lives(case)
    if found is not None:
        for step in (_schedule, _duties, _compensations, _rescission, _limitation):
            if (change := step(case, found, now)) is not None:
                return change
    return Change(case)


def with_duty(case: Case, changed: Duty) -> Case:
    found = of(case)
    duties = tuple(changed if duty.kind is changed.kind else duty for duty in found.duties)
    return replace(case, aftercare=replace(found, duties=duties))


def with_month(case: Case, changed: Compensation) -> Case:
    found = of(case)
    months = tuple(changed if month.month == changed.month else month for month in found.compensations or ())
    return replace(case, aftercare=replace(found, compensations=months))


def compensation(case: Case, month: int, due: date) -> Compensation:
    """The compensation of that month of the non-compete, nothing done about it yet."""
    calendar = case.agreed.calendar
    return Compensation(month, due, at_local(due - ASKED_BEFORE, calendar.opens_at, calendar.zone))


def _schedule(case: Case, found: Aftercare, now: datetime) -> Change | None:
    """A non-compete that is enforced is paid for month by month, each at its end (NC-03)."""
    months = _owed(case) if found.compensations is None else ()
    if not months:
        return None
    scheduled = replace(case, aftercare=replace(found, compensations=months))
    rule = "NC-03" if case.non_compete and case.non_compete.enforced else "NC-06"
    data: dict[str, FactValue] = {"months": len(months), "rule": rule}
    data |= {"first": months[0].due.isoformat(), "last": months[-1].due.isoformat()}
    return Change(scheduled, (Fact("CompensationScheduled", now, data=data),))


def _owed(case: Case) -> tuple[Compensation, ...]:
    """The months that a decided non-compete costs: a waiver after the last day those that may be claimed (NC-06)."""
    restraint, planned = case.non_compete, case.agreed.non_compete
    if restraint is None or restraint.decided_at is None:
        return ()
    if restraint.enforced:
        due = [add_months(case.final_day, month) for month in range(1, restraint.months + 1)]
    else:
        late = restraint.decided_at >= end_of(case.final_day, _zone(case))
        due = [local_date(restraint.decided_at, _zone(case))] * (planned.extra_months if planned and late else 0)
    return tuple(compensation(case, month, day) for month, day in enumerate(due, 1))


def _duties(case: Case, found: Aftercare, now: datetime) -> Change | None:
    calendar = case.agreed.calendar
    for duty in found.duties:
        if duty.done_on is not None:
            continue
        if duty.missed_at is None and now >= end_of(duty.due, calendar.zone):
            changed, fact, told = replace(duty, missed_at=now), "DutyMissed", "duty_missed"
        elif (
            duty.warned_at is None
            and duty.missed_at is None
            and duty.warn_on is not None
            and now >= at_local(duty.warn_on, calendar.opens_at, calendar.zone)
        ):
            changed, fact, told = replace(duty, warned_at=now), "DutyWarned", "duty_warned"
        else:
            continue
        kind, due = duty.kind.value, duty.due.isoformat()
        data = {"duty": kind, "due": due, "rule": duty.rule}
        return _told(with_duty(case, changed), Fact(fact, now, data=data), told, alarmed(case), kind, due)
    return None


def _compensations(case: Case, found: Aftercare, now: datetime) -> Change | None:
    for month in found.compensations or ():
        if month.settled:
            continue
        number, due = str(month.month), month.due.isoformat()
        data: dict[str, FactValue] = {"month": month.month, "due": due, "rule": "NC-05"}
        if month.remind_at is None and now >= month.ask_at:
            put = replace(month, remind_at=at_local(month.due, case.agreed.calendar.opens_at, _zone(case)))
            fact = Fact("CompensationAsked", now, data={**data, "rule": "NC-03"})
            return _told(with_month(case, put), fact, "compensation_asked", asked(case), number, due)
        if month.overdue_at is None and now >= _morning_after(case, month):
            fact, late = Fact("CompensationOverdue", now, data=data), replace(month, overdue_at=now)
            return _told(with_month(case, late), fact, "compensation_overdue", alarmed(case), number, due)
        if month.escalated_at is None and now >= _escalation(case, month):
            fact, late = Fact("CompensationEscalated", now, data=data), replace(month, escalated_at=now)
            return _told(with_month(case, late), fact, "compensation_escalated", alarmed(case), number, due)
    return None


def _rescission(case: Case, found: Aftercare, now: datetime) -> Change | None:
    """NC-05: from here on the employee may rescind; a payment made later does not take that away by itself."""
    late = sum(month.overdue_at is not None and not month.settled for month in found.compensations or ())
    plan = case.agreed.aftercare
    if plan is None or found.rescindable_since is not None or late < plan.unpaid_months:
        return None
    since = local_date(now, _zone(case))
    changed = replace(case, aftercare=replace(found, rescindable_since=since))
    fact = Fact("NonCompeteRescindable", now, data={"unpaid": late, "since": since.isoformat(), "rule": "NC-05"})
    return _told(changed, fact, "non_compete_rescindable", alarmed(case), str(late))


def _limitation(case: Case, found: Aftercare, now: datetime) -> Change | None:
    if found.limitation_over_at is not None or now < end_of(found.arbitration_until, _zone(case)):
        return None
    changed = replace(case, aftercare=replace(found, limitation_over_at=now))
    until = found.arbitration_until.isoformat()
    fact = Fact("LimitationOver", now, data={"until": until, "rule": "LIM-01"})
    return _told(changed, fact, "limitation_over", asked(case), until)


def _told(changed: Case, fact: Fact, kind: str, to: tuple[str, ...], *subjects: str) -> Change:
    return Change(changed, (fact,), (Notification(kind, to, subjects),))


def _morning_after(case: Case, month: Compensation) -> datetime:
    return at_local(month.due + timedelta(days=1), case.agreed.calendar.opens_at, _zone(case))


def _escalation(case: Case, month: Compensation) -> datetime:
    """NC-05: sixty days after it was due, and in any case before a third month could fall overdue."""
    plan = case.agreed.aftercare
    wait, months = (plan.escalate_days, plan.unpaid_months) if plan else (0, 1)
    day = min(month.due + timedelta(days=wait), add_months(month.due, months - 1))
    return at_local(max(day, month.due + timedelta(days=1)), case.agreed.calendar.opens_at, _zone(case))


def asked(case: Case) -> tuple[str, ...]:
    """Who does what is left: HR in charge, or counsel once that person has left. Any HR officer may enter it."""
    counsel = tuple(account for account in case.agreed.counsel if account not in case.departed)
    return counsel if case.agreed.hr in case.departed else (case.agreed.hr,)


def alarmed(case: Case) -> tuple[str, ...]:
    """Who hears of what was missed."""
    counsel = (account for account in case.agreed.counsel if account not in case.departed)
    return tuple(dict.fromkeys((*asked(case), *counsel)))


def _zone(case: Case) -> str:
    return case.agreed.calendar.zone


def of(case: Case) -> Aftercare:
    """The aftercare of a case that has one. Raises ValueError."""
    if case.aftercare is None:
        raise ValueError(f"case {case.case_id} has no aftercare yet")
    return case.aftercare
