"""A workflow that was changed without a patch: what the replay tests must catch."""

from temporalio import workflow

from models.messages import CaseResult, StartCase
from workflows.ids import WORKFLOW_TYPE
from workflows.offboarding import Offboarding


@workflow.defn(name=WORKFLOW_TYPE)
class Hasty(Offboarding):
    """Starts a timer that the recorded cases never started."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: StartCase) -> CaseResult:
        await workflow.sleep(1)
        return await super().run(start)


@workflow.defn(name=WORKFLOW_TYPE)
class Cautious(Offboarding):
    """The same change as it should be made."""

    @workflow.init
    def __init__(self, start: StartCase) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: StartCase) -> CaseResult:
        if workflow.patched("sleep-first"):
            await workflow.sleep(1)
        return await super().run(start)
