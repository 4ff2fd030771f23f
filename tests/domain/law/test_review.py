"""How far a rule is trusted: what no lawyer has signed off warns in production, and what is unsure never refuses."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from domain.law.rules import Action, Anchor, Confidence, LegalRule, Override, Review
from domain.people import Text
from models.law import library

RULE = LegalRule(
    id="A-01",
    cite=Text("条", "art."),
    quote_zh="",
    says=Text("说", "says"),
    does=Text("做", "does"),
    effective_from=date(2020, 1, 1),
    effective_to=None,
    anchor=Anchor.ACT,
    action=Action.BLOCK,
    confidence=Confidence.STATUTE,
)
OVERRIDDEN = {"A-01": Override("general counsel", "checked by outside counsel, letter of 2026-11-02")}


@pytest.mark.parametrize(
    ("production", "reviewed", "overrides", "action"),
    [
        (True, "", {}, Action.WARN),
        (True, "Counsel", {}, Action.BLOCK),
        (True, "", OVERRIDDEN, Action.BLOCK),
        (True, "", {"B-01": OVERRIDDEN["A-01"]}, Action.WARN),
        (False, "", {}, Action.BLOCK),
    ],
)
def test_in_production_only_what_is_signed_off_or_overridden_refuses(
    production: bool, reviewed: str, overrides: Mapping[str, Override], action: Action
) -> None:
    assert Review(production, overrides).action_of(replace(RULE, reviewed_by=reviewed)) is action


@pytest.mark.parametrize("confidence", [Confidence.CASE_SPLIT, Confidence.UNVERIFIED])
@pytest.mark.parametrize("production", [True, False])
def test_what_courts_judge_differently_or_nobody_checked_never_refuses(
    confidence: Confidence, production: bool
) -> None:
    unsure = replace(RULE, confidence=confidence, reviewed_by="Counsel", reviewed_at=date(2026, 11, 1))
    assert Review(production, OVERRIDDEN).action_of(unsure) is Action.WARN


@pytest.mark.parametrize("action", [Action.WARN, Action.RECORD])
def test_review_makes_nothing_stricter(action: Action) -> None:
    assert Review(True, OVERRIDDEN).action_of(replace(RULE, action=action)) is action


@pytest.mark.parametrize(("by", "reason"), [("", "because"), ("somebody", " ")])
def test_an_override_names_a_person_and_a_reason(by: str, reason: str) -> None:
    with pytest.raises(ValueError, match="names a person and a reason"):
        Override(by, reason)


def test_no_shipped_rule_refuses_anything_in_production_until_a_lawyer_has_signed_it_off() -> None:
    shipped = [rule for pack in library().packs.values() for rule in pack.rules]
    assert not [rule.id for rule in shipped if rule.reviewed_by or rule.reviewed_at]
    assert Action.BLOCK not in {Review(production=True).action_of(rule) for rule in shipped}
