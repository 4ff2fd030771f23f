"""Excel workbooks on their way out: built row by row on disk, sent piece by piece, and no text in them is a formula."""

import models.sheets.defused  # noqa: F401  # isort: skip  # before openpyxl

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from domain.cells import HAZARDS
from models.sheets.archive import MOST_ROWS
from models.sheets.excel_text import escaped

_BLOCK = 1 << 16


@dataclass(frozen=True)
class Table:
    """What becomes one sheet. Cells are texts, numbers, days, truths, or nothing."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook(tables: Iterable[Table]) -> Iterator[bytes]:
    """The workbook, in pieces. What openpyxl keeps on disk until it is saved goes, too, if that comes to nothing."""
    book = Workbook(write_only=True)
    with tempfile.TemporaryFile() as file:
        try:
            _fill(book, tables)
            book.save(file)
        except BaseException:
            _forget(book)
            raise
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


def _fill(book: Workbook, tables: Iterable[Table]) -> None:
    for table in tables:
        for name, rows in _sheets(table):
            sheet: WriteOnlyWorksheet = book.create_sheet(name)
            for row in rows:
                sheet.append([_cell(sheet, value) for value in row])


def _forget(book: Workbook) -> None:
    """Removes the files of sheets that were not saved."""
    sheets: list[Any] = book.worksheets  # write-only ones, which the stubs don't tell apart
    for sheet in sheets:
        with suppress(OSError, ValueError):  # this one was saved
            if not sheet.closed:
                sheet.close()
            sheet._writer.cleanup()


def _sheets(table: Table) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """The table in as many sheets as it takes, each with the header."""
    rows = iter(table.rows)
    ahead = list(islice(rows, 1))
    number = 1
    while ahead or number == 1:
        name = table.name if number == 1 else f"{table.name} {number}"
        yield name, chain([table.header], ahead, islice(rows, MOST_ROWS - 1 - len(ahead)))
        ahead, number = list(islice(rows, 1)), number + 1


def _cell(sheet: WriteOnlyWorksheet, value: Any) -> Any:
    """A text is text, whatever it begins with; what looks like a formula stays text when somebody edits it, too."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, escaped(value))
    cell.data_type = "s"
    if value.startswith(HAZARDS):
        cell.quotePrefix = True
    return cell
