"""CSV as spreadsheets write it: UTF-8 with or without a mark or GB18030, parted by comma, semicolon, tab or bar."""

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from models.import_problems import Problem
from models.sheets.sheet import Sheet, Unreadable, fitted, header_of

DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BLOCK = 1 << 20
_LONGEST_HEADER = 1 << 16


@contextmanager
def open_csv(file: BinaryIO, delimiter: str | None = None, *, whole: bool = False) -> Iterator[Sheet]:
    """The table, until the block ends. Without a delimiter, the one that parts the header most often is it. `whole`:
    a row with fewer cells than the header is none; it would wipe what its row does not mention.

    Raises Unreadable.
    """
    text = io.TextIOWrapper(file, encoding=encoding_of(file), newline="")
    try:
        sign = delimiter or _delimiter(text.readline(_LONGEST_HEADER))
        text.seek(0)
        reader = csv.reader(text, delimiter=sign, strict=True)
        header = header_of(_next(reader, 1) or [])
        yield Sheet(header, _rows(reader, header, whole))
    finally:
        text.detach()  # the file belongs to the caller


def encoding_of(file: BinaryIO) -> str:
    """The encoding that all of the file is in; the file is at its beginning afterwards. Raises Unreadable.

    UTF-8 goes first: hardly any text in GB18030 is UTF-8 by chance, and the whole file is looked at.
    """
    begins = file.read(2)
    if begins in _UTF16 or b"\x00" in begins:  # with a mark, or an ASCII letter first
        raise Unreadable(Problem(row=0, code="utf_16"))
    for encoding in ("utf-8-sig", "gb18030"):
        if _is_in(file, encoding):
            return encoding
    raise Unreadable(Problem(row=0, code="not_text"))


def _is_in(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            if b"\x00" in block:
                raise Unreadable(Problem(row=0, code="not_text"))
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _delimiter(header: str) -> str:
    counts = {sign: len(next(csv.reader([header], delimiter=sign), [])) for sign in DELIMITERS}
    return max(DELIMITERS, key=lambda sign: counts[sign])


def _rows(reader: Iterator[list[str]], header: tuple[str, ...], whole: bool) -> Iterator[tuple[int, list[str]]]:
    number = 1
    while True:
        number += 1
        cells = _next(reader, number)
        if cells is None:
            return
        if (values := fitted(number, cells, header)) is not None:
            if whole and len(cells) < len(header):
                raise Unreadable(
                    Problem(row=number, code="too_few_cells", value=str(len(cells)), limit=str(len(header)))
                )
            yield number, values


def _next(reader: Iterator[list[str]], row: int) -> list[str] | None:
    try:
        return next(reader, None)
    except csv.Error as error:
        # The reader says in English what is wrong; only one of its reasons has another remedy than the rest.
        if "field limit" in str(error):
            raise Unreadable(Problem(row=row, code="cell_too_large", limit=str(csv.field_size_limit()))) from error
        raise Unreadable(Problem(row=row, code="malformed_csv")) from error
