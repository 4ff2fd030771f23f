"""What the workflows of a case have in common: its journal, decisions, clock, showcase, and going on in a new run."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from activities.casework import CaseActivities
from domain import agenda, closing
from domain.case import Case
from models.messages import NumberedFact, StartCase
from workflows import options
from workflows.clock import Clock
from workflows.decisions import accepts_decisions, ignored
from workflows.journal import Journal
from workflows.showcase import Showcase


@accepts_decisions
class CaseWorkflow:
    """A case that lives: whoever asks is answered, and whatever happens is written."""

    def __init__(self, start: StartCase) -> None:
        case = start.carried or Case(start.case_id, start.employee_id, start.arrived_at)
        self.journal = Journal(case, start.version, start.facts)
        self._start = start
        self._showcase = Showcase()
        self._helpers: list[asyncio.Task[None]] = []

    @workflow.signal(description="Look again who is still there: accounts were closed.")
    async def recheck_people(self, *_: object) -> None:
        await self.journal.turn()
        if self._case.plan is None or (self._case.closed and not agenda.tasks(self._case)):
            return
        asked = {account for task in agenda.tasks(self._case) for account in task.accounts if account}
        asked |= {item.receiver for item in self._case.items} | set(self._case.agreed.security)
        gone = await workflow.execute_activity_method(
            CaseActivities.closed_accounts,
            args=[tuple(sorted(asked))],
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="who has left",
        )
        await self.journal.apply(lambda case, now: closing.people_left(case, gone, now))

    @workflow.signal(dynamic=True)
    async def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        await self.journal.apply(ignored(name, "no such signal"))

    @workflow.query(description="The whole state of the case.")
    def state(self) -> Case:
        return self._case

    @workflow.query(description="Version of the state: grows with every write.")
    def version(self) -> int:
        return self.journal.version

    @workflow.query(description="Every fact this workflow has written, in order.")
    def facts(self) -> list[NumberedFact]:
        return self.journal.facts

    @property
    def _case(self) -> Case:
        return self.journal.case

    def _start_helpers(self, *own: Coroutine[Any, Any, None]) -> None:
        helpers = (self.journal.keep(), Clock(self.journal).run(), *own, self._keep_shown())
        self._helpers = [asyncio.create_task(helper) for helper in helpers]

    async def _keep_shown(self) -> None:
        while True:
            self._showcase.show(self._case, self.journal.at)
            await workflow.wait_condition(lambda: self._case is not self._showcase.case)

    async def _until(self, reached: Callable[[], bool]) -> None:
        """Waits; a history that grew long is carried over. A helper's crash fails the workflow task, not just it."""
        await workflow.wait_condition(
            lambda: reached() or self._may_carry_over() or any(helper.done() for helper in self._helpers)
        )
        for helper in self._helpers:
            if helper.done():
                helper.result()
        if not reached():
            await self._carry_over()

    def _quiet(self) -> bool:
        """Nobody is being answered, and everything is written."""
        return workflow.all_handlers_finished() and self.journal.idle

    def _may_carry_over(self) -> bool:
        return workflow.info().is_continue_as_new_suggested() and self._quiet()

    async def _carry_over(self) -> None:
        """The history has grown too long: the case goes on in a new run, with everything it remembers."""
        await self._rest()
        await workflow.wait_condition(self._quiet)
        workflow.continue_as_new(self._carried())

    async def _rest(self) -> None:
        """Ends what must not be cut off."""

    def _carried(self) -> StartCase:
        """The case as it stands, for the workflow that goes on with it."""
        return StartCase(
            case_id=self._case.case_id,
            employee_id=self._case.employee_id,
            arrived_at=self._case.arrived_at,
            registered_by=self._start.registered_by,
            carried=self._case,
            version=self.journal.version,
            facts=tuple(self.journal.facts),
        )

    async def _come_to_rest(self) -> None:
        """Everybody is answered and everything written: nothing of this run is cut off by its end."""
        await workflow.wait_condition(self._quiet)
        self._showcase.show(self._case, self.journal.at)
        for helper in self._helpers:
            helper.cancel()
