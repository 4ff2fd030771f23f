"""A deduction from the last wages: proposed with its evidence, told in writing, answered, decided by somebody else.

PAY-03, PAY-04: below a fifth of the month's wage, above the minimum wage, after written notice and a reply. Nothing is
ever deducted by itself: what nobody has decided when the wages are due lapses, and they are paid in full.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from domain import caretakers, settlement
from domain.case import IN_NOTICE, Case
from domain.change import Change, Fact, Notification
from domain.claims import STANDING, UNDECIDED, Deduction, DeductionStatus, Proposal
from domain.errors import conflict, not_found
from domain.law.deductions import DeductionFigures, Examination, WageMonth, examine, month_left
from domain.law.gates import DeductionClaim
from domain.law.workings import figure
from domain.money import Money, total
from domain.obligations import PaymentKind
from domain.timezones import end_of, local_date


def unnotified(case: Case) -> Deduction | None:
    """The first deduction whose written notice is still to be issued."""
    return next((one for one in case.deductions if one.status is DeductionStatus.PROPOSED), None)


def decided(case: Case) -> tuple[Deduction, ...]:
    """What people have decided to deduct."""
    return tuple(one for one in case.deductions if one.status is DeductionStatus.DECIDED)


def deciders(case: Case, deduction: Deduction) -> tuple[str, ...]:
    """Counsel who did not propose it: four eyes."""
    return tuple(a for a in case.agreed.counsel if a != deduction.proposed_by and a not in case.departed)


def reply_day(case: Case, now: datetime) -> date:
    """Until when the leaver may reply to a notice that is given now."""
    return case.agreed.calendar.working_day_after(day_of(case, now), case.agreed.policy.deduction_reply)


def heard(case: Case, deduction: Deduction, now: datetime) -> bool:
    """True if the leaver has replied, or the time to reply is over (G6)."""
    until = deduction.reply_until
    over = until is not None and now >= end_of(until, case.agreed.calendar.zone)
    return deduction.status is DeductionStatus.HEARD or over


def wages_due(case: Case) -> datetime:
    """When the wages have to be paid, and with them what nobody has decided to deduct."""
    found = settlement.of(case, PaymentKind.WAGES)
    return end_of(found.due if found else case.final_day, case.agreed.calendar.zone)


def notified(case: Case, deduction_id: str, document: str, reply_until: date, now: datetime) -> Change:
    """The leaver has the written notice (G5); from here on he or she may reply, for no fewer days than it says."""
    found = find(case, deduction_id)
    until = max(reply_until, reply_day(case, now))
    told = replace(
        found,
        status=DeductionStatus.NOTIFIED,
        notified_on=day_of(case, now),
        reply_until=until,
        remind_at=case.agreed.calendar.opening_after(now, case.agreed.policy.remind_every),
    )
    data = {"deduction": found.id, "document": document, "reply_until": until.isoformat(), "rule": "PAY-04"}
    return Change(with_deduction(case, told), (Fact("DeductionNotified", now, data=data),))


def instants(case: Case) -> Iterator[datetime]:
    """When `advance` has something to do; reminders are the agenda's."""
    for one in case.deductions if settlement.lives(case) else ():
        if one.status in UNDECIDED:
            yield wages_due(case)
        if one.status is DeductionStatus.NOTIFIED and one.reply_until is not None:
            yield end_of(one.reply_until, case.agreed.calendar.zone)


def advance(case: Case, now: datetime) -> Change:
    """Does the first thing that is due: what nobody decided lapses, a time to reply ends."""
    for one in case.deductions if settlement.lives(case) else ():
        if one.status not in UNDECIDED:
            continue
        if paid(case) or now >= wages_due(case):
            return _lapsed(case, one, "paid" if paid(case) else "undecided", now)
        if one.status is DeductionStatus.NOTIFIED and heard(case, one, now):
            fact = Fact("DeductionReplyOver", now, data={"deduction": one.id, "rule": "PAY-04"})
            return to_be_decided(case, replace(one, status=DeductionStatus.HEARD), fact, now)
    return Change(case)


def cancel(case: Case, now: datetime) -> Change:
    """Undo: the employment goes on, and nothing is deducted because of its end."""
    change = Change(case)
    for one in case.deductions:
        if one.status in STANDING:
            change = change.then(_lapsed(change.case, one, "withdrawn", now))
    return change


def find(case: Case, deduction_id: str) -> Deduction:
    """Raises Refusal if the case has no such deduction."""
    found = next((one for one in case.deductions if one.id == deduction_id), None)
    if found is None:
        raise not_found("deduction.unknown", deduction=deduction_id)
    return found


def with_deduction(case: Case, changed: Deduction) -> Case:
    return replace(case, deductions=tuple(changed if one.id == changed.id else one for one in case.deductions))


def examined(
    case: Case, by: DeductionFigures, wanted: Proposal, claim: DeductionClaim, as_of: date
) -> tuple[Examination, str]:
    """The claim beside what is decided already: all of it comes out of one month's wage (PAY-03).

    Where proposals tell different wages, the smallest counts; and the one on file, unless a payslip proves more.
    """
    others, on_file = decided(case), wage_on_file(case)
    proposals = (wanted, *(one.proposal for one in others))
    already = max((one.month.already_deducted for one in proposals), key=lambda money: money.amount)
    spent = total((one.amount for one in others if one.amount is not None), by.currency)
    wage = min((one.wage(on_file) for one in proposals), key=lambda money: money.amount)
    limit, working = month_left(by, WageMonth(wage, already + spent))
    found = examine(by.gates, claim, limit, wanted.line_amount or claim.amount, as_of)
    return found, "; ".join((*_compared(wanted, on_file), working, found.working))


def wage_on_file(case: Case) -> Money | None:
    """The month's wage as the records told when the case opened."""
    return case.agreed.settlement.wage_on_file if case.agreed.settlement else None


def _compared(wanted: Proposal, on_file: Money | None) -> Iterator[str]:
    """Both wages, where more is claimed than is on file: the leaver and counsel see it."""
    told = wanted.month.wage
    if on_file is None or told <= on_file:
        return
    if wanted.payslip:
        yield f"{figure(told)} ({wanted.payslip}) > {figure(on_file)}"
    else:
        yield f"min({figure(told)}, {figure(on_file)}) = {figure(on_file)}"


def to_be_decided(case: Case, heard: Deduction, fact: Fact, now: datetime) -> Change:
    asked = replace(heard, remind_at=case.agreed.calendar.opening_after(now, 1))
    told = tuple(dict.fromkeys((*deciders(case, heard), heard.proposed_by)))
    kind = "deduction_replied" if heard.replied_at is not None else "deduction_reply_over"
    day = local_date(wages_due(case), case.agreed.calendar.zone)
    note = Notification(kind, told, (heard.proposal.subject, day.isoformat()))
    return Change(with_deduction(case, asked), (fact,), (note,))


def _lapsed(case: Case, found: Deduction, because: str, now: datetime) -> Change:
    """Any gate missing means that nothing is held back (PAY-04)."""
    lapsed = replace(found, status=DeductionStatus.LAPSED, amount=None, remind_at=None)
    fact = Fact("DeductionLapsed", now, data={"deduction": found.id, "because": because, "rule": "PAY-04"})
    subject = found.proposal.subject
    note = Notification("deduction_lapsed", parties(case, found), (subject, subject))
    return Change(with_deduction(case, lapsed), (fact,), (note,))


def parties(case: Case, about: Deduction) -> tuple[str, ...]:
    """Both sides, and whoever proposed it."""
    return tuple(dict.fromkeys((case.agreed.leaver, *caretakers.alarmed(case), about.proposed_by)))


def figures(case: Case, now: datetime) -> DeductionFigures:
    """What the law says of deductions. Raises Refusal unless there are wages from which something can be deducted."""
    plan = case.agreed.settlement
    if plan is None or plan.deductions is None or case.stage not in IN_NOTICE:
        raise conflict("deduction.not_running")
    if paid(case) or now >= wages_due(case):
        raise conflict("deduction.too_late")
    return plan.deductions


def paid(case: Case) -> bool:
    """True if the wages are settled: nothing comes out of them any more."""
    wages = settlement.of(case, PaymentKind.WAGES)
    return wages is not None and wages.settled


def day_of(case: Case, now: datetime) -> date:
    return local_date(now, case.agreed.calendar.zone)
