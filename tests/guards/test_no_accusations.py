"""A customer who leaves with somebody proves nothing: the product tells nobody that a leaver took anything (TS-04)."""

import re

import pytest

from domain.law.rules import Action, Override, Review
from models.law import library
from tests import spoken
from tests.guards.production import ROOT
from texts import catalogue

ALLEGES = {
    "zh": re.compile("窃|盗|偷|侵权|侵犯|泄密|泄露|挖走|飞单|嫌疑|欺诈|恶意|背叛"),
    "en": re.compile(
        r"\b(?:steal|stole|theft|infring|leak|poach|suspect|misconduct|fraud|malicious|betray|accus)", re.I
    ),
}
SAID = sorted(
    path
    for folder in ("activities/templates", "typesetting/templates", "sample")
    for path in (ROOT / folder).rglob("*.*")
    if path.is_file()
)


@pytest.mark.law("TS-04")
@pytest.mark.parametrize("language", ALLEGES)
def test_nothing_that_people_are_told_alleges_that_a_leaver_took_customers(language: str) -> None:
    said = {key: message for key, message in catalogue(language).items() if ALLEGES[language].search(message)}
    assert said == {}
    assert len(SAID) > 10
    assert [path.name for path in SAID if ALLEGES[language].search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.law("TS-04")
def test_no_fact_is_called_an_infringement() -> None:
    kinds = spoken.first_arguments("Fact")
    assert len(kinds) > 40
    assert {kind for kind in kinds if ALLEGES["en"].search(re.sub(r"(?=[A-Z])", " ", kind))} == set()


@pytest.mark.law("TS-04")
def test_a_customer_who_follows_the_leaver_is_recorded_and_never_refused_however_far_the_rules_are_trusted() -> None:
    overrides = {"TS-04": Override(by="赵敏", reason="律师书面意见")}
    rules = [rule for rule in library().pack("cn").rules if rule.id == "TS-04"]
    assert rules
    for review in (Review(), Review(production=True), Review(production=True, overrides=overrides)):
        assert {review.action_of(rule) for rule in rules} == {Action.RECORD}
