"""What a clause may make a leaver pay: the unserved share of training, and nothing for leaving early."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.penalties import Breach, PenaltyFinding, Training, judge
from domain.law.rules import Review
from domain.money import Money
from tests.domain.law.books import book
from tests.domain.law.pay import LAST_DAY, POSITIVE, deterministic, yuan

BOOK = book()


def judged(breach: Breach, agreed: str = "18500", training: Training | None = None, **facts: bool) -> PenaltyFinding:
    return judge(BOOK, LAST_DAY, breach, yuan(agreed), training, **facts)


def trained(cost: str = "48000", months: int = 36, left: int = 12) -> Training:
    return Training(yuan(cost), months, left)


@pytest.mark.law("NOT-13")
def test_a_months_wage_agreed_for_leaving_early_is_not_owed() -> None:
    found = judged(Breach.SHORT_NOTICE)
    assert found.most == yuan(0)
    assert (found.answer.rule_id, found.answer.action, found.answer.answer) == ("NOT-13", "block", "18500.00 → 0")


@pytest.mark.law("NOT-14")
def test_no_penalty_is_owed_for_anything_but_training_and_a_non_compete() -> None:
    found = judged(Breach.OTHER)
    assert (found.most, found.answer.rule_id, found.answer.action) == (yuan(0), "NOT-14", "block")


@pytest.mark.law("NOT-14")
@pytest.mark.parametrize(
    ("agreed", "training", "most", "action"),
    [
        ("60000", trained(), "16000", "block"),
        ("16000.01", trained(), "16000", "block"),
        ("16000", trained(), "16000", "record"),
        ("9000", trained(), "9000", "record"),
        ("60000", trained(left=36), "48000", "block"),
        ("60000", trained(left=0), "0", "block"),
        ("60000", trained("100", 3, 1), "33.33", "block"),  # a third of a cent more would be too much
    ],
)
def test_training_is_paid_back_by_the_share_that_is_not_served_and_no_more(
    agreed: str, training: Training, most: str, action: str
) -> None:
    found = judged(Breach.SERVICE_PERIOD, agreed, training)
    assert (found.most, found.answer.rule_id, found.answer.action) == (yuan(most), "NOT-14", action)


@pytest.mark.law("NOT-14")
def test_the_working_of_a_service_period() -> None:
    found = judged(Breach.SERVICE_PERIOD, "60000", trained())
    assert found.answer.answer == "48000.00 × 12 ÷ 36 = 16000.00; min(60000.00, 16000.00) = 16000.00"


@pytest.mark.law("NOT-14")
def test_whoever_leaves_because_of_the_employers_fault_pays_back_no_training() -> None:
    found = judged(Breach.SERVICE_PERIOD, "9000", trained(), employer_fault=True)
    assert (found.most, found.answer.reason, found.answer.action) == (yuan(0), "penalty_after_fault", "block")


@pytest.mark.law("TS-08")
def test_a_penalty_for_breaking_confidentiality_alone_is_warned_of_and_left_to_a_person() -> None:
    found = judged(Breach.CONFIDENTIALITY)
    assert (found.most, found.answer.rule_id, found.answer.action) == (None, "TS-08", "warn")


@pytest.mark.law("NOT-13", "NOT-14")
def test_in_production_what_no_lawyer_signed_off_warns_and_lets_no_more_be_asked_for() -> None:
    cautious = book(review=Review(production=True))
    for breach in (Breach.SHORT_NOTICE, Breach.OTHER):
        found = judge(cautious, LAST_DAY, breach, yuan(18_500))
        assert (found.most, found.answer.action) == (yuan(0), "warn")


@pytest.mark.law("NOT-14")
@deterministic
@given(POSITIVE, POSITIVE, st.integers(1, 60), st.integers(0, 60))
def test_no_service_period_costs_more_than_was_agreed_or_than_its_training(
    agreed: Money, cost: Money, months: int, left: int
) -> None:
    most = judge(BOOK, LAST_DAY, Breach.SERVICE_PERIOD, agreed, Training(cost, months, min(left, months))).most
    assert most is not None
    assert yuan(0) <= most <= agreed
    assert most <= cost
    assert most == most.to_cents()


def test_a_service_period_without_sense_is_refused() -> None:
    for cost, months, left in (("-1", 1, 1), ("1", 0, 0), ("1", 12, 13), ("1", 12, -1)):
        with pytest.raises(ValueError, match="no service period"):
            trained(cost, months, left)
    with pytest.raises(ValueError, match="cost and months are needed"):
        judged(Breach.SERVICE_PERIOD)
