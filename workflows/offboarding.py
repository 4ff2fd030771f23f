"""One resignation, from the notice to the closed case.

`domain/process.py` says what follows what. Here is what makes it durable: a plan, a line in which everything waits its
turn (the journal), and helpers that do what the case as it stands asks for.
"""

import asyncio
from collections.abc import Callable, Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from activities.casework import CaseActivities
from domain import agenda, closing
from domain.case import Case
from domain.change import Rule
from domain.plan import Plan
from models.messages import CaseResult, NumberedFact, StartCase
from workflows import options
from workflows.access_keeper import AccessKeeper
from workflows.clock import Clock
from workflows.decisions import accepts_decisions, ignored
from workflows.endurance import outlives_cancellation
from workflows.failure import Failure
from workflows.ids import WORKFLOW_TYPE
from workflows.journal import Journal
from workflows.paper_keeper import PaperKeeper
from workflows.record_keeper import RecordKeeper
from workflows.showcase import Showcase


@workflow.defn(name=WORKFLOW_TYPE)
@accepts_decisions
class Offboarding:
    """The durable case of one resignation."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        case = start.carried or Case(start.case_id, start.employee_id, start.arrived_at)
        self.journal = Journal(case, start.version, start.facts)
        self._start = start
        self._access = AccessKeeper(self.journal, start.employee_id)
        self._showcase = Showcase()
        self._helpers: list[asyncio.Task[None]] = []

    @workflow.run
    @outlives_cancellation
    async def run(self, start: StartCase) -> CaseResult:
        self._start_helpers()
        await self._open()
        await self._until(lambda: self._case.closed)
        return await self._result()

    async def _open(self) -> None:
        if self._case.plan is None:
            plan = await self._planned()
            await self.journal.apply(lambda case, now: closing.open_case(case, plan, now))

    async def _planned(self) -> Plan:
        """The plan, in rounds without limit; after each round that gave none, whoever registered the case hears why."""
        plan = options.FIRST_ROUND
        while True:
            try:
                made = await workflow.execute_activity_method(
                    CaseActivities.make_plan,
                    self._start,
                    schedule_to_close_timeout=plan.lasts,
                    start_to_close_timeout=options.LIGHT_STEP,
                    retry_policy=plan.retry,
                    summary="look up template, approvers, systems, law",
                )
            except ActivityError as error:
                await self.journal.apply(_plan_missing(Failure.of(error, plan).problem, self._start.registered_by))
                plan = options.LATER_ROUND
            else:
                return made.plan

    async def _result(self) -> CaseResult:
        await workflow.wait_condition(self._quiet)
        self._showcase.show(self._case, self.journal.at)
        for helper in self._helpers:
            helper.cancel()
        gaps = tuple(f"{gap.kind}:{gap.subject}" for gap in self._case.gaps)
        return CaseResult(case_id=self._case.case_id, outcome=self._case.stage.value, gaps=gaps)

    @workflow.signal(description="Look again who is still there: accounts were closed.")
    async def recheck_people(self, *_: object) -> None:
        await self.journal.turn()
        if self._case.plan is None or self._case.closed:
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

    def _start_helpers(self) -> None:
        helpers = (
            self.journal.keep(),
            Clock(self.journal).run(),
            self._access.run(),
            RecordKeeper(self.journal).run(),
            PaperKeeper(self.journal).run(),
            self._keep_shown(),
        )
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
        await self._access.rest()
        await workflow.wait_condition(self._quiet)
        workflow.continue_as_new(
            StartCase(
                case_id=self._case.case_id,
                employee_id=self._case.employee_id,
                arrived_at=self._case.arrived_at,
                registered_by=self._start.registered_by,
                carried=self._case,
                version=self.journal.version,
                facts=tuple(self.journal.facts),
            )
        )


def _plan_missing(problem: str, hr: str) -> Rule:
    return lambda case, now: closing.plan_missing(case, problem, hr, now)
