"""One resignation, from the notice to the closed case. `run` is the process as it stands on paper."""

import asyncio
from collections.abc import Callable, Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError

from activities.casework import CaseActivities
from domain import agenda, closing
from domain.case import Case, Stage
from domain.plan import Plan
from models.messages import CaseResult, NumberedFact, StartCase
from workflows import options
from workflows.access_keeper import AccessKeeper
from workflows.clock import Clock
from workflows.decisions import accepts_decisions, ignored
from workflows.endurance import outlives_cancellation
from workflows.failure import Failure
from workflows.ids import WORKFLOW_TYPE
from workflows.journal import Journal, Rule
from workflows.paper_keeper import PaperKeeper
from workflows.record_keeper import RecordKeeper
from workflows.showcase import Showcase


class Withdrawn(Exception):
    """The employer consented to the withdrawal: the process stops where it is, and is undone."""


@workflow.defn(name=WORKFLOW_TYPE)
@accepts_decisions
class Offboarding:
    """The durable case of one resignation."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        case = start.carried or Case(start.case_id, start.employee_id, start.arrived_at)
        self.journal = Journal(case, start.version, start.facts)
        self.journal.on_unreachable = self._people_left
        self._start = start
        self._access = AccessKeeper(self.journal, start.employee_id)
        self._showcase = Showcase()
        self._helpers: list[asyncio.Task[None]] = []

    @workflow.run
    @outlives_cancellation
    async def run(self, start: StartCase) -> CaseResult:
        self._start_helpers()
        try:
            await self._open()
            await self._freeze()
            await self._hand_over()
            await self._sign()
            await self._reach_last_day()
            await self._leave()
            await self._pursue_the_rest()
            await self._close()
        except Withdrawn:
            await self._undo()
        return await self._result()

    async def _open(self) -> None:
        if self._case.plan is None:
            plan = await self._planned()
            self.journal.apply(lambda case, now: closing.open_case(case, plan, now))

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
                self.journal.apply(_plan_missing(Failure.of(error, plan).problem, self._start.registered_by))
                plan = options.LATER_ROUND
            else:
                return made.plan

    async def _freeze(self) -> None:
        """Every system has either shown the frozen rights or raised its alarm; the keeper goes on with the latter."""
        if self._case.stage is Stage.FREEZING:
            await self._until(lambda: closing.freeze_answered(self._case, workflow.now()))
            self._enter(Stage.HANDING_OVER)

    async def _hand_over(self) -> None:
        if self._case.stage is Stage.HANDING_OVER:
            await self._until(lambda: closing.handover_complete(self._case) or self._signing_is_due())
            self._enter(Stage.SIGNING)

    async def _sign(self) -> None:
        if self._case.stage is Stage.SIGNING:
            await self._until(lambda: self._sealed() or self._last_day_is_over())
            self._enter(Stage.AWAITING_LAST_DAY)

    async def _reach_last_day(self) -> None:
        if self._case.stage is Stage.AWAITING_LAST_DAY:
            await self._until(self._last_day_is_over)

    async def _leave(self) -> None:
        """The last day ends every right, whatever the state of the handover (HND-02)."""
        if self._case.stage is Stage.AWAITING_LAST_DAY:
            self.journal.apply(closing.leave)
        if self._case.stage is Stage.LEAVING:
            await self._until(lambda: all(s.verified or s.failing_since for s in self._case.systems))
            self._enter(Stage.PURSUING)

    async def _pursue_the_rest(self) -> None:
        await self._until(lambda: closing.may_close(self._case, workflow.now()))

    async def _close(self) -> None:
        self.journal.apply(closing.close)

    async def _undo(self) -> None:
        """Everything goes back; a legal hold keeps even a withdrawn case open."""
        self.journal.apply(closing.undo)
        await self._until(
            lambda: all(s.verified for s in self._case.systems) and self._case.hold is None, interrupted=False
        )
        self.journal.apply(closing.withdrawn)

    async def _result(self) -> CaseResult:
        await self._until(self._quiet, interrupted=False)
        self._showcase.show(self._case)
        for helper in self._helpers:
            helper.cancel()
        gaps = tuple(f"{gap.kind}:{gap.subject}" for gap in self._case.gaps)
        return CaseResult(case_id=self._case.case_id, outcome=self._case.stage.value, gaps=gaps)

    @workflow.signal(description="Look again who is still there: accounts were closed.")
    async def recheck_people(self, *_: object) -> None:
        if self._case.plan is None or self._case.closed:
            return
        asked = {account for task in agenda.tasks(self._case) for account in task.accounts if account}
        asked |= {item.receiver for item in self._case.items} | set(self._case.agreed.security)
        closed = await workflow.execute_activity_method(
            CaseActivities.closed_accounts,
            args=[tuple(sorted(asked))],
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=options.UNTIL_DONE,
            summary="who has left",
        )
        self._people_left(closed)

    @workflow.signal(dynamic=True)
    async def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        await ignored(self.journal, name, "no such signal")

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

    def _enter(self, stage: Stage) -> None:
        self.journal.apply(lambda case, now: closing.enter(case, stage, now))

    def _people_left(self, accounts: tuple[str, ...]) -> None:
        if accounts:
            self.journal.apply(lambda case, now: closing.people_left(case, accounts, now))

    def _sealed(self) -> bool:
        return self._case.record is not None and self._case.record.sealed_at is not None

    def _signing_is_due(self) -> bool:
        return workflow.now() >= agenda.signing_due(self._case)

    def _last_day_is_over(self) -> bool:
        return workflow.now() >= closing.last_day_end(self._case)

    def _start_helpers(self) -> None:
        helpers = (
            self.journal.keep_written(),
            Clock(self.journal).run(),
            self._access.run(),
            RecordKeeper(self.journal).run(),
            PaperKeeper(self.journal).run(),
            self._keep_shown(),
        )
        self._helpers = [asyncio.create_task(helper) for helper in helpers]

    async def _keep_shown(self) -> None:
        while True:
            self._showcase.show(self._case)
            await workflow.wait_condition(lambda: self._case is not self._showcase.case)

    async def _until(self, reached: Callable[[], bool], *, interrupted: bool = True) -> None:
        """Waits; a consented withdrawal interrupts. A helper's crash fails the workflow task, never just the helper."""
        await workflow.wait_condition(
            lambda: (
                reached()
                or (interrupted and (self._case.stage is Stage.WITHDRAWING or self._may_carry_over()))
                or any(helper.done() for helper in self._helpers)
            )
        )
        for helper in self._helpers:
            if helper.done():
                helper.result()
        if interrupted and self._case.stage is Stage.WITHDRAWING:
            raise Withdrawn
        if not reached():
            await self._carry_over()

    def _quiet(self) -> bool:
        """Nobody is being answered, and everything is written."""
        return workflow.all_handlers_finished() and self.journal.written

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
