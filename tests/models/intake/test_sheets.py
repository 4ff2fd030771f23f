"""Files as spreadsheets and strangers make them: read as they were meant, or refused with the reason."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sheets import excel_reader, safe_xml
from models.sheets.excel_formats import as_date, as_number, shows_a_date
from models.sheets.opening import open_sheet
from models.sheets.sheet import Flawed, Unreadable
from tests.models.intake.files import workbook

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a wall clock's
FOLDER = Path(__file__).parent / "workbooks"
"""Made with openpyxl 3.1 and XlsxWriter 3.2, which this project does not need."""


def read(content: bytes, **options: Any) -> list[list[str]]:
    with open_sheet(io.BytesIO(content), **options) as sheet:
        return [list(sheet.header), *(cells for _, cells in sheet.rows)]


def code(content: bytes, **options: Any) -> tuple[int, str]:
    with pytest.raises(Unreadable) as refused:
        read(content, **options)
    return refused.value.problems[0].row, refused.value.problems[0].code


TEXT = "编号,名称\nC1,完璧\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_of_spreadsheets_is_recognised(encoding: str, delimiter: str) -> None:
    content = TEXT.replace(",", delimiter).replace("\n", "\r\n").encode(encoding)
    assert read(content) == [["编号", "名称"], ["C1", "完璧"]]


def test_gb18030_far_into_a_file_that_begins_as_ascii_is_recognised() -> None:
    content = ("a,b\n" + "x,y\n" * 600_000).encode() + "x,完璧\n".encode("gb18030")
    assert read(content)[-1] == ["x", "完璧"]


@pytest.mark.parametrize(
    "content", [TEXT.encode("utf-16"), TEXT.encode("utf-16-le"), b"a,b\nx,\x00\n", b"a\n\xff\xff\n"]
)
def test_what_is_neither_is_said_not_to_be_text(content: bytes) -> None:
    assert code(content) == (0, "not_text")


def test_a_delimiter_that_the_mapping_names_is_taken() -> None:
    assert read(b"a;b,c\n1;2,3\n", delimiter=",") == [["a;b", "c"], ["1;2", "3"]]


def test_a_formula_in_a_csv_file_is_text_and_its_neutralised_form_is_the_same_text() -> None:
    assert read(b"a,b\n=1+1,'=1+1\n") == [["a", "b"], ["=1+1", "=1+1"]]


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1), min_size=2, max_size=2))
)
def test_a_workbook_says_what_was_written_into_it(rows: list[list[str]]) -> None:
    rows = [[cell.lstrip("'") or "x" for cell in row] for row in rows]
    assert read(workbook([["a", "b"], *rows])) == [["a", "b"], *rows]


def test_workbooks_of_other_programs_are_read() -> None:
    assert read((FOLDER / "openpyxl.xlsx").read_bytes()) == [
        ["编号", "name", "date", "num", "yes"],
        ["C1", "完璧 & <b>", "2026-01-05", "9.8", "true"],
        ["C2", "=", "2026-01-05T13:45:01", "0.0000001", "false"],
        ["C3", "x", "1900-03-01", "123456789012346000"],
    ]
    assert read((FOLDER / "xlsxwriter.xlsx").read_bytes()) == [
        ["编号", "name", "date"],
        ["C1", "=x", "2026-01-05"],
        ["", "abc"],
    ]


def test_a_sheet_is_chosen_by_its_name() -> None:
    content = (FOLDER / "openpyxl.xlsx").read_bytes()
    assert read(content, name="two") == [["only"]]
    assert code(content, name="three") == (0, "no_such_sheet")


def test_a_cell_with_a_formula_or_an_error_has_no_value() -> None:
    data = '<row><c><f>1+1</f><v>2</v></c><c t="e"><v>#N/A</v></c><c><v>3</v></c></row>'
    (_, cells) = read(workbook([["a", "b", "c"]], data=data))
    assert [isinstance(cell, Flawed) for cell in cells] == [True, True, False]


def test_how_a_text_is_pronounced_is_no_part_of_it() -> None:
    data = '<row><c t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c></row>'
    assert read(workbook([["a"]], data=data))[1] == ["東京"]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet><sheetData/></worksheet>'
OUTSIDE = '<!DOCTYPE x SYSTEM "file:///etc/passwd"><worksheet><sheetData/></worksheet>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook(sheet=BOMB), "unsafe_workbook"),
        (workbook(sheet=OUTSIDE), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/sharedStrings.xml": BOMB}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/media/zeros.bin": "0" * 3_000_000}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/vbaProject.bin": "x"}), "macros"),
        (workbook(sheet="<worksheet><sheetData>"), "not_a_workbook"),
        (workbook([["a"]], **{"xl/workbook.xml": "<workbook/>"}), "not_a_workbook"),
        (workbook([["a"]])[:-30], "not_a_workbook"),
        (b"PK\x03\x04 and nothing else", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one, or one with a password", "not_a_workbook"),
        (workbook(), "no_header"),
    ],
)
def test_hostile_and_broken_workbooks_are_refused(content: bytes, reason: str) -> None:
    assert code(content)[1] == reason


def test_a_workbook_is_judged_by_its_directory_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel_reader, "LARGEST_UNPACKED", 1000)
    monkeypatch.setattr(safe_xml, "parse", None)
    assert code(workbook([["a" * 2000]])) == (0, "unsafe_workbook")


def test_a_workbook_with_thousands_of_parts_or_one_part_twice_is_refused() -> None:
    file = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    assert code(file.getvalue()) == (0, "unsafe_workbook")
    many = {f"xl/p{n}.xml": "x" for n in range(excel_reader.MOST_PARTS)}
    assert code(workbook([["a"]], **many)) == (0, "unsafe_workbook")


def test_a_text_without_end_is_refused_before_it_fills_the_memory() -> None:
    assert code(workbook([["a"]], data=f"<row><c><v>{'ab' * 20_000}</v></c></row>"))[1] == "unsafe_workbook"


def test_a_file_that_breaks_off_says_up_to_which_row_it_was_read() -> None:
    sheet = "<worksheet><sheetData>" + "<row><c t='str'><v>x</v></c></row>" * 20_000 + "<row>"
    row, reason = code(workbook(sheet=sheet))
    assert reason == "not_a_workbook"
    assert row > 1000


@pytest.mark.parametrize("place", ["ZZZ1", "AAA1"])
def test_a_cell_far_to_the_right_is_refused(place: str) -> None:
    data = f'<row r="2"><c r="{place}" t="str"><v>x</v></c></row>'
    assert code(workbook([["a"]], data=data)) == (2, "too_many_columns")


@pytest.mark.parametrize(
    ("form", "dates"),
    [
        ("yyyy-mm-dd", True),
        ('yyyy"年"m"月"d"日"', True),
        ("[$-804]yyyy年m月d日", True),
        ("[h]:mm", True),
        ("0.00", False),
        ('0.00 "days"', False),
        ("[Red]#,##0", False),
        ("General", False),
        ("_ * #,##0.00_ ;_ \\¥* -#,##0.00_ ", False),
    ],
)
def test_a_format_says_whether_a_number_is_a_date(form: str, dates: bool) -> None:
    assert shows_a_date(form) is dates


@given(st.integers(61 * 86_400, 2_958_465 * 86_400).map(lambda seconds: EPOCH + timedelta(seconds=seconds)))
def test_every_moment_survives_as_the_number_that_excel_keeps(moment: datetime) -> None:
    number = (moment - EPOCH).total_seconds() / 86_400
    shown = as_date(number, since_1904=False)
    assert shown is not None
    assert datetime.fromisoformat(shown) == moment


@pytest.mark.parametrize(
    ("kept", "shown"),
    [("9.8000000000000007", "9.8"), ("1E-7", "0.0000001"), ("1.5E+3", "1500"), ("42", "42"), ("x", "x")],
)
def test_numbers_are_read_as_excel_shows_them(kept: str, shown: str) -> None:
    assert as_number(kept) == shown
