"""How workflows run: each case in Temporal's sandbox, behind the guard against clocks, randomness and I/O."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

import workflows
from shared_code import share_code


def workflow_runner() -> SandboxedWorkflowRunner:
    """Every case loads `workflows` anew.

    What those modules share with the rest of the program is passed through whole, so that each class exists once; its
    guard against clocks and randomness is a test (tests/guards). What is loaded anew is read once (decisions/0008).
    """
    share_code(workflows)
    return CaseRunner(
        restrictions=SandboxRestrictions.default.with_passthrough_modules("domain", "models", "activities")
    )


class CaseRunner(SandboxedWorkflowRunner):
    """Temporal's own, for a data converter that treats every payload alike (`models/codec.py`)."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return WithoutContext(super().create_instance(det))


class WithoutContext(WorkflowInstance):
    """A case that answers outside the sandbox what a payload belongs to: it makes no difference.

    The SDK asks three or four times a payload. Answered inside, that was a fifth of the time that a replay takes.
    """

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner

    def get_serialization_context(self, command_info: object) -> None:
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inner.activate(act)

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()
