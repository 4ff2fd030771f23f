"""Drives every connected system to the rights that the case wants: effect, read back, again without limit, alarm.

Systems run side by side; within one system there is one effect at a time. When the case changes its mind while an
effect still fails, that effect is stopped, its last attempt waited for, and the new one begun.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.access import AccessActivities
from domain import access
from domain.change import Rule
from domain.rights import SystemAccess
from models.messages import AccessOrder, AccessReceipt
from workflows import ids, options
from workflows.failure import Failure
from workflows.journal import Journal


class AccessKeeper:
    def __init__(self, journal: Journal, employee_id: str) -> None:
        self._journal = journal
        self._employee_id = employee_id
        self._driven: dict[str, asyncio.Task[None]] = {}
        self._resting = False

    async def rest(self) -> None:
        """Stops for good: begins no effect any more, and returns when the last attempt of each is over."""
        self._resting = True
        await workflow.wait_condition(lambda: all(task.done() for task in self._driven.values()))

    async def run(self) -> None:
        """Never returns; raises if an effect meets something that nobody expected."""
        while True:
            await workflow.wait_condition(lambda: bool(self._idle_and_unverified()) or bool(self._crashed()))
            for task in self._crashed():
                task.result()
            for system in self._idle_and_unverified():
                self._driven[system] = asyncio.create_task(self._drive(system))

    def _idle_and_unverified(self) -> tuple[str, ...]:
        if self._resting:
            return ()
        return tuple(
            a.system
            for a in access.unverified(self._journal.case)
            if a.system not in self._driven or self._driven[a.system].done()
        )

    def _crashed(self) -> tuple[asyncio.Task[None], ...]:
        return tuple(task for task in self._driven.values() if task.done() and task.exception() is not None)

    async def _drive(self, system: str) -> None:
        """One system until it shows what is wanted, in rounds; after each failed round the alarm is raised anew."""
        plan = options.FIRST_ROUND
        revision = -1
        while not self._resting and not (wanted := access.find(self._journal.case, system)).verified:
            if wanted.revision != revision:
                plan, revision = options.FIRST_ROUND, wanted.revision
            outcome = await self._round(wanted, plan)
            if outcome is None:
                await self._journal.turn()
            elif isinstance(outcome, AccessReceipt):
                await self._journal.apply(_verified(outcome))
            else:
                await self._journal.apply(_failing(wanted, outcome))
                if outcome.for_good:
                    await self._overtaken(wanted, at_most=options.LATER_ROUND.lasts)
                plan = options.LATER_ROUND

    async def _round(self, wanted: SystemAccess, plan: options.Round) -> AccessReceipt | Failure | None:
        """A receipt, why the round failed, or nothing if it was stopped: the case changed its mind meanwhile."""
        case_id = self._journal.case.case_id
        order = AccessOrder(
            case_id=case_id,
            employee_id=self._employee_id,
            system=wanted.system,
            operation=wanted.operation,
            held=wanted.held,
            desired=wanted.desired,
            revision=wanted.revision,
            wanted_since=wanted.wanted_since,
            key=ids.effect_key(case_id, wanted.system, wanted.revision),
        )
        effect = workflow.start_activity_method(
            AccessActivities.apply_access,
            order,
            task_queue=options.ACCESS_TASK_QUEUE,
            schedule_to_close_timeout=plan.lasts,
            start_to_close_timeout=options.ACCESS_STEP,
            retry_policy=plan.retry,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            summary=f"{wanted.operation.value} in {wanted.system} (revision {wanted.revision})",
        )
        stopping = asyncio.create_task(self._stop(effect, wanted))
        try:
            return await effect
        except ActivityError as error:
            return None if is_cancelled_exception(error) else Failure.of(error, plan)
        finally:
            stopping.cancel()

    async def _stop(self, effect: workflow.ActivityHandle[AccessReceipt], wanted: SystemAccess) -> None:
        """Stops the effect as soon as the case wants something else."""
        await workflow.wait_condition(lambda: self._stopped(wanted))
        effect.cancel()

    async def _overtaken(self, wanted: SystemAccess, at_most: timedelta) -> None:
        """Waits until the case wants something else; at most so long."""
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: self._stopped(wanted), timeout=at_most, timeout_summary=f"try {wanted.system} again"
            )
        await self._journal.turn()

    def _stopped(self, wanted: SystemAccess) -> bool:
        return self._resting or access.find(self._journal.case, wanted.system).revision != wanted.revision


def _verified(receipt: AccessReceipt) -> Rule:
    return lambda case, now: access.record_verified(
        case, receipt.system, receipt.revision, receipt.observed, receipt.attempts, now
    )


def _failing(wanted: SystemAccess, failure: Failure) -> Rule:
    return lambda case, now: access.record_failing(
        case, wanted.system, wanted.revision, failure.problem, failure.attempts, now
    )
