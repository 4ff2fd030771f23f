"""The ZIP archive that a workbook is: it comes from strangers, so how far it unpacks is bounded before it is read."""

import zipfile
from typing import IO, BinaryIO

from models.import_problems import Problem
from models.sheets.sheet import Unreadable

MOST_PARTS = 2000
LARGEST_UNPACKED = 2 << 30
"""Bytes, of all parts together. A full sheet of a million rows and eight columns takes 0.4 GB."""
HIGHEST_RATIO = 200
"""Of unpacked to packed size; Excel's own files stay below 50."""
LARGEST_READ_WHOLE = 32 << 20
"""Bytes of a part that is not read piece by piece, such as the formats."""
LONGEST_ENTRY = 8 << 20
"""Bytes of one row, or of one text that cells share: without end, either would fill the memory."""
MOST_ROWS = 1_048_576
"""Of one sheet: Excel's own bound."""
_RATIO_MATTERS = 1 << 20


class Archive(zipfile.ZipFile):
    """A workbook's parts. Reading never goes beyond what the directory says, and that was judged."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises Unreadable; BadZipFile if it is no archive."""
        super().__init__(file)
        parts = self.infolist()
        names = {part.filename for part in parts}
        bombs = [p for p in parts if p.file_size > max(_RATIO_MATTERS, HIGHEST_RATIO * p.compress_size)]
        unpacked = sum(part.file_size for part in parts)
        if bombs or unpacked > LARGEST_UNPACKED or len(parts) > MOST_PARTS or len(names) < len(parts):
            raise Unreadable(Problem(row=0, code="unsafe_workbook"))
        if any(part.flag_bits & 1 for part in parts):  # encrypted
            raise Unreadable(Problem(row=0, code="not_a_workbook"))
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unreadable(Problem(row=0, code="macros"))

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """A whole part. Raises Unreadable if that would be too much at once."""
        part = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        if part.file_size > LARGEST_READ_WHOLE:
            raise Unreadable(Problem(row=0, code="unsafe_workbook"))
        return super().read(name, pwd)


class Metered:
    """A part that is read piece by piece: row by row, or text by text. Whoever reads says when one is complete."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """Raises Unreadable in an entry without end."""
        block = self._stream.read(size)
        self._since += len(block)
        if self._since > LONGEST_ENTRY:
            raise Unreadable(Problem(row=0, code="unsafe_workbook"))
        return block

    def complete(self) -> None:
        """An entry is complete."""
        self._since = 0
