"""The checklist: every item has a criterion, a receiver, a proof where asked, and an end that somebody decided."""

from datetime import date, timedelta

import pytest

from domain import checklist, signing
from domain.case import Stage
from domain.handover import Item, ItemStatus, Proof
from domain.people import Actor
from tests.domain import cases as c

NO_PROOF = Proof("")
OPENING_OF_WEDNESDAY = c.opening(date(2026, 11, 25))


@pytest.mark.law("HND-01")
def test_every_item_of_the_plan_starts_open_with_the_planned_receiver() -> None:
    """HND-01: the duty exists as agreed, so every item carries its criterion."""
    case = c.opened()
    assert [(i.id, i.receiver, i.status, i.criterion.en) for i in case.items] == [
        (name, "zhou", ItemStatus.OPEN, "done") for name in c.ITEMS
    ]
    assert {i.remind_at for i in case.items} == {OPENING_OF_WEDNESDAY}


def test_the_leaver_hands_items_over_with_proof() -> None:
    change = checklist.hand_over(c.handing_over(), c.LEAVER, ("open_orders",), c.PROOF, c.NOW)
    handed = c.find_item(change.case, "open_orders")
    assert (handed.status, handed.proof) == (ItemStatus.HANDED_OVER, c.PROOF)
    assert c.kinds(change) == ("ItemsHandedOver",)
    assert c.told(change, "items_handed_over") == ("zhou",)


@pytest.mark.parametrize("proof", [Proof("note"), Proof("", "doc-7")])
def test_a_note_or_a_reference_is_proof(proof: Proof) -> None:
    case = checklist.hand_over(c.handing_over(), c.LEAVER, ("open_orders",), proof, c.NOW).case
    assert c.find_item(case, "open_orders").status is ItemStatus.HANDED_OVER


def test_an_item_that_asks_for_proof_is_not_handed_over_without() -> None:
    with c.invalid("item.proof_required"):
        checklist.hand_over(c.handing_over(), c.LEAVER, ("devices", "open_orders"), NO_PROOF, c.NOW)


def test_an_item_that_asks_for_no_proof_is_handed_over_without() -> None:
    case = checklist.hand_over(c.handing_over(), c.LEAVER, ("devices",), NO_PROOF, c.NOW).case
    assert c.find_item(case, "devices").status is ItemStatus.HANDED_OVER


@pytest.mark.parametrize("by", [c.RECEIVER, c.WITNESS, c.HR, c.STRANGER])
def test_only_the_leaver_hands_over(by: Actor) -> None:
    with c.forbidden("item.only_leaver_hands_over"):
        checklist.hand_over(c.handing_over(), by, ("devices",), c.PROOF, c.NOW)


def test_what_is_handed_over_is_not_handed_over_again() -> None:
    with c.conflict("item.already_handed_over"):
        checklist.hand_over(c.handed_over(c.handing_over(), "devices"), c.LEAVER, ("devices",), c.PROOF, c.NOW)


def test_the_receiver_accepts() -> None:
    case = c.handed_over(c.handing_over())
    change = checklist.decide(case, c.RECEIVER, c.ITEMS, True, "", c.NOW)
    assert {(i.status, i.remind_at) for i in change.case.items} == {(ItemStatus.ACCEPTED, None)}
    assert c.kinds(change) == ("ItemsAccepted",)
    assert checklist.done(change.case)


def test_the_receiver_refuses_with_a_reason_and_the_leaver_tries_again() -> None:
    case = c.handed_over(c.handing_over())
    change = checklist.decide(case, c.RECEIVER, ("open_orders",), False, "three orders are missing", c.NOW)
    refused = c.find_item(change.case, "open_orders")
    assert (refused.status, refused.refusals, refused.last_reason) == (ItemStatus.OPEN, 1, "three orders are missing")
    assert (c.kinds(change), c.told(change, "items_refused")) == (("ItemsRefused",), ("lin",))
    again = c.find_item(c.handed_over(change.case, "open_orders"), "open_orders")
    assert (again.status, again.last_reason) == (ItemStatus.HANDED_OVER, "")


def test_a_refusal_needs_a_reason() -> None:
    with c.invalid("reason.required"):
        checklist.decide(c.handed_over(c.handing_over()), c.RECEIVER, c.ITEMS, False, "", c.NOW)


@pytest.mark.parametrize("by", [c.LEAVER, c.WITNESS, c.HR, c.STRANGER])
def test_only_the_receiver_decides(by: Actor) -> None:
    with c.forbidden("item.only_receiver_decides"):
        checklist.decide(c.handed_over(c.handing_over()), by, c.ITEMS, True, "", c.NOW)


def test_nothing_is_accepted_before_it_is_handed_over() -> None:
    with c.conflict("item.not_handed_over"):
        checklist.decide(c.handing_over(), c.RECEIVER, c.ITEMS, True, "", c.NOW)


@pytest.mark.parametrize("by", [c.WITNESS, c.HR, c.OTHER_HR])
def test_the_witness_or_hr_names_another_receiver_who_then_decides(by: Actor) -> None:
    case = c.handed_over(c.handing_over())
    change = checklist.assign_receiver(case, by, ("open_orders",), "chen", c.NOW)
    assert (c.kinds(change), c.told(change, "receiver_assigned")) == (("ReceiverAssigned",), ("chen",))
    with c.forbidden("item.only_receiver_decides"):
        checklist.decide(change.case, c.RECEIVER, ("open_orders",), True, "", c.NOW)
    done = checklist.decide(change.case, Actor("chen"), ("open_orders",), True, "", c.NOW).case
    assert c.find_item(done, "open_orders").status is ItemStatus.ACCEPTED


@pytest.mark.parametrize("by", [c.LEAVER, c.LEAVER_OF_ALL_ROLES, c.RECEIVER, c.SECURITY])
def test_nobody_else_names_receivers_least_of_all_the_leaver(by: Actor) -> None:
    with c.forbidden("item.only_witness_or_hr_assigns"):
        checklist.assign_receiver(c.handing_over(), by, ("open_orders",), "chen", c.NOW)


def test_the_leaver_can_not_receive() -> None:
    with c.invalid("item.leaver_cannot_receive"):
        checklist.assign_receiver(c.handing_over(), c.WITNESS, ("open_orders",), "lin", c.NOW)


@pytest.mark.parametrize("by", [c.WITNESS, c.HR])
def test_the_witness_or_hr_waives_with_a_reason(by: Actor) -> None:
    change = checklist.waive(c.handing_over(), by, ("devices",), "never had any", c.NOW)
    waived = c.find_item(change.case, "devices")
    assert (waived.status, waived.last_reason, waived.remind_at) == (ItemStatus.WAIVED, "never had any", None)
    assert c.kinds(change) == ("ItemsWaived",)


def test_a_waiver_needs_a_reason() -> None:
    with c.invalid("reason.required"):
        checklist.waive(c.handing_over(), c.HR, ("devices",), "", c.NOW)


def test_nobody_else_waives() -> None:
    with c.forbidden("item.only_witness_or_hr_waives"):
        checklist.waive(c.handing_over(), c.RECEIVER, ("devices",), "r", c.NOW)


def test_the_leaver_waives_nothing_in_any_role() -> None:
    with c.forbidden("item.leaver_cannot_waive"):
        checklist.waive(c.handing_over(), c.LEAVER_OF_ALL_ROLES, ("devices",), "r", c.NOW)


def test_an_item_that_is_settled_stays_settled() -> None:
    case = c.accepted(c.handing_over())
    with c.conflict("item.already_settled"):
        checklist.waive(case, c.HR, ("devices",), "r", c.NOW)


def test_an_unknown_item_is_not_found() -> None:
    with c.not_found("item.unknown"):
        checklist.waive(c.handing_over(), c.HR, ("spaceship",), "r", c.NOW)


@pytest.mark.parametrize("items", [(), ("devices", "devices")])
def test_a_decision_names_each_of_its_items_once(items: tuple[str, ...]) -> None:
    with c.invalid("item.list_needed"):
        checklist.waive(c.handing_over(), c.HR, items, "r", c.NOW)


def test_one_wrong_item_leaves_the_others_untouched() -> None:
    case = c.handed_over(c.handing_over(), "devices")
    with c.conflict("item.not_handed_over"):
        checklist.decide(case, c.RECEIVER, ("devices", "open_orders"), True, "", c.NOW)
    assert c.find_item(case, "devices").status is ItemStatus.HANDED_OVER


@pytest.mark.parametrize("stage", [Stage.WITHDRAWING, Stage.COMPLETED, Stage.WITHDRAWN])
def test_nothing_is_handed_over_in_a_case_that_ends(stage: Stage) -> None:
    case = c.in_stage(c.handing_over(), stage)
    with c.conflict("item.not_in_this_stage"):
        checklist.hand_over(case, c.LEAVER, ("devices",), c.PROOF, c.NOW)
    with c.conflict("item.not_in_this_stage"):
        checklist.decide(case, c.RECEIVER, ("devices",), True, "", c.NOW)
    with c.conflict("item.not_in_this_stage"):
        checklist.waive(case, c.HR, ("devices",), "r", c.NOW)
    with c.conflict("item.not_in_this_stage"):
        checklist.assign_receiver(case, c.HR, ("devices",), "chen", c.NOW)


@pytest.mark.parametrize("stage", [Stage.FREEZING, Stage.SIGNING, Stage.AWAITING_LAST_DAY, Stage.LEAVING])
def test_the_handover_goes_on_while_the_case_does(stage: Stage) -> None:
    """HND-02: neither the freeze nor the last day ends the duty to hand over."""
    assert checklist.done(c.accepted(c.in_stage(c.handing_over(), stage)))


def _pending(case_items: tuple[Item, ...]) -> dict[str, str]:
    return {i.id: i.receiver for i in case_items}


def test_when_the_receiver_has_left_the_witness_receives_what_is_pending() -> None:
    case = checklist.waive(c.handing_over(), c.HR, ("devices",), "r", c.NOW).case
    change = checklist.drop_receiver(case, "zhou", c.NOW)
    assert _pending(change.case.items) == {"customer_files": "wang", "open_orders": "wang", "devices": "zhou"}
    assert c.kinds(change) == ("ReceiverLeft",)
    assert c.told(change, "receiver_assigned") == ("wang", "hr")


def test_when_the_receiving_witness_has_left_hr_receives() -> None:
    change = checklist.drop_receiver(c.handing_over(receiver="wang"), "wang", c.NOW)
    assert set(_pending(change.case.items).values()) == {"hr"}


def test_somebody_who_receives_nothing_leaves_nothing_behind() -> None:
    change = checklist.drop_receiver(c.handing_over(), "stranger", c.NOW)
    assert (change.case, change.facts) == (c.handing_over(), ())


def test_a_withdrawal_gives_back_what_was_accepted_and_ends_what_was_pending() -> None:
    case = checklist.decide(c.handed_over(c.handing_over()), c.RECEIVER, ("devices",), True, "", c.NOW).case
    case = checklist.waive(case, c.HR, ("open_orders",), "r", c.NOW).case
    change = checklist.cancel(case, c.NOW)
    assert [i.status for i in change.case.items] == [ItemStatus.CANCELLED, ItemStatus.WAIVED, ItemStatus.CANCELLED]
    assert change.facts[0].data == {"returned": ("devices",)}
    again = checklist.cancel(change.case, c.NOW)
    assert (again.case, again.facts) == (change.case, ())


@pytest.mark.parametrize("what", ["hand_over", "accept", "waive", "assign", "receiver_left"])
def test_whatever_changes_in_the_handover_overtakes_its_unsealed_record(what: str) -> None:
    case = c.presented(c.in_stage(c.handed_over(c.handing_over(), "devices"), Stage.SIGNING))
    later = c.NOW + timedelta(hours=1)
    change = {
        "hand_over": lambda: checklist.hand_over(case, c.LEAVER, ("open_orders",), c.PROOF, later),
        "accept": lambda: checklist.decide(case, c.RECEIVER, ("devices",), True, "", later),
        "waive": lambda: checklist.waive(case, c.HR, ("devices",), "r", later),
        "assign": lambda: checklist.assign_receiver(case, c.HR, ("devices",), "chen", later),
        "receiver_left": lambda: checklist.drop_receiver(case, "zhou", later),
    }[what]()
    assert change.case.record is None
    assert c.kinds(change)[-1] == "RecordOvertaken"
    assert signing.substance(change.case) != signing.substance(case)
