"""A file's rows under our own column names: by a mapping, or because the file uses our names itself."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from domain.mapping import Column, UnfitCell
from models.import_problems import Code, Problem, shown
from models.import_rows import Row
from models.intake.mapping_bodies import MappingBody
from models.sheets.opening import open_sheet
from models.sheets.sheet import Flawed, Sheet, Unreadable


class Entry(NamedTuple):
    """One row of a file: what it says by our columns, and what could not be read of it."""

    number: int
    values: Any
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Mapped:
    """The rows of a file, which of our columns they have, and which columns of the file nobody asked for."""

    columns: frozenset[str]
    left_out: tuple[str, ...]
    rows: Iterator[Entry]


@contextmanager
def open_mapped(
    file: BinaryIO, shape: type[Row], mapping: MappingBody | None = None, *, whole: bool = False
) -> Iterator[Mapped]:
    """The rows of a CSV or Excel file as `shape` names their columns, until the block ends. Raises Unreadable."""
    delimiter, name = (mapping.delimiter, mapping.sheet) if mapping else (None, None)
    with open_sheet(file, delimiter=delimiter, name=name, whole=whole) as sheet:
        header = [column.lower() for column in sheet.header]
        steps = mapping.steps() if mapping else {name: Column((name,)) for name in header}
        asked = [source.lower() for step in steps.values() for source in step.sources]
        problems = _header_problems(header, asked) if mapping else _our_header_problems(shape, header)
        if problems:
            raise Unreadable(*(Problem(row=1, column=shown("", name), code=code) for code, name in problems))
        left_out = tuple(column for column in sheet.header if column.lower() not in asked)
        yield Mapped(frozenset(steps), left_out, _entries(sheet, header, steps))


def _our_header_problems(shape: type[Row], header: list[str]) -> list[tuple[Code, str]]:
    known = shape.model_fields
    needed = [name for name, info in known.items() if info.is_required()]
    found: list[tuple[Code, str]] = [("unknown_column", name) for name in header if name not in known]
    found += [("duplicate_column", name) for name in dict.fromkeys(header) if header.count(name) > 1]
    return found + [("missing_column", name) for name in needed if name not in header]


def _header_problems(header: list[str], asked: list[str]) -> list[tuple[Code, str]]:
    wanted = list(dict.fromkeys(asked))
    found: list[tuple[Code, str]] = [("duplicate_column", name) for name in wanted if header.count(name) > 1]
    return found + [("missing_column", name) for name in wanted if name not in header]


def _entries(sheet: Sheet, header: list[str], steps: Mapping[str, Column]) -> Iterator[Entry]:
    places = {name: place for place, name in enumerate(header)}
    made = [(name, step, [places[s.lower()] for s in step.sources]) for name, step in steps.items()]
    for number, cells in sheet.rows:
        values: dict[str, str] = {}
        problems: list[Problem] = []
        for name, step, sources in made:
            given = [cells[place] if place < len(cells) else "" for place in sources]
            try:
                if value := _value(step, given):
                    values[name] = value
            except UnfitCell as unfit:
                code: Any = unfit.code
                problems.append(
                    Problem(row=number, column=name, code=code, value=shown(name, unfit.value), limit=unfit.limit)
                )
        yield Entry(number, values, tuple(problems))


def _value(step: Column, given: list[str]) -> str:
    for cell in given:
        if isinstance(cell, Flawed):
            raise UnfitCell(cell.code, cell)
    return step.of(given)
