"""Has files erased whose time is over: each once, tried without end (PIP-04)."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.casework import CaseActivities
from domain import retention
from domain.change import Rule
from domain.obligations import FileKind
from models.messages import ErasedFile, EraseOrder
from workflows import options
from workflows.failure import Failure
from workflows.journal import Journal


class FileKeeper:
    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.forgot = False
        """True if this run's history holds what was erased since."""

    async def run(self) -> None:
        """Never returns."""
        plan = options.FIRST_ROUND
        while True:
            await workflow.wait_condition(lambda: retention.due(self._journal.case) is not None)
            kind = retention.due(self._journal.case)
            if kind is None:
                continue
            try:
                gone = await self._erase(kind, plan)
            except ActivityError as error:
                await self._journal.apply(_failed(kind, Failure.of(error, plan).problem))
                plan = options.LATER_ROUND
            else:
                await self._journal.apply(_erased(kind, gone.certificate))
                self._forget(kind)
                plan = options.FIRST_ROUND

    def _forget(self, kind: FileKind) -> None:
        """What the database has erased this workflow does not remember either, nor hands on to its next run."""
        still = retention.kept(self._journal.case)
        if self._journal.forget(lambda fact: retention.erases(kind, fact, also_kept=still)):
            self.forgot = True

    async def _erase(self, kind: FileKind, plan: options.Round) -> ErasedFile:
        case = self._journal.case
        return await workflow.execute_activity_method(
            CaseActivities.erase_file,
            EraseOrder(
                case_id=case.case_id,
                employee_id=case.employee_id,
                file=kind,
                also_kept=tuple(other for other in retention.kept(case) if other is not kind),
                last_day=case.final_day,
                now=self._journal.at,
            ),
            schedule_to_close_timeout=plan.lasts,
            start_to_close_timeout=options.LIGHT_STEP,
            retry_policy=plan.retry,
            summary=f"erase the {kind.value.replace('_', ' ')}",
        )


def _failed(kind: FileKind, problem: str) -> Rule:
    return lambda case, now: retention.failed(case, kind, problem, now)


def _erased(kind: FileKind, certificate: str) -> Rule:
    return lambda case, now: retention.erased(case, kind, certificate, now)
