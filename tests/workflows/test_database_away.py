"""The database is away for a while: the case goes on by itself, and everything is written once it is back."""

import asyncio
from datetime import timedelta

from domain.case import GrantStatus, Stage
from domain.closing import last_day_end
from models import decisions as d
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.test_grants import FROZEN, granted
from tests.workflows.world import Refused, World


async def test_a_grant_ends_on_time_although_the_database_is_away(world: World) -> None:
    case = await granted(world, hours=2)
    world.ledger.away = True
    await case.fast_forward(timedelta(hours=3))
    state = await case.until(lambda c: c.grants[0].status is GrantStatus.EXPIRED and all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == FROZEN
    assert "GrantExpired" not in await case.kinds()

    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))
    expired = await case.until_fact("GrantExpired")
    assert state.grants[0].ended_at == expired.at, "the fact tells when it happened, not when it was written"


async def test_a_decision_waits_for_the_database_and_is_then_carried_out(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.ledger.away = True
    deciding = asyncio.create_task(case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here")))
    await case.until_pending("record")
    assert not deciding.done()
    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))
    assert (await deciding).facts == ("ItemsHandedOver",)


async def test_a_decision_that_the_case_overtakes_meanwhile_is_refused_and_both_are_remembered(world: World) -> None:
    case = await granted(world, hours=2)
    world.ledger.away = True
    deciding = asyncio.create_task(case.decide(b.SECURITY, d.ExtendGrant(grant="g1", hours=5, reason="late")))
    await case.until_pending("record")
    await case.fast_forward(timedelta(hours=3))
    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))
    refusals = await asyncio.gather(deciding, return_exceptions=True)

    assert [(type(r), str(r)) for r in refusals] == [(Refused, "grant.not_active")]
    assert (await case.until_fact("DecisionOvertaken")).data["because"] == "grant.not_active"
    await case.until_fact("GrantExpired")
    assert world.systems.of("erp").rights == FROZEN


async def test_a_decision_that_still_holds_after_the_case_moved_on_is_carried_out(world: World) -> None:
    case = await granted(world, hours=2)
    world.ledger.away = True
    deciding = asyncio.create_task(case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here")))
    await case.until_pending("record")
    await case.fast_forward(timedelta(hours=3))
    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))

    await deciding
    state = await case.state()
    assert state.grants[0].status is GrantStatus.EXPIRED
    assert next(item for item in state.items if item.id == "devices").proof is not None


async def test_the_last_day_ends_every_right_although_the_database_is_away(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward_to(last_day_end(state) - timedelta(minutes=30))
    world.ledger.away = True
    await case.fast_forward(timedelta(hours=1))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    assert [system.rights for system in world.systems] == [(), (), ()]

    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))
    await case.until_fact("LastDayEnded")
