"""CSV as spreadsheets and strangers make it: read as it was meant, or refused with the reason."""

import io

import pytest

from models.sheets.opening import open_sheet
from tests.models.intake.workbooks import code, read

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
    ("content", "reason"),
    [
        (TEXT.encode("utf-16"), "utf_16"),
        ("\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"), "utf_16"),
        ("number,name\n".encode("utf-16-le"), "utf_16"),
        (TEXT.encode("utf-16-le"), "not_text"),
        (b"a,b\nx,\x00\n", "not_text"),
        (b"a\n\xff\xff\n", "not_text"),
        (b"", "no_header"),
        (b"\xef\xbb\xbf", "no_header"),
        (b"\n\n", "no_header"),
        (b",,\nx,y,z\n", "no_header"),
    ],
)
def test_what_can_t_be_read_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    assert code(content)[1] == reason


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_lines_end_as_on_any_system_and_texts_may_go_over_several(ends: str) -> None:
    content = ends.join(["a,b", '"first', 'second","said ""so"""', "x,y", ""])
    assert read(content.encode()) == [["a", "b"], [f"first{ends}second", 'said "so"'], ["x", "y"]]


def test_short_rows_are_filled_up_and_empty_ones_left_out_but_keep_their_number() -> None:
    with open_sheet(io.BytesIO(b"a,b,c,,\nx\n,,,,\n\ny,z,,,\n")) as sheet:
        assert sheet.header == ("a", "b", "c")
        rows = list(sheet.rows)
    assert [(number, [cell for cell in cells if cell]) for number, cells in rows] == [(2, ["x"]), (5, ["y", "z"])]


def test_a_row_with_more_cells_than_the_header_has_columns_is_named() -> None:
    assert code(b"a,b\nx,y\nx,y,z\n") == (3, "too_many_cells")


def test_a_quotation_mark_that_is_not_closed_is_named() -> None:
    assert code(b'a,b\nx,"y\nz,z\n')[1] == "malformed_csv"
    assert code(b'a,b\nx,"' + b"y\n" * 100_000)[1] == "cell_too_large"


def test_a_header_of_hundreds_of_columns_is_refused() -> None:
    assert code(b",".join(b"c%d" % n for n in range(501)))[1] == "too_many_columns"


def test_a_delimiter_that_the_mapping_names_is_taken() -> None:
    assert read(b"a;b,c\n1;2,3\n", delimiter=",") == [["a;b", "c"], ["1;2", "3"]]


def test_a_formula_in_a_csv_file_is_text_and_its_neutralised_form_is_the_same_text() -> None:
    assert read(b"a,b\n=1+1,'=1+1\n") == [["a", "b"], ["=1+1", "=1+1"]]
