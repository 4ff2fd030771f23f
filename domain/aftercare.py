"""After the last day: duties to offices, the compensation of a non-compete, and the limitation of claims.

None of it waits for the handover, and the case may close long before it is over (HND-02). Each instant acts once.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from domain import compensation
from domain.caretakers import alarmed, asked
from domain.case import CLOSED_STAGES, Case, Stage
from domain.change import Change, Fact, FactValue, Notification
from domain.law.periods import add_years
from domain.obligations import Aftercare, Duty, DutyKind
from domain.timezones import end_of

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
                yield calendar.opening_on(duty.warn_on)
            if duty.missed_at is None:
                yield end_of(duty.due, calendar.zone)
    yield from compensation.instants(case, found)
    if found.limitation_over_at is None:
        yield end_of(found.arbitration_until, calendar.zone)


def advance(case: Case, now: datetime) -> Change:
    """Does the first thing that is due; nothing, if nothing is."""
    found = lives(case)
    if found is not None:
        for step in (compensation.advance, _duties, _limitation):
            if (change := step(case, found, now)) is not None:
                return change
    return Change(case)


def with_duty(case: Case, changed: Duty) -> Case:
    found = of(case)
    duties = tuple(changed if duty.kind is changed.kind else duty for duty in found.duties)
    return replace(case, aftercare=replace(found, duties=duties))


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
            and now >= calendar.opening_on(duty.warn_on)
        ):
            changed, fact, told = replace(duty, warned_at=now), "DutyWarned", "duty_warned"
        else:
            continue
        kind, due = duty.kind.value, duty.due.isoformat()
        data = {"duty": kind, "due": due, "rule": duty.rule}
        return _told(with_duty(case, changed), Fact(fact, now, data=data), told, alarmed(case), kind, due)
    return None


def _limitation(case: Case, found: Aftercare, now: datetime) -> Change | None:
    if found.limitation_over_at is not None or now < end_of(found.arbitration_until, _zone(case)):
        return None
    changed = replace(case, aftercare=replace(found, limitation_over_at=now))
    until = found.arbitration_until.isoformat()
    fact = Fact("LimitationOver", now, data={"until": until, "rule": "LIM-01"})
    return _told(changed, fact, "limitation_over", asked(case), until)


def _told(changed: Case, fact: Fact, kind: str, to: tuple[str, ...], *subjects: str) -> Change:
    return Change(changed, (fact,), (Notification(kind, to, subjects),))


def _zone(case: Case) -> str:
    return case.agreed.calendar.zone


def of(case: Case) -> Aftercare:
    """The aftercare of a case that has one. Raises ValueError."""
    if case.aftercare is None:
        raise ValueError(f"case {case.case_id} has no aftercare yet")
    return case.aftercare
