"""From the bytes of a file to rows of one shape: decoding, CSV or JSON, and a problem for everything that does not fit.

Nothing here knows the database.
"""

import codecs
import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.plan import UnfitPolicy
from models.import_problems import Code, Problem, bound, shown
from models.import_rows import Row, TemplateRow
from models.validation import choices

LARGEST = 20 * 1024 * 1024
"""Bytes."""
MOST_ROWS = 100_000
LONGEST_NUMBER = 30
"""Digits."""
_CODES: Mapping[str, Code] = {
    "missing": "required",
    "extra_forbidden": "unknown_column",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "literal_error": "not_allowed",
    "enum": "not_allowed",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "duplicate": "duplicate",
    "not_allowed": "not_allowed",
    "own_manager": "own_manager",
    "whose_basis": "whose_basis",
    "probation_before_hiring": "probation_before_hiring",
    "webhook_incomplete": "webhook_incomplete",
}
"""By pydantic's types of errors and those of our own validators; every other type is `malformed`."""
_NO_OBJECT = ("model_type", "model_attributes_type", "dict_type")
_OF_LISTS = ("too_long", "too_short")

R = TypeVar("R", bound=Row)


@dataclass(frozen=True)
class Parsed(Generic[R]):
    """The rows of a file by their number, the columns it has, and what is wrong with it."""

    rows: dict[int, R] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


class _Unreadable(Exception):
    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].code)
        self.problems = problems


def parse(shape: type[R], natural_key: tuple[str, ...], content: bytes) -> Parsed[R]:
    """Reads a whole file as rows of `shape`; two rows with one natural key are a problem."""
    try:
        if len(content) > LARGEST:
            raise _Unreadable(Problem(row=0, code="file_too_large", value=str(len(content)), limit=str(LARGEST)))
        columns, cells = _json(content) if shape is TemplateRow else _csv(shape, _text(content))
        return _rows(shape, natural_key, columns, cells)
    except _Unreadable as unreadable:
        return Parsed(problems=unreadable.problems)


def _rows(
    shape: type[R], natural_key: tuple[str, ...], columns: frozenset[str], cells: Iterator[tuple[int, Any]]
) -> Parsed[R]:
    rows: dict[int, R] = {}
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for number, values in cells:
        if len(rows) + len(problems) >= MOST_ROWS:
            raise _Unreadable(Problem(row=number, code="too_many_rows", value=str(MOST_ROWS)))
        try:
            row = shape.model_validate(values)
        except ValidationError as error:
            problems += _problems(number, error.errors(include_url=False))
            continue
        key = tuple(getattr(row, name) for name in natural_key)
        if key in seen:
            value = shown("", "/".join(str(part) for part in key))
            problems.append(Problem(row=number, column=natural_key[-1], code="duplicate", value=value))
        seen.add(key)
        rows[number] = row
    return Parsed(rows, columns, tuple(problems))


def _problems(row: int, details: list[ErrorDetails]) -> list[Problem]:
    """A list is not too short because one of its entries is wrong: only what lies deepest is named, and that once.

    Of a column that takes one thing or another pydantic says why it is neither; the first is what the column is for.
    """
    places = [detail["loc"] for detail in details]
    found: dict[str, Problem] = {}
    for detail, place in zip(details, places, strict=True):
        if not any(len(other) > len(place) and other[: len(place)] == place for other in places):
            problem = _problem(row, detail)
            found.setdefault(problem.column, problem)
    return list(found.values())


def _problem(row: int, detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    column = ".".join(str(part) for part in detail["loc"] if not _is_variant(part))
    value: object = detail["input"]
    if not column and kind in _NO_OBJECT:
        return Problem(row=row, code="not_an_object", value=shown("", json.dumps(value)))
    if isinstance(error := context.get("error"), UnfitPolicy):
        place, limit = f"{column}.{error.name}", f"{error.least}–{error.most}"
        return Problem(row=row, column=shown("", place), code="out_of_range", value=str(error.figure), limit=limit)
    if isinstance(value, Mapping):  # too long to show; what our own validators found in it is not
        value = str(context.get("name", context.get("error", "")))
    return Problem(
        row=row,
        column=shown("", column),
        code=_CODES.get(kind, "malformed"),
        value=shown(column, value),
        limit=bound(context) or choices(context),
        unit="entries" if kind in _OF_LISTS and not isinstance(detail["input"], str) else "characters",
    )


def _is_variant(part: int | str) -> bool:
    """Pydantic names the member of a union that it tried; a reader of the report knows only columns."""
    return isinstance(part, str) and ("[" in part or part == "constrained-str")


def _text(content: bytes) -> str:
    """UTF-8 with or without a byte order mark; else GB18030, which Chinese spreadsheets write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in content:
        raise _Unreadable(Problem(row=0, code="not_text"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _Unreadable(Problem(row=0, code="not_text"))


def _csv(shape: type[Row], text: str) -> tuple[frozenset[str], Iterator[tuple[int, Any]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
    except csv.Error as error:
        raise _Unreadable(_no_csv(1, error)) from error
    while header and not header[-1]:
        header.pop()  # spreadsheets like to end lines with commas
    if not header:
        raise _Unreadable(Problem(row=1, code="no_header"))
    if problems := _header_problems(shape, header):
        raise _Unreadable(*problems)
    return frozenset(header), _csv_rows(reader, header)


def _no_csv(row: int, error: csv.Error) -> Problem:
    """The reader says in English what is wrong; only one of its reasons has another remedy than the rest."""
    if "field limit" in str(error):
        return Problem(row=row, code="cell_too_large", limit=str(csv.field_size_limit()))
    return Problem(row=row, code="malformed_csv")


def _header_problems(shape: type[Row], header: list[str]) -> list[Problem]:
    known = shape.model_fields
    needed = [name for name, info in known.items() if info.is_required()]
    found: list[tuple[Code, str]] = [("unknown_column", name) for name in header if name not in known]
    found += [("duplicate_column", name) for name in dict.fromkeys(header) if header.count(name) > 1]
    found += [("missing_column", name) for name in needed if name not in header]
    return [Problem(row=1, column=shown("", name), code=code) for code, name in found]


def _csv_rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[tuple[int, Any]]:
    number = 1
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _Unreadable(_no_csv(number, error)) from error
        if cells is None:
            return
        values = [cell.strip() for cell in cells]
        if not any(values):
            continue
        if len(values) > len(header) and any(values[len(header) :]):
            raise _Unreadable(Problem(row=number, code="too_many_cells"))
        yield number, {name: value for name, value in zip(header, values, strict=False) if value}


def _json(content: bytes) -> tuple[frozenset[str], Iterator[tuple[int, Any]]]:
    try:
        entries = json.loads(content.decode("utf-8-sig"), parse_int=_whole)
    except UnicodeDecodeError as error:
        raise _Unreadable(Problem(row=0, code="not_text")) from error
    except json.JSONDecodeError as error:
        raise _Unreadable(Problem(row=0, code="malformed_json", value=f"{error.lineno}:{error.colno}")) from error
    except RecursionError as error:
        raise _Unreadable(Problem(row=0, code="nested_too_deeply")) from error
    if not isinstance(entries, list):
        raise _Unreadable(Problem(row=0, code="not_a_list"))
    return frozenset(TemplateRow.model_fields), iter(enumerate(entries, 1))


def _whole(digits: str) -> int | float:
    """Python makes no number of thousands of digits; as a fraction it is out of every range, which is then said."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)
