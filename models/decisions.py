"""Human decisions as messages: what a person sends to a case, whichever way it comes (API, Temporal CLI, Temporal UI).

`Decision` is the envelope: who decides, what, and the proof that the API issued to that person for exactly this.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from domain.people import Actor
from models.decision_bodies import (
    AnswerLastDay,
    AnswerWithdrawal,
    ApproveSeal,
    AssignReceiver,
    Body,
    CloseCase,
    CompleteDuty,
    ConfirmCompensation,
    ConfirmFreeze,
    ConfirmPayment,
    DecideClearance,
    DecideGrant,
    DecideItems,
    DecideNonCompete,
    DelegateClearance,
    DismissPayment,
    EndNonCompete,
    ExcuseCompensation,
    ExtendGrant,
    FileFreezeAgreement,
    HandOverItems,
    LiftHold,
    PlaceHold,
    ProposeLastDay,
    ReassignClearance,
    RecordInterruption,
    RefuseSignature,
    RequestGrant,
    RequestWithdrawal,
    ResubmitClearance,
    RevokeGrant,
    SignRecord,
    WaiveItems,
    WitnessRefusal,
)
from models.deduction_bodies import DecideDeduction, DropDeduction, ProposeDeduction, ReplyToDeduction

B = TypeVar("B", bound=Body)


class Decision(BaseModel, Generic[B]):
    """The envelope of every human decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    by: Actor
    body: B
    proof: Annotated[str, StringConstraints(max_length=4096)]


class DecisionResult(BaseModel):
    """What the case answers to a decision that was carried out."""

    case_id: str
    version: int
    stage: str
    facts: tuple[str, ...]


@dataclass(frozen=True)
class DecisionKind:
    """One kind of human decision: its name on every way in, and what it carries."""

    name: str
    body: type[Body]
    message: type[Decision[Any]]
    """The envelope for this body, made once: making it takes pydantic long enough to stall a workflow task."""
    fresh_sign_in: bool = False
    """True if the person has to prove who they are again, at the moment of deciding."""

    @property
    def summary(self) -> str:
        return (self.body.__doc__ or "").strip()


def _kind(body: type[Body], *, fresh_sign_in: bool = False) -> DecisionKind:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", body.__name__).lower()
    message: Any = Decision[body]  # type: ignore[valid-type]  # the type is made from the table at import
    return DecisionKind(name, body, message, fresh_sign_in)


DECISIONS: dict[str, DecisionKind] = {
    kind.name: kind
    for kind in (
        _kind(AssignReceiver),
        _kind(HandOverItems),
        _kind(DecideItems),
        _kind(WaiveItems),
        _kind(DecideClearance),
        _kind(ResubmitClearance),
        _kind(ReassignClearance),
        _kind(DelegateClearance),
        _kind(RequestGrant),
        _kind(DecideGrant),
        _kind(ExtendGrant),
        _kind(RevokeGrant),
        _kind(ProposeLastDay),
        _kind(AnswerLastDay),
        _kind(RequestWithdrawal),
        _kind(AnswerWithdrawal),
        _kind(SignRecord, fresh_sign_in=True),
        _kind(RefuseSignature),
        _kind(WitnessRefusal, fresh_sign_in=True),
        _kind(ApproveSeal, fresh_sign_in=True),
        _kind(ConfirmFreeze),
        _kind(FileFreezeAgreement),
        _kind(DecideNonCompete),
        _kind(ConfirmPayment),
        _kind(DismissPayment),
        _kind(ProposeDeduction),
        _kind(ReplyToDeduction),
        _kind(DecideDeduction),
        _kind(DropDeduction),
        _kind(CompleteDuty),
        _kind(ConfirmCompensation),
        _kind(ExcuseCompensation),
        _kind(RecordInterruption),
        _kind(EndNonCompete),
        _kind(CloseCase),
        _kind(PlaceHold),
        _kind(LiftHold),
    )
}


def digest(action: str, by: Actor, body: Body) -> str:
    """SHA-256 of the decision in canonical JSON: what a proof is bound to."""
    content = {"action": action, "account": by.account, "roles": list(by.roles), "body": body.model_dump(mode="json")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
