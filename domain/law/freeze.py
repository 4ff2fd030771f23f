"""Whether rights may be frozen during the notice, how far, and on what basis (law.md section 3).

Nobody's duties change one-sidedly: what stops work needs a contract clause, a signed agreement, or a policy made as
art. 4 asks (FRZ-01, FRZ-02), and full pay in every branch (FRZ-03). What merely protects data stands on its own
(FRZ-05).
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.law import foreign
from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action


class BasisKind(StrEnum):
    CONTRACT = "contract"
    """A clause of the employment contract."""
    AGREEMENT = "agreement"
    """A supplementary agreement, signed."""
    POLICY = "policy"
    """A company policy."""


class Scope(StrEnum):
    """How far the freeze goes."""

    FULL = "full"
    """Everything that the company marked as frozen on notice."""
    LIMITED = "limited"
    """Only what protects data: mass export, customers of others, administration (FRZ-05)."""


@dataclass(frozen=True)
class Basis:
    """One thing the company relies on, with its proofs (references to where they are filed)."""

    kind: BasisKind
    reference: str
    in_force_from: date
    full_pay: bool = True
    """It promises the contract's pay while the freeze lasts."""
    procedure: str = ""
    """Policy: minutes of the staff discussion and the negotiation with union or representatives (art. 4)."""
    publication: str = ""
    """Policy: how it was published."""
    acknowledged_on: date | None = None
    """Policy: when this person acknowledged this version."""


@dataclass(frozen=True)
class FreezeAnswer:
    """How far the freeze may go. The default is that of cases from before the law was asked: all of it."""

    scope: Scope = Scope.FULL
    basis: str = ""
    """Reference of what the full freeze rests on, or would rest on if counsel agrees; empty: nothing."""
    waits_for_counsel: bool = False
    """The full freeze may go on if counsel answers for it."""
    law: tuple[LegalAnswer, ...] = ()

    @property
    def refused(self) -> bool:
        """True if only a new basis can bring the full freeze."""
        return self.scope is Scope.LIMITED and not self.waits_for_counsel


def judge(
    book: RuleBook, arrived_on: date, bases: tuple[Basis, ...], *, commission_share: Decimal = Decimal(0)
) -> FreezeAnswer:
    """How far rights may be frozen from the notice's arrival on, by the best basis there is.

    `commission_share`: part of the pay that hangs on orders, from 0 to 1. Raises NoRule if the law is silent that day.
    """
    if book.find(foreign.RULE, arrived_on) is not None:
        return _elsewhere(book, arrived_on, bases)
    judged = [_one(book, arrived_on, basis) for basis in bases]
    answer = min(judged, key=_rank, default=_none(book, arrived_on))
    if answer.refused:
        return answer
    rule = book.rule("FRZ-03", arrived_on)
    if commission_share <= rule.decimal("commission_share"):
        return answer
    share = f"{commission_share:.0%}"
    warned = book.answer("FRZ-03", arrived_on, share, action=Action.WARN, reason="commission_guarantee", share=share)
    return FreezeAnswer(answer.scope, answer.basis, answer.waits_for_counsel, (*answer.law, warned))


def _rank(answer: FreezeAnswer) -> int:
    if answer.scope is Scope.FULL:
        return 0
    return 1 if answer.waits_for_counsel else 2


def _one(book: RuleBook, on: date, basis: Basis) -> FreezeAnswer:
    if not basis.full_pay:
        return _refused(book, "FRZ-03", on, "pay_cut", basis.reference)
    if basis.in_force_from > on:
        return _refused(book, "FRZ-02", on, "after_the_notice", basis.reference)
    if basis.kind is not BasisKind.POLICY:
        return _allowed(book, "FRZ-01", on, basis.reference)
    acknowledged = basis.acknowledged_on is not None and basis.acknowledged_on <= on
    if not basis.publication and not acknowledged:
        return _refused(book, "FRZ-02", on, "not_made_known", basis.reference)
    if basis.procedure and basis.publication:
        return _allowed(book, "FRZ-02", on, basis.reference)
    law = (
        book.answer("FRZ-02", on, basis.reference, action=Action.WARN, reason="proof_missing", basis=basis.reference),
        _narrow(book, on),
    )
    return FreezeAnswer(Scope.LIMITED, basis.reference, True, law)


def _none(book: RuleBook, on: date) -> FreezeAnswer:
    return _refused(book, "FRZ-01", on, "no_basis", "")


def _allowed(book: RuleBook, rule_id: str, on: date, reference: str) -> FreezeAnswer:
    law = book.answer(rule_id, on, reference, action=Action.RECORD, reason="basis_holds", basis=reference)
    return FreezeAnswer(Scope.FULL, reference, False, (law,))


def _refused(book: RuleBook, rule_id: str, on: date, reason: str, reference: str) -> FreezeAnswer:
    """A rule that may only warn here (nobody has signed it off) leaves the decision to counsel."""
    action = book.action(book.rule(rule_id, on))
    law = (book.answer(rule_id, on, reference, action=action, reason=reason, basis=reference), _narrow(book, on))
    return FreezeAnswer(Scope.LIMITED, "", action is not Action.BLOCK, law)


def _elsewhere(book: RuleBook, on: date, bases: tuple[Basis, ...]) -> FreezeAnswer:
    """By a template that nobody has verified (FGN-01): what both sides agreed carries it, all else counsel decides."""
    agreed = (b for b in bases if b.kind is not BasisKind.POLICY and b.full_pay and b.in_force_from <= on)
    basis = next(agreed, None)
    if basis is None:
        doubt = book.answer(foreign.RULE, on, "", reason="freeze_without_agreement", place=book.national.jurisdiction)
        return FreezeAnswer(Scope.LIMITED, "", True, (doubt,))
    place = book.national.jurisdiction
    law = book.answer(
        foreign.RULE, on, basis.reference, reason="freeze_by_agreement", basis=basis.reference, place=place
    )
    return FreezeAnswer(Scope.FULL, basis.reference, False, (law,))


def _narrow(book: RuleBook, on: date) -> LegalAnswer:
    scopes = ", ".join(book.rule("FRZ-05", on).words("scopes"))
    return book.answer("FRZ-05", on, scopes, action=Action.RECORD, reason="data_limits")
