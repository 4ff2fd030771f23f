"""One case in a test: what people do in it, and what can be seen of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlmodel import col, select
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.case import Case
from domain.people import Actor
from models import decision_bodies as d
from models import decisions, facts, tables
from models.database import reading
from models.messages import CaseResult, NumberedFact
from workflows import ids
from workflows.aftercare import Aftercare
from workflows.case_workflow import CaseWorkflow
from workflows.decisions import REFUSED
from workflows.offboarding import Offboarding

if TYPE_CHECKING:
    from tests.workflows.world import World

WITHIN = 20.0
"""Seconds of real time after which something awaited counts as never coming."""

T = TypeVar("T")


class Refused(Exception):
    """A rule or the ledger said no to a decision; the text is the refusal's code."""


@dataclass
class RunningCase:
    world: "World"
    case_id: str
    handle: WorkflowHandle[Offboarding, CaseResult]

    async def decide(self, by: Actor, body: d.Body, *, proof: str | None = None) -> decisions.DecisionResult:
        """The person decides by update, as through the API. Raises Refused."""
        token = self.world.prove(self.case_id, by, body) if proof is None else proof
        decision: decisions.Decision[Any] = decisions.Decision(by=by, body=body, proof=token)
        try:
            answer: decisions.DecisionResult = await self._living.execute_update(
                name_of(body), decision, result_type=decisions.DecisionResult
            )
        except WorkflowUpdateFailedError as failed:
            if isinstance(failed.cause, ApplicationError) and failed.cause.type == REFUSED:
                raise Refused(failed.cause.message) from failed
            raise
        return answer

    async def signal(self, by: Actor, body: d.Body, *, proof: str | None = None) -> None:
        """The person decides by signal."""
        token = self.world.prove(self.case_id, by, body) if proof is None else proof
        await self._living.signal(name_of(body), decisions.Decision(by=by, body=body, proof=token))

    async def state(self) -> Case:
        return await self._answer(Offboarding.state)

    async def facts(self) -> list[NumberedFact]:
        """Every fact that the workflow knows to be written."""
        return await self._answer(Offboarding.facts)

    @property
    def aftercare(self) -> WorkflowHandle[Aftercare, CaseResult]:
        """What looks after the case once it has closed; there may be none."""
        return self.world.client.get_workflow_handle_for(Aftercare.run, ids.aftercare_id(self.case_id))

    @property
    def _living(self) -> WorkflowHandle[Any, CaseResult]:
        with reading(self.world.engine) as session:
            row = session.get(tables.CaseView, self.case_id)
        return self.aftercare if row is not None and (row.snapshot.get("aftercare") or {}).get("alone") else self.handle

    async def _answer(self, query: Callable[[CaseWorkflow], T]) -> T:
        """The case's answer, from its aftercare if that goes on; a new run that has not begun yet is asked again."""

        async def ask() -> tuple[T, ...]:
            try:
                return (await self._living.query(query),)
            except RPCError as error:
                if error.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise
                return ()

        return (await eventually(ask, bool))[0]

    async def kinds(self) -> list[str]:
        return [fact.kind for fact in await self.facts()]

    async def the(self, kind: str) -> NumberedFact:
        """The one fact of that kind."""
        (found,) = [fact for fact in await self.facts() if fact.kind == kind]
        return found

    async def until(self, reached: Callable[[Case], bool]) -> Case:
        """The state, as soon as it is as asked for."""
        return await eventually(self.state, reached)

    async def until_fact(self, kind: str, count: int = 1) -> NumberedFact:
        """The `count`-th fact of that kind, as soon as it is written."""

        async def of_that_kind() -> list[NumberedFact]:
            return [fact for fact in await self.facts() if fact.kind == kind]

        return (await eventually(of_that_kind, lambda found: len(found) >= count))[count - 1]

    async def until_written(self, kind: str, count: int) -> None:
        """Returns as soon as the ledger holds so many facts of that kind. Asks the database, not the case."""

        async def written() -> int:
            return [row.kind for row in self.ledger()].count(kind)

        await eventually(written, lambda found: found >= count)

    async def until_pending(self, activity: str) -> None:
        """Returns as soon as that activity waits for its next attempt."""

        async def waiting() -> list[str]:
            description = await self.handle.describe()
            return [p.activity_type.name for p in description.raw_description.pending_activities]

        await eventually(waiting, lambda names: activity in names)

    async def fast_forward(self, duration: timedelta) -> bool:
        """Lets the case live through `duration`; False if it closed meanwhile."""
        async with asyncio.timeout(60):
            return await self.world.temporal.fast_forward(self.handle, duration)

    async def fast_forward_to(self, instant: datetime) -> bool:
        """Lets the case live until `instant`; False if it closed meanwhile."""
        return await self.fast_forward(instant - await self.now())

    async def now(self) -> datetime:
        """The instant on the case's own clock."""
        return await self.world.temporal.get_current_time(self.handle)

    async def result(self) -> CaseResult:
        async with asyncio.timeout(WITHIN):
            return await self.handle.result()

    def ledger(self) -> list[tables.FactRow]:
        """The ledger's facts that hold, in the workflow's order; those from elsewhere last."""
        held = facts.standing(self.chain())
        return sorted(held, key=lambda row: (row.number is None, row.number))

    def chain(self) -> list[tables.FactRow]:
        with reading(self.world.engine) as session:
            rows = session.exec(
                select(tables.FactRow).where(tables.FactRow.case_id == self.case_id).order_by(col(tables.FactRow.seq))
            ).all()
        return list(rows)

    def row(self) -> tables.CaseView:
        with reading(self.world.engine) as session:
            return session.get_one(tables.CaseView, self.case_id)

    def told(self, account: str) -> list[str]:
        """Kinds of the messages in that person's inbox about this case, in order."""
        with reading(self.world.engine) as session:
            rows = session.exec(
                select(tables.NotificationRow.kind)
                .where(tables.NotificationRow.account == account, tables.NotificationRow.case_id == self.case_id)
                .order_by(col(tables.NotificationRow.id))
            ).all()
        return list(rows)

    def tasks(self, account: str) -> list[tuple[str, str]]:
        """Kind and subject of what waits for that person."""
        with reading(self.world.engine) as session:
            rows = session.exec(
                select(tables.TaskRow.kind, tables.TaskRow.subject)
                .where(tables.TaskRow.account == account, tables.TaskRow.case_id == self.case_id)
                .order_by(col(tables.TaskRow.key))
            ).all()
        return [(kind, subject) for kind, subject in rows]


def name_of(body: d.Body) -> str:
    """The name under which a decision with this body is sent."""
    return next(name for name, kind in decisions.DECISIONS.items() if kind.body is type(body))


async def eventually(look: Callable[[], Awaitable[T]], good: Callable[[T], bool]) -> T:
    """What `look` sees, as soon as it is good. Raises AssertionError with what it saw last if that never comes."""
    deadline = time.monotonic() + WITHIN
    while not good(seen := await look()):
        assert time.monotonic() < deadline, f"still {seen}"
        await asyncio.sleep(0.1)  # each look is a query, and a query makes a workflow task of its own
    return seen
