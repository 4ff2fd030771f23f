"""What people enter about commission: shapes and limits. Money is text, in the currency beside it."""

from datetime import date
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from domain.desk.commission import EntryKind
from domain.law.freeze import BasisKind
from domain.law.order_lines import Condition
from models.decision_bodies import Body
from models.desk.evidence import EvidenceKind
from models.desk.order_bodies import Currency, Day, Share
from models.desk.trail_bodies import Amount
from models.fields import Key, Sha256
from models.forms import POSITIVE_AMOUNT, SOME_AMOUNT, TEXT

Filed = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=TEXT)]
Paper = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=TEXT)]
LineId = Annotated[Key, Field(examples=["019a3f5c2b7e4d1c8a90f3b2e6d75c41:1"])]
"""Order and position, with a colon between them."""
MOST_ENTRIES = 500


class NewAgreement(Body):
    """What was agreed about commission, from a day on: by contract, by agreement, or for everybody by a policy."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "employee_number": "S1001",
                    "kind": "contract",
                    "reference": "HT-2021-117 §6",
                    "in_force_from": "2021-03-01",
                    "condition": "collection",
                    "rate": "0.03",
                    "successor_share": "0.5",
                    "allows_deduction": True,
                }
            ]
        }
    )

    employee_number: Key | None = None
    """Absent for a policy of the company."""
    kind: BasisKind
    reference: Filed
    sha256: Sha256 | None = None
    in_force_from: Day
    condition: Condition = Condition.NONE
    rate: Share | None = None
    """For order lines that name none of their own."""
    successor_share: Share | None = None
    """The part of whoever won the order if a successor finishes it; absent: never agreed, so a person decides."""
    allows_deduction: bool = False
    """It says that a loss caused by the employee may be deducted (PAY-04, G1)."""
    procedure: Paper = ""
    """Policy: minutes of the staff discussion and the negotiation. Without both proofs it does not bind (FRZ-02)."""
    publication: Paper = ""

    @model_validator(mode="after")
    def _names_whose_it_is(self) -> "NewAgreement":
        if (self.kind is BasisKind.POLICY) != (self.employee_number is None):
            raise PydanticCustomError("whose_basis", "a policy is everybody's, anything else one person's")
        return self


class ConfirmAgreement(Body):
    """Somebody else than who entered an agreement has seen the paper, and says when it was signed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"signed_on": "2021-02-26", "sha256": "0" * 64}]})

    signed_on: Day
    """By the person; of a policy: when it was published."""
    sha256: Sha256
    """Of the signed paper; the agreement's own, if one was given with it."""


class NewEntry(Body):
    """What one order line was paid, or what was agreed or said about it."""

    line: LineId
    kind: EntryKind
    amount: Amount | None = None
    """What was paid. More than is payable takes a `reason`."""
    currency: Currency = "CNY"
    share: Share | None = None
    """The agreed part of whoever won the order."""
    on: Day
    reference: Filed
    """The payslip, the agreement, the letter. The same one of the same line is entered once."""
    reason: Filed | None = None
    """Of a payment above what is payable, and of every reversal."""
    reverses: Key | None = None
    """Of a reversal: id of the entry that was wrong (`paid`, `condition_met` or `share_agreed`)."""
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _says_what_its_kind_needs(self) -> "NewEntry":
        needed = {EntryKind.PAID: "amount", EntryKind.SHARE_AGREED: "share", EntryKind.REVERSED: "reverses"}
        given = [name for name in needed.values() if getattr(self, name) is not None]
        if given != [name for kind, name in needed.items() if kind is self.kind]:
            raise PydanticCustomError("commission_entry", "an amount, a share or an entry, as the kind needs it")
        if self.reason is None if self.kind is EntryKind.REVERSED else self.kind is not EntryKind.PAID and self.reason:
            raise PydanticCustomError("commission_reason", "a reversal needs a reason, a payment may have one")
        return self


class NewEntries(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "entries": [
                        {
                            "line": "019a3f5c2b7e4d1c8a90f3b2e6d75c41:1",
                            "kind": "paid",
                            "amount": "1116.00",
                            "on": "2026-11-10",
                            "reference": "工资条 2026-10",
                        }
                    ]
                }
            ]
        }
    )

    entries: Annotated[tuple[NewEntry, ...], Field(min_length=1, max_length=MOST_ENTRIES)]


class EvidenceNamed(Body):
    kind: EvidenceKind
    id: Key


Proofs = Annotated[tuple[EvidenceNamed, ...], Field(max_length=3)]


class ClaimOnLine(Body):
    """A loss that the company would deduct from one order line, with the evidence it has."""

    line: LineId
    reason: Filed
    amount: Annotated[str, StringConstraints(pattern=POSITIVE_AMOUNT)]
    proven_loss: Annotated[str, StringConstraints(pattern=SOME_AMOUNT)]
    caused_on: date
    agreement: Key | None = None
    """Id of the commission agreement that allows the deduction (G1)."""
    fault: Proofs = ()
    loss: Proofs = ()
    causation: Proofs = ()


class AssessCommission(Body):
    """What may at most be defended? It is worked out and put on file; nothing is deducted, or even proposed, by it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "wage": "13875.00",
                    "claims": [
                        {
                            "line": "019a3f5c2b7e4d1c8a90f3b2e6d75c41:1",
                            "reason": "冻结后仍承诺交期，致违约赔偿",
                            "amount": "800.00",
                            "proven_loss": "800.00",
                            "caused_on": "2026-11-25",
                            "agreement": "019a3f5c2b7e4d1c8a90f3b2e6d75c40",
                            "fault": [{"kind": "fact", "id": "17"}],
                            "loss": [{"kind": "document", "id": "5b0d6c0c5a2b5f6f9e0c8d7e6f5a4b3c-0123456789abcdef"}],
                        }
                    ],
                }
            ]
        }
    )

    wage: Annotated[str, StringConstraints(pattern=SOME_AMOUNT)]
    """The wage of the month in which is paid, without commission."""
    already_deducted: Annotated[str, StringConstraints(pattern=SOME_AMOUNT)] = "0"
    """What was deducted for losses in that month before."""
    claims: Annotated[tuple[ClaimOnLine, ...], Field(max_length=50)] = ()


def entered(body: NewEntry) -> dict[str, Any]:
    """The entry's columns that its line does not say."""
    order, _, position = body.line.rpartition(":")
    return {
        "order_id": order,
        "position": int(position) if position.isdecimal() and len(position) < 10 else 0,
        "kind": body.kind.value,
        "currency": body.currency,
        "share": body.share,
        "on": body.on,
        "reference": body.reference,
        "reason": body.reason,
        "reverses": body.reverses,
        "sha256": body.sha256 or "",
    }
