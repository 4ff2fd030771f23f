"""What the employer pays at the end: asked for in time, alarmed of when late, settled by whoever enters it (PAY-02).

The case knows no amounts. Wages wait for nothing; severance alone may wait for the handover, and not for long (HND-03).
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from domain import aftercare, caretakers, checklist, clearances
from domain.case import IN_NOTICE, Case, Stage
from domain.change import Change, Fact, FactValue, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.obligations import Payment, PaymentKind, PaymentPlan
from domain.people import Actor, Role
from domain.timezones import at_local, end_of, local_date

_OWED = (*IN_NOTICE, Stage.LEAVING, Stage.PURSUING)
EXPOSURE = "PAY-08"
"""What an order of the labour authority adds to wages that stay unpaid."""


def lives(case: Case) -> bool:
    """True while payments are looked after: from the opening on, and with the aftercare once the case has closed."""
    if case.plan is None or case.plan.settlement is None:
        return False
    return aftercare.lives(case) is not None if case.closed else case.stage in _OWED


def settled(case: Case) -> bool:
    """True if nothing is left to pay, as far as the case knows."""
    return all(payment.settled for payment in case.payments)


def late(case: Case) -> tuple[PaymentKind, ...]:
    """What was not entered as paid in time, also if it was paid later."""
    return tuple(payment.kind for payment in case.payments if payment.overdue_at is not None)


def instants(case: Case) -> Iterator[datetime]:
    """When `advance` has something to do; reminders are the agenda's."""
    for payment in case.payments if lives(case) else ():
        if not payment.settled and payment.remind_at is None:
            yield payment.ask_at
        if not payment.settled and payment.overdue_at is None:
            yield end_of(payment.due, _zone(case))


def advance(case: Case, now: datetime) -> Change:
    """Does the first thing that is due; nothing, if nothing is."""
    if lives(case):
        for step in (_schedule, _ask, _notice_arrears):
            if (change := step(case, now)) is not None:
                return change
    return Change(case)


def confirm(case: Case, by: Actor, kind: PaymentKind, paid_on: date, reference: str, now: datetime) -> Change:
    """HR enters that a payment was made; also if it was made late. The leaver hears of it."""
    if not by.has(Role.HR) or by.account == case.agreed.leaver:
        raise forbidden("payment.only_hr")
    found = _unsettled(case, kind)
    if paid_on > local_date(now, _zone(case)):
        raise invalid("payment.in_the_future", day=paid_on.isoformat())
    if paid_on < (arrived_on := local_date(case.arrived_at, _zone(case))):
        raise invalid("payment.before_the_notice", day=paid_on.isoformat(), arrived=arrived_on.isoformat())
    paid = replace(found, paid_on=paid_on, paid_by=by.account, reference=reference)
    data = _data(case, found) | {
        "paid_on": paid_on.isoformat(),
        "late": paid_on > found.due,
        "reference": reference,
    }
    note = Notification("payment_confirmed", (case.agreed.leaver,), (kind.value, paid_on.isoformat()))
    return Change(with_payment(case, paid), (Fact("PaymentConfirmed", now, by.account, data),), (note,))


def dismiss(case: Case, by: Actor, kind: PaymentKind, reason: str, now: datetime) -> Change:
    """Counsel finds that a payment is not owed, where the notice left that open; the leaver hears why."""
    if not by.has(Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("payment.only_counsel_dismisses")
    found = _unsettled(case, kind)
    if not _planned(case, kind).doubtful:
        raise conflict("payment.owed_by_law", payment=kind.value)
    if not reason:
        raise invalid("reason.required")
    fact = Fact("PaymentDismissed", now, by.account, _data(case, found) | {"reason": reason})
    note = Notification("payment_dismissed", (case.agreed.leaver, *caretakers.asked(case)), (kind.value, reason))
    return Change(with_payment(case, replace(found, dismissed_because=reason)), (fact,), (note,))


def cancel(case: Case, now: datetime) -> Change:
    """Undo: the employment goes on, and nothing is paid because of its end."""
    if not case.payments:
        return Change(case)
    kinds = tuple(payment.kind.value for payment in case.payments)
    return Change(replace(case, payments=()), (Fact("PaymentsEnded", now, data={"payments": kinds}),))


def with_payment(case: Case, changed: Payment) -> Case:
    """The case with that payment in the place of the one of its kind, or beside the others."""
    if of(case, changed.kind) is None:
        return replace(case, payments=(*case.payments, changed))
    payments = tuple(changed if payment.kind is changed.kind else payment for payment in case.payments)
    return replace(case, payments=payments)


def of(case: Case, kind: PaymentKind) -> Payment | None:
    """The payment of that kind, if the case has one."""
    return next((payment for payment in case.payments if payment.kind is kind), None)


def _schedule(case: Case, now: datetime) -> Change | None:
    """Each payment has its day; it moves with the last day and, for severance, to the end of the handover.

    What was paid early is owed anew if the last day moves on: there are more days to pay for.
    """
    for planned in case.agreed.settlement.payments if case.agreed.settlement else ():
        found = of(case, planned.kind)
        if found is not None and (found.dismissed_because or found.overdue_at is not None):
            continue
        released_on = found.released_on if found else None
        if planned.waits_for_handover and released_on is None and checklist.done(case) and clearances.done(case):
            released_on = local_date(now, _zone(case))
        due = _due(case, planned, released_on)
        if found is not None and (found.due, found.released_on) == (due, released_on):
            continue
        if found is not None and found.settled and due <= found.due:
            continue
        payment = Payment(planned.kind, due, _asked_at(case, due), released_on)
        data = _data(case, payment) | {"waits_for_handover": planned.waits_for_handover and released_on is None}
        return Change(with_payment(case, payment), (Fact("PaymentScheduled", now, data=data),))
    return None


def _ask(case: Case, now: datetime) -> Change | None:
    for payment in case.payments:
        if payment.settled or payment.remind_at is not None or now < payment.ask_at:
            continue
        calendar = case.agreed.calendar
        morning = at_local(payment.due, calendar.opens_at, calendar.zone)
        asked = replace(payment, remind_at=morning if morning > now else calendar.opening_after(now, 1))
        fact = Fact("PaymentAsked", now, data=_data(case, payment))
        return _told(with_payment(case, asked), fact, "payment_asked", caretakers.asked(case), payment)
    return None


def _notice_arrears(case: Case, now: datetime) -> Change | None:
    for payment in case.payments:
        if payment.settled or payment.overdue_at is not None or now < end_of(payment.due, _zone(case)):
            continue
        regional = _planned(case, payment.kind).terms[-1].after(case.final_day, case.agreed.calendar)
        tolerated = max(payment.due, regional)
        data = _data(case, payment) | {"tolerated_until": tolerated.isoformat(), "exposure": EXPOSURE}
        overdue, fact = replace(payment, overdue_at=now), Fact("PaymentOverdue", now, data=data)
        return _told(with_payment(case, overdue), fact, "payment_overdue", caretakers.alarmed(case), payment)
    return None


def _due(case: Case, planned: PaymentPlan, released_on: date | None) -> date:
    """The earliest of the law's days; for severance the end of the handover, or at the latest the end of the hold."""
    last_day, calendar = case.final_day, case.agreed.calendar
    due = min(term.after(last_day, calendar) for term in planned.terms)
    if not planned.waits_for_handover:
        return due
    if released_on is None:
        return due + timedelta(days=case.agreed.policy.severance_hold)
    return min(max(due, released_on), due + timedelta(days=case.agreed.policy.severance_hold))


def _asked_at(case: Case, due: date) -> datetime:
    calendar = case.agreed.calendar
    day = calendar.working_day_before(due, case.agreed.policy.payment_notice)
    return at_local(day, calendar.opens_at, calendar.zone)


def _unsettled(case: Case, kind: PaymentKind) -> Payment:
    """Raises Refusal if there is nothing of that kind to pay."""
    if not lives(case):
        raise conflict("payment.not_running")
    found = of(case, kind)
    if found is None:
        raise not_found("payment.not_owed", payment=kind.value)
    if found.settled:
        raise conflict("payment.settled_already", payment=kind.value)
    return found


def _planned(case: Case, kind: PaymentKind) -> PaymentPlan:
    plan = case.agreed.settlement
    return next(planned for planned in (plan.payments if plan else ()) if planned.kind is kind)


def _data(case: Case, payment: Payment) -> dict[str, FactValue]:
    rule = _planned(case, payment.kind).rule
    return {"payment": payment.kind.value, "due": payment.due.isoformat(), "rule": rule}


def _told(changed: Case, fact: Fact, kind: str, to: tuple[str, ...], payment: Payment) -> Change:
    return Change(changed, (fact,), (Notification(kind, to, (payment.kind.value, payment.due.isoformat())),))


def _zone(case: Case) -> str:
    return case.agreed.calendar.zone
