"""A file of any shape is read, or refused with reasons: row, column, code and value."""

import pytest
from sqlalchemy import Engine

from models import import_files, imports
from models.tables import Department
from tests.models.files import ACCOUNTS, DEPARTMENTS, found, run, said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_the_encodings_that_spreadsheets_write_are_read(engine: Engine, encoding: str) -> None:
    assert run(engine, "departments", DEPARTMENTS.replace("\n", "\r\n").encode(encoding)).problems == []
    assert found(engine, Department, key="sales").name_zh == "销售部"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (DEPARTMENTS.encode("utf-16"), "utf_16"),
        (b"key\x00", "not_text"),
        (b"key,name_zh,name_en\nx,\xff\xff,y\n", "not_text"),
    ],
)
def test_what_is_no_text_is_said_to_be_none(engine: Engine, content: bytes, reason: str) -> None:
    assert said(run(engine, "departments", content)) == [(0, "", reason, "")]


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", [(1, "", "no_header", "")]),
        (" , \n", [(1, "", "no_header", "")]),
        ("key,name_zh\nx,y\n", [(1, "name_en", "missing_column", "")]),
        ("key,name_zh,name_en,boss\n", [(1, "boss", "unknown_column", "")]),
        ("key,name_zh,name_en,key\n", [(1, "key", "duplicate_column", "")]),
        ("boss,key,name_zh\n", [(1, "boss", "unknown_column", ""), (1, "name_en", "missing_column", "")]),
        ("key,name_zh,name_en\nx,y,\n", [(2, "name_en", "required", "")]),
        ("key,name_zh,name_en\nx,y\n", [(2, "", "too_few_cells", "2")]),
        ("key,name_zh,name_en\nx,y,z,too much\n", [(2, "", "too_many_cells", "")]),
        ("key,name_zh,name_en\na b,y,z\n", [(2, "key", "malformed", "a b")]),
        (f"key,name_zh,name_en\nx,{'长' * 101},z\n", [(2, "name_zh", "too_long", "长" * 80)]),
        ("key,name_zh,name_en\nx,1,z\ny,1,z\nx,2,z\n", [(4, "key", "duplicate", "x")]),
        ('key,name_zh,name_en\nx,"y"z,z\n', [(2, "", "malformed_csv", "")]),
        (f"key,name_zh,name_en\nx,{'长' * 200_000},z\n", [(2, "", "cell_too_large", "")]),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_reasons(
    engine: Engine, text: str, problems: list[tuple[int, str, str, str]]
) -> None:
    assert said(run(engine, "departments", text)) == problems


def test_rows_are_counted_as_a_spreadsheet_counts_them(engine: Engine) -> None:
    text = 'key,name_zh,name_en\n\nx,"two\nlines",z\n , ,\ny,,z\n'
    assert said(run(engine, "departments", text)) == [
        (3, "name_zh", "malformed", "two\nlines"),
        (5, "name_zh", "required", ""),
    ]


def test_a_file_that_is_too_large_is_not_even_read(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "LARGEST", 100)
    assert said(run(engine, "departments", "x" * 101)) == [(0, "", "file_too_large", "101")]


def test_a_file_of_too_many_rows_is_refused(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "MOST_ROWS", 2)
    text = "key,name_zh,name_en\n" + "".join(f"d{n},x,x\n" for n in range(3))
    assert said(run(engine, "departments", text)) == [(4, "", "too_many_rows", "2")]


def test_a_report_lists_only_so_many_problems_and_says_how_many_more(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_PROBLEMS_SHOWN", 2)
    report = run(engine, "departments", "key,name_zh,name_en\n" + "!,x,x\n" * 5)
    assert (len(report.problems), report.problems_left_out) == (2, 3)


def test_more_new_passwords_than_can_be_hashed_in_time_are_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_PASSWORDS", 1)
    text = "login,name,password\na,A,a long pass phrase\nb,B,a long pass phrase\n"
    assert said(run(engine, "accounts", text)) == [(3, "password", "too_many_passwords", "")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{}", "not_a_list"),
        ("[", "malformed_json"),
        ("[" * 100_000, "nested_too_deeply"),
        ('[{"key": NaN}', "malformed_json"),
        ("9" * 5000, "not_a_list"),
        ("", "malformed_json"),
    ],
)
def test_templates_must_be_a_json_list(engine: Engine, text: str, code: str) -> None:
    assert [p.code for p in run(engine, "templates", text).problems] == [code]


def test_a_report_never_shows_a_password(engine: Engine) -> None:
    report = run(engine, "accounts", ACCOUNTS.replace("a long pass phrase", "open sesame"))
    assert [p.code for p in report.problems] == ["too_short"]
    assert "sesame" not in report.model_dump_json()
