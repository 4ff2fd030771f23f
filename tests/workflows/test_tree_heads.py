"""The log across cases by the calendar: one round takes in, signs and stamps; a broken log fails and is told."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Engine
from sqlmodel import select
from temporalio.client import Client, WorkflowFailureError
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer

import worker
from activities.tree_heads import TreeHeadActivities
from models.database import reading
from models.log import heads
from models.log.keys import RingSigner
from models.log.service import DatabaseLog
from models.messages import TreeHeadOrder, TreeHeadResult
from models.tables import NotificationRow
from sandbox import workflow_runner
from tests import builders
from tests.api.house import eventually
from tests.authority import Authority
from tests.builders import KEY
from tests.models.log.facts import add_facts, tamper
from workflows import ids, schedules
from workflows.options import TASK_QUEUE
from workflows.tree_heads import TreeHeads

SIGNER = RingSigner({"k1": KEY}, "k1")


@dataclass
class Round:
    """A worker on a database with facts in it."""

    client: Client
    engine: Engine
    stamper: Any

    async def run(self, *, whole: bool = False) -> TreeHeadResult:
        async with self.working():
            result: TreeHeadResult = await self.client.execute_workflow(
                TreeHeads.run, TreeHeadOrder(whole=whole), id=f"tree-heads-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
            )
        return result

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        steps = TreeHeadActivities(DatabaseLog(self.engine, SIGNER, self.stamper)).all()
        async with worker.case_worker(self.client, steps, max_cached_cases=10):
            yield


@pytest_asyncio.fixture
async def client(temporal_server: WorkflowEnvironment) -> Client:
    settings: dict[str, Any] = {**temporal_server.client.config(), "data_converter": pydantic_data_converter}
    return Client(**settings)


@pytest.fixture
def a_round(client: Client, database: Engine) -> Round:
    builders.company(database)
    add_facts(database, "c1", 3)
    return Round(client, database, Authority())


async def test_a_round_takes_in_what_waits_signs_and_stamps_it(a_round: Round) -> None:
    assert await a_round.run() == TreeHeadResult(size=3, taken_in=3, stamped=1)
    assert await a_round.run() == TreeHeadResult(size=3, taken_in=0, stamped=0)
    add_facts(a_round.engine, "c2", 2)
    assert await a_round.run(whole=True) == TreeHeadResult(size=5, taken_in=2, stamped=1)


async def test_without_an_authority_heads_are_signed_and_stamped_once_there_is_one(a_round: Round) -> None:
    a_round.stamper, authority = None, a_round.stamper
    assert (await a_round.run()).stamped == 0
    a_round.stamper = authority
    assert (await a_round.run()).stamped == 1


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize("whole", [False, True])
async def test_a_broken_log_fails_the_round_is_told_and_is_never_signed_over(a_round: Round, whole: bool) -> None:
    await a_round.run()
    add_facts(a_round.engine, "c2", 2)
    tamper(a_round.engine, "log_node", "UPDATE log_node SET hash = zeroblob(32) WHERE level = 1")
    with pytest.raises(WorkflowFailureError) as failure:
        await a_round.run(whole=whole)
    assert "the log is broken" in str(failure.value.cause.__cause__)
    with reading(a_round.engine) as session:
        newest = heads.newest(session)
        told = session.exec(select(NotificationRow).where(NotificationRow.kind == "log_broken")).all()
    assert newest is not None
    assert newest.size == 3
    assert all(row.case_id == "" for row in told)


async def test_a_round_is_replayed_to_the_same_end(a_round: Round) -> None:
    await a_round.run(whole=True)
    replayer = Replayer(
        workflows=[TreeHeads], workflow_runner=workflow_runner(), data_converter=pydantic_data_converter
    )
    found = a_round.client.list_workflows(f"WorkflowType = '{ids.TREE_HEADS_TYPE}' AND ExecutionStatus = 'Completed'")
    async for one in found:
        history = await a_round.client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history()
        await replayer.replay_workflow(history)


async def test_schedules_are_made_once_follow_the_settings_and_stay_paused_if_an_engineer_paused_them(
    client: Client,
) -> None:
    hourly, rarely = timedelta(hours=1), timedelta(hours=6)
    try:
        await schedules.keep(client, hourly)
        await schedules.keep(client, hourly)
        handle = client.get_schedule_handle(ids.TREE_HEADS)
        await handle.pause(note="maintenance")
        await schedules.keep(client, rarely)
        kept = (await handle.describe()).schedule
        assert kept.spec.intervals[0].every == rarely
        assert kept.state.paused
        whole = (await client.get_schedule_handle(ids.LOG_CHECK).describe()).schedule
        assert whole.spec.intervals[0].every == timedelta(days=1)
    finally:
        for name in (ids.TREE_HEADS, ids.LOG_CHECK):
            await client.get_schedule_handle(name).delete()


async def test_what_a_schedule_starts_is_a_round(a_round: Round) -> None:
    await schedules.keep(a_round.client, timedelta(hours=1))
    try:
        async with a_round.working():
            await a_round.client.get_schedule_handle(ids.TREE_HEADS).trigger()
            size = await eventually(lambda: _signed(a_round.engine))
    finally:
        for name in (ids.TREE_HEADS, ids.LOG_CHECK):
            await a_round.client.get_schedule_handle(name).delete()
    assert size == 3


async def _signed(engine: Engine) -> int:
    """How many entries the newest tree head has; 0 if there is none."""
    with reading(engine) as session:
        newest = heads.newest(session)
    return newest.size if newest else 0
