"""The database is away for a while: the case goes on by itself, and everything is written once it is back."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Stage
from domain.closing import last_day_end
from domain.rights import GrantStatus
from models import decision_bodies as d
from models.messages import NumberedFact, RecordRequest
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.test_grants import FROZEN, granted
from tests.workflows.world import Refused, World


async def test_a_grant_ends_on_time_although_the_database_is_away(world: World) -> None:
    case = await granted(world, hours=1)
    world.ledger.away = True
    await case.fast_forward(timedelta(hours=1, minutes=5))
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


async def test_a_decision_that_the_case_overtakes_meanwhile_is_refused(world: World) -> None:
    case = await granted(world, hours=1)
    world.ledger.away = True
    deciding = asyncio.create_task(case.decide(b.SECURITY, d.ExtendGrant(grant="g1", hours=5, reason="late")))
    await case.until_pending("record")
    await case.fast_forward(timedelta(hours=1, minutes=5))
    world.ledger.away = False
    await case.fast_forward(timedelta(minutes=2))
    refusals = await asyncio.gather(deciding, return_exceptions=True)

    assert [(type(r), str(r)) for r in refusals] == [(Refused, "grant.not_active")]
    await case.until_fact("GrantExpired")
    assert world.systems.of("erp").rights == FROZEN


async def test_a_decision_that_still_holds_after_the_case_moved_on_is_carried_out(world: World) -> None:
    case = await granted(world, hours=1)
    world.ledger.away = True
    deciding = asyncio.create_task(case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here")))
    await case.until_pending("record")
    await case.fast_forward(timedelta(hours=1, minutes=5))
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


async def test_a_write_whose_answer_was_lost_is_written_and_told_once(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.ledger.answers_to_lose = 1
    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here"))
    assert [row.kind for row in case.chain()].count("ItemsHandedOver") == 1
    assert case.told("a-zhou").count("items_handed_over") == 1
    with pytest.raises(Refused, match=r"item\.already_handed_over"):
        await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here"))


async def test_a_write_of_an_attempt_that_never_was_is_replaced_by_what_is_really_decided(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.until(lambda c: all(s.verified for s in c.systems))
    row, facts, now = case.row(), await case.facts(), await case.now()
    phantom = NumberedFact(number=len(facts) + 1, kind="ClearanceApproved", at=now, by="a-it-clerk")
    state = replace(await case.state(), clearances=())
    world.ledger.record(RecordRequest(case=state, version=row.version + 1, now=now, facts=(phantom,)))
    assert case.ledger()[-1].kind == "ClearanceApproved"

    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here"))
    assert [fact.kind for fact in case.ledger()[-2:]] == [facts[-1].kind, "ItemsHandedOver"]
    assert [row.kind for row in case.chain()].count("FactVoided") == 1
