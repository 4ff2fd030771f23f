"""What the case itself has to do at which instant: one clock for reminders, escalations, expiries and warnings.

`next_due` says when, `advance` does whatever is due. Reminders of one instant go out as one digest for each person.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from domain import (
    aftercare,
    approvers,
    caretakers,
    clearances,
    deductions,
    grants,
    reminders,
    retention,
    sealing,
    settlement,
)
from domain.case import Case, Stage
from domain.change import Change, Fact, Notification, Rule
from domain.claims import DeductionStatus
from domain.handover import ClearanceStatus, ItemStatus, SignatureStatus
from domain.rights import GrantStatus
from domain.timezones import end_of, local_date

_BEFORE_LAST_DAY = (Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY)
_RUNNING = (*_BEFORE_LAST_DAY, Stage.LEAVING, Stage.PURSUING)


@dataclass(frozen=True)
class Task:
    """Something a person is asked to do; the inbox shows it, the digest reminds of it."""

    key: str
    kind: str
    subject: str
    accounts: tuple[str, ...]
    due_at: datetime | None
    remind_at: datetime | None


def tasks(case: Case) -> tuple[Task, ...]:
    """Everything that waits for a person now, in a stable order."""
    if case.plan is None:
        return ()
    if case.stage not in _RUNNING:
        return (*_aftercare_tasks(case), *_payment_tasks(case))
    return (
        *_item_tasks(case),
        *_clearance_tasks(case),
        *_grant_tasks(case),
        *_signature_tasks(case),
        *_answer_tasks(case),
        *_freeze_tasks(case),
        *_non_compete_tasks(case),
        *_aftercare_tasks(case),
        *_payment_tasks(case),
        *_deduction_tasks(case),
    )


def _item_tasks(case: Case) -> tuple[Task, ...]:
    due = end_of(case.final_day, case.agreed.calendar.zone)
    found = []
    for item in case.items:
        if item.status is ItemStatus.OPEN:
            found.append(Task(f"item:{item.id}", "hand_over_item", item.id, (case.agreed.leaver,), due, item.remind_at))
        elif item.status is ItemStatus.HANDED_OVER:
            found.append(Task(f"item:{item.id}", "decide_item", item.id, (item.receiver,), due, item.remind_at))
    return tuple(found)


def _clearance_tasks(case: Case) -> tuple[Task, ...]:
    found = []
    for c in case.clearances:
        key = f"clearance:{c.department}"
        if c.status is ClearanceStatus.PENDING:
            found.append(Task(key, "decide_clearance", c.department, c.undecided(), c.due_at, c.remind_at))
        elif c.status is ClearanceStatus.SENT_BACK:
            found.append(Task(key, "resubmit_clearance", c.department, (case.agreed.leaver,), c.due_at, c.remind_at))
    return tuple(found)


def _grant_tasks(case: Case) -> tuple[Task, ...]:
    return tuple(
        Task(
            f"grant:{g.id}",
            "decide_grant",
            g.id,
            approvers.approvers(case),
            case.agreed.calendar.opening_after(g.requested_at, 1),
            g.remind_at,
        )
        for g in case.grants
        if g.status is GrantStatus.REQUESTED
    )


def _signature_tasks(case: Case) -> tuple[Task, ...]:
    record = case.record
    if record is None or record.sealed_at is not None:
        return ()
    due = end_of(case.final_day, case.agreed.calendar.zone)
    found = []
    for s in record.signatures:
        key = f"signature:{s.account}"
        if s.status is SignatureStatus.WAITING:
            found.append(Task(key, "sign_record", record.document_id, (s.account,), due, record.remind_at))
        elif s.status is SignatureStatus.REFUSED:
            witness = case.agreed.hr if s.account == case.agreed.witness else case.agreed.witness
            found.append(Task(key, "witness_refusal", s.account, (witness,), due, record.remind_at))
    if record.settled and record.seal is None:
        found.append(Task("seal", "approve_seal", record.document_id, sealing.keepers(case), due, record.remind_at))
    return tuple(found)


def _answer_tasks(case: Case) -> tuple[Task, ...]:
    found = []
    if case.proposal is not None:
        answers = case.agreed.hr if case.proposal.by == case.agreed.leaver else case.agreed.leaver
        subject = case.proposal.day.isoformat()
        found.append(Task("last_day", "answer_last_day", subject, (answers,), None, None))
    if case.withdrawal is not None:
        found.append(Task("withdrawal", "answer_withdrawal", "", (case.agreed.hr,), None, None))
    return tuple(found)


def _freeze_tasks(case: Case) -> tuple[Task, ...]:
    if not case.freeze.waits_for_counsel or case.stage not in _BEFORE_LAST_DAY:
        return ()
    return (Task("freeze", "confirm_freeze", case.freeze.basis, case.agreed.counsel, None, None),)


def _non_compete_tasks(case: Case) -> tuple[Task, ...]:
    found = case.non_compete
    if found is None or found.enforced is not None:
        return ()
    due = end_of(case.final_day, case.agreed.calendar.zone)
    return (Task("non_compete", "decide_non_compete", "", (case.agreed.hr,), due, found.remind_at),)


def _aftercare_tasks(case: Case) -> tuple[Task, ...]:
    found = aftercare.lives(case)
    if found is None:
        return ()
    hr, zone = caretakers.asked(case), case.agreed.calendar.zone
    duties = tuple(
        Task(f"duty:{d.kind.value}", "complete_duty", d.kind.value, hr, end_of(d.due, zone), d.remind_at)
        for d in found.duties
        if d.done_on is None
    )
    months = tuple(
        Task(f"compensation:{m.month}", "confirm_compensation", str(m.month), hr, end_of(m.due, zone), m.remind_at)
        for m in found.compensations or ()
        if m.remind_at is not None and not m.settled
    )
    return (*duties, *months)


def _payment_tasks(case: Case) -> tuple[Task, ...]:
    if not settlement.lives(case):
        return ()
    hr, zone = caretakers.asked(case), case.agreed.calendar.zone
    return tuple(
        Task(f"payment:{p.kind.value}", "confirm_payment", p.kind.value, hr, end_of(p.due, zone), p.remind_at)
        for p in case.payments
        if p.remind_at is not None and not p.settled
    )


def _deduction_tasks(case: Case) -> tuple[Task, ...]:
    found = []
    for d in case.deductions if settlement.lives(case) else ():
        key = f"deduction:{d.id}"
        if d.status is DeductionStatus.NOTIFIED and d.reply_until is not None:
            until = end_of(d.reply_until, case.agreed.calendar.zone)
            found.append(Task(key, "reply_to_deduction", d.id, (case.agreed.leaver,), until, d.remind_at))
        elif d.status is DeductionStatus.HEARD:
            by, due = deductions.deciders(case, d), deductions.wages_due(case)
            found.append(Task(key, "decide_deduction", d.id, by, due, d.remind_at))
    return tuple(found)


def next_due(case: Case, now: datetime) -> datetime | None:
    """The earliest instant at which something has to happen; None if the case waits for nothing in time.

    Instants at which `advance` itself acts may lie in the past (they are due); the last day and the end of the pursuit
    are reached by the process, so they count only while they lie ahead.
    """
    if case.plan is None:
        return None
    instants: list[datetime | None] = [task.remind_at for task in tasks(case)]
    instants += [*aftercare.instants(case), *settlement.instants(case)]
    instants += [*deductions.instants(case), *retention.instants(case)]
    if case.stage in _RUNNING:
        instants += [c.escalate_at for c in case.clearances if c.status is ClearanceStatus.PENDING]
        for grant in case.grants:
            if grant.status is GrantStatus.ACTIVE:
                instants += [grant.warn_at, grant.expires_at]
    milestones: list[datetime | None] = []
    if case.stage in _BEFORE_LAST_DAY:
        instants += [at for _, at in _warnings_ahead(case)]
        milestones += [signing_due(case), end_of(case.final_day, case.agreed.calendar.zone)]
    elif case.stage is Stage.PURSUING:
        milestones.append(case.pursue_until)
    known = [instant for instant in instants if instant is not None]
    known += [instant for instant in milestones if instant is not None and instant > now]
    return min(known) if known else None


def signing_due(case: Case) -> datetime:
    """The opening hour of the last day: the record is put before its parties then, finished or not."""
    return case.agreed.calendar.opening_on(case.final_day)


def advance(case: Case, now: datetime) -> Change:
    """Does everything that is due: expiries first, then escalations, warnings and the digest."""
    if case.plan is None:
        return Change(case)
    steps: tuple[Rule, ...] = (grants.expire, clearances.escalate_due, _warn_of_last_day)
    change = Change(case)
    later: tuple[Rule, ...] = (aftercare.advance, deductions.advance, settlement.advance, retention.advance, _remind)
    for step in (*(steps if case.stage in _RUNNING else ()), *later):
        change = change.then(step(change.case, now))
    return change


def _warnings_ahead(case: Case) -> list[tuple[int, datetime]]:
    calendar = case.agreed.calendar
    return [
        (days, calendar.opening_on(case.final_day - timedelta(days=days)))
        for days in case.agreed.policy.last_day_warnings
        if days not in case.warned_days
    ]


def _warn_of_last_day(case: Case, now: datetime) -> Change:
    """NOT-08: working on past the last day unnoticed is a liability, so HR hears of it 7, 3 and 0 days before."""
    if case.stage not in _BEFORE_LAST_DAY:
        return Change(case)
    due = [days for days, at in _warnings_ahead(case) if at <= now]
    if not due:
        return Change(case)
    left = str(max(0, (case.final_day - local_date(now, case.agreed.calendar.zone)).days))
    fact = Fact("LastDayWarned", now, data={"days": left, "last_day": case.final_day.isoformat(), "rule": "NOT-08"})
    told = tuple(dict.fromkeys(a for a in (case.agreed.hr, case.agreed.leaver, case.agreed.witness) if a))
    return Change(
        replace(case, warned_days=(*case.warned_days, *due)),
        (fact,),
        (Notification("last_day_near", told, (left, case.final_day.isoformat())),),
    )


def _remind(case: Case, now: datetime) -> Change:
    due = [task for task in tasks(case) if task.remind_at is not None and task.remind_at <= now]
    if not due:
        return Change(case)
    by_account: dict[str, list[str]] = {}
    for task in due:
        for account in task.accounts:
            by_account.setdefault(account, []).append(task.key)
    fact = Fact("DigestSent", now, data={"tasks": tuple(task.key for task in due), "to": tuple(by_account)})
    notes = tuple(Notification("digest", (account,), tuple(keys)) for account, keys in by_account.items() if account)
    return Change(reminders.sent(case, {task.key for task in due}, now), (fact,), notes)


def overdue(case: Case, now: datetime) -> bool:
    """True if a person is late with something, or a system does not follow."""
    late = any(task.due_at is not None and task.due_at < now for task in tasks(case))
    return late or any(access.failing_since is not None for access in case.systems)
