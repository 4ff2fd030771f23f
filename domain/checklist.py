"""The handover checklist (交接清单): what is handed over, to whom, with which proof, accepted or refused.

HND-01: the duty to hand over exists as agreed, so every item carries an objective criterion of completion.
"""

from dataclasses import replace
from datetime import datetime

from domain import signing
from domain.case import Case, Stage
from domain.change import Change, Fact, Notification
from domain.errors import conflict, forbidden, invalid, not_found
from domain.handover import Item, ItemStatus, Proof
from domain.people import Actor, Role
from domain.plan import Plan

_HANDING_OVER = (
    Stage.FREEZING,
    Stage.HANDING_OVER,
    Stage.SIGNING,
    Stage.AWAITING_LAST_DAY,
    Stage.LEAVING,
    Stage.PURSUING,
)
PENDING = (ItemStatus.OPEN, ItemStatus.HANDED_OVER)


def from_plan(plan: Plan, now: datetime) -> tuple[Item, ...]:
    """The checklist as the plan lists it, every item for the planned receiver."""
    remind = plan.calendar.opening_after(now, plan.policy.remind_every)
    return tuple(
        Item(i.id, i.title, i.criterion, i.category, plan.receiver, i.proof_required, remind_at=remind)
        for i in plan.items
    )


def assign_receiver(case: Case, by: Actor, item_ids: tuple[str, ...], receiver: str, now: datetime) -> Change:
    """The witness or HR names who receives these items; an item already handed over has to be accepted anew."""
    plan = case.agreed
    if by.account == plan.leaver or (by.account != plan.witness and not by.has(Role.HR)):
        raise forbidden("item.only_witness_or_hr_assigns")
    if receiver == plan.leaver:
        raise invalid("item.leaver_cannot_receive")
    items = _pending(case, item_ids)
    changed = case
    for item in items:
        changed = changed.with_item(replace(item, receiver=receiver))
    fact = Fact("ReceiverAssigned", now, by.account, {"items": item_ids, "receiver": receiver})
    change = Change(changed, (fact,), (Notification("receiver_assigned", (receiver,), item_ids),))
    return signing.overtaken(change, now)


def hand_over(case: Case, by: Actor, item_ids: tuple[str, ...], proof: Proof, now: datetime) -> Change:
    """The leaver hands items over, with proof where the template asks for it."""
    if by.account != case.agreed.leaver:
        raise forbidden("item.only_leaver_hands_over")
    _require_open(case)
    items = _pending(case, item_ids)
    for item in items:
        if item.status is not ItemStatus.OPEN:
            raise conflict("item.already_handed_over", item=item.id)
        if item.proof_required and not (proof.note or proof.reference):
            raise invalid("item.proof_required", item=item.id)
    remind = case.agreed.calendar.opening_after(now, case.agreed.policy.remind_every)
    changed = case
    for item in items:
        changed = changed.with_item(
            replace(item, status=ItemStatus.HANDED_OVER, proof=proof, remind_at=remind, last_reason="")
        )
    receivers = tuple(dict.fromkeys(item.receiver for item in items))
    fact = Fact(
        "ItemsHandedOver",
        now,
        by.account,
        {"items": item_ids, "proof": proof.note, "reference": proof.reference},
    )
    change = Change(changed, (fact,), (Notification("items_handed_over", receivers, item_ids),))
    return signing.overtaken(change, now)


def decide(case: Case, by: Actor, item_ids: tuple[str, ...], accept: bool, reason: str, now: datetime) -> Change:
    """The receiver accepts items, or refuses them with a reason, which opens them for the leaver again."""
    _require_open(case)
    items = _pending(case, item_ids)
    for item in items:
        if by.account != item.receiver:
            raise forbidden("item.only_receiver_decides", item=item.id)
        if item.status is not ItemStatus.HANDED_OVER:
            raise conflict("item.not_handed_over", item=item.id)
    if not accept and not reason:
        raise invalid("reason.required")
    remind = case.agreed.calendar.opening_after(now, case.agreed.policy.remind_every)
    changed = case
    for item in items:
        changed = changed.with_item(
            replace(item, status=ItemStatus.ACCEPTED, remind_at=None)
            if accept
            else replace(item, status=ItemStatus.OPEN, last_reason=reason, refusals=item.refusals + 1, remind_at=remind)
        )
    kind, note = ("ItemsAccepted", "items_accepted") if accept else ("ItemsRefused", "items_refused")
    fact = Fact(kind, now, by.account, {"items": item_ids, "reason": reason})
    change = Change(changed, (fact,), (Notification(note, (case.agreed.leaver,), item_ids),))
    return signing.overtaken(change, now)


def waive(case: Case, by: Actor, item_ids: tuple[str, ...], reason: str, now: datetime) -> Change:
    """The witness or HR decides, with a reason, that items need not be handed over."""
    plan = case.agreed
    if by.account != plan.witness and not by.has(Role.HR):
        raise forbidden("item.only_witness_or_hr_waives")
    if by.account == plan.leaver:
        raise forbidden("item.leaver_cannot_waive")
    if not reason:
        raise invalid("reason.required")
    changed = case
    for item in _pending(case, item_ids):
        changed = changed.with_item(replace(item, status=ItemStatus.WAIVED, last_reason=reason, remind_at=None))
    fact = Fact("ItemsWaived", now, by.account, {"items": item_ids, "reason": reason})
    change = Change(changed, (fact,), (Notification("items_waived", (plan.leaver, plan.receiver), item_ids),))
    return signing.overtaken(change, now)


def drop_receiver(case: Case, account: str, now: datetime) -> Change:
    """A receiver has left: the witness receives what is still pending, or else HR, if they are there themselves."""
    plan = case.agreed
    items = tuple(item for item in case.items if item.receiver == account and item.status in PENDING)
    gone = (account, plan.leaver, *case.departed)
    successor = next((other for other in (plan.witness, plan.hr) if other not in gone), "")
    if not items or not successor:
        return Change(case)
    changed = case
    for item in items:
        changed = changed.with_item(replace(item, receiver=successor))
    ids = tuple(item.id for item in items)
    fact = Fact("ReceiverLeft", now, data={"items": ids, "account": account, "successor": successor})
    told = tuple(dict.fromkeys((successor, plan.hr)))
    return signing.overtaken(Change(changed, (fact,), (Notification("receiver_assigned", told, ids),)), now)


def done(case: Case) -> bool:
    """True when nothing is left to hand over."""
    return not any(item.status in PENDING for item in case.items)


def cancel(case: Case, now: datetime) -> Change:
    """Undo of the handover: what was accepted goes back, what was pending ends (N6)."""
    items = tuple(
        replace(item, status=ItemStatus.CANCELLED, remind_at=None) if item.status is not ItemStatus.WAIVED else item
        for item in case.items
    )
    if items == case.items:
        return Change(case)
    returned = tuple(item.id for item in case.items if item.status is ItemStatus.ACCEPTED)
    fact = Fact("HandoverCancelled", now, data={"returned": returned})
    return Change(replace(case, items=items), (fact,))


def _require_open(case: Case) -> None:
    if case.stage not in _HANDING_OVER:
        raise conflict("item.not_in_this_stage", stage=case.stage.value)


def _pending(case: Case, item_ids: tuple[str, ...]) -> tuple[Item, ...]:
    if not item_ids or len(set(item_ids)) != len(item_ids):
        raise invalid("item.list_needed")
    _require_open(case)
    items = {item.id: item for item in case.items}
    for item_id in item_ids:
        if item_id not in items:
            raise not_found("item.unknown", item=item_id)
        if items[item_id].status not in PENDING:
            raise conflict("item.already_settled", item=item_id, status=items[item_id].status.value)
    return tuple(items[item_id] for item_id in item_ids)
