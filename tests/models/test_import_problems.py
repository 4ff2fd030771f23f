"""Whoever mends a file reads what is wrong with which cell, and what to write instead, in Chinese or English."""

import json
import re

import pytest
from sqlalchemy import Engine

from models import import_problems, imports
from models.import_problems import Problem
from models.imports import ImportReport
from tests.builders import template_body
from tests.models.files import ACCOUNTS, DEPARTMENTS, EMPLOYEES, FILES, run, said

ROW = "S9,周敏,sales,salesperson,,S1,2020-01-01,"


def messages(report: ImportReport, language: str = "en") -> list[str]:
    return [problem.messages[language] for problem in report.problems]


def employees(engine: Engine, before: str, after: str, language: str = "en") -> list[str]:
    """What is said of an employee whose row has `after` in the place of `before`."""
    assert before in ROW
    return messages(run(engine, "employees", EMPLOYEES + ROW.replace(before, after) + "\n"), language)


def test_a_reference_to_nothing_is_named_by_row_column_and_value(loaded: Engine) -> None:
    assert employees(loaded, "S1,", "S1099,", "zh") == ["第 5 行 manager：“S1099”不存在。请改正写法，或先导入它。"]
    assert employees(loaded, "S1,", "S1099,") == [
        "Row 5, manager: there is no “S1099”. Correct it, or load what it names first."
    ]


@pytest.mark.parametrize(
    ("before", "after", "wanted", "shown"),
    [
        ("2020-01-01", "soon", "a date such as 2026-01-05", "soon"),
        ("salesperson", "sales person", "1 to 64 English letters", "sales person"),
        ("周敏", "周\x07敏", "one line of 1 to 100 characters", "周\\u0007敏"),
        ("周敏", "\u202e敏周", "one line of 1 to 100 characters", "\\u202e敏周"),
    ],
)
def test_of_a_malformed_cell_is_said_what_to_write_there(
    loaded: Engine, before: str, after: str, wanted: str, shown: str
) -> None:
    (message,) = employees(loaded, before, after)
    assert wanted in message
    assert f"({shown})" in message, "also what nobody would see"


def test_a_bound_is_named_with_what_it_counts(loaded: Engine) -> None:
    assert employees(loaded, "周敏", "长" * 101, "zh") == ["第 5 行 name：过长，最多 100 个字符。请缩短。"]
    body = template_body(items=[])
    text = json.dumps([{"key": "general", "industry": "general", "body": body}])
    assert messages(run(loaded, "templates", text), "zh")[0].endswith("过短，至少 1 个条目。请补足。")


def test_of_a_figure_out_of_range_the_range_is_named(loaded: Engine) -> None:
    clearances = [{"department": "it", "title": ["x", "x"], "levels": ["head"], "due_after": 61}]
    text = json.dumps([{"key": "x", "industry": "x", "body": template_body(clearances=clearances)}])
    (message,) = messages(run(loaded, "templates", text))
    assert "61 is out of range; it has to be ≤ 60." in message


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("x,X,,,,fr,,", "zh, en"),
        ("x,X,,,hr;king,,,", "hr, security"),
        ("x,X,,,,,Moon/Base,", "Asia/Shanghai"),
    ],
)
def test_of_a_value_that_is_not_allowed_the_allowed_ones_are_named(loaded: Engine, row: str, wanted: str) -> None:
    (message,) = messages(run(loaded, "accounts", ACCOUNTS + row + "\n"))
    assert wanted in message.split("Use one of these: ")[1]


def test_one_cell_has_one_problem_although_it_may_be_empty_or_an_address(loaded: Engine) -> None:
    report = run(loaded, "accounts", ACCOUNTS + "x,X,no address,,,,,\n")
    assert said(report) == [(4, "email", "malformed", "no address")]
    assert "a mail address" in report.problems[0].messages["en"]


def test_a_template_that_names_something_twice_says_what(loaded: Engine) -> None:
    body = template_body()
    body["items"] = [body["items"][0], body["items"][0]]
    report = run(loaded, "templates", json.dumps([{"key": "general", "industry": "general", "body": body}]))
    assert said(report) == [(1, "body", "duplicate", body["items"][0]["id"])]


def test_a_warning_says_that_it_stops_nothing(engine: Engine) -> None:
    (warning,) = run(engine, "departments", DEPARTMENTS).warnings
    assert "does not stop this file" in warning.messages["en"]


def test_a_sentence_never_shows_a_password(loaded: Engine) -> None:
    report = run(loaded, "accounts", ACCOUNTS.replace("a long pass phrase", "open sesame"))
    assert messages(report) == ["Row 2, password: too short; the least is 12 (characters). Add to it."]


@pytest.mark.parametrize("junk", ["\ud800", "\x00", "x" * 1000])
def test_what_is_no_text_or_too_long_is_shown_as_text_that_can_be_stored(engine: Engine, junk: str) -> None:
    entry = {"key": junk, "industry": "general", "body": template_body(), junk: 1}
    report = run(engine, "templates", json.dumps([entry]))
    assert report.problems
    for problem in report.problems:
        assert len(problem.column + problem.value) < 3 * import_problems.LONGEST_VALUE_SHOWN
        assert not {"\x00", "\ud800"} & set(problem.column + problem.value + problem.messages["zh"])


def test_every_column_of_every_file_that_can_be_malformed_has_a_form_to_write() -> None:
    """Cells that take any text, or one of a list, need none."""
    columns = {name for kind in FILES for name in imports.KINDS[kind].shape.model_fields}
    free = {"title", "roles", "language", "time_zone", "password", "connector"}
    assert columns - free <= set(import_problems.FORMS)


def test_a_problem_is_stored_with_its_sentences_and_without_what_only_they_name() -> None:
    stored = Problem(row=2, column="name", code="too_long", value="x", limit="100").model_dump(mode="json")
    assert set(stored) == {"row", "column", "code", "value", "messages"}
    assert set(stored["messages"]) == {"zh", "en"}


NO_TEMPLATES = {
    "[" * 50_000: "nested_too_deeply",
    "{}": "not_a_list",
    "[1]": "not_an_object",
    '["x"]': "not_an_object",
    "[null]": "not_an_object",
    "": "malformed_json",
    '[{"key": }]': "malformed_json",
    '[{"key": "x",\n "industry": "x"': "malformed_json",
}


@pytest.mark.parametrize("text", NO_TEMPLATES, ids=lambda text: text[:12])
def test_of_a_file_that_is_no_list_of_objects_is_said_so_in_chinese_without_pythons_words(
    engine: Engine, text: str
) -> None:
    (problem,) = run(engine, "templates", text).problems
    assert problem.code == NO_TEMPLATES[text]
    assert not re.search(r"[A-Za-z]{5,} [a-z]+", problem.messages["zh"])
    assert "无" not in problem.messages["zh"]
    assert "none" not in problem.messages["en"]


def test_the_place_where_json_can_not_be_read_on_is_named(engine: Engine) -> None:
    (message,) = messages(run(engine, "templates", '[{"key":\n   }]'))
    assert "line:column 2:4" in message


def test_an_entry_that_is_no_object_is_told_what_each_entry_must_be(engine: Engine) -> None:
    report = run(engine, "templates", "[1]")
    assert messages(report) == [
        "Entry 1 (1) is not an object. Each entry of the list must stand in braces, with key, industry and body."
    ]
    assert messages(report, "zh") == [
        "第 1 项（1）不是对象。列表里的每一项都要写在花括号里，含 key、industry 和 body。"
    ]


def test_a_number_of_thousands_of_digits_is_out_of_range_and_no_fault(engine: Engine) -> None:
    clearances = [{"department": "it", "title": ["x", "x"], "levels": ["head"], "due_after": 61}]
    entry = json.dumps([{"key": "x", "industry": "x", "body": template_body(clearances=clearances)}])
    (problem,) = run(engine, "templates", entry.replace("61", "9" * 5000)).problems
    assert problem.column == "body.clearances.0.due_after"


def test_a_cell_that_is_far_too_large_is_not_taken_for_a_lack_of_quotation_marks_alone(engine: Engine) -> None:
    (message,) = messages(run(engine, "departments", f"key,name_zh,name_en\nx,{'长' * 200_000},z\n"), "zh")
    assert message.startswith("第 2 行有一格超过 131072 个字符。")


def test_a_figure_of_a_policy_that_is_out_of_range_is_named_as_any_other(engine: Engine) -> None:
    body = template_body(policy={"last_day_warnings": [7, 400]})
    report = run(engine, "templates", json.dumps([{"key": "x", "industry": "x", "body": body}]))
    assert messages(report, "zh") == ["第 1 行 body.policy.last_day_warnings：400 超出范围，应为 0–366。请改正。"]


@pytest.mark.parametrize("region", ["TH", "US-NY"])
def test_nobody_works_where_neither_law_nor_template_is_known(loaded: Engine, region: str) -> None:
    report = run(loaded, "terms", f"employee_number,region\nS1001,{region}\n")
    assert said(report) == [(2, "region", "not_allowed", region)]
    assert "CN-SH" in report.problems[0].messages["zh"]
