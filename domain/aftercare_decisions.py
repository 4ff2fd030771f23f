"""What people enter after the last day: a duty done, a month paid or excused, a claim raised, a non-compete ended."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from domain import aftercare, compensation, retention
from domain.caretakers import alarmed
from domain.case import Case, Side
from domain.change import Change, Fact, FactValue, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.law.periods import add_years
from domain.obligations import Aftercare, Compensation, DutyKind, InterruptionKind
from domain.people import Actor, Role
from domain.timezones import local_date


def complete_duty(case: Case, by: Actor, kind: DutyKind, done_on: date, reference: str, now: datetime) -> Change:
    """HR has done a duty with an office (CRT-02, CRT-03); also if it was done late."""
    found = _looked_after(case, by, now, done_on)
    arrived_on = local_date(case.arrived_at, case.agreed.calendar.zone)
    if done_on < arrived_on:
        raise invalid("aftercare.before_the_notice", day=done_on.isoformat(), arrived=arrived_on.isoformat())
    duty = next((duty for duty in found.duties if duty.kind is kind), None)
    if duty is None:
        raise not_found("aftercare.no_such_duty", duty=kind.value)
    if duty.done_on is not None:
        raise conflict("aftercare.duty_done_already", day=duty.done_on.isoformat())
    done = replace(duty, done_on=done_on, done_by=by.account, reference=reference)
    data = {
        "duty": kind.value,
        "done_on": done_on.isoformat(),
        "late": done_on > duty.due,
        "reference": reference,
        "rule": duty.rule,
    }
    return Change(aftercare.with_duty(case, done), (Fact("DutyDone", now, by.account, data),))


def confirm_compensation(case: Case, by: Actor, month: int, paid_on: date, reference: str, now: datetime) -> Change:
    """A month of the non-compete was paid (NC-03)."""
    found = _looked_after(case, by, now, paid_on)
    paid = replace(_unsettled(found, month), paid_on=paid_on, reference=reference)
    data: dict[str, FactValue] = {"month": month, "paid_on": paid_on.isoformat(), "late": paid_on > paid.due}
    data |= {"reference": reference, "rule": "NC-03"}
    return Change(compensation.with_month(case, found, paid), (Fact("CompensationPaid", now, by.account, data),))


def excuse_compensation(case: Case, by: Actor, month: int, reason: str, now: datetime) -> Change:
    """A month can't be paid for a reason on the employee's side: it counts as no arrears of the employer (NC-05)."""
    found = _looked_after(case, by, now)
    excused = replace(_unsettled(found, month), excused_because=reason)
    if not reason:
        raise invalid("reason.required")
    fact = Fact("CompensationExcused", now, by.account, {"month": month, "reason": reason, "rule": "NC-05"})
    return Change(compensation.with_month(case, found, excused), (fact,))


def record_interruption(
    case: Case, by: Actor, kind: InterruptionKind, on: date, reference: str, now: datetime
) -> Change:
    """A claim, a complaint or a promise begins the year anew, also when it was over (LIM-01): the file is in use again.

    An earlier one than those that are known changes nothing but the record.
    """
    found = _looked_after(case, by, now, on, Role.HR, Role.COUNSEL)
    plan = case.agreed.aftercare
    if on < case.final_day or plan is None:
        raise invalid("aftercare.before_the_end", day=case.final_day.isoformat())
    until = max(found.arbitration_until, add_years(on, plan.arbitration_years))
    runs = until > local_date(now, case.agreed.calendar.zone)
    again = replace(found, limitation_over_at=None, restricted_at=None) if runs else found
    changed = replace(again, arbitration_until=until)
    data = {"interruption": kind.value, "on": on.isoformat(), "until": until.isoformat(), "reference": reference}
    fact = Fact("LimitationInterrupted", now, by.account, {**data, "rule": "LIM-01"})
    note = Notification("limitation_interrupted", alarmed(case), (kind.value, until.isoformat()))
    return Change(replace(case, aftercare=changed), (fact,), (note,))


def end_non_compete(case: Case, by: Actor, side: Side, on: date, reason: str, now: datetime) -> Change:
    """One side has ended the non-compete: what falls due later is no longer owed.

    If it was the employer, the employee may claim months more: they are due at once (NC-06). The employee may do so
    when three months are unpaid (NC-05); whether that was so is for people to judge, and a warning is a fact already.
    """
    found = _looked_after(case, by, now, on)
    if not found.compensations or found.non_compete_ended_on is not None:
        raise conflict("aftercare.no_non_compete_runs")
    if not reason:
        raise invalid("reason.required")
    if on < case.final_day:
        raise invalid("aftercare.before_the_end", day=case.final_day.isoformat())
    kept = _owed_until(found.compensations, on)
    planned = case.agreed.non_compete
    extra = planned.extra_months if planned and side is Side.EMPLOYER else 0
    next_month = found.compensations[-1].month + 1
    more = tuple(compensation.month(case, next_month + number, on) for number in range(extra))
    changed = replace(found, compensations=(*kept, *more), non_compete_ended_on=on)
    data = {"side": side.value, "on": on.isoformat(), "reason": reason, "extra_months": extra, "rule": "NC-06"}
    fact = Fact("NonCompeteEnded", now, by.account, data)
    note = Notification("non_compete_ended", (case.agreed.leaver,), (on.isoformat(),))
    return Change(replace(case, aftercare=changed), (fact,), (note,))


def _owed_until(months: tuple[Compensation, ...], on: date) -> tuple[Compensation, ...]:
    """What was settled, and every month that had begun by that day."""
    begun = [month.month for month in months if month.due - timedelta(days=31) < on or month.due <= on]
    last = max(begun, default=0)
    return tuple(month for month in months if month.settled or month.month <= last)


def _looked_after(case: Case, by: Actor, now: datetime, happened_on: date | None = None, *roles: Role) -> Aftercare:
    """The aftercare, if this person may enter something that happened on that day. Raises Refusal."""
    if not by.has(*(roles or (Role.HR,))) or by.account == case.agreed.leaver:
        raise forbidden("aftercare.only_hr_or_counsel" if roles else "aftercare.only_hr")
    found = aftercare.lives(case)
    if found is None or (case.closed and not found.alone):
        raise conflict("aftercare.not_running")
    if retention.case_file_erased(case):
        raise conflict("retention.erased_already")
    if happened_on is not None and happened_on > local_date(now, case.agreed.calendar.zone):
        raise invalid("aftercare.in_the_future", day=happened_on.isoformat())
    return found


def _unsettled(looked_after: Aftercare, month: int) -> Compensation:
    found = next((one for one in looked_after.compensations or () if one.month == month), None)
    if found is None:
        raise not_found("aftercare.no_such_month", month=month)
    if found.settled:
        raise conflict("aftercare.month_settled_already", month=month)
    return found
