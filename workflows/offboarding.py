"""One resignation, from the notice to the closed case.

`domain/process.py` says what follows what. Here is what makes it durable: a plan, a line in which everything waits its
turn (the journal), and helpers that do what the case as it stands asks for.
"""

from contextlib import suppress

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import ActivityError, WorkflowAlreadyStartedError

from activities.casework import CaseActivities
from domain import aftercare, opening
from domain.change import Rule
from domain.plan import Plan
from models.messages import CaseResult, StartCase
from workflows import options
from workflows.access_keeper import AccessKeeper
from workflows.case_workflow import CaseWorkflow
from workflows.endurance import outlives_cancellation
from workflows.failure import Failure
from workflows.ids import AFTERCARE_TYPE, WORKFLOW_TYPE, aftercare_id
from workflows.paper_keeper import PaperKeeper
from workflows.portfolio_keeper import PortfolioKeeper
from workflows.record_keeper import RecordKeeper


@workflow.defn(name=WORKFLOW_TYPE)
class Offboarding(CaseWorkflow):
    """The durable case of one resignation."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        super().__init__(start)
        self._access = AccessKeeper(self.journal, start.employee_id)
        self._portfolio = PortfolioKeeper(self.journal, carried_over=start.carried is not None)

    @workflow.run
    @outlives_cancellation
    async def run(self, start: StartCase) -> CaseResult:
        self._start_helpers(
            self._access.run(),
            RecordKeeper(self.journal).run(),
            PaperKeeper(self.journal).run(),
            self._portfolio.run(),
        )
        await self._open()
        await self._until(lambda: self._case.closed)
        await self._come_to_rest()
        await self._hand_on()
        gaps = tuple(f"{gap.kind}:{gap.subject}" for gap in self._case.gaps)
        return CaseResult(case_id=self._case.case_id, outcome=self._case.stage.value, gaps=gaps)

    @workflow.signal(description="Count the portfolio anew: customers, orders or receivables changed hands.")
    async def recheck_portfolio(self, *_: object) -> None:
        await self._portfolio.ask()

    async def _open(self) -> None:
        if self._case.plan is None:
            plan = await self._planned()
            await self.journal.apply(lambda case, now: opening.open_case(case, plan, now))

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

    async def _hand_on(self) -> None:
        """What the employer still owes is looked after by a workflow of its own, which outlives this one."""
        if aftercare.lives(self._case) is None:
            return
        with suppress(WorkflowAlreadyStartedError):
            await workflow.start_child_workflow(
                AFTERCARE_TYPE,
                self._carried(),
                id=aftercare_id(self._case.case_id),
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                static_summary=f"Aftercare of employee {self._case.employee_id}",
            )

    async def _rest(self) -> None:
        await self._access.rest()


def _plan_missing(problem: str, hr: str) -> Rule:
    return lambda case, now: opening.plan_missing(case, problem, hr, now)
