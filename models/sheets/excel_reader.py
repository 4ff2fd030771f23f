"""Excel workbooks (.xlsx, ISO 29500), row by row: one sheet, its values; no macros, no formulas, no surprises.

A workbook is a ZIP archive of XML parts, and comes from strangers: how far it unpacks is bounded before anything of it
is read, and its XML has no entities. Nothing is held in memory but the row at hand.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, BinaryIO
from xml.parsers.expat import ExpatError

from models.import_problems import Problem
from models.sheets.excel_formats import Styles, as_date, as_number
from models.sheets.safe_xml import Attributes, Handler, UnsafeXml, Words, parse, parse_all
from models.sheets.shared_strings import SharedStrings, shared_strings
from models.sheets.sheet import MOST_COLUMNS, Flawed, Sheet, Unreadable, fitted, header_of

MAGIC = b"PK\x03\x04"
OLD_MAGIC = b"\xd0\xcf\x11\xe0"
"""Of .xls, and of workbooks with a password."""
MOST_PARTS = 2000
LARGEST_UNPACKED = 4 << 30
"""Bytes, of all parts together."""
HIGHEST_RATIO = 200
"""Of unpacked to packed size; Excel's own files stay below 50."""
_RATIO_MATTERS = 1 << 20
_WORKBOOK = "xl/workbook.xml"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d*)")
_DAMAGED = (zipfile.BadZipFile, ExpatError, KeyError, ValueError, IndexError, NotImplementedError, EOFError, OSError)


@contextmanager
def open_excel(file: BinaryIO, sheet: str | None = None) -> Iterator[Sheet]:
    """The sheet of this name, else the first one, until the block ends. Raises Unreadable."""
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(zipfile.ZipFile(file))
            _require_harmless(archive)
            book = _Workbook()
            parse_all(archive.open(_WORKBOOK), book)
            rows = _open_rows(stack, archive, book, _part(archive, book, sheet))
            first = next(rows, None)
        except Unreadable:
            raise
        except UnsafeXml as error:
            raise Unreadable(Problem(row=0, code="unsafe_workbook")) from error
        except _DAMAGED as error:
            raise Unreadable(Problem(row=0, code="not_a_workbook")) from error
        header = header_of(first[1] if first else [])
        yield Sheet(header, _rows(rows, header))


def _require_harmless(archive: zipfile.ZipFile) -> None:
    """Judges the archive by its directory alone; reading never goes beyond what that says."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    bombs = [p for p in parts if p.file_size > max(_RATIO_MATTERS, HIGHEST_RATIO * p.compress_size)]
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or bombs or len(names) != len(set(names)):
        raise Unreadable(Problem(row=0, code="unsafe_workbook"))
    if any(part.flag_bits & 1 for part in parts):
        raise Unreadable(Problem(row=0, code="not_a_workbook"))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unreadable(Problem(row=0, code="macros"))


def _open_rows(
    stack: ExitStack, archive: zipfile.ZipFile, book: "_Workbook", part: str
) -> Iterator[tuple[int, list[str]]]:
    names = set(archive.namelist())
    styles = Styles()
    if "xl/styles.xml" in names:
        parse_all(archive.open("xl/styles.xml"), styles)
    texts = archive.open("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in names else None
    strings = stack.enter_context(shared_strings(texts))
    cells = _Cells(strings, styles.dates, since_1904=book.since_1904)
    return _parsed(stack.enter_context(archive.open(part)), cells)


def _parsed(stream: IO[bytes], cells: "_Cells") -> Iterator[tuple[int, list[str]]]:
    for _ in parse(stream, cells):
        yield from cells.done
        cells.done.clear()


def _rows(rows: Iterator[tuple[int, list[str]]], header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    number = 1
    try:
        for number, cells in rows:
            if (values := fitted(number, cells, header)) is not None:
                yield number, values
    except UnsafeXml as error:
        raise Unreadable(Problem(row=number, code="unsafe_workbook")) from error
    except _DAMAGED as error:
        raise Unreadable(Problem(row=number, code="not_a_workbook")) from error


def _part(archive: zipfile.ZipFile, book: "_Workbook", wanted: str | None) -> str:
    """The part that holds the sheet."""
    names = [name for name, _ in book.sheets]
    if wanted is not None and wanted not in names:
        raise Unreadable(Problem(row=0, code="no_such_sheet", value=wanted, limit=", ".join(names[:20])))
    relation = book.sheets[0 if wanted is None else names.index(wanted)][1]
    targets = _Relations()
    parse_all(archive.open("xl/_rels/workbook.xml.rels"), targets)
    return posixpath.normpath(posixpath.join("/xl", targets.by_id[relation])).lstrip("/")


class _Workbook(Handler):
    """Reads `workbook.xml`: the sheets in their order."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.since_1904 = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next(value for key, value in attributes.items() if key.endswith(" id"))
            self.sheets.append((attributes["name"], relation))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


class _Relations(Handler):
    def __init__(self) -> None:
        self.by_id: dict[str, str] = {}

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship":
            self.by_id[attributes["Id"]] = attributes["Target"]


class _Cells(Handler):
    """Reads a sheet: `done` are the rows that were completed since it was last emptied."""

    def __init__(self, strings: SharedStrings, dates: set[int], *, since_1904: bool) -> None:
        self.done: list[tuple[int, list[str]]] = []
        self._strings = strings
        self._dates = dates
        self._since_1904 = since_1904
        self._number = 0
        self._row: list[str] = []
        self._kind = ""
        self._style = 0
        self._column = 0
        self._has_formula = False
        self._taking = self._in_phonetic = False
        self._said = Words()

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._column = self._place(attributes.get("r", ""))
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            self._has_formula = False
            self._said.take()
        elif name in ("v", "t"):
            self._taking = not self._in_phonetic
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._number = int(attributes.get("r", self._number + 1))
            self._row = []

    def text(self, text: str) -> None:
        if self._taking:
            self._said.add(text)

    def closed(self, name: str) -> None:
        if name in ("v", "t"):
            self._taking = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._put(self._value(self._said.take()))
        elif name == "row":
            self.done.append((self._number, self._row))

    def _place(self, reference: str) -> int:
        """The column's number, counted from 0; a cell that does not say stands behind the one before."""
        found = _REFERENCE.fullmatch(reference)
        if found is None:
            return len(self._row)
        place = 0
        for letter in found[1]:
            place = place * 26 + ord(letter) - 64
        return place - 1

    def _put(self, value: str) -> None:
        if not value:
            return
        if self._column >= MOST_COLUMNS:
            raise Unreadable(Problem(row=self._number, code="too_many_columns", limit=str(MOST_COLUMNS)))
        self._row += [""] * (self._column + 1 - len(self._row))
        self._row[self._column] = value

    def _value(self, said: str) -> str:
        if self._has_formula or self._kind == "e":
            return Flawed(said or "=")
        if self._kind == "s":
            return self._strings[int(said)] if said else ""
        if self._kind == "b":
            return "true" if said == "1" else "false"
        if self._kind != "n" or not said:
            return said
        if self._style in self._dates:
            shown = as_date(float(said), since_1904=self._since_1904)
            return Flawed(said) if shown is None else shown
        return as_number(said)
