"""Starts the workflow of a case: idempotent, because the case id is the workflow id."""

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from models.messages import StartCase
from workflows import ids
from workflows.options import TASK_QUEUE


async def start(client: Client, start_case: StartCase) -> None:
    """Returns when the case's workflow exists, whoever started it. Raises RPCError if Temporal can't be reached."""
    try:
        await client.start_workflow(
            ids.WORKFLOW_TYPE,
            start_case,
            id=ids.workflow_id(start_case.case_id),
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Offboarding of employee {start_case.employee_id}",
            static_details=(
                f"Notice arrived {start_case.arrived_at:%Y-%m-%d %H:%M %Z}.\n\n"
                "Current details say in plain words what waits for whom. Query `state` shows everything."
            ),
        )
    except WorkflowAlreadyStartedError:
        return
