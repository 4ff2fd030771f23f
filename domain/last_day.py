"""The last day (最后工作日): fixed by law, movable only by both sides; and the withdrawal of a resignation.

NOT-01, NOT-02: a resignation needs nobody's approval, so nothing here approves one. NOT-11: an earlier day needs the
other side's agreement. NOT-09: after arrival a withdrawal is a request that takes effect with the employer's consent.
"""

from dataclasses import replace
from datetime import date, datetime

from domain import closing, grants, signing
from domain.case import Case, LastDayProposal, Side, Stage, WithdrawalRequest
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid
from domain.people import Actor, Role
from domain.timezones import end_of, local_date

_EMPLOYED = (
    Stage.OPENING,
    Stage.FREEZING,
    Stage.HANDING_OVER,
    Stage.SIGNING,
    Stage.AWAITING_LAST_DAY,
)


def propose(case: Case, by: Actor, day: date, reason: str, now: datetime) -> Change:
    """One side proposes another last day: earlier (early release) or later. The other side has to agree."""
    side = _side(case, by)
    _require_employed(case, now)
    if not reason:
        raise invalid("reason.required")
    if day == case.final_day:
        raise invalid("last_day.unchanged", day=day.isoformat())
    if day < local_date(now, case.agreed.calendar.zone):
        raise invalid("last_day.in_the_past", day=day.isoformat())
    if (day - case.final_day).days > 366:
        raise invalid("last_day.too_far", day=day.isoformat())
    if case.proposal is not None and case.proposal.side is not side:
        raise conflict("last_day.answer_first", day=case.proposal.day.isoformat())
    proposal = LastDayProposal(day, reason, side, by.account, now)
    fact = Fact("LastDayProposed", now, by.account, {"day": day.isoformat(), "side": side.value, "reason": reason})
    return Change(
        replace(case, proposal=proposal),
        (fact,),
        (Notification("last_day_proposed", (_other(case, side),), (day.isoformat(),)),),
    )


def answer(case: Case, by: Actor, day: date, agree: bool, reason: str, now: datetime) -> Change:
    """The other side agrees to exactly the proposed day, or declines."""
    side = _side(case, by)
    _require_employed(case, now)
    proposal = case.proposal
    if proposal is None:
        raise conflict("last_day.nothing_proposed")
    if proposal.side is side:
        raise forbidden("last_day.own_proposal")
    if proposal.day != day:
        raise conflict("last_day.other_day_proposed", day=proposal.day.isoformat())
    if agree and day < local_date(now, case.agreed.calendar.zone):
        raise conflict("last_day.in_the_past", day=day.isoformat())
    told = Notification("last_day_moved" if agree else "last_day_declined", (proposal.by,), (proposal.day.isoformat(),))
    if not agree:
        fact = Fact("LastDayProposalDeclined", now, by.account, {"day": day.isoformat(), "reason": reason})
        return Change(replace(case, proposal=None), (fact,), (told,))
    early = day < case.agreed.earliest_last_day
    fact = Fact(
        "LastDayMoved",
        now,
        by.account,
        {
            "from": case.final_day.isoformat(),
            "to": day.isoformat(),
            "proposed_by": proposal.by,
            "agreed_by": by.account,
            "rule": "NOT-11" if early else "NOT-08",
        },
    )
    change = Change(replace(case, last_day=day, proposal=None, warned_days=()), (fact,), (told,))
    return signing.overtaken(change.then(grants.clip(change.case, now)), now)


def request_withdrawal(case: Case, by: Actor, reason: str, now: datetime) -> Change:
    """The leaver asks to take the resignation back."""
    if by.account != case.agreed.leaver:
        raise forbidden("withdrawal.only_leaver")
    _require_employed(case, now)
    if case.withdrawal is not None:
        raise conflict("withdrawal.already_requested")
    fact = Fact("WithdrawalRequested", now, by.account, {"reason": reason, "rule": "NOT-09"})
    return Change(
        replace(case, withdrawal=WithdrawalRequest(reason, by.account, now)),
        (fact,),
        (Notification("withdrawal_requested", (case.agreed.hr,)),),
    )


def answer_withdrawal(case: Case, by: Actor, consent: bool, reason: str, now: datetime) -> Change:
    """The employer consents, and everything done so far is undone; or declines, and the case goes on."""
    if not by.has(Role.HR) or by.account == case.agreed.leaver:
        raise forbidden("withdrawal.only_hr_answers")
    _require_employed(case, now)
    if case.withdrawal is None:
        raise conflict("withdrawal.nothing_requested")
    if not consent:
        fact = Fact("WithdrawalDeclined", now, by.account, {"reason": reason})
        note = Notification("withdrawal_declined", (case.withdrawal.by,))
        return Change(replace(case, withdrawal=None), (fact,), (note,))
    fact = Fact("WithdrawalConsented", now, by.account, {"reason": reason, "rule": "NOT-09"})
    note = Notification("withdrawal_consented", (case.withdrawal.by, case.agreed.witness))
    change = Change(replace(case, stage=Stage.WITHDRAWING), (fact,), (note,))
    return change.then(closing.undo(change.case, now))


def _side(case: Case, by: Actor) -> Side:
    if by.account == case.agreed.leaver:
        return Side.EMPLOYEE
    if by.has(Role.HR):
        return Side.EMPLOYER
    raise forbidden("last_day.only_the_two_sides")


def _other(case: Case, side: Side) -> str:
    return case.agreed.hr if side is Side.EMPLOYEE else case.agreed.leaver


def _require_employed(case: Case, now: datetime) -> None:
    if case.stage not in _EMPLOYED or now >= end_of(case.final_day, case.agreed.calendar.zone):
        raise conflict("last_day.over", stage=case.stage.value)
