"""Which rule of the domain carries out which human decision. One line a decision."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from domain import (
    aftercare,
    aftercare_decisions,
    checklist,
    clearances,
    closing,
    deduction_decisions,
    freezing,
    grants,
    holds,
    last_day,
    non_compete,
    sealing,
    settlement,
    signing,
)
from domain.change import Rule
from domain.handover import Proof as ItemProof
from domain.people import Actor
from models import decision_bodies as d
from models import deduction_bodies as on_deductions

# A table of lambdas can't say that each takes the body named beside it; the decision's own model has checked it before.
Binding = Callable[[Actor, Any], Rule]

RULES: dict[type[d.Body], Binding] = {
    d.AssignReceiver: lambda by, b: lambda c, now: checklist.assign_receiver(c, by, b.items, b.receiver, now),
    d.HandOverItems: lambda by, b: (
        lambda c, now: checklist.hand_over(c, by, b.items, ItemProof(b.note, b.reference), now)
    ),
    d.DecideItems: lambda by, b: (
        lambda c, now: checklist.decide(c, by, b.items, b.answer is d.Answer.ACCEPT, b.reason, now)
    ),
    d.WaiveItems: lambda by, b: lambda c, now: checklist.waive(c, by, b.items, b.reason, now),
    d.DecideClearance: lambda by, b: (
        lambda c, now: clearances.decide(c, by, b.department, b.verdict is d.Verdict.APPROVE, b.reason, now)
    ),
    d.ResubmitClearance: lambda by, b: lambda c, now: clearances.resubmit(c, by, b.department, b.note, now),
    d.ReassignClearance: lambda by, b: (
        lambda c, now: clearances.reassign(c, by, b.department, b.replaced or "", b.to, b.reason, now)
    ),
    d.DelegateClearance: lambda by, b: lambda c, now: clearances.delegate(c, by, b.department, b.to, b.reason, now),
    d.RequestGrant: lambda by, b: lambda c, now: grants.request(c, by, b.system, b.rights, b.reason, b.hours, now),
    d.DecideGrant: lambda by, b: (
        lambda c, now: grants.decide(c, by, b.grant, b.answer is d.Answer.ACCEPT, b.reason, b.hours, now)
    ),
    d.ExtendGrant: lambda by, b: lambda c, now: grants.extend(c, by, b.grant, b.hours, b.reason, now),
    d.RevokeGrant: lambda by, b: lambda c, now: grants.revoke(c, by, b.grant, b.reason, now),
    d.ProposeLastDay: lambda by, b: lambda c, now: last_day.propose(c, by, b.day, b.reason, now),
    d.AnswerLastDay: lambda by, b: (
        lambda c, now: last_day.answer(c, by, b.day, b.answer is d.Answer.ACCEPT, b.reason, now)
    ),
    d.RequestWithdrawal: lambda by, b: lambda c, now: last_day.request_withdrawal(c, by, b.reason, now),
    d.AnswerWithdrawal: lambda by, b: (
        lambda c, now: last_day.answer_withdrawal(c, by, b.answer is d.Answer.ACCEPT, b.reason, now)
    ),
    d.SignRecord: lambda by, b: lambda c, now: signing.sign(c, by, b.sha256, b.evidence, b.seen, now),
    d.RefuseSignature: lambda by, b: lambda c, now: signing.refuse(c, by, b.account, b.reason, now),
    d.ApproveSeal: lambda by, b: (
        lambda c, now: sealing.decide(c, by, b.sha256, b.answer is d.Answer.ACCEPT, b.reason, now)
    ),
    d.WitnessRefusal: lambda by, b: lambda c, now: signing.witness_refusal(c, by, b.account, now),
    d.ConfirmFreeze: lambda by, b: (
        lambda c, now: freezing.confirm(c, by, b.answer is d.Answer.ACCEPT, b.reason, now, b.basis)
    ),
    d.FileFreezeAgreement: lambda by, b: lambda c, now: freezing.record_agreement(c, by, b.reference, b.signed_on, now),
    d.DecideNonCompete: lambda by, b: lambda c, now: non_compete.decide(c, by, b.enforce, b.reason, now),
    d.ConfirmPayment: lambda by, b: lambda c, now: settlement.confirm(c, by, b.payment, b.paid_on, b.reference, now),
    d.DismissPayment: lambda by, b: lambda c, now: settlement.dismiss(c, by, b.payment, b.reason, now),
    on_deductions.ProposeDeduction: lambda by, b: lambda c, now: deduction_decisions.propose(c, by, b.proposal, now),
    on_deductions.ReplyToDeduction: lambda by, b: (
        lambda c, now: deduction_decisions.reply(c, by, b.deduction, b.answer is d.Answer.ACCEPT, b.reply, now)
    ),
    on_deductions.DecideDeduction: lambda by, b: (
        lambda c, now: deduction_decisions.decide(c, by, b.deduction, Decimal(b.amount), b.reason, now)
    ),
    on_deductions.DropDeduction: lambda by, b: (
        lambda c, now: deduction_decisions.drop(c, by, b.deduction, b.reason, now)
    ),
    d.CompleteDuty: lambda by, b: (
        lambda c, now: aftercare_decisions.complete_duty(c, by, b.duty, b.done_on, b.reference, now)
    ),
    d.ConfirmCompensation: lambda by, b: (
        lambda c, now: aftercare_decisions.confirm_compensation(c, by, b.month, b.paid_on, b.reference, now)
    ),
    d.ExcuseCompensation: lambda by, b: (
        lambda c, now: aftercare_decisions.excuse_compensation(c, by, b.month, b.reason, now)
    ),
    d.RecordInterruption: lambda by, b: (
        lambda c, now: aftercare_decisions.record_interruption(c, by, b.kind, b.on, b.reference, now)
    ),
    d.EndNonCompete: lambda by, b: (
        lambda c, now: aftercare_decisions.end_non_compete(c, by, b.side, b.on, b.reason, now)
    ),
    d.CloseCase: lambda by, b: lambda c, now: closing.request_close(c, by, b.reason, now),
    d.PlaceHold: lambda by, b: lambda c, now: holds.place_hold(c, by, b.reason, now),
    d.LiftHold: lambda by, b: lambda c, now: holds.lift_hold(c, by, b.reason, now),
}


_ALSO_WHILE_UNDONE = (d.PlaceHold, d.LiftHold)
_ALSO_AFTER_CLOSING = (
    d.ConfirmPayment,
    d.DismissPayment,
    d.CompleteDuty,
    d.ConfirmCompensation,
    d.ExcuseCompensation,
    d.RecordInterruption,
    d.EndNonCompete,
    d.PlaceHold,
    d.LiftHold,
)


def rule_for(by: Actor, body: d.Body) -> Rule:
    """The rule that carries out this person's decision; it refuses while the case is not open yet, or closed."""
    bound = RULES[type(body)](by, body)

    def guarded(case: Any, now: Any) -> Any:
        if not (isinstance(body, _ALSO_AFTER_CLOSING) and aftercare.looked_after_alone(case)):
            closing.require_running(case, or_undone=isinstance(body, _ALSO_WHILE_UNDONE))
        return bound(case, now)

    return guarded
