"""What people decide about a deduction: to claim it, to accept it or object, to decide an amount, to give it up.

PAY-04: agreed before, proved, told in writing, the leaver heard, and decided by counsel who did not propose it.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from domain import deductions, settlement
from domain.case import Case
from domain.change import Change, Fact, FactValue, Notification
from domain.claims import STANDING, UNDECIDED, Deduction, DeductionStatus, Proposal
from domain.errors import conflict, forbidden, invalid
from domain.law.deductions import Examination
from domain.law.gates import Ground, Hearing, WrittenNotice
from domain.law.workings import figure
from domain.money import Money, nothing
from domain.people import Actor, Role

REFUSED_FOR = {
    Ground.NOT_AGREED: "deduction.not_agreed",
    Ground.AGREED_TOO_LATE: "deduction.agreed_too_late",
    Ground.POLICY_NOT_VALID: "deduction.policy_not_valid",
    Ground.FAULT_NOT_PROVED: "deduction.fault_not_proved",
    Ground.LOSS_NOT_PROVED: "deduction.loss_not_proved",
    Ground.CAUSATION_NOT_PROVED: "deduction.causation_not_proved",
    Ground.ABOVE_LOSS: "deduction.above_loss",
    Ground.ABOVE_CAP: "deduction.above_cap",
    Ground.BELOW_MINIMUM_WAGE: "deduction.below_minimum_wage",
    Ground.MINIMUM_WAGE_UNKNOWN: "deduction.minimum_wage_unknown",
}
"""Why a claim can never be defended, however much the employee is heard."""


def propose(case: Case, by: Actor, wanted: Proposal, now: datetime) -> Change:
    """HR or counsel wants to deduct something; refused at once if it could never be defended (PAY-04, G1 to G4)."""
    if not by.has(Role.HR, Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("deduction.only_hr_or_counsel")
    by_law, today, claim = deductions.figures(case, now), deductions.day_of(case, now), wanted.claim
    if claim.amount.currency != by_law.currency:
        raise invalid("deduction.other_currency", currency=by_law.currency)
    if claim.caused_on > today:
        raise invalid("deduction.in_the_future", day=claim.caused_on.isoformat())
    taken = next((d for d in case.deductions if d.status in STANDING and d.proposal.subject == wanted.subject), None)
    if taken is not None:
        raise conflict("deduction.subject_taken", subject=wanted.subject, deduction=taken.id)
    heard = replace(claim, notice=WrittenNotice(today, claim.reason, claim.amount), hearing=Hearing("-", replied=True))
    found, working = deductions.examined(case, by_law, wanted, heard, today)
    _require_defensible(found)
    on_file = deductions.wage_on_file(case)
    made = Deduction(f"d{len(case.deductions) + 1}", wanted, by.account, now, found.defensible, working, on_file)
    data: dict[str, FactValue] = {
        "deduction": made.id,
        "subject": wanted.subject,
        "amount": figure(claim.amount),
        "currency": by_law.currency,
        "most": figure(made.most),
        "reason": claim.reason,
        "working": working,
        "rule": "PAY-04",
    }
    if on_file is not None:  # absent where the plan has none: a case from before tells the same fact when replayed
        wage = figure(wanted.month.wage)
        data |= {"wage": wage, "wage_on_file": figure(on_file), "payslip": wanted.payslip}
    return Change(
        replace(case, deductions=(*case.deductions, made)), (Fact("DeductionProposed", now, by.account, data),)
    )


def reply(case: Case, by: Actor, deduction_id: str, accepts: bool, said: str, now: datetime) -> Change:
    """The leaver accepts or objects; heard also after the time to reply, as long as nothing is decided."""
    if by.account != case.agreed.leaver:
        raise forbidden("deduction.only_leaver_replies")
    found = _undecided(case, deduction_id, now)
    if found.replied_at is not None:
        raise conflict("deduction.replied_already")
    heard = replace(found, status=DeductionStatus.HEARD, replied_at=now, accepted=accepts, reply=said)
    data: dict[str, FactValue] = {"deduction": found.id, "accepts": accepts, "reply": said, "rule": "PAY-04"}
    return deductions.to_be_decided(case, heard, Fact("DeductionReplied", now, by.account, data), now)


def decide(case: Case, by: Actor, deduction_id: str, amount: Decimal, reason: str, now: datetime) -> Change:
    """Counsel who did not propose it decides an amount, once the leaver was heard; never above what is defensible."""
    if not by.has(Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("deduction.only_counsel")
    found, today = _undecided(case, deduction_id, now), deductions.day_of(case, now)
    if by.account == found.proposed_by:
        raise forbidden("deduction.own_proposal")
    if not deductions.heard(case, found, now):
        raise conflict("deduction.reply_not_heard", day=found.reply_until.isoformat() if found.reply_until else "")
    by_law, wanted = deductions.figures(case, now), found.proposal
    most, _ = deductions.examined(case, by_law, wanted, found.claimed(wanted.claim.amount, by.account), today)
    decided = Money(amount, by_law.currency)
    if most.defensible < decided or decided <= nothing(by_law.currency):
        raise invalid("deduction.above_most", most=figure(most.defensible))
    _, working = deductions.examined(case, by_law, wanted, found.claimed(decided, by.account), today)
    settled = replace(
        found,
        status=DeductionStatus.DECIDED,
        amount=decided,
        decided_by=by.account,
        decided_because=reason,
        working=working,
        remind_at=None,
    )
    data: dict[str, FactValue] = {
        "deduction": found.id,
        "amount": figure(decided),
        "currency": decided.currency,
        "most": figure(most.defensible),
        "working": working,
        "reason": reason,
        "rule": "PAY-04",
    }
    fact = Fact("DeductionDecided", now, by.account, data)
    said = (wanted.subject, f"{figure(decided)} {decided.currency}")
    note = Notification("deduction_decided", deductions.parties(case, found), said)
    return Change(deductions.with_deduction(case, settled), (fact,), (note,))


def drop(case: Case, by: Actor, deduction_id: str, reason: str, now: datetime) -> Change:
    """HR or counsel gives the claim up; what is decided, counsel alone takes back. The wages are paid without it."""
    if not by.has(Role.HR, Role.COUNSEL) or by.account == case.agreed.leaver:
        raise forbidden("deduction.only_hr_or_counsel")
    if deductions.find(case, deduction_id).status is DeductionStatus.DECIDED:
        found = _revocable(case, by, deduction_id)
    else:
        found = _undecided(case, deduction_id, now, or_unnotified=True)
    dropped = replace(
        found,
        status=DeductionStatus.DROPPED,
        amount=None,
        decided_by=by.account,
        decided_because=reason,
        remind_at=None,
    )
    fact = Fact("DeductionDropped", now, by.account, {"deduction": found.id, "reason": reason, "rule": "PAY-04"})
    subject = found.proposal.subject
    note = Notification("deduction_dropped", deductions.parties(case, found), (subject, subject))
    return Change(deductions.with_deduction(case, dropped), (fact,), (note,))


def _require_defensible(found: Examination) -> None:
    """Raises Refusal with the first gate that no hearing can open, and the names of all of them."""
    possible = found.defensible.amount > 0
    closed = [f for f in found.gates if not f.passed and not (f.would_pass_for_less and possible)]
    if closed:
        raise invalid(REFUSED_FOR[closed[0].ground], gates=", ".join(finding.gate.value for finding in closed))
    if not possible:
        raise invalid("deduction.line_pays_nothing")


def _revocable(case: Case, by: Actor, deduction_id: str) -> Deduction:
    """A decided deduction that counsel may still take back: until the wages are paid, also if they are late."""
    if not by.has(Role.COUNSEL):
        raise forbidden("deduction.only_counsel")
    if not settlement.lives(case) or deductions.paid(case):
        raise conflict("deduction.too_late")
    return deductions.find(case, deduction_id)


def _undecided(case: Case, deduction_id: str, now: datetime, *, or_unnotified: bool = False) -> Deduction:
    """Raises Refusal if it can't be replied to or decided any more, or not yet."""
    found = deductions.find(case, deduction_id)
    deductions.figures(case, now)
    if found.status not in UNDECIDED:
        raise conflict("deduction.over", status=found.status.value)
    if found.status is DeductionStatus.PROPOSED and not or_unnotified:
        raise conflict("deduction.not_notified")
    return found
