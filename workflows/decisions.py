"""Human decisions on their way into a case: an update, its validator and a signal of one name for each kind.

Updates are the API's way: the caller gets the answer. Signals are for the Temporal CLI and UI: whatever is wrong with
one leaves a fact and changes nothing. Both end in `Journal.decide`. No handler can leave a workflow task stuck: what
nobody expected becomes a failed update, or a fact.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.change import Rule
from domain.errors import Refusal
from models.decision_bodies import Body
from models.decisions import DECISIONS, Decision, DecisionKind, DecisionResult, digest
from models.messages import Proof
from workflows.journal import Journal, remember
from workflows.rules import rule_for

REFUSED = "Refused"
UNEXPECTED = "Unexpected"


class HasJournal(Protocol):
    journal: Journal


W = TypeVar("W", bound=type)


def accepts_decisions(cls: W) -> W:
    """Gives a workflow class an update with validator and a signal for every kind of decision."""
    for kind in DECISIONS.values():
        setattr(cls, kind.name, _update(cls.__name__, kind))
        setattr(cls, f"{kind.name}_signal", _signal(cls.__name__, kind))
    return cls


def _update(owner: str, kind: DecisionKind) -> Callable[..., Any]:
    async def update(self: HasJournal, decision: Decision[Body]) -> DecisionResult:
        try:
            return await _carry_out(self.journal, kind, decision)
        except Refusal as refusal:
            raise as_failure(refusal) from refusal
        except ApplicationError:
            raise
        except Exception as error:
            raise ApplicationError(f"{kind.name}: {error!r}"[:500], type=UNEXPECTED, non_retryable=True) from error

    def validator(self: HasJournal, decision: Decision[Body]) -> None:
        try:
            self.journal.check(rule_for(decision.by, decision.body))
        except Refusal as refusal:
            raise as_failure(refusal) from refusal

    update.__name__, update.__qualname__ = kind.name, f"{owner}.{kind.name}"
    update.__annotations__ = {"decision": kind.message, "return": DecisionResult}
    validator.__annotations__ = {"decision": kind.message, "return": None}
    made = workflow.update(name=kind.name, description=kind.summary)(update)
    made.validator(validator)
    return made


def _signal(owner: str, kind: DecisionKind) -> Callable[..., Any]:
    async def signal(self: HasJournal, *given: Any) -> None:
        try:
            (decision,) = given
            checked = kind.message.model_validate(decision)
        except Exception as error:  # whatever it is, it must not leave the workflow task stuck
            await self.journal.apply(ignored(kind.name, f"malformed: {type(error).__name__}"))
        else:
            with suppress(Exception):  # it is remembered
                await _carry_out(self.journal, kind, checked, lambda problem: ignored(kind.name, _why(problem)))

    signal.__name__, signal.__qualname__ = f"{kind.name}_signal", f"{owner}.{kind.name}_signal"
    return workflow.signal(name=kind.name, description=kind.summary)(signal)


async def _carry_out(
    journal: Journal,
    kind: DecisionKind,
    decision: Decision[Body],
    remembered: Callable[[Exception], Rule] | None = None,
) -> DecisionResult:
    by = decision.by
    proof = Proof(
        token=decision.proof,
        action=kind.name,
        account=by.account,
        roles=tuple(by.roles),
        digest=digest(kind.name, by, decision.body),
    )
    done = await journal.decide(rule_for(by, decision.body), proof, remembered=remembered)
    case = journal.case
    return DecisionResult(case_id=case.case_id, version=done.version, stage=case.stage.value, facts=done.facts)


def ignored(name: str, why: str) -> Rule:
    """A signal changed nothing: the ledger remembers that it came."""
    return remember("SignalIgnored", signal=name[:64], because=why[:200])


def _why(problem: Exception) -> str:
    return problem.code if isinstance(problem, Refusal) else f"unexpected: {type(problem).__name__}"


def as_failure(refusal: Refusal) -> ApplicationError:
    """A refusal as the typed failure of an update; its details are what the API shows."""
    return ApplicationError(
        refusal.code,
        {"kind": refusal.kind.value, "code": refusal.code, "params": refusal.params},
        type=REFUSED,
        non_retryable=True,
    )
