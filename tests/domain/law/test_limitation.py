"""Limitation periods from the last day, restarts, and how long papers are kept."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.limitation import (
    arbitration_until,
    civil_suit_until,
    final_award,
    inspection_until,
    retention,
    still_open,
)
from domain.law.periods import add_years
from models.law import library
from tests.domain.law.books import book
from tests.domain.law.pay import LAST_DAY, deterministic, yuan

BOOK = book()
DAYS = st.dates(date(2008, 1, 1), date(2060, 12, 31))


@pytest.mark.law("LIM-01")
@pytest.mark.parametrize(
    ("last_day", "interruptions", "until"),
    [
        (LAST_DAY, (), date(2027, 12, 23)),
        (LAST_DAY, (date(2027, 3, 1),), date(2028, 3, 1)),
        (LAST_DAY, (date(2027, 3, 1), date(2027, 6, 1), date(2027, 4, 1)), date(2028, 6, 1)),
        (LAST_DAY, (date(2026, 12, 1),), date(2027, 12, 23)),  # wages: the year never begins during the employment
        (date(2028, 2, 29), (), date(2029, 2, 28)),
        (date(2027, 2, 28), (), date(2028, 2, 28)),
        (LAST_DAY, (date(2028, 2, 29),), date(2029, 2, 28)),
    ],
)
def test_arbitration_is_open_for_a_year_and_each_interruption_begins_it_anew(
    last_day: date, interruptions: tuple[date, ...], until: date
) -> None:
    assert arbitration_until(BOOK, last_day, interruptions).day == until


@pytest.mark.law("LIM-01")
@deterministic
@given(DAYS, st.lists(DAYS, max_size=5).map(tuple))
def test_limitation_is_never_earlier_than_a_year_after_the_last_event(
    last_day: date, interruptions: tuple[date, ...]
) -> None:
    found = arbitration_until(BOOK, last_day, interruptions)
    newest = max((last_day, *interruptions))
    assert (found.day - newest).days in (365, 366)
    assert found.answer.rule_id == "LIM-01"
    assert found.answer.answer == f"{newest} + P1Y = {found.day}"


@pytest.mark.law("LIM-02")
@pytest.mark.parametrize(
    ("known", "harmed", "until"),
    [
        (LAST_DAY, LAST_DAY, date(2029, 12, 23)),
        (date(2028, 2, 29), LAST_DAY, date(2031, 2, 28)),
        (date(2043, 12, 23), LAST_DAY, date(2046, 12, 23)),  # twenty years end it
        (date(2043, 12, 22), LAST_DAY, date(2046, 12, 22)),
        (date(2045, 1, 1), LAST_DAY, date(2046, 12, 23)),
    ],
)
def test_civil_claims_run_three_years_from_knowing_and_twenty_at_most(known: date, harmed: date, until: date) -> None:
    assert civil_suit_until(BOOK, LAST_DAY, known, harmed).day == until


@pytest.mark.law("LIM-02")
def test_the_working_of_a_civil_limitation_and_what_has_no_sense() -> None:
    said = civil_suit_until(BOOK, LAST_DAY, LAST_DAY, LAST_DAY).answer.answer
    assert said == "min(2026-12-23 + P3Y, 2026-12-23 + P20Y) = 2029-12-23"
    with pytest.raises(ValueError, match="nobody knows"):
        civil_suit_until(BOOK, LAST_DAY, LAST_DAY, LAST_DAY + timedelta(days=1))


@pytest.mark.law("LIM-03")
def test_labour_inspection_looks_back_two_years() -> None:
    assert inspection_until(BOOK, LAST_DAY, LAST_DAY).day == date(2028, 12, 23)
    assert inspection_until(BOOK, LAST_DAY, date(2028, 2, 29)).day == date(2030, 2, 28)


@pytest.mark.law("LIM-04")
@pytest.mark.parametrize(("claimed", "final"), [("32280", True), ("32280.01", False), ("0", True)])
def test_awards_up_to_twelve_minimum_wages_are_final_for_the_employer(claimed: str, final: bool) -> None:
    found = final_award(BOOK, LAST_DAY, yuan(claimed))
    assert (found.final, found.threshold) == (final, yuan(32_280))


@pytest.mark.law("LIM-04", "PAY-11")
def test_without_a_minimum_wage_nobody_says_whether_an_award_is_final() -> None:
    found = final_award(book({}), LAST_DAY, yuan(1))
    assert (found.final, found.threshold) == (None, None)
    assert final_award(BOOK, LAST_DAY, yuan(1)).answer.answer == "1.00 ≤ 12 × 2690.00 = 32280.00"


@pytest.mark.law("RET-01")
@pytest.mark.parametrize(
    ("last_day", "case_file", "two_years", "logs"),
    [
        (LAST_DAY, date(2029, 12, 23), date(2028, 12, 23), date(2027, 6, 23)),
        (date(2028, 2, 29), date(2031, 2, 28), date(2030, 2, 28), date(2028, 8, 29)),
        (date(2027, 8, 31), date(2030, 8, 31), date(2029, 8, 31), date(2028, 2, 29)),
    ],
)
def test_papers_are_kept_from_the_last_day(last_day: date, case_file: date, two_years: date, logs: date) -> None:
    kept = retention(BOOK, last_day)
    assert (kept.case_file, kept.contract, kept.wage_sheets, kept.logs) == (case_file, two_years, two_years, logs)
    assert kept.non_compete is None
    assert kept.answer.answer == f"{last_day} + P3Y = {case_file}"


@pytest.mark.law("PIP-08")
@pytest.mark.parametrize("day", [date(2025, 1, 1), LAST_DAY])
def test_records_of_what_others_were_told_are_kept_as_long_as_the_law_asks_with_the_file_that_they_are_part_of(
    day: date,
) -> None:
    law = library().book()
    assert retention(law, day).case_file >= add_years(day, law.rule("PIP-08", day).number("record_years"))
    assert law.find("PIP-08", date(2024, 12, 31)) is None, "the three years begin with the regulation of 2025"


@pytest.mark.law("RET-01")
def test_a_non_compete_file_is_kept_three_years_beyond_its_end() -> None:
    assert retention(BOOK, LAST_DAY, date(2028, 2, 29)).non_compete == date(2031, 2, 28)


@pytest.mark.law("LIM-01", "LIM-02", "LIM-03")
def test_whoever_purges_is_told_which_claims_are_still_open() -> None:
    deadlines = (
        arbitration_until(BOOK, LAST_DAY),
        civil_suit_until(BOOK, LAST_DAY, LAST_DAY, LAST_DAY),
        inspection_until(BOOK, LAST_DAY, LAST_DAY),
    )
    open_on = {
        day: [deadline.answer.rule_id for deadline in still_open(deadlines, day)]
        for day in (date(2027, 12, 23), date(2027, 12, 24), date(2028, 12, 24), date(2029, 12, 24))
    }
    assert list(open_on.values()) == [["LIM-01", "LIM-02", "LIM-03"], ["LIM-02", "LIM-03"], ["LIM-02"], []]
