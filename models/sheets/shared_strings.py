"""The texts that a workbook's cells share, kept on disk: there may be millions, and openpyxl would hold them all."""

import models.sheets.defused  # noqa: F401  # isort: skip  # before openpyxl

import mmap
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.etree.ElementTree import Element

from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from models.sheets.archive import Metered

_ITEM, _PLAIN, _RUN = (f"{{{SHEET_MAIN_NS}}}{name}" for name in ("si", "t", "r"))
_IN_RUNS = f"{_RUN}/{_PLAIN}"


class SharedStrings:
    """Texts by their position. Raises IndexError for one that there is not."""

    def __init__(self, text: bytes | mmap.mmap, ends: "array[int]") -> None:
        self._text = text
        self._ends = ends

    def __getitem__(self, position: int) -> str:
        if position < 0:
            raise IndexError(position)
        end = self._ends[position]
        return self._text[self._ends[position - 1] if position else 0 : end].decode()


@contextmanager
def shared_strings(part: IO[bytes] | None) -> Iterator[SharedStrings]:
    """The texts of a workbook's table of them, until the block ends; none if it has no table."""
    with tempfile.TemporaryFile() as file:
        ends = array("Q")
        size = 0
        for text in _texts(part) if part else ():
            size += file.write(text.encode())
            ends.append(size)
        file.flush()
        if not size:
            yield SharedStrings(b"", ends)
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            yield SharedStrings(content, ends)


def _texts(part: IO[bytes]) -> Iterator[str]:
    metered = Metered(part)
    events = iterparse(metered, events=("start", "end"))
    _, root = next(events)
    for event, element in events:
        if event == "end" and element.tag == _ITEM:
            yield _text(element)
            root.clear()
            metered.complete()


def _text(item: Element) -> str:
    """A text may consist of runs of different looks; how it is pronounced is none of it."""
    return "".join(part.text or "" for part in (*item.findall(_PLAIN), *item.findall(_IN_RUNS)))
