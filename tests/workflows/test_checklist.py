"""Items are handed over with proof, accepted, refused, passed to somebody else, or waived."""

import pytest

from domain.case import Stage
from domain.handover import ItemStatus
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import ITEMS, clear_every_department, handing_over
from tests.workflows.world import Refused, World


async def test_a_refused_item_goes_back_to_the_leaver_and_can_be_handed_over_again(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="on my desk"))
    await case.decide(b.RECEIVER, d.DecideItems(items=("devices",), answer=d.Answer.REFUSE, reason="not there"))
    assert ("hand_over_item", "devices") in case.tasks("a-lin")
    assert "items_refused" in case.told("a-lin")

    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="in the locker"))
    await case.decide(b.RECEIVER, d.DecideItems(items=("devices",), answer=d.Answer.ACCEPT))
    item = next(item for item in (await case.state()).items if item.id == "devices")
    assert (item.status, item.refusals) == (ItemStatus.ACCEPTED, 1)


async def test_a_refusal_without_a_reason_is_refused(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="on my desk"))
    with pytest.raises(Refused, match=r"reason\.required"):
        await case.decide(b.RECEIVER, d.DecideItems(items=("devices",), answer=d.Answer.REFUSE))


async def test_only_the_receiver_that_the_witness_named_can_accept_an_item(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.WITNESS, d.AssignReceiver(items=("devices",), receiver="a-it-clerk"))
    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="on my desk"))
    with pytest.raises(Refused, match=r"item\.only_receiver_decides"):
        await case.decide(b.RECEIVER, d.DecideItems(items=("devices",), answer=d.Answer.ACCEPT))
    await case.decide(b.actor("it-clerk"), d.DecideItems(items=("devices",), answer=d.Answer.ACCEPT))


async def test_items_that_hr_waives_hold_nothing_up(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.HR, d.WaiveItems(items=ITEMS, reason="nothing to hand over"))
    await clear_every_department(case)
    await case.until(lambda c: c.stage is Stage.SIGNING)
