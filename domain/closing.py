"""How a case moves on and how it ends: completed only if everything is verified, else with its gaps listed (N5)."""

from dataclasses import replace
from datetime import datetime, timedelta

from domain import (
    access,
    aftercare,
    agenda,
    approvers,
    checklist,
    clearances,
    deductions,
    grants,
    non_compete,
    papers,
    portfolio,
    sealing,
    settlement,
    signing,
)
from domain.case import Case, Gap, Stage
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid
from domain.handover import ClearanceStatus, SignatureStatus
from domain.people import Actor, Role
from domain.timezones import end_of


def enter(case: Case, stage: Stage, now: datetime) -> Change:
    """Moves the case to its next stage."""
    return Change(replace(case, stage=stage), (Fact("StageEntered", now, data={"stage": stage.value}),))


def leave(case: Case, now: datetime) -> Change:
    """The last day is over: every right ends, whatever the state of the handover (HND-02)."""
    ended = grants.end_all(case, now)
    pursued = replace(
        ended.case,
        stage=Stage.LEAVING,
        proposal=None,
        withdrawal=None,
        pursue_until=end_of(case.final_day + timedelta(days=case.agreed.policy.pursue_days), case.agreed.calendar.zone),
    )
    fact = Fact(
        "LastDayEnded",
        now,
        data={"last_day": case.final_day.isoformat(), "due": last_day_end(case).isoformat(), "rule": "HND-02"},
    )
    change = Change(pursued, (*ended.facts, fact), ended.notifications)
    return change.then(aftercare.begin(pursued, now))


def last_day_end(case: Case) -> datetime:
    """24:00 of the last day in the case's time zone."""
    return end_of(case.final_day, case.agreed.calendar.zone)


def freeze_answered(case: Case, now: datetime) -> bool:
    """Every system has shown the frozen rights or raised its alarm; the last day does not wait for either (HND-02)."""
    return last_day_over(case, now) or all(s.verified or s.failing_since for s in case.systems)


def signing_begins(case: Case, now: datetime) -> bool:
    """The handover is complete, or the last day has come: its record is put before its parties, finished or not."""
    return handover_complete(case) or now >= agenda.signing_due(case)


def signing_ends(case: Case, now: datetime) -> bool:
    """The record is sealed; the last day does not wait for it (HND-02)."""
    sealed = case.record is not None and case.record.sealed_at is not None
    return sealed or last_day_over(case, now)


def last_day_over(case: Case, now: datetime) -> bool:
    return now >= last_day_end(case)


def access_ended(case: Case, now: datetime) -> bool:
    """Every system has shown that no right is left, or raised its alarm; it is driven on without end."""
    return all(s.verified or s.failing_since for s in case.systems)


def handover_complete(case: Case) -> bool:
    """Every item settled and every department confirmed: the record can be signed."""
    return checklist.done(case) and clearances.done(case)


def may_close(case: Case, now: datetime) -> bool:
    """True when the case has come to its end, and what is open of its portfolio was counted at this very instant."""
    return _come_to_its_end(case, now) and portfolio.counted_at(case, now)


def count_due(case: Case, now: datetime) -> bool:
    """True if the portfolio has to be counted: when the last day is over, and to close the case.

    In between it is counted whenever the desk says that something has changed; these two need no word from anybody.
    """
    if case.stage is Stage.LEAVING or case.stage is Stage.PURSUING:
        return not portfolio.counted_since(case, last_day_end(case)) or (
            case.stage is Stage.PURSUING and _come_to_its_end(case, now) and not portfolio.counted_at(case, now)
        )
    return False


def _come_to_its_end(case: Case, now: datetime) -> bool:
    """Nothing is left to wait for, or a person or the deadline decided to stop waiting; never on hold."""
    if case.hold is not None or non_compete.undecided(case):
        return False
    if case.close_requested_by:
        return True
    if access.unverified(case) or papers.due(case):
        return False
    sealed = case.record is not None and case.record.sealed_at is not None
    if handover_complete(case) and sealed and portfolio.settled(case):
        return True
    return case.pursue_until is not None and now >= case.pursue_until


def gaps(case: Case) -> tuple[Gap, ...]:
    """What was not done or could not be verified, in a stable order."""
    found = [Gap("item", item.id, item.status.value) for item in case.items if item.status in checklist.PENDING]
    found += [
        Gap("clearance", c.department, c.status.value)
        for c in case.clearances
        if c.status in (ClearanceStatus.PENDING, ClearanceStatus.SENT_BACK)
    ]
    if case.record is None:
        found.append(Gap("record", "handover_record", "not_presented"))
    else:
        found += [
            Gap("signature", s.role.value, s.status.value)
            for s in case.record.signatures
            if s.status is not SignatureStatus.SIGNED
        ]
        if case.record.settled and case.record.sealed_at is None:
            found.append(Gap("record", "handover_record", "not_sealed"))
    found += [Gap("access", s.system, s.last_problem or "not_verified") for s in access.unverified(case)]
    found += [Gap("paper", kind.value, "not_issued") for kind in papers.due(case)]
    return (*found, *portfolio.gaps(case))


def close(case: Case, now: datetime) -> Change:
    """Ends the case and says what is missing, if anything."""
    missing = gaps(case)
    stage = Stage.COMPLETED_WITH_GAPS if missing else Stage.COMPLETED
    fact = Fact(
        "CaseClosed",
        now,
        by=case.close_requested_by,
        data={"outcome": stage.value, "gaps": tuple(f"{gap.kind}:{gap.subject}:{gap.detail}" for gap in missing)},
    )
    told = tuple(dict.fromkeys(a for a in (case.agreed.hr, case.agreed.witness, case.agreed.leaver) if a))
    closed = replace(case, stage=stage, closed_at=now, gaps=missing)
    return Change(closed, (fact, *sealing.archived(case, now)), (Notification("case_closed", told),))


def request_close(case: Case, by: Actor, reason: str, now: datetime) -> Change:
    """HR stops pursuing what is unfinished after the last day; it is listed as a gap, never hidden."""
    if not by.has(Role.HR) or by.account == case.agreed.leaver:
        raise forbidden("close.only_hr")
    if case.stage is not Stage.PURSUING:
        raise conflict("close.not_before_last_day", stage=case.stage.value)
    if not reason:
        raise invalid("reason.required")
    if case.hold is not None:
        raise conflict("close.on_hold")
    if non_compete.undecided(case):
        raise conflict("close.non_compete_undecided")
    fact = Fact("CloseRequested", now, by.account, {"reason": reason})
    return Change(replace(case, close_requested_by=by.account), (fact,))


def undo(case: Case, now: datetime) -> Change:
    """Takes back everything the case did, last step first (N6). Access is restored by the case's stage itself."""
    change = signing.void(case, now)
    for step in (grants.end_all, checklist.cancel, clearances.cancel, deductions.cancel, settlement.cancel):
        change = change.then(step(change.case, now))
    return change


def undone(case: Case, now: datetime) -> bool:
    """Every right is back, read back, and so is every customer; a legal hold keeps even a withdrawn case open."""
    return case.hold is None and not access.unverified(case) and not portfolio.return_due(case)


def withdrawn(case: Case, now: datetime) -> Change:
    """Everything is as it was before the notice, read back."""
    plan = case.agreed
    told = tuple(dict.fromkeys(a for a in (plan.leaver, plan.witness, plan.receiver, plan.hr) if a))
    return Change(
        replace(case, stage=Stage.WITHDRAWN, closed_at=now),
        (Fact("CaseWithdrawn", now, data={"restored": tuple(s.system for s in case.systems)}),),
        (Notification("case_withdrawn", told),),
    )


def require_running(case: Case, *, or_undone: bool = False) -> None:
    """Raises Refusal if nobody can decide this now: the case is not opened yet, or closed, or being undone.

    `or_undone`: it may also be decided while the case is being undone, as a legal hold, which keeps that from ending.
    """
    if case.closed:
        raise conflict("case.closed")
    if case.plan is None:
        raise conflict("case.not_open_yet")
    if case.stage is Stage.WITHDRAWING and not or_undone:
        raise conflict("case.being_withdrawn")


def people_left(case: Case, accounts: tuple[str, ...], now: datetime) -> Change:
    """Accounts were closed: their open parts go to somebody who is there; what they decided stays as it was."""
    if case.plan is None or (case.closed and not aftercare.looked_after_alone(case)):
        return Change(case)
    newly = tuple(account for account in accounts if account not in case.departed)
    change = approvers.left(replace(case, departed=(*case.departed, *dict.fromkeys(newly))), newly)
    for account in accounts:
        change = change.then(clearances.drop_account(change.case, account, now))
        change = change.then(checklist.drop_receiver(change.case, account, now))
    return change
