"""What is unusual for somebody is measured by that person's own days and by nothing else."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.desk.habit import ENOUGH, habit, unusual

DAY = date(2026, 6, 1)
COUNTS = st.lists(st.integers(0, 10**6), max_size=90)


def days(counts: list[int]) -> dict[date, int]:
    return {DAY + timedelta(days=number): count for number, count in enumerate(counts)}


def test_a_habit_by_hand() -> None:
    """1 to 10 and 500: the median is 6, the distances' median 3; five of them above 6 is 21."""
    counts = [*range(1, 11), 500]
    usual = habit(counts, 5)
    assert (usual.median, usual.deviation, usual.above) == (Fraction(6), Fraction(3), Fraction(21))
    assert unusual(days(counts), usual, 50) == [DAY + timedelta(days=10)]


def test_an_even_number_of_days_has_its_median_between_two_of_them() -> None:
    assert habit([1, 2, 3, 4], 1).median == Fraction(5, 2)


def test_what_is_small_in_itself_never_stands_out() -> None:
    counts = [0] * 20 + [49, 50]
    assert unusual(days(counts), habit(counts, 5), 50) == [DAY + timedelta(days=21)]


@pytest.mark.parametrize(("known", "stands_out"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_a_few_days_are_no_habit(known: int, stands_out: bool) -> None:
    counts = [1] * (known - 1) + [10_000]
    assert bool(unusual(days(counts), habit(counts, 5), 50)) is stands_out


def test_nobody_who_did_nothing_stands_out() -> None:
    usual = habit([], 5)
    assert (usual.days, usual.above, unusual({}, usual, 1)) == (0, None, [])


@settings(settings.get_profile("domain"))
@given(counts=COUNTS, factor=st.integers(1, 50), k=st.integers(1, 10))
def test_it_depends_on_the_habit_and_not_on_how_much_somebody_does(counts: list[int], factor: int, k: int) -> None:
    """Who always reads fifty times as much stands out on the very same days."""
    more = [count * factor for count in counts]
    assert unusual(days(counts), habit(counts, k), 0) == unusual(days(more), habit(more, k), 0)


@settings(settings.get_profile("domain"))
@given(counts=COUNTS, k=st.integers(1, 10), least=st.integers(0, 1000))
def test_at_most_half_of_the_days_stand_out(counts: list[int], k: int, least: int) -> None:
    assert 2 * len(unusual(days(counts), habit(counts, k), least)) <= len(counts)
