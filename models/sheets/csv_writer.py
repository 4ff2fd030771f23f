"""CSV on its way out: UTF-8 with a mark, so that spreadsheets read it rightly, and no text that one would carry out."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from domain.cells import neutralised

_AT_ONCE = 500


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """The file, in pieces."""
    yield codecs.BOM_UTF8
    whole: Iterator[Sequence[Any]] = chain([header], rows)
    while batch := list(islice(whole, _AT_ONCE)):
        piece = io.StringIO(newline="")
        csv.writer(piece).writerows([_cell(value) for value in row] for row in batch)
        yield piece.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return neutralised(value) if isinstance(value, str) else value
