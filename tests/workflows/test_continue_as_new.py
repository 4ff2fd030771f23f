"""A history that grows too long ends, and its case goes on in a new run with everything it remembers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import Engine
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from domain.case import Stage
from domain.obligations import InterruptionKind
from domain.rights import GrantStatus
from domain.timezones import end_of
from models import decision_bodies as d
from sandbox import workflow_runner
from tests import builders as b
from tests import duties
from tests.conftest import start_temporal
from tests.workflows.audit import audit
from tests.workflows.moves import (
    approve_seal,
    clear_every_department,
    hand_everything_over,
    handing_over,
    pay_the_wages,
    sign,
    signed_and_sealed,
)
from tests.workflows.scripted import Mood
from tests.workflows.world import RunningCase, World, eventually, world
from workflows.offboarding import Offboarding

LONG = 60
"""Events after which the server of these tests suggests a new run."""


@pytest_asyncio.fixture(scope="module")
async def impatient_server() -> AsyncIterator[object]:
    """A server that suggests a new run early."""
    async with await start_temporal(f"limit.historyCount.suggestContinueAsNew={LONG}") as environment:
        yield environment


@pytest_asyncio.fixture(name="world")
async def _world(impatient_server: object, database: Engine, tmp_path: Path) -> AsyncIterator[World]:
    async with world(impatient_server, database, tmp_path) as here:  # type: ignore[arg-type]
        yield here
        for case in here.cases:
            await audit(case)


async def runs(case: RunningCase) -> list[str]:
    """Run ids of the case, the newest first."""
    found = case.world.client.list_workflows(f"WorkflowId = '{case.handle.id}'")
    return [execution.run_id async for execution in found]


async def until_runs(case: RunningCase, count: int) -> list[str]:
    return await eventually(lambda: runs(case), lambda found: len(found) >= count)


async def chatter(case: RunningCase, decisions: int) -> None:
    """So many decisions that change little."""
    for turn in range(decisions):
        receiver = ("a-it-clerk", "a-it-head")[turn % 2]
        await case.decide(b.WITNESS, d.AssignReceiver(items=("devices",), receiver=receiver))


async def test_no_decision_and_no_fact_is_lost_when_a_case_goes_on_in_a_new_run(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await chatter(case, 30)
    await until_runs(case, 3)
    facts = await case.facts()
    assert [fact.number for fact in facts] == list(range(1, len(facts) + 1))
    assert [fact.kind for fact in facts].count("ReceiverAssigned") == 30

    await case.decide(b.WITNESS, d.AssignReceiver(items=("devices",), receiver="a-zhou"))
    await hand_everything_over(case)
    await clear_every_department(case)
    await sign(case)
    await approve_seal(case)
    await case.fast_forward(timedelta(days=32))
    assert (await case.result()).outcome == "completed"
    assert [system.carried_out for system in world.systems] == [
        [f"{case.case_id}:access:{system.name}:{revision}" for revision in (1, 2)] for system in world.systems
    ]


async def test_every_run_of_a_case_can_be_replayed(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await chatter(case, 20)
    replayer = Replayer(
        workflows=[Offboarding], workflow_runner=workflow_runner(), data_converter=world.client.data_converter
    )
    for run_id in (await until_runs(case, 2))[1:]:
        history = await world.client.get_workflow_handle(case.handle.id, run_id=run_id).fetch_history()
        await replayer.replay_workflow(WorkflowHistory(case.handle.id, history.events))


async def test_a_grant_that_was_given_in_one_run_ends_on_time_in_the_next(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=24))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    await case.until(lambda c: all(s.verified for s in c.systems))
    await chatter(case, 12)
    await until_runs(case, 2)
    await case.fast_forward(timedelta(hours=25))

    state = await case.until(lambda c: c.grants[0].status is GrantStatus.EXPIRED and all(s.verified for s in c.systems))
    (grant,) = state.grants
    assert grant.expires_at is not None
    assert (await case.the("GrantExpired")).at - grant.expires_at < timedelta(minutes=1)
    assert world.systems.of("erp").rights == ("view_orders",)


async def test_an_effect_that_fails_is_stopped_before_the_new_run_and_taken_up_by_it(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood = Mood.DOWN
    case = await world.resign()
    await case.fast_forward(timedelta(minutes=1))
    await handing_over(case)
    await chatter(case, 14)
    await until_runs(case, 2)
    assert not all(s.verified for s in (await case.state()).systems)
    erp.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(minutes=1))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert erp.carried_out == [f"{case.case_id}:access:erp:1"]


async def test_decisions_that_come_while_a_new_run_begins_are_all_carried_out(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    sent = 0
    while len(await runs(case)) < 3:
        bodies = [d.AssignReceiver(items=("devices",), receiver=f"a-{name}") for name in ("it-clerk", "zhou", "wang")]
        await asyncio.gather(*(case.signal(b.WITNESS, body) for body in bodies))
        sent += len(bodies)
        await case.until_written("ReceiverAssigned", sent)
    assert "SignalIgnored" not in await case.kinds()


async def test_the_last_day_comes_in_the_run_that_is_then_current(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await chatter(case, 12)
    await until_runs(case, 2)
    await case.fast_forward(timedelta(days=31))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    assert [system.rights for system in world.systems] == [(), (), ()]


async def test_an_aftercare_that_grows_too_long_goes_on_in_a_new_run_and_comes_to_its_end(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(minutes=1))
    await case.result()
    await case.until(lambda c: c.aftercare is not None and c.aftercare.alone)
    on = state.final_day + timedelta(days=1)
    for number in range(20):
        claim = d.RecordInterruption(kind=InterruptionKind.CLAIM, on=on, reference=f"letter {number}")
        await case.decide(b.HR, claim)
    for kind in duties.EVERYWHERE:
        await case.decide(b.HR, d.CompleteDuty(duty=kind, done_on=on, reference="receipt"))

    async def aftercare_runs() -> list[str]:
        found = world.client.list_workflows(f"WorkflowId = '{case.aftercare.id}'")
        return [execution.run_id async for execution in found]

    await eventually(aftercare_runs, lambda found: len(found) >= 2)
    await pay_the_wages(case, state.final_day)
    await world.temporal.fast_forward(case.aftercare, timedelta(days=367))
    await case.until_fact("FileRestricted")
    facts = await case.facts()
    assert [fact.number for fact in facts] == list(range(1, len(facts) + 1))
    assert [fact.kind for fact in facts].count("LimitationInterrupted") == 20
    assert [fact.kind for fact in facts].count("LimitationOver") == 1
