"""The API's only way to Temporal: start a case, carry a decision to it, and say plainly when the engine is away."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any
from weakref import WeakValueDictionary

from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.client import WorkflowUpdateRPCTimeoutOrCancelledError as UpdateTimedOut
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from api.errors import Problem
from domain.errors import Refusal, RefusalKind
from domain.people import Actor
from models.database import utc_now
from models.decision_bodies import Body
from models.decisions import Decision, DecisionKind, DecisionResult, digest
from models.messages import StartCase
from models.proofs import Proofs
from workflows import ids
from workflows.decisions import REFUSED
from workflows.starter import start

ANSWER_WITHIN = 10.0
"""Seconds to wait for a case's answer before the caller is told to ask again with the same key."""
REACH_WITHIN = 3.0
_RUN_ENDED = "AcceptedUpdateCompletedWorkflow"
"""Temporal's name for an update that its run did not live to answer; the same key finds the next run, or the end."""
DECISIONS_AT_ONCE = 4
"""So many of one case are with Temporal at a time, the others wait here: a case takes them one by one anyway, and when
more than ten wait in the server (`history.maxInFlightUpdates`), it drops what the case is doing and begins anew."""
TRIES = 3
"""How often a decision is sent whose proof expired while it waited for a worker."""


class StillDeciding(Exception):
    """The decision is on its way and may yet be carried out: ask again with the same Idempotency-Key."""


class NotRunning(Exception):
    """No such case runs, and none that has ended knows an answer to this decision."""


def workflow_of(case_id: str, snapshot: Mapping[str, Any]) -> str:
    """The workflow that goes on with the case as it stands: its own, or once it has closed its aftercare."""
    alone = (snapshot.get("aftercare") or {}).get("alone")
    return ids.aftercare_id(case_id) if alone else ids.workflow_id(case_id)


class Gateway:
    def __init__(self, client: Client, proofs: Proofs) -> None:
        self._client = client
        self._proofs = proofs
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def start(self, start_case: StartCase) -> bool:
        """True if the case's workflow runs; False if the engine is away (the worker starts it later)."""
        try:
            async with asyncio.timeout(REACH_WITHIN):
                await start(self._client, start_case)
        except (RPCError, RuntimeError, TimeoutError):
            return False
        return True

    def prove(
        self, case_id: str, kind: DecisionKind, by: Actor, body: Body, *, fresh: bool
    ) -> tuple[Decision[Any], str]:
        """The complete decision with its proof, and the instant (ISO) until which the proof holds."""
        now = utc_now()
        token, expires = self._proofs.issue(
            case_id, kind.name, by.account, digest(kind.name, by, body), now, fresh=fresh
        )
        decision: Decision[Any] = Decision(by=by, body=body, proof=token)
        return decision, expires.isoformat()

    async def decide(
        self, case_id: str, kind: DecisionKind, by: Actor, body: Body, key: str, *, fresh: bool
    ) -> DecisionResult:
        """Carries one person's decision to the case, or to its aftercare once that alone goes on; once a key.

        Raises Refusal (a rule said no), StillDeciding (no answer in time), NotRunning, Problem (the engine is away).
        """
        for number in range(TRIES):
            decision, _ = self.prove(case_id, kind, by, body, fresh=fresh)
            try:
                return await self._ask(case_id, kind, decision, f"{key}-{number}" if number else key)
            except Refusal as refusal:
                if refusal.code != "proof.expired" or number == TRIES - 1:
                    raise
        raise AssertionError("unreachable")

    async def _ask(self, case_id: str, kind: DecisionKind, decision: Decision[Any], update_id: str) -> DecisionResult:
        try:
            return await self._ask_workflow(ids.workflow_id(case_id), case_id, kind, decision, update_id)
        except NotRunning:
            return await self._ask_workflow(ids.aftercare_id(case_id), case_id, kind, decision, update_id)

    async def _ask_workflow(
        self, workflow_id: str, case_id: str, kind: DecisionKind, decision: Decision[Any], update_id: str
    ) -> DecisionResult:
        handle = self._client.get_workflow_handle(workflow_id)
        turn = self._turns.setdefault(case_id, asyncio.Semaphore(DECISIONS_AT_ONCE))
        try:
            async with asyncio.timeout(ANSWER_WITHIN), turn:
                result: DecisionResult = await handle.execute_update(
                    kind.name, decision, id=update_id, result_type=DecisionResult
                )
                return result
        except WorkflowUpdateFailedError as failed:
            raise _refusal(failed) from failed
        except (TimeoutError, UpdateTimedOut) as waiting:
            raise StillDeciding from waiting
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return await self._answered_before(handle, update_id)
            raise _away() from error
        except RuntimeError as error:  # a lazy client that never reached the server
            raise _away() from error

    async def recheck_people(self, opened: Iterable[str], closed: Iterable[str]) -> None:
        """Tells cases that accounts were closed: those that are open, and the aftercare of those that are not.

        If the engine is away they find out at their next notice.
        """

        async def tell(workflow_id: str) -> None:
            with suppress(RPCError, RuntimeError):  # one that has just ended keeps nobody else from hearing of it
                await self._client.get_workflow_handle(workflow_id).signal("recheck_people")

        with suppress(TimeoutError):
            async with asyncio.timeout(REACH_WITHIN):
                named = (*map(ids.workflow_id, opened), *map(ids.aftercare_id, closed))
                await asyncio.gather(*map(tell, named))

    async def reachable(self) -> bool:
        """True if Temporal answers."""
        try:
            async with asyncio.timeout(REACH_WITHIN):
                return await self._client.service_client.check_health()
        except (RPCError, RuntimeError, TimeoutError):
            return False

    async def _answered_before(self, handle: WorkflowHandle[Any, Any], update_id: str) -> DecisionResult:
        """A case that has ended takes no new decision, but still knows its answer to an old one."""
        try:
            async with asyncio.timeout(REACH_WITHIN):
                answer: DecisionResult = await handle.get_update_handle(update_id, result_type=DecisionResult).result()
                return answer
        except WorkflowUpdateFailedError as failed:
            raise _refusal(failed) from failed
        except (TimeoutError, UpdateTimedOut) as waiting:
            raise StillDeciding from waiting
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NotRunning from error
            raise _away() from error


def _refusal(failed: WorkflowUpdateFailedError) -> Exception:
    cause = failed.cause
    if isinstance(cause, ApplicationError) and cause.type == REFUSED and cause.details:
        said = cause.details[0]
        return Refusal(RefusalKind(said["kind"]), said["code"], **said["params"])
    if isinstance(cause, ApplicationError) and cause.type == _RUN_ENDED:
        return StillDeciding()
    return failed


def _away() -> Problem:
    return Problem(503, "api.engine_away", headers={"retry-after": "5"})
