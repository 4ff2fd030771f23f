"""A withdrawal that HR consents to undoes everything, in every stage, and every right is read back as it was."""

from datetime import timedelta

import pytest

from domain.case import Stage
from domain.handover import ClearanceStatus, ItemStatus
from domain.rights import GrantStatus
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import (
    clear_every_department,
    hand_everything_over,
    handing_over,
    sign,
    signed_and_sealed,
)
from tests.workflows.scripted import Mood
from tests.workflows.world import Refused, RunningCase, World


async def withdraw(case: RunningCase) -> None:
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))


def assert_as_before_the_notice(world: World) -> None:
    for system in world.systems:
        assert system.rights == system.shown[0], f"{system.name} is as it was before the notice"


async def test_withdrawn_while_handing_over_with_a_grant_that_is_active(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="one order", hours=24))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    await case.until(lambda c: all(s.verified for s in c.systems))
    await hand_everything_over(case)
    await withdraw(case)

    assert (await case.result()).outcome == "withdrawn"
    assert_as_before_the_notice(world)
    state = await case.state()
    assert [grant.status for grant in state.grants] == [GrantStatus.ENDED]
    assert {item.status for item in state.items} == {ItemStatus.CANCELLED}
    assert {c.status for c in state.clearances} == {ClearanceStatus.CANCELLED}
    assert (await case.the("HandoverCancelled")).data["returned"]
    assert "case_withdrawn" in case.told("a-zhou")


async def test_withdrawn_while_freezing_and_a_system_is_down(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood = Mood.DOWN
    case = await world.resign()
    await case.until(lambda c: c.stage is Stage.FREEZING)
    await withdraw(case)
    await case.until(lambda c: {s.system for s in c.systems if s.verified} == {"crm", "mail"})
    assert (await case.state()).stage is Stage.WITHDRAWING, "not withdrawn before every system was read back"

    erp.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(minutes=1))
    assert (await case.result()).outcome == "withdrawn"
    assert_as_before_the_notice(world)


async def test_withdrawn_while_the_record_lies_before_its_parties(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await hand_everything_over(case)
    await clear_every_department(case)
    await sign(case, b.LEAVER)
    await withdraw(case)

    assert (await case.result()).outcome == "withdrawn"
    assert_as_before_the_notice(world)
    assert (await case.state()).record is None
    assert "RecordVoided" in await case.kinds()


async def test_withdrawn_on_the_very_last_day_with_everything_signed(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=29))
    await withdraw(case)

    assert (await case.result()).outcome == "withdrawn"
    assert_as_before_the_notice(world)


async def test_withdrawn_while_a_system_lies_about_the_restoring(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    crm = world.systems.of("crm")
    crm.mood = Mood.LYING
    await withdraw(case)
    await case.fast_forward(timedelta(hours=5))
    assert (await case.state()).stage is Stage.WITHDRAWING
    assert "access_alarm" in case.told("a-sec")

    crm.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(minutes=11))
    assert (await case.result()).outcome == "withdrawn"
    assert_as_before_the_notice(world)


async def test_after_the_last_day_nothing_can_be_withdrawn(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=31))
    with pytest.raises(Refused, match=r"last_day\.over"):
        await case.decide(b.LEAVER, d.RequestWithdrawal(reason="too late"))


async def test_a_declined_withdrawal_changes_nothing_and_can_be_asked_for_again(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.REFUSE, reason="the post is filled"))
    assert (await case.state()).stage is Stage.HANDING_OVER
    await withdraw(case)
    assert (await case.result()).outcome == "withdrawn"


async def test_while_it_is_being_undone_a_case_takes_no_other_decision(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.systems.of("crm").mood = Mood.DOWN
    await withdraw(case)
    with pytest.raises(Refused, match=r"case\.being_withdrawn"):
        await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="?"))


async def test_a_legal_hold_keeps_a_withdrawn_case_open_until_counsel_lifts_it(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.COUNSEL, d.PlaceHold(reason="a claim is pending"))
    await withdraw(case)
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert_as_before_the_notice(world)
    assert (await case.state()).stage is Stage.WITHDRAWING

    await case.decide(b.COUNSEL, d.LiftHold())
    assert (await case.result()).outcome == "withdrawn"


async def test_whoever_withdrew_can_resign_again(world: World) -> None:
    first = await world.resign()
    await handing_over(first)
    await withdraw(first)
    await first.result()
    second = await world.resign(open_for="e-lin")
    await handing_over(second)
    assert world.systems.of("crm").rights == ("view_customers",)
