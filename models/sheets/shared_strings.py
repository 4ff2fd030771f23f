"""The texts that a workbook's cells share, kept on disk: there may be millions of them."""

import mmap
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from models.sheets.safe_xml import Attributes, Handler, Words, parse_all


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
def shared_strings(stream: IO[bytes] | None) -> Iterator[SharedStrings]:
    """The texts of a workbook's part `sharedStrings.xml`, until the block ends."""
    with tempfile.TemporaryFile() as file:
        writer = _Writer(file)
        if stream is not None:
            parse_all(stream, writer)
        file.flush()
        if not writer.size:
            yield SharedStrings(b"", writer.ends)
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            yield SharedStrings(text, writer.ends)


class _Writer(Handler):
    """A text may consist of runs of different looks; how it is pronounced (rPh) is none of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.ends = array("Q")
        self.size = 0
        self._file = file
        self._words = Words()
        self._in_text = self._in_phonetic = False

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def text(self, text: str) -> None:
        if self._in_text:
            self._words.add(text)

    def closed(self, name: str) -> None:
        if name == "t":
            self._in_text = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "si":
            said = self._words.take().encode()
            self._file.write(said)
            self.size += len(said)
            self.ends.append(self.size)
