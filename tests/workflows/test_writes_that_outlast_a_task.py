"""A write may outlast the workflow task in which it began: the history still tells the same case when it is replayed.

The SDK ends such a task in the middle of the write and begins another (a heartbeat): because a query came, or because
the database is slow. What arrives between the two is seen before the end of the write when it happens, and together
with it when the history is replayed; and the clock of the replay runs ahead.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from temporalio.service import RPCError

from domain.people import Actor
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import ITEMS, handing_over
from tests.workflows.scripted import Mood
from tests.workflows.world import WITHIN, RunningCase, World
from workflows.offboarding import Offboarding

ONLOOKERS = 3
SLOW_WRITE = 0.02
"""Seconds: long enough that something arrives in the middle of most writes."""
ROUNDS = 4
ASKED = {"crm": "export", "erp": "create_orders", "mail": "mass_mail"}


@asynccontextmanager
async def watched(case: RunningCase) -> AsyncIterator[None]:
    """Several people look at the case without a pause."""

    async def look() -> None:
        while True:
            with suppress(RPCError):
                await case.handle.query(Offboarding.version)

    onlookers = [asyncio.create_task(look()) for _ in range(ONLOOKERS)]
    try:
        yield
    finally:
        for onlooker in onlookers:
            onlooker.cancel()
        await asyncio.gather(*onlookers, return_exceptions=True)


async def soon(case: RunningCase, body: d.Body, by: Actor) -> None:
    """The decision comes by signal, at some moment of the next tenth of a second."""
    await asyncio.sleep(random.random() / 10)
    await case.signal(by, body)


async def told_alike_when_replayed(case: RunningCase) -> None:
    """The workers of now lived the case; those after the restart know only its history."""
    lived = await case.until(lambda c: all(s.verified for s in c.systems)), await case.facts()
    await case.world.restart()
    assert (await case.state(), await case.facts()) == lived


async def slowly_written(world: World) -> RunningCase:
    """A case each of whose writes outlasts its workflow task from now on."""
    world.workflow_task_timeout = timedelta(seconds=1)
    case = await world.resign()
    await handing_over(case)
    world.ledger.pace = 1.3
    world.ledger.entered.clear()
    return case


async def test_a_fact_keeps_the_instant_at_which_it_was_written(world: World) -> None:
    case = await slowly_written(world)
    await case.signal(b.LEAVER, d.HandOverItems(items=ITEMS, note="here"))
    await case.until_written("ItemsHandedOver", 1)
    await told_alike_when_replayed(case)


async def test_what_arrives_in_the_middle_of_a_write_waits_for_its_end(world: World) -> None:
    erp = world.systems.of("erp")
    case = await slowly_written(world)
    erp.mood = Mood.SLOW
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="asked", hours=24))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    await asyncio.to_thread(erp.entered.wait, WITHIN)
    world.ledger.entered.clear()
    await case.signal(b.LEAVER, d.HandOverItems(items=ITEMS[:1], note="here"))
    await asyncio.to_thread(world.ledger.entered.wait, WITHIN)
    erp.go_on()
    await case.signal(b.LEAVER, d.RequestGrant(system="mail", rights=("mass_mail",), reason="asked", hours=24))
    await case.handle.signal("recheck_people")
    await case.until_written("GrantRequested", 2)
    await case.until_written("AccessVerified", 4)
    await told_alike_when_replayed(case)


async def test_grants_that_come_and_go_while_everybody_watches(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.ledger.pace = SLOW_WRITE
    async with watched(case):
        for round_ in range(ROUNDS):
            grants = [f"g{round_ * len(ASKED) + n}" for n in range(1, len(ASKED) + 1)]
            for system, right in ASKED.items():
                await case.decide(b.LEAVER, d.RequestGrant(system=system, rights=(right,), reason="asked", hours=24))
            await asyncio.gather(
                *(soon(case, d.DecideGrant(grant=grant, answer=d.Answer.ACCEPT), b.SECURITY) for grant in grants),
                soon(case, d.HandOverItems(items=(ITEMS[round_],), note="here"), b.LEAVER),
            )
            await case.until_written("GrantApproved", (round_ + 1) * len(ASKED))
            await asyncio.gather(
                *(soon(case, d.RevokeGrant(grant=grant, reason="enough"), b.SECURITY) for grant in grants),
                soon(case, d.DecideItems(items=(ITEMS[round_],), answer=d.Answer.ACCEPT), b.RECEIVER),
                case.handle.signal("recheck_people"),
            )
            await case.until_written("GrantRevoked", (round_ + 1) * len(ASKED))
    await told_alike_when_replayed(case)
