"""What people decide, kind by kind: the content of a decision, checked wherever it comes from."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from domain.case import Side
from domain.obligations import DutyKind, InterruptionKind, PaymentKind
from models.fields import Hours, ItemIds, Key, Month, Reason, Reference, RequiredReason, Sha256
from models.forms import NO_NUL


class Body(BaseModel):
    """What is decided. Unknown fields are refused: a typing error must not pass for a decision."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Verdict(StrEnum):
    APPROVE = "approve"
    SEND_BACK = "send_back"


class Answer(StrEnum):
    ACCEPT = "accept"
    REFUSE = "refuse"


class AssignReceiver(Body):
    """The witness or HR names who receives these items."""

    items: ItemIds
    receiver: Key


class HandOverItems(Body):
    """The leaver hands items over, with proof."""

    items: ItemIds
    note: Reason = ""
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=NO_NUL)] = ""


class DecideItems(Body):
    """The receiver accepts items, or refuses them with a reason."""

    items: ItemIds
    answer: Answer
    reason: Reason = ""


class WaiveItems(Body):
    """The witness or HR decides that items need not be handed over."""

    items: ItemIds
    reason: RequiredReason


class DecideClearance(Body):
    """An asked approver confirms a department's part, or sends it back with a reason."""

    department: Key
    verdict: Verdict
    reason: Reason = ""


class ResubmitClearance(Body):
    """What a department missed is there now; it is asked again."""

    department: Key
    note: Reason = ""


class ReassignClearance(Body):
    """HR asks somebody else, in the place of `replaced` or, if that is empty, in addition."""

    department: Key
    replaced: Key | None = None
    to: Key
    reason: RequiredReason


class DelegateClearance(Body):
    """An asked approver lets somebody else decide in his or her place."""

    department: Key
    to: Key
    reason: Reason = ""


class RequestGrant(Body):
    """The leaver asks for frozen rights in one system for some hours."""

    system: Key
    rights: Annotated[tuple[Key, ...], Field(min_length=1, max_length=50)]
    reason: RequiredReason
    hours: Hours


class DecideGrant(Body):
    """A security approver grants a request, for the hours asked or fewer, or refuses it with a reason."""

    grant: Key
    answer: Answer
    reason: Reason = ""
    hours: Hours | None = None


class ExtendGrant(Body):
    """A security approver lets an active grant end later."""

    grant: Key
    hours: Hours
    reason: RequiredReason


class RevokeGrant(Body):
    """An active grant ends now."""

    grant: Key
    reason: Reason = ""


class ProposeLastDay(Body):
    """The leaver or HR proposes another last day to the other side."""

    day: date
    reason: RequiredReason


class AnswerLastDay(Body):
    """The other side agrees to exactly this day, or declines."""

    day: date
    answer: Answer
    reason: Reason = ""


class RequestWithdrawal(Body):
    """The leaver asks to take the resignation back."""

    reason: RequiredReason


class AnswerWithdrawal(Body):
    """HR consents to the withdrawal, and everything is undone; or declines."""

    answer: Answer
    reason: Reason = ""


class SignRecord(Body):
    """A party has signed the handover record whose text has this hash; the signature is in the document already."""

    sha256: Sha256
    evidence: Sha256
    """Of what was recorded of the signer's will."""
    seen: Sha256
    """Of the document with the signatures before: what the signer was shown."""


class RefuseSignature(Body):
    """A party refuses to sign, or the witness states that another party refused."""

    account: Key
    reason: RequiredReason


class ApproveSeal(Body):
    """The keeper of the company's seal lets it be put to the signed record with this text, or refuses with a reason."""

    sha256: Sha256
    answer: Answer
    reason: Reason = ""


class WitnessRefusal(Body):
    """The witness confirms that a party refused to sign."""

    account: Key


class ConfirmFreeze(Body):
    """Counsel answers for the full freeze where its basis is not fully proved, or refuses it."""

    answer: Answer
    reason: RequiredReason
    basis: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=NO_NUL)] = ""
    """What the freeze rests on; needed where no law is known but a notice template (FGN-01)."""


class FileFreezeAgreement(Body):
    """HR files the supplementary agreement on the freeze that both sides have signed; it promises full pay."""

    reference: Reference
    signed_on: date


class DecideNonCompete(Body):
    """HR enforces the contract's non-compete, with its monthly compensation, or waives it: best before the last day."""

    enforce: bool
    reason: RequiredReason


class CompleteDuty(Body):
    """HR has done a duty that follows the last day: the list of unemployed, archives and insurance, housing fund."""

    duty: DutyKind
    done_on: date
    reference: Reference


class ConfirmPayment(Body):
    """HR enters that what the employer owes at the end was paid: the wages, or severance; also if it is late."""

    payment: PaymentKind
    paid_on: date
    reference: Reference


class DismissPayment(Body):
    """Counsel finds that severance is not owed, where the notice left that open."""

    payment: PaymentKind
    reason: RequiredReason


class ConfirmCompensation(Body):
    """HR enters that a month of the non-compete was paid."""

    month: Month
    paid_on: date
    reference: Reference


class ExcuseCompensation(Body):
    """A month of the non-compete can't be paid for a reason on the employee's side: the employer owes no arrears."""

    month: Month
    reason: RequiredReason


class RecordInterruption(Body):
    """HR or counsel enters what begins the limitation of claims anew: a claim, a complaint, a promise to pay."""

    kind: InterruptionKind
    on: date
    reference: Reference


class EndNonCompete(Body):
    """HR enters that one side has ended the non-compete; if it was the employer, extra months are due."""

    side: Side
    on: date
    reason: RequiredReason


class CloseCase(Body):
    """HR stops pursuing what is unfinished after the last day; it is listed as a gap."""

    reason: RequiredReason


class PlaceHold(Body):
    """Counsel keeps the case from closing."""

    reason: RequiredReason


class LiftHold(Body):
    """Counsel lets the case close again."""

    reason: Reason = ""
