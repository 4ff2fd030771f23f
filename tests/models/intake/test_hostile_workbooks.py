"""Workbooks that are broken, or meant to do harm, are refused with the reason before they can."""

import io
import zipfile

import pytest
from openpyxl import DEFUSEDXML

from models.sheets import archive
from tests.models.intake.workbooks import BOOK, code, read, row, sheet, strings, workbook

ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (workbook(**{"xl/worksheets/sheet1.xml": sheet(row("&b;"), prolog=ENTITIES)}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/sharedStrings.xml": strings("<t>&b;</t>", prolog=ENTITIES)}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/workbook.xml": ENTITIES + BOOK}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/media/zeros.bin": "0" * 3_000_000}), "unsafe_workbook"),
        (workbook([["a"]], **{"xl/vbaProject.bin": "x"}), "macros"),
        (workbook(**{"xl/worksheets/sheet1.xml": sheet()[:-20]}), "not_a_workbook"),
        (workbook([["a"]], **{"xl/workbook.xml": "<workbook/>"}), "not_a_workbook"),
        (workbook([["a"]], **{"[Content_Types].xml": "<Types/>"}), "not_a_workbook"),
        (workbook([["a"]], **{"xl/styles.xml": "<styleSheet>"}), "not_a_workbook"),
        (workbook([["a"]])[:-30], "not_a_workbook"),
        (b"PK\x03\x04 and nothing else", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old one, or one with a password", "not_a_workbook"),
        (workbook([["a"]], data='<row r="1"><c><v>1</v></c></row>'), "not_a_workbook"),
        (workbook([["a"]], data='<row r="1048577"><c><v>1</v></c></row>'), "not_a_workbook"),
        (workbook(), "no_header"),
    ],
)
def test_hostile_and_broken_workbooks_are_refused(content: bytes, reason: str) -> None:
    assert code(content)[1] == reason


def test_entities_are_refused_because_defusedxml_is_there() -> None:
    assert DEFUSEDXML, "openpyxl takes it only where it is installed"


def test_nothing_outside_of_the_file_is_loaded() -> None:
    outside = sheet(row("a"), prolog='<!DOCTYPE x SYSTEM "file:///etc/hostname">')
    assert read(workbook(**{"xl/worksheets/sheet1.xml": outside})) == [["a"]]


@pytest.mark.parametrize(
    ("bound", "most"), [("LARGEST_UNPACKED", 1000), ("LARGEST_READ_WHOLE", 200), ("MOST_PARTS", 3)]
)
def test_a_workbook_is_judged_by_its_directory_before_anything_is_unpacked(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int
) -> None:
    monkeypatch.setattr(archive, bound, most)
    assert code(workbook([["a" * 2000]])) == (0, "unsafe_workbook")


def test_a_workbook_with_one_part_twice_is_refused() -> None:
    file = io.BytesIO(workbook([["a"]]))
    with zipfile.ZipFile(file, "a") as parts, pytest.warns(UserWarning, match="Duplicate"):
        parts.writestr("xl/workbook.xml", "<workbook/>")
    assert code(file.getvalue()) == (0, "unsafe_workbook")


@pytest.mark.parametrize("part", ["row", "shared text"])
def test_a_text_without_end_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    monkeypatch.setattr(archive, "LONGEST_ENTRY", 200_000)
    endless = "".join(f"{n:07}" for n in range(50_000))
    made = {"xl/sharedStrings.xml": strings(f"<t>{endless}</t>")} if part == "shared text" else {}
    data = f'<row><c t="str"><v>{endless}</v></c></row>' if part == "row" else ""
    assert code(workbook([["a"]], data=data, **made))[1] == "unsafe_workbook"


def test_many_rows_of_little_are_no_row_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "LONGEST_ENTRY", 200_000)
    rows = [[f"{n:05}"] for n in range(10_000)]
    assert len(read(workbook([["a"], *rows]))) == len(rows) + 1


def test_a_file_that_breaks_off_says_up_to_which_row_it_was_read() -> None:
    whole = sheet("<row><c t='str'><v>x</v></c></row>" * 20_000)
    number, reason = code(workbook(**{"xl/worksheets/sheet1.xml": whole[:-40]}))
    assert reason == "not_a_workbook"
    assert number > 1000


@pytest.mark.parametrize("place", ["ZZZ2", "AAA2"])
def test_a_cell_far_to_the_right_is_refused(place: str) -> None:
    data = f'<row r="2"><c r="{place}" t="str"><v>x</v></c></row>'
    assert code(workbook([["a"]], data=data)) == (2, "too_many_columns")
