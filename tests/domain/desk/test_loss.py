"""What became of customers: beside the year before and beside everybody else, by stated thresholds."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.desk.loss import Compared, Fate, Thresholds, effect, expected, fate, together

LIMITS = Thresholds()
deterministic = settings(settings.get_profile("domain"))
MONEY = st.integers(0, 10**14)
PAIRS = st.builds(Compared, MONEY, MONEY)


def test_a_customer_is_measured_by_what_everybody_else_did() -> None:
    """The others fell to 95 %: 10,000 would have been 9,500. It came to 6,000: 3,500 less than expected."""
    others, mine = Compared(200_000, 190_000), Compared(10_000, 6_000)
    assert others.trend == Fraction(95, 100)
    assert (expected(mine, others.trend), effect(mine, others.trend)) == (9_500, -3_500)
    assert fate(mine, others.trend, LIMITS) is Fate.SHRUNKEN


def test_nothing_known_of_the_others_means_that_nothing_was_expected_to_change() -> None:
    assert Compared(0, 500).trend is None
    assert (expected(Compared(100, 90), None), effect(Compared(100, 90), None)) == (100, -10)


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        (1000, 0, Fate.LOST),
        (1000, 99, Fate.LOST),
        (1000, 100, Fate.SHRUNKEN),
        (1000, 799, Fate.SHRUNKEN),
        (1000, 800, Fate.KEPT),
        (1000, 1199, Fate.KEPT),
        (1000, 1200, Fate.GROWN),
        (0, 1, Fate.GROWN),
        (0, 0, Fate.INACTIVE),
    ],
)
def test_both_sides_of_each_threshold(before: int, after: int, what: Fate) -> None:
    assert fate(Compared(before, after), Fraction(1), LIMITS) is what


def test_who_bought_nothing_is_lost_even_if_everybody_else_bought_nothing_either() -> None:
    assert fate(Compared(100, 0), Fraction(0), LIMITS) is Fate.LOST
    assert fate(Compared(100, 1), Fraction(0), LIMITS) is Fate.GROWN


@pytest.mark.parametrize("limits", [("0.8", "0.1", "1.2"), ("0.1", "1.3", "1.2"), ("-0.1", "0.8", "1.2")])
def test_thresholds_that_do_not_rise_are_none(limits: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="rise"):
        Thresholds(*map(Decimal, limits))


@deterministic
@given(customers=st.lists(PAIRS, max_size=30), others=PAIRS)
def test_fates_partition_the_customers_and_effects_add_up_but_for_rounding(
    customers: list[Compared], others: Compared
) -> None:
    trend = others.trend
    fates = [fate(one, trend, LIMITS) for one in customers]
    assert sum(fates.count(one) for one in Fate) == len(customers)
    whole, parts = effect(together(customers), trend), sum(effect(one, trend) for one in customers)
    assert abs(whole - parts) <= len(customers)


@deterministic
@given(one=PAIRS, others=PAIRS)
def test_what_was_expected_and_the_effect_come_to_what_was_sold(one: Compared, others: Compared) -> None:
    assert expected(one, others.trend) + effect(one, others.trend) == one.after


@deterministic
@given(before=st.integers(1, 10**12), less=st.integers(0, 10**12), more=st.integers(0, 10**12))
def test_more_turnover_is_never_a_worse_fate(before: int, less: int, more: int) -> None:
    order = [Fate.LOST, Fate.SHRUNKEN, Fate.KEPT, Fate.GROWN]
    low, high = sorted((less, more))
    ranks = [order.index(fate(Compared(before, after), Fraction(1), LIMITS)) for after in (low, high)]
    assert ranks[0] <= ranks[1]
