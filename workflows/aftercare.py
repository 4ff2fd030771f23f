"""After a case has closed: duties to offices, monthly compensation, limitation, retention. For years.

It goes on with the case where its first workflow ended: the same state, the same numbering of facts, the same rules.
"""

from temporalio import workflow

from domain import aftercare, settlement
from models.messages import CaseResult, StartCase
from workflows.case_workflow import CaseWorkflow
from workflows.endurance import outlives_cancellation
from workflows.file_keeper import FileKeeper
from workflows.ids import AFTERCARE_TYPE


@workflow.defn(name=AFTERCARE_TYPE)
class Aftercare(CaseWorkflow):
    """The second life of a case."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        super().__init__(start)
        self._files = FileKeeper(self.journal)

    @workflow.run
    @outlives_cancellation
    async def run(self, start: StartCase) -> CaseResult:
        self._start_helpers(self._files.run())
        await self.journal.apply(aftercare.take_over)
        await self._until(lambda: aftercare.lives(self._case) is None)
        await self._come_to_rest()
        missed = tuple(f"duty:{kind.value}" for kind in aftercare.missed(self._case))
        missed += tuple(f"payment:{kind.value}" for kind in settlement.late(self._case))
        return CaseResult(case_id=self._case.case_id, outcome="aftercare_ended", gaps=missed)

    def _may_carry_over(self) -> bool:
        """Also as soon as something was erased: the next run's history never held it."""
        return super()._may_carry_over() or (self._files.forgot and self._quiet())
