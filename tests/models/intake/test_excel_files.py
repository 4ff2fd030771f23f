"""Workbooks as spreadsheets make them are read as they were meant; ours say what was written into them."""

import io
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from models.sheets import excel_writer
from models.sheets.excel_writer import Table
from models.sheets.opening import open_sheet
from models.sheets.sheet import Flawed
from tests.models.intake.workbooks import BOOK, DATE, code, read, row, sheet, strings, workbook

UNHURRIED = settings(deadline=None, max_examples=50)
"""Each example is a whole workbook."""
PRINTED = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1)


def saved(*rows: Sequence[Any], **formats: str) -> bytes:
    """A workbook as a spreadsheet saves it; formats by cell."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for cells in rows:
        page.append(list(cells))
    for cell, form in formats.items():
        page[cell].number_format = form
    book.create_sheet("two").append(["only"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def written(*rows: Sequence[Any], name: str = "t") -> bytes:
    """A workbook as we write it."""
    return b"".join(excel_writer.workbook([Table(name, rows[0], rows[1:])]))


@UNHURRIED
@given(st.lists(st.tuples(PRINTED, PRINTED)))
def test_a_workbook_says_what_was_written_into_it(rows: list[tuple[str, str]]) -> None:
    plain = [[cell.lstrip("'") or "x" for cell in cells] for cells in rows]
    assert read(workbook([["a", "b"], *plain])) == [["a", "b"], *plain]
    assert read(written(("a", "b"), *plain)) == [["a", "b"], *plain]


def test_each_kind_of_cell_is_read_as_the_sheet_shows_it() -> None:
    moment = datetime(2026, 1, 5, 13, 45, 1)  # noqa: DTZ001  # a wall clock's
    content = saved(
        ["编号", "text", "number", "date", "yes"],
        ["C1", "完璧 & <b>", 9.8, date(2026, 1, 5), True],
        ["C2", "two\nlines", 1e-7, moment, False],
        ["C3", "0012", 13800138000, date(1900, 3, 1), None],
    )
    assert read(content)[1:] == [
        ["C1", "完璧 & <b>", "9.8", "2026-01-05", "true"],
        ["C2", "two\nlines", "0.0000001", "2026-01-05T13:45:01", "false"],
        ["C3", "0012", "13800138000", "1900-03-01"],
    ]


def test_a_sheet_is_chosen_by_its_name() -> None:
    assert read(saved(["a"]), name="two") == [["only"]]
    assert code(saved(["a"]), name="three") == (0, "no_such_sheet")


@UNHURRIED
@given(st.dates(min_value=date(1904, 1, 2)), st.booleans())
def test_a_day_is_that_day_whether_the_workbook_counts_from_1900_or_from_1904(day: date, since_1904: bool) -> None:
    number = (day - (date(1904, 1, 1) if since_1904 else date(1899, 12, 30))).days
    book = BOOK.replace("<workbookPr/>", '<workbookPr date1904="1"/>') if since_1904 else BOOK
    data = f'<row><c s="{DATE}"><v>{number}</v></c></row>'
    assert read(workbook([["a"]], data=data, **{"xl/workbook.xml": book}))[1] == [day.isoformat()]


@pytest.mark.parametrize(
    ("form", "dates"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"d"日"', True),
        ("[$-804]yyyy年m月d日", True),
        ("0.00", False),
        ('0.00 "days"', False),
        ("[Red]#,##0", False),
        ("General", False),
        ("_ * #,##0.00_ ;_ \\¥* -#,##0.00_ ", False),
    ],
)
def test_the_format_says_whether_a_number_is_a_date(form: str, dates: bool) -> None:
    assert read(saved(["a"], [46027], A2=form))[1] == ["2026-01-05" if dates else "46027"]


@UNHURRIED
@given(st.datetimes(min_value=datetime(1900, 3, 2), max_value=datetime(9999, 1, 1)))  # noqa: DTZ001
def test_every_moment_survives_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    number = (moment - datetime(1899, 12, 30)) / timedelta(days=1)  # noqa: DTZ001
    (_, (shown,)) = read(workbook([["a"]], data=f'<row><c s="{DATE}"><v>{number!r}</v></c></row>'))
    assert datetime.fromisoformat(shown) == moment


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("9.8000000000000007", "9.8"),
        ("1E-7", "0.0000001"),
        ("1.5E+3", "1500"),
        ("1.38E+10", "13800000000"),
        ("13800138000", "13800138000"),
        ("999999999999999", "999999999999999"),
        ("-0.5", "-0.5"),
    ],
)
def test_numbers_are_read_as_excel_shows_them(kept: str, shown: str) -> None:
    assert read(workbook([["a"]], data=f"<row><c><v>{kept}</v></c></row>"))[1] == [shown]


def test_a_long_identity_kept_as_a_number_has_lost_digits_and_kept_as_text_has_not() -> None:
    data = "<row><c><v>123456789012346000</v></c><c><v>1.23456789012346E+17</v></c></row>"
    (_, cells, text) = read(workbook([["a", "b"]], data=data + row("110101199003078515")))
    assert [cell.code for cell in cells if isinstance(cell, Flawed)] == ["digits_lost", "digits_lost"]
    assert text == ["110101199003078515"]


def test_a_cell_with_a_formula_or_an_error_has_no_value_whatever_excel_made_of_it_last() -> None:
    data = '<row><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c><v>3</v></c></row>'
    (_, cells) = read(workbook([["a", "b", "c"]], data=data))
    assert [(str(cell), isinstance(cell, Flawed)) for cell in cells] == [("=1+1", True), ("#N/A", True), ("3", False)]


def test_a_date_that_excel_shows_as_hashes_has_no_value() -> None:
    assert isinstance(read(workbook([["a"]], data=f'<row><c s="{DATE}"><v>9E9</v></c></row>'))[1][0], Flawed)


def test_texts_that_cells_share_are_whole_and_without_how_they_are_pronounced() -> None:
    items = (
        "<t>a</t>",
        "<r><t>上</t></r><r><t>海</t></r>",
        "<t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh>",
        "",
    )
    data = "".join(f'<row><c t="s"><v>{n}</v></c><c><v>9</v></c></row>' for n in range(len(items)))
    found = read(workbook(data=data, **{"xl/sharedStrings.xml": strings(*items)}))
    assert [cells[0] for cells in found] == ["a", "上海", "東京", ""]
    missing = workbook([["a"]], data='<row><c t="s"><v>7</v></c></row>')
    assert code(missing) == (1, "not_a_workbook")


def test_nothing_is_left_out_because_a_sheet_claims_to_be_small() -> None:
    lies = sheet(row("a", "b") + row("x", "y"), before='<dimension ref="A1"/>')
    assert read(workbook(**{"xl/worksheets/sheet1.xml": lies})) == [["a", "b"], ["x", "y"]]


def test_rows_keep_their_number_where_others_are_missing() -> None:
    data = '<row r="7" ht="15" customHeight="1"><c r="B7" t="str"><v>x</v></c></row>'
    with open_sheet(io.BytesIO(workbook([["a", "b"]], data=data))) as found:
        assert list(found.rows) == [(7, ["", "x"])]


@pytest.mark.parametrize("hazard", ["=1+1", "+86 138", "-1", "@x", "=cmd|'/c calc'!A1"])
def test_what_a_spreadsheet_would_carry_out_leaves_as_text_that_stays_text_when_edited(hazard: str) -> None:
    content = written(("a", "b"), (hazard, "plain"))
    marked, plain = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0][2]
    assert (marked.value, marked.data_type, marked.quotePrefix, plain.quotePrefix) == (hazard, "s", True, False)
    assert read(content)[1] == [hazard, "plain"]


def test_numbers_days_and_truths_leave_as_such() -> None:
    content = written(("a", "b", "c", "d"), (12, date(2026, 1, 5), True, None))
    (_, cells) = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    assert cells == (12, datetime(2026, 1, 5), True, None)  # noqa: DTZ001
    assert read(content)[1] == ["12", "2026-01-05", "true"]


@UNHURRIED
@given(st.text(st.characters(exclude_categories=["Cs"])))
@example("a\r\nb")
@example("\x00\x0b\ufffe")
@example("_x000D_ and _x005F_x0041_")
def test_no_character_of_a_text_is_lost_on_its_way_out_and_back(text: str) -> None:
    framed = f"[{text}]"
    assert read(written(("a",), (framed,)))[1] == [framed]


def test_an_escape_of_half_a_character_is_left_as_it_is() -> None:
    assert read(workbook([["a"], ["_xD800_ _x4E2D_"]]))[1] == ["_xD800_ 中"]


def test_what_does_not_fit_on_one_sheet_goes_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_writer, "MOST_ROWS", 3)
    content = written(("n",), *((n,) for n in range(5)))
    assert [read(content, name=name)[1:] for name in ("t", "t 2", "t 3")] == [[["0"], ["1"]], [["2"], ["3"]], [["4"]]]


def test_nothing_stays_on_disk_of_a_workbook_that_could_not_be_finished(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def rows() -> Iterator[tuple[str]]:
        yield ("personal data",)
        assert list(tmp_path.iterdir()), "it is built on disk"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        list(excel_writer.workbook([Table("t", ("a",), rows())]))
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_leaves_piece_by_piece() -> None:
    rows = [(f"{n * 7919 % 100_003:09}" * 5,) for n in range(20_000)]
    pieces = list(excel_writer.workbook([Table("t", ("a",), rows)]))
    assert len(pieces) > 3
    assert all(len(first) == len(then) for first, then in pairwise(pieces[:-1]))
