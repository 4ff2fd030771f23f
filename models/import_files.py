"""From a file to rows of one shape: CSV, Excel or JSON, and a problem for everything that does not fit.

Nothing here knows the database.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.plan import UnfitPolicy
from models.import_problems import Code, Problem, bound, shown
from models.import_rows import Row, TemplateRow
from models.intake.mapped import Entry, open_mapped
from models.intake.mapping_bodies import MappingBody
from models.sheets.sheet import Unreadable
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
    "line_incomplete": "line_incomplete",
    "own_manager": "own_manager",
    "whose_basis": "whose_basis",
    "probation_before_hiring": "probation_before_hiring",
    "contract_ends_before_it_begins": "contract_ends_before_it_begins",
    "webhook_incomplete": "webhook_incomplete",
}
"""By pydantic's types of errors and those of our own validators; every other type is `malformed`."""
_NO_OBJECT = ("model_type", "model_attributes_type", "dict_type")
_OF_LISTS = ("too_long", "too_short")

R = TypeVar("R", bound=Row)


class Checked(NamedTuple, Generic[R]):
    """A row of the right shape, or why there is none."""

    number: int
    row: R | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Parsed(Generic[R]):
    """The rows of a file by their number, the columns it has, and what is wrong with it."""

    rows: dict[int, R] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def parse(
    shape: type[R], natural_key: tuple[str, ...], content: bytes, mapping: MappingBody | None = None
) -> Parsed[R]:
    """Reads a whole file as rows of `shape`; two rows with one natural key are a problem."""
    try:
        if len(content) > LARGEST:
            raise Unreadable(Problem(row=0, code="file_too_large", value=str(len(content)), limit=str(LARGEST)))
        if shape is TemplateRow:
            return _rows(natural_key, frozenset(shape.model_fields), validated(shape, _json(content)))
        with open_mapped(io.BytesIO(content), shape, mapping, whole=True) as found:
            return _rows(natural_key, found.columns, validated(shape, found.rows))
    except Unreadable as unreadable:
        return Parsed(problems=unreadable.problems)


def validated(shape: type[R], entries: Iterable[Entry], time_zone: str = "") -> Iterator[Checked[R]]:
    """Each entry as a row of `shape`, or what is wrong with it."""
    context = {"time_zone": time_zone} if time_zone else None
    for entry in entries:
        if entry.problems:
            yield Checked(entry.number, None, entry.problems)
            continue
        try:
            yield Checked(entry.number, shape.model_validate(entry.values, context=context), ())
        except ValidationError as error:
            yield Checked(entry.number, None, tuple(_problems(entry.number, error.errors(include_url=False))))


def _rows(natural_key: tuple[str, ...], columns: frozenset[str], checked: Iterator[Checked[R]]) -> Parsed[R]:
    rows: dict[int, R] = {}
    problems: list[Problem] = []
    seen: set[tuple[object, ...]] = set()
    for number, row, found in checked:
        if len(rows) + len(problems) >= MOST_ROWS:
            raise Unreadable(Problem(row=number, code="too_many_rows", value=str(MOST_ROWS)))
        problems += found
        if row is None:
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


def _json(content: bytes) -> Iterator[Entry]:
    try:
        entries = json.loads(content.decode("utf-8-sig"), parse_int=_whole)
    except UnicodeDecodeError as error:
        raise Unreadable(Problem(row=0, code="not_text")) from error
    except json.JSONDecodeError as error:
        raise Unreadable(Problem(row=0, code="malformed_json", value=f"{error.lineno}:{error.colno}")) from error
    except RecursionError as error:
        raise Unreadable(Problem(row=0, code="nested_too_deeply")) from error
    if not isinstance(entries, list):
        raise Unreadable(Problem(row=0, code="not_a_list"))
    return (Entry(number, values) for number, values in enumerate(entries, 1))


def _whole(digits: str) -> int | float:
    """Python makes no number of thousands of digits; as a fraction it is out of every range, which is then said."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)
