"""How far rights may be frozen, by what it rests on: the decision table of law.md section 3."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.freeze import Basis, BasisKind, FreezeAnswer, Scope, judge
from domain.law.rules import Override, Review
from models.law import library

ARRIVED = date(2026, 11, 23)
BEFORE, AFTER = ARRIVED - timedelta(days=100), ARRIVED + timedelta(days=1)
BOOK = library().book()
POLICY = Basis(
    BasisKind.POLICY, "handbook 3", BEFORE, procedure="minutes 12", publication="intranet 4", acknowledged_on=BEFORE
)


def freeze(*bases: Basis, **facts: Any) -> FreezeAnswer:
    return judge(BOOK, ARRIVED, bases, **facts)


def ruled(answer: FreezeAnswer) -> list[tuple[str, str, str]]:
    return [(law.rule_id, law.action, law.reason) for law in answer.law]


@pytest.mark.law("FRZ-01")
@pytest.mark.parametrize("kind", [BasisKind.CONTRACT, BasisKind.AGREEMENT])
def test_a_clause_or_an_agreement_with_full_pay_carries_the_whole_freeze(kind: BasisKind) -> None:
    answer = freeze(Basis(kind, "clause 9", BEFORE))
    assert (answer.scope, answer.basis, answer.waits_for_counsel) == (Scope.FULL, "clause 9", False)
    assert ruled(answer) == [("FRZ-01", "record", "basis_holds")]


@pytest.mark.law("FRZ-02")
def test_a_policy_with_both_proofs_carries_the_whole_freeze() -> None:
    answer = freeze(POLICY)
    assert (answer.scope, ruled(answer)) == (Scope.FULL, [("FRZ-02", "record", "basis_holds")])


@pytest.mark.law("FRZ-02", "FRZ-05")
@pytest.mark.parametrize("lacking", [{"procedure": ""}, {"publication": ""}, {"procedure": "", "publication": ""}])
def test_a_policy_that_was_only_acknowledged_leaves_it_to_counsel(lacking: dict[str, Any]) -> None:
    answer = freeze(replace(POLICY, **lacking))
    assert (answer.scope, answer.waits_for_counsel, answer.refused) == (Scope.LIMITED, True, False)
    assert ruled(answer) == [("FRZ-02", "warn", "proof_missing"), ("FRZ-05", "record", "data_limits")]


@pytest.mark.law("FRZ-02")
@pytest.mark.parametrize("acknowledged", [None, AFTER])
def test_a_policy_nobody_told_the_leaver_of_before_the_notice_carries_nothing(acknowledged: date | None) -> None:
    answer = freeze(replace(POLICY, publication="", acknowledged_on=acknowledged))
    assert (answer.refused, answer.law[0].reason) == (True, "not_made_known")


@pytest.mark.law("FRZ-02", "FRZ-06")
def test_what_was_adopted_after_the_notice_carries_nothing() -> None:
    answer = freeze(replace(POLICY, in_force_from=AFTER))
    assert (answer.refused, answer.law[0].reason) == (True, "after_the_notice")
    assert freeze(replace(POLICY, in_force_from=ARRIVED)).scope is Scope.FULL


@pytest.mark.law("FRZ-03")
@pytest.mark.parametrize("basis", [POLICY, Basis(BasisKind.CONTRACT, "clause 9", BEFORE)])
def test_no_basis_carries_a_freeze_with_less_pay(basis: Basis) -> None:
    answer = freeze(replace(basis, full_pay=False))
    assert (answer.refused, ruled(answer)[0]) == (True, ("FRZ-03", "block", "pay_cut"))


@pytest.mark.law("FRZ-01", "FRZ-05")
def test_without_any_basis_the_freeze_is_refused_and_only_data_are_protected() -> None:
    answer = freeze()
    assert (answer.scope, answer.basis, answer.refused) == (Scope.LIMITED, "", True)
    assert ruled(answer) == [("FRZ-01", "block", "no_basis"), ("FRZ-05", "record", "data_limits")]


@pytest.mark.law("FRZ-03")
@pytest.mark.parametrize(("share", "warned"), [("0.30", False), ("0.31", True)])
def test_who_lives_on_commission_should_have_a_guarantee(share: str, warned: bool) -> None:
    answer = freeze(POLICY, commission_share=Decimal(share))
    assert (("FRZ-03", "warn", "commission_guarantee") in ruled(answer)) is warned
    assert answer.scope is Scope.FULL


def test_the_best_basis_counts() -> None:
    weak = replace(POLICY, reference="draft", procedure="")
    assert freeze(weak, replace(POLICY, full_pay=False)).waits_for_counsel
    assert freeze(weak, POLICY).basis == "handbook 3"


@pytest.mark.law("FRZ-01")
def test_in_production_a_rule_nobody_has_signed_off_leaves_the_decision_to_counsel() -> None:
    trusting = Review(production=True, overrides={"FRZ-01": Override("counsel", "checked with our firm")})
    assert judge(library().book(review=Review(production=True)), ARRIVED, ()).waits_for_counsel
    assert judge(library().book(review=trusting), ARRIVED, ()).refused


BASES = st.builds(
    Basis,
    st.sampled_from(BasisKind),
    st.just("x"),
    st.sampled_from([BEFORE, ARRIVED, AFTER]),
    st.booleans(),
    st.sampled_from(["", "minutes"]),
    st.sampled_from(["", "intranet"]),
    st.sampled_from([None, BEFORE, AFTER]),
)


@pytest.mark.law("FRZ-01", "FRZ-02", "FRZ-03", "FRZ-06")
@settings(settings.get_profile("domain"))
@given(st.lists(BASES, max_size=4))
def test_a_whole_freeze_always_has_a_basis_from_before_the_notice_with_full_pay(bases: list[Basis]) -> None:
    answer = freeze(*bases)
    good = [basis for basis in bases if basis.full_pay and basis.in_force_from <= ARRIVED]
    if answer.scope is Scope.FULL or answer.waits_for_counsel:
        assert good
    if not good:
        assert answer.refused
