"""A company's own columns become ours by declared steps, and whatever a step can't be done to is named."""

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.cells import HAZARDS, neutralised, plain
from domain.mapping import Column, UnfitCell, date_form

FORMS = ("YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY", "YYYY年MM月DD日", "YYYYMMDD HH:mm")


@pytest.mark.parametrize(
    ("column", "given", "wanted"),
    [
        (Column(("a",)), ["x"], "x"),
        (Column(("a",), constant="c"), [""], "c"),
        (Column(constant="c"), [], "c"),
        (Column(("a", "b", "c"), join=", "), ["x", "", "z"], "x, z"),
        (Column(("a",), values={"正常": "active"}), ["正常"], "active"),
        (Column(("a",), values={"": "confirmed"}, otherwise="completed"), [""], "confirmed"),
        (Column(("a",), values={"": "confirmed"}, otherwise="completed"), ["1996-07-16"], "completed"),
        (Column(("a",), values={"x": "y"}), [""], ""),
        (Column(("a",), date="DD.MM.YYYY"), ["5.1.2026"], "2026-01-05"),
        (Column(("a",), date="MM/DD/YYYY HH:mm"), ["1/5/2026 9:30"], "2026-01-05T09:30:00"),
        (Column(("a",), decimal=","), ["1.234.567,50"], "1234567.50"),
        (Column(("a",), decimal=","), ["1 234,5"], "1234.5"),
        (Column(("a",), decimal="."), ["-12,000"], "-12000"),
        (Column(("a",), places=2), ["9.80000019"], "9.80"),
        (Column(("a",), decimal=",", places=1), ["0,25"], "0.3"),
    ],
)
def test_a_step_does_what_it_says(column: Column, given: list[str], wanted: str) -> None:
    assert column.of(given) == wanted


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        (Column(("a",), values={"正常": "active"}), "停用", "not_in_value_table"),
        (Column(("a",), date="DD.MM.YYYY"), "2026-01-05", "not_that_date_form"),
        (Column(("a",), decimal=","), "1.23,4", "not_a_number"),
        (Column(("a",), decimal=","), "1,234.5", "not_a_number"),
        (Column(("a",), places=2), "abc", "not_a_number"),
        (Column(("a",), places=2), "1e9", "not_a_number"),
    ],
)
def test_a_cell_that_a_step_can_t_be_done_to_is_named(column: Column, cell: str, code: str) -> None:
    with pytest.raises(UnfitCell) as unfit:
        column.of([cell])
    assert (unfit.value.code, unfit.value.value) == (code, cell)


@pytest.mark.parametrize("form", ["", "YYYY", "DD.MM", "YYYY-MM-DD-DD"])
def test_a_form_of_dates_names_each_part_of_a_day_once(form: str) -> None:
    with pytest.raises(ValueError, match="YYYY, MM and DD"):
        date_form(form)


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(FORMS))
def test_every_day_written_in_a_form_is_read_as_that_day(day: date, form: str) -> None:
    parts = {"YYYY": f"{day:%Y}", "MM": f"{day:%m}", "DD": f"{day:%d}", "HH": "07", "mm": "05"}
    written = form
    for token, said in parts.items():
        written = written.replace(token, said)
    assert datetime.fromisoformat(Column(("a",), date=form).of([written])).date() == day


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3), st.sampled_from([",", "."]), st.booleans())
def test_every_number_written_with_a_sign_is_read_as_that_number(number: Decimal, sign: str, grouped: bool) -> None:
    written = f"{number:,f}" if grouped else f"{number:f}"
    if sign == ",":
        written = written.translate(str.maketrans(",.", ".,"))
    assert Decimal(Column(("a",), decimal=sign).of([written])) == number


@given(
    st.text(max_size=30),
    st.builds(
        Column,
        sources=st.just(("a",)),
        constant=st.text(max_size=3),
        values=st.none() | st.dictionaries(st.text(max_size=3), st.text(max_size=3)),
        otherwise=st.none() | st.text(max_size=3),
        date=st.sampled_from(("", *FORMS)),
        decimal=st.sampled_from(("", ",", ".")),
        places=st.none() | st.integers(0, 6),
    ),
)
def test_whatever_is_in_a_cell_it_becomes_text_or_is_named(cell: str, column: Column) -> None:
    with suppress(UnfitCell):
        assert isinstance(column.of([cell]), str)


@given(st.text())
def test_a_text_that_left_and_comes_back_is_the_same_and_was_never_a_formula(text: str) -> None:
    assert not neutralised(text).startswith(HAZARDS)
    assert plain(neutralised(text)) == text


@pytest.mark.parametrize("hazard", ["=1+1", "+86 138", "-1", "@x", "\tx", "'=x", "＝1+1"])
def test_what_a_spreadsheet_would_carry_out_is_marked_as_text(hazard: str) -> None:
    assert neutralised(hazard) == "'" + hazard
