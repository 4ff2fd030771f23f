"""Department clearances (部门确认): each in parallel, on its own clock. Nothing counts unless its approver said so."""

from dataclasses import replace
from datetime import datetime

from domain import signing
from domain.case import Case, Stage
from domain.change import Change, Fact, Notification
from domain.checklist import PENDING
from domain.errors import conflict, forbidden, invalid, not_found
from domain.handover import Approval, Clearance, ClearanceStatus, Seat
from domain.people import Actor, Role
from domain.plan import Plan

_CLEARABLE = (
    Stage.FREEZING,
    Stage.HANDING_OVER,
    Stage.SIGNING,
    Stage.AWAITING_LAST_DAY,
    Stage.LEAVING,
    Stage.PURSUING,
)
APPROVAL = "ClearanceApprovalGiven"
"""The fact that one approver has confirmed, with what they said to it."""
UNSETTLED = (ClearanceStatus.PENDING, ClearanceStatus.SENT_BACK)


def from_plan(plan: Plan) -> tuple[Clearance, ...]:
    """One clearance a department, nobody asked yet."""
    return tuple(
        Clearance(
            p.department,
            p.title,
            p.levels,
            p.quorum,
            remind_every=p.remind_every,
            escalate_after=p.escalate_after,
            due_after=p.due_after,
            portfolio=p.portfolio,
            categories=p.categories,
        )
        for p in plan.clearances
    )


def open_all(case: Case, now: datetime) -> Change:
    """Asks the first level of every department at once."""
    opened, notes = case, []
    for clearance in case.clearances:
        first = _newcomers(case, (), clearance.levels[0] if clearance.levels else ())
        opened = opened.with_clearance(_clocked(case, replace(clearance, seats=first), now))
        notes.append(Notification("clearance_asked", tuple(s.account for s in first), (clearance.department,)))
    fact = Fact("ClearancesOpened", now, data={"departments": tuple(c.department for c in case.clearances)})
    return Change(opened, (fact,), tuple(notes))


def decide(case: Case, by: Actor, department: str, approve: bool, reason: str, now: datetime) -> Change:
    """An asked approver confirms the department's part, or sends it back with a reason."""
    clearance = _find(case, department)
    _require_open(case)
    if by.account == case.agreed.leaver:
        raise forbidden("clearance.self_approval")
    if clearance.status is not ClearanceStatus.PENDING:
        raise conflict("clearance.not_pending", department=department, status=clearance.status.value)
    if by.account not in {seat.account for seat in clearance.seats}:
        raise forbidden("clearance.not_asked", department=department)
    if by.account not in clearance.undecided():
        raise conflict("clearance.already_approved_by_you", department=department)
    if not approve:
        return _send_back(case, clearance, by, reason, now)
    if clearance.portfolio and case.portfolio is None and not reason:
        raise conflict("clearance.portfolio_not_taken")
    if not reason and (left := open_items(case, clearance)):
        raise conflict("clearance.items_open", count=len(left), items=", ".join(left))
    return signing.overtaken(_approve(case, clearance, by, reason, now), now)


def open_items(case: Case, clearance: Clearance) -> tuple[str, ...]:
    """Items of the department's categories that are not accepted and not waived."""
    return tuple(i.id for i in case.items if i.category in clearance.categories and i.status in PENDING)


def _approve(case: Case, clearance: Clearance, by: Actor, note: str, now: datetime) -> Change:
    department = clearance.department
    behalf = next(seat.on_behalf_of for seat in clearance.seats if seat.account == by.account)
    approvals = (*clearance.approvals, Approval(by.account, now, note, behalf))
    data = {"department": department, "note": note, "on_behalf_of": behalf}
    fact = Fact(APPROVAL, now, by.account, data)
    if len(approvals) < clearance.quorum:
        given = replace(clearance, approvals=approvals)
        change = Change(case.with_clearance(given), (fact,))
        return change if given.undecided() else change.then(_escalate(change.case, given, "quorum", now))
    done = replace(clearance, approvals=approvals, status=ClearanceStatus.APPROVED, remind_at=None, escalate_at=None)
    approved = Fact("ClearanceApproved", now, by.account, {"department": department})
    return Change(case.with_clearance(done), (fact, approved))


def _send_back(case: Case, clearance: Clearance, by: Actor, reason: str, now: datetime) -> Change:
    if not reason:
        raise invalid("reason.required")
    plan = case.agreed
    back = replace(
        clearance,
        status=ClearanceStatus.SENT_BACK,
        approvals=(),
        sent_back=clearance.sent_back + 1,
        last_reason=reason,
        escalate_at=None,
        remind_at=plan.calendar.opening_after(now, clearance.remind_every),
    )
    fact = Fact("ClearanceSentBack", now, by.account, {"department": clearance.department, "reason": reason})
    told = tuple(dict.fromkeys(account for account in (plan.leaver, plan.witness) if account))
    note = Notification("clearance_sent_back", told, (clearance.department,))
    return signing.overtaken(Change(case.with_clearance(back), (fact,), (note,)), now)


def resubmit(case: Case, by: Actor, department: str, note: str, now: datetime) -> Change:
    """The leaver, the witness or HR says that what was missing is there; the same approvers are asked again."""
    clearance = _find(case, department)
    _require_open(case)
    if by.account not in (case.agreed.leaver, case.agreed.witness) and not by.has(Role.HR):
        raise forbidden("clearance.may_not_resubmit")
    if clearance.status is not ClearanceStatus.SENT_BACK:
        raise conflict("clearance.not_sent_back", department=department, status=clearance.status.value)
    asked = _clocked(case, replace(clearance, status=ClearanceStatus.PENDING), now)
    fact = Fact("ClearanceResubmitted", now, by.account, {"department": department, "note": note})
    note_to = Notification("clearance_asked", asked.undecided(), (department,))
    return signing.overtaken(Change(case.with_clearance(asked), (fact,), (note_to,)), now)


def reassign(case: Case, by: Actor, department: str, replaced: str, to: str, reason: str, now: datetime) -> Change:
    """HR or an administrator asks somebody else: in the place of `replaced`, or in addition if that is empty."""
    if by.account == case.agreed.leaver or not by.has(Role.HR, Role.ADMINISTRATOR):
        raise forbidden("clearance.may_not_reassign")
    clearance = _seatable(case, department, to)
    if not reason:
        raise invalid("reason.required")
    seats = clearance.seats
    if replaced:
        if replaced not in clearance.undecided():
            raise conflict("clearance.no_such_seat", department=department)
        seats = tuple(seat for seat in seats if seat.account != replaced)
    asked = _clocked(case, replace(clearance, seats=(*seats, Seat(to))), now)
    fact = Fact(
        "ClearanceReassigned",
        now,
        by.account,
        {"department": department, "replaced": replaced, "to": to, "reason": reason},
    )
    return Change(case.with_clearance(asked), (fact,), (Notification("clearance_asked", (to,), (department,)),))


def delegate(case: Case, by: Actor, department: str, to: str, reason: str, now: datetime) -> Change:
    """An asked approver lets somebody else decide in his or her place; the record names both."""
    clearance = _seatable(case, department, to)
    if by.account not in clearance.undecided():
        raise forbidden("clearance.not_asked", department=department)
    seats = tuple(Seat(to, on_behalf_of=by.account) if seat.account == by.account else seat for seat in clearance.seats)
    fact = Fact("ClearanceDelegated", now, by.account, {"department": department, "to": to, "reason": reason})
    return Change(
        case.with_clearance(replace(clearance, seats=seats)),
        (fact,),
        (Notification("clearance_asked", (to,), (department,)),),
    )


def escalate_due(case: Case, now: datetime) -> Change:
    """Asks the next level of every department whose approvers stayed silent for too long."""
    change = Change(case)
    for clearance in case.clearances:
        if clearance.status is ClearanceStatus.PENDING and clearance.escalate_at and clearance.escalate_at <= now:
            change = change.then(_escalate(change.case, clearance, "silence", now))
    return change


def _escalate(case: Case, clearance: Clearance, why: str, now: datetime) -> Change:
    """Asks as many further levels as the quorum takes; when there are no more, HR, who can name somebody else."""
    seats, level, department = clearance.seats, len(clearance.levels), clearance.department
    for further in range(clearance.level + 1, len(clearance.levels)):
        new = _newcomers(case, seats, clearance.levels[further])
        seats += new
        if new and len(seats) >= clearance.quorum:
            level = further
            break
    asked = _clocked(case, replace(clearance, seats=seats, level=level), now)
    told = tuple(seat.account for seat in seats if seat not in clearance.seats)
    notes = (Notification("clearance_escalated", told, (department,)),) if told else ()
    fact = Fact("ClearanceEscalated", now, data={"department": department, "level": level, "because": why})
    if level < len(clearance.levels):
        return Change(case.with_clearance(asked), (fact,), notes)
    hr = case.agreed.hr
    if len(seats) < clearance.quorum:
        seats += _newcomers(case, seats, (hr,))
    last = replace(asked, seats=seats, escalate_at=None)
    unanswered = Notification("clearance_unanswered", (hr,), (department,))
    return Change(case.with_clearance(last), (fact,), (*notes, unanswered))


def drop_account(case: Case, account: str, now: datetime) -> Change:
    """An account has left or was closed: its undecided seats go to the next level, decided ones stay as they were."""
    change = Change(case)
    for clearance in case.clearances:
        if clearance.status not in UNSETTLED or account not in clearance.undecided():
            continue
        seats = tuple(seat for seat in clearance.seats if seat.account != account)
        left = replace(clearance, seats=seats)
        fact = Fact("ApproverLeft", now, data={"department": clearance.department, "account": account})
        change = change.then(Change(change.case.with_clearance(left), (fact,)))
        if len(left.seats) < left.quorum:
            change = change.then(_escalate(change.case, left, "approver_left", now))
    return change


def done(case: Case) -> bool:
    """True when every department has confirmed."""
    return not any(clearance.status in UNSETTLED for clearance in case.clearances)


def cancel(case: Case, now: datetime) -> Change:
    """Undo: nobody is asked any more; approvals given stay in the facts."""
    open_ones = tuple(c for c in case.clearances if c.status in UNSETTLED)
    cancelled = case
    for clearance in case.clearances:
        cancelled = cancelled.with_clearance(
            replace(clearance, status=ClearanceStatus.CANCELLED, remind_at=None, escalate_at=None)
        )
    if not case.clearances:
        return Change(case)
    told = tuple(dict.fromkeys(account for c in open_ones for account in c.undecided()))
    fact = Fact("ClearancesCancelled", now, data={"departments": tuple(c.department for c in open_ones)})
    return Change(cancelled, (fact,), (Notification("clearance_cancelled", told),) if told else ())


def _newcomers(case: Case, seats: tuple[Seat, ...], accounts: tuple[str, ...]) -> tuple[Seat, ...]:
    """Seats for those of `accounts` who have none yet, are still there and are not the leaver."""
    without = {*(seat.account for seat in seats), case.agreed.leaver, *case.departed}
    return tuple(Seat(account) for account in accounts if account not in without)


def _clocked(case: Case, clearance: Clearance, now: datetime) -> Clearance:
    calendar = case.agreed.calendar
    return replace(
        clearance,
        opened_at=clearance.opened_at or now,
        due_at=clearance.due_at or calendar.opening_after(now, clearance.due_after),
        remind_at=calendar.opening_after(now, clearance.remind_every),
        escalate_at=calendar.opening_after(now, clearance.escalate_after),
    )


def _seatable(case: Case, department: str, to: str) -> Clearance:
    clearance = _find(case, department)
    _require_open(case)
    if clearance.status is not ClearanceStatus.PENDING:
        raise conflict("clearance.not_pending", department=department, status=clearance.status.value)
    if to == case.agreed.leaver:
        raise invalid("clearance.leaver_cannot_approve")
    if to in {seat.account for seat in clearance.seats}:
        raise conflict("clearance.already_asked", department=department)
    return clearance


def _require_open(case: Case) -> None:
    if case.stage not in _CLEARABLE:
        raise conflict("clearance.not_in_this_stage", stage=case.stage.value)


def _find(case: Case, department: str) -> Clearance:
    for clearance in case.clearances:
        if clearance.department == department:
            return clearance
    raise not_found("clearance.unknown", department=department)
