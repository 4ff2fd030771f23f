"""Excel workbooks (.xlsx), row by row: one sheet and its values; no macros, formulas, entities, nothing from elsewhere.

openpyxl knows the format. It is asked for the parts that matter here and for nothing else, since a workbook comes from
strangers; and instead of its read-only worksheet for the parser below it, because that one trusts the size that a
workbook says a sheet has, and drops what lies beyond. openpyxl is made to take defusedxml (`defused.py`), which refuses
entities.
"""

import models.sheets.defused  # noqa: F401  # isort: skip  # before openpyxl

import datetime as dt
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from typing import Any, BinaryIO

import openpyxl
from defusedxml import DefusedXmlException
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS

from models.import_problems import Problem
from models.sheets.archive import MOST_ROWS, Archive, Metered
from models.sheets.excel_text import unescaped
from models.sheets.shared_strings import shared_strings
from models.sheets.sheet import MOST_COLUMNS, Flawed, Sheet, Unreadable, fitted, header_of

if openpyxl.LXML:
    raise ImportError("openpyxl was imported before models.sheets.defused, and would let entities pass")
MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"
"""Of .xls, and of workbooks with a password."""
DIGITS = 15
"""So many digits of a number Excel keeps; what an identity had behind them is lost."""
Row = tuple[int, list[str]]


@contextmanager
def open_excel(file: BinaryIO, name: str | None = None) -> Iterator[Sheet]:
    """The sheet of this name, else the first one, until the block ends. Raises Unreadable."""
    with ExitStack() as stack:
        with _refusals():
            rows = _rows(stack, file, name)
        first = next(rows, None)
        header = header_of(first[1] if first else [])
        yield Sheet(header, _fitted(rows, header))


class _Workbook(ExcelReader):
    """What of a workbook there is to know before a sheet is read."""

    def __init__(self, file: BinaryIO, archive: Archive) -> None:
        super().__init__(file, read_only=True, keep_links=False)
        self.archive = archive
        self.read_manifest()
        self.read_workbook()
        apply_stylesheet(archive, self.wb)
        made: Any = self.wb  # the stubs don't know what the line before puts there
        self.dates, self.durations = made._date_formats, made._timedelta_formats
        self.texts = next(
            (part.PartName[1:] for part in self.package.Override if part.ContentType == SHARED_STRINGS), ""
        )

    def sheets(self) -> dict[str, str]:
        """The parts that hold the sheets, by the sheets' names, in their order."""
        return {sheet.name: link.target for sheet, link in self.parser.find_sheets() if "chartsheet" not in link.Type}


@contextmanager
def _refusals(row: int = 0) -> Iterator[None]:
    """Whatever openpyxl stumbles over is said to be no workbook; it has no errors of its own for damaged ones."""
    try:
        yield
    except Unreadable:
        raise
    except DefusedXmlException as error:
        raise Unreadable(Problem(row=row, code="unsafe_workbook")) from error
    except Exception as error:
        raise Unreadable(Problem(row=row, code="not_a_workbook")) from error


def _rows(stack: ExitStack, file: BinaryIO, name: str | None) -> Iterator[Row]:
    archive = stack.enter_context(Archive(file))
    book = _Workbook(file, archive)
    sheets = book.sheets()
    if name is not None and name not in sheets:
        raise Unreadable(Problem(row=0, code="no_such_sheet", value=name, limit=", ".join(list(sheets)[:20])))
    texts = stack.enter_context(archive.open(book.texts)) if book.texts else None
    strings = stack.enter_context(shared_strings(texts))
    part = Metered(stack.enter_context(archive.open(sheets[name] if name else next(iter(sheets.values())))))
    return _parsed(WorkSheetParser(part, strings, False, book.wb.epoch, book.dates, book.durations), part)


def _parsed(parser: WorkSheetParser, part: Metered) -> Iterator[Row]:
    found = iter(parser.parse())
    number = 0
    while True:
        with _refusals(number):
            row = next(found, None)
            if row is None:
                return
            if not number < row[0] <= MOST_ROWS:
                raise ValueError("rows in disorder, or beyond a sheet's end")
            number = row[0]
            cells = _cells(*row)
        part.complete()
        parser.row_dimensions.clear()  # heights and the like, which would pile up
        yield number, cells


def _cells(number: int, cells: list[dict[str, Any]]) -> list[str]:
    texts: list[str] = []
    for cell in cells:
        text, column = _text(cell["value"], cell["data_type"]), cell["column"]
        if not text:
            continue
        if column > MOST_COLUMNS:
            raise Unreadable(Problem(row=number, code="too_many_columns", limit=str(MOST_COLUMNS)))
        texts += [""] * (column - len(texts))
        texts[column - 1] = text
    return texts


def _text(value: Any, kind: str) -> str:
    """A cell as the sheet shows it, days and moments in ISO 8601. What Excel made of a formula last may be stale."""
    if kind in ("f", "e"):
        return Flawed(value if isinstance(value, str) else "=")
    match value:
        case None:
            return ""
        case str():
            return unescaped(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case dt.datetime():
            whole = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0)
            return (whole.date() if whole.time() == dt.time() else whole).isoformat()
    return str(value)


def _number(value: float) -> str:
    """To 15 digits, without exponent."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**DIGITS else Flawed(value, code="digits_lost")
    shown = Decimal(f"{value:.{DIGITS}g}")
    return f"{shown:f}" if abs(shown) < 10**DIGITS else Flawed(value, code="digits_lost")


def _fitted(rows: Iterator[Row], header: tuple[str, ...]) -> Iterator[Row]:
    for number, cells in rows:
        if (values := fitted(number, cells, header)) is not None:
            yield number, values
