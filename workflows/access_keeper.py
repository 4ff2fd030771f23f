"""Drives every connected system to the rights that the case wants: effect, read back, again without limit, alarm.

Systems run side by side; within one system there is one effect at a time. When the case changes its mind while an
effect still fails, that effect is stopped, its last attempt waited for, and the new one begun.
"""

import asyncio

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.access import AccessActivities
from domain import access
from domain.case import SystemAccess
from models.messages import AccessOrder, AccessReceipt
from workflows import ids, options
from workflows.journal import Journal


class AccessKeeper:
    def __init__(self, journal: Journal, employee_id: str) -> None:
        self._journal = journal
        self._employee_id = employee_id
        self._driven: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Never returns; raises if an effect meets something that nobody expected."""
        while True:
            await workflow.wait_condition(lambda: bool(self._idle_and_unverified()) or bool(self._crashed()))
            for task in self._crashed():
                task.result()
            for system in self._idle_and_unverified():
                self._driven[system] = asyncio.create_task(self._drive(system))

    def _idle_and_unverified(self) -> tuple[str, ...]:
        return tuple(
            a.system
            for a in access.unverified(self._journal.case)
            if a.system not in self._driven or self._driven[a.system].done()
        )

    def _crashed(self) -> tuple[asyncio.Task[None], ...]:
        return tuple(task for task in self._driven.values() if task.done() and task.exception() is not None)

    async def _drive(self, system: str) -> None:
        """One system until it shows what is wanted, in rounds; after each failed round the alarm is raised anew."""
        policy = options.FIRST_ROUND
        revision = -1
        while not (wanted := access.find(self._journal.case, system)).verified:
            if wanted.revision != revision:
                policy, revision = options.FIRST_ROUND, wanted.revision
            receipt = await self._round(wanted, policy)
            if isinstance(receipt, AccessReceipt):
                verified = receipt
                self._journal.apply(
                    lambda case, now, r=verified: access.record_verified(  # type: ignore[misc]  # bound now, not later
                        case, r.system, r.revision, r.observed, r.attempts, now
                    )
                )
            elif receipt:
                problem = receipt
                attempts = policy.maximum_attempts
                self._journal.apply(
                    lambda case, now, p=problem, n=attempts, v=revision: access.record_failing(  # type: ignore[misc]
                        case, system, v, p, n, now
                    )
                )
                policy = options.LATER_ROUND

    async def _round(self, wanted: SystemAccess, policy: RetryPolicy) -> AccessReceipt | str:
        """A receipt, the last problem of a failed round, or an empty text if the case changed its mind meanwhile."""
        case_id = self._journal.case.case_id
        order = AccessOrder(
            case_id=case_id,
            employee_id=self._employee_id,
            system=wanted.system,
            operation=wanted.operation,
            held=wanted.held,
            desired=wanted.desired,
            revision=wanted.revision,
            key=ids.effect_key(case_id, wanted.system, wanted.revision),
        )
        effect = workflow.start_activity_method(
            AccessActivities.apply_access,
            order,
            task_queue=options.ACCESS_TASK_QUEUE,
            start_to_close_timeout=options.ACCESS_STEP,
            retry_policy=policy,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{wanted.operation.value} in {wanted.system} (revision {wanted.revision})",
        )
        await workflow.wait_condition(
            lambda: effect.done() or access.find(self._journal.case, wanted.system).revision != wanted.revision
        )
        if not effect.done():
            effect.cancel()
        try:
            return await effect
        except ActivityError as error:
            if is_cancelled_exception(error):
                return ""
            cause = error.cause
            return cause.message if isinstance(cause, ApplicationError) else str(cause or error)
