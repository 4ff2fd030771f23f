"""A table in a file, row by row, whatever the file: its header, and rows of text. Nothing here knows the database."""

from collections.abc import Iterator
from dataclasses import dataclass

from domain.cells import plain
from models.import_problems import Code, Problem

MOST_COLUMNS = 500


class Unreadable(Exception):
    """The file can't be read (on): what is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems[0].code)
        self.problems = problems


class Flawed(str):
    """A cell that holds no value to rely on, and why. The text is what a report shows of it."""

    code: Code

    def __new__(cls, text: object, code: Code = "formula") -> "Flawed":
        made = super().__new__(cls, text)
        made.code = code
        return made


@dataclass(frozen=True)
class Sheet:
    """Column names as the file has them; rows by their number as a spreadsheet counts. Rows raise Unreadable."""

    header: tuple[str, ...]
    rows: Iterator[tuple[int, list[str]]]


def header_of(cells: list[str]) -> tuple[str, ...]:
    """The names in a first row; spreadsheets like to end lines with commas. Raises Unreadable if there are none."""
    names = [name.strip() for name in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unreadable(Problem(row=1, code="no_header"))
    if len(names) > MOST_COLUMNS:
        raise Unreadable(Problem(row=1, code="too_many_columns", limit=str(MOST_COLUMNS)))
    return tuple(names)


def fitted(number: int, cells: list[str], header: tuple[str, ...]) -> list[str] | None:
    """The cells of a row, trimmed; None for an empty row. Raises Unreadable if there are more than columns."""
    values = [cell if isinstance(cell, Flawed) else plain(cell.strip()) for cell in cells]
    if not any(values):
        return None
    if any(values[len(header) :]):
        raise Unreadable(Problem(row=number, code="too_many_cells"))
    return values
