"""The file that a bundle is: a zip that only stores, written in exactly one way.

Whatever unpacks zip files opens it; but the same files give the same bytes, always: names in order, one fixed date, no
compression, no comments, nothing in between. So a reader does not have to guess what a strange archive means: it takes
the files, and what is not byte for byte how they would be written is not a bundle. Nothing is ever inflated here.
"""

import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

MOST_FILES = 20_000
LONGEST_NAME = 200
LARGEST_FILE = 256 * 2**20
LARGEST_BUNDLE = 1024 * 2**20
README = "说明-README.txt"
NAME = re.compile(rf"(?:[A-Za-z0-9_-]+/){{0,3}}(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+){{0,3}}|{README})")
_CLOSING = "manifest."
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_ENTRY = struct.Struct("<4s5H3I2H")
_LISTED = struct.Struct("<4s6H3I5H2I")
_TRAILER = struct.Struct("<4s4H2IH")
_VERSION, _UTF8, _STORED = 20, 0x0800, 0
_MADE_BY_UNIX = (3 << 8) | _VERSION
_TIME, _DATE = 0, (1 << 5) | 1
"""Midnight of 1 January 1980, the first that a zip can name."""
_MODE = 0o100644 << 16


class BadContainer(ValueError):
    """Not the bundle's form; the text says what is wrong and where."""


@dataclass(frozen=True)
class _Entry:
    name: bytes
    size: int
    crc: int
    at: int


class Packer:
    """Writes a bundle, one file at a time, in their `order`; nothing but the names is kept in memory."""

    def __init__(self, target: BinaryIO) -> None:
        self._target, self._at = target, 0
        self._entries: list[_Entry] = []

    def add(self, name: str, content: bytes) -> None:
        """Raises BadContainer if the name may not be in a bundle, or not after the one before, or is too large."""
        last = self._entries[-1].name.decode() if self._entries else ""
        _require_place(name, last, len(self._entries))
        if len(content) > LARGEST_FILE or self._at + len(content) > LARGEST_BUNDLE:
            raise BadContainer(f"{name} is too large for a bundle")
        entry = _Entry(name.encode(), len(content), zlib.crc32(content), self._at)
        self._write(_local(entry))
        self._write(content)
        self._entries.append(entry)

    def close(self) -> None:
        """Writes the list of files; what was packed is complete from here on."""
        self._target.write(_listing(self._entries, self._at))

    def _write(self, part: bytes) -> None:
        self._target.write(part)
        self._at += len(part)


def pack(files: Mapping[str, bytes], target: BinaryIO) -> None:
    """Writes these files as a bundle. Raises BadContainer if one of them may not be in it."""
    packer = Packer(target)
    for name in sorted(files, key=order):
        packer.add(name, files[name])
    packer.close()


def unpack(bundle: bytes) -> dict[str, memoryview]:
    """The files by name, without copying them. Raises BadContainer unless the bundle is written as `pack` does it."""
    whole = memoryview(bundle)
    if len(whole) > LARGEST_BUNDLE + MOST_FILES * 512:
        raise BadContainer("too large for a bundle")
    files: dict[str, memoryview] = {}
    entries: list[_Entry] = []
    at, last = 0, ""
    while whole[at : at + 4] == _LOCAL:
        entry = _read_local(whole, at)
        name = _name(entry.name, at)
        _require_place(name, last, len(entries))
        begin = at + _ENTRY.size + len(entry.name)
        content = whole[begin : begin + entry.size]
        if len(content) != entry.size:
            raise BadContainer(f"cut off within {name}")
        if zlib.crc32(content) != entry.crc:
            raise BadContainer(f"{name} does not have its checksum")
        if whole[at:begin] != _local(entry):
            raise BadContainer(f"the header of {name} is not written as in a bundle")
        if content[:4] == _LOCAL:
            raise BadContainer(f"{name} is an archive within the archive")
        files[name], last = content, name
        entries.append(entry)
        at = begin + entry.size
    if whole[at:] != _listing(entries, at):
        raise BadContainer(f"the list of files is not that of the {len(entries)} files before it, or is cut off")
    if not entries:
        raise BadContainer("there is no file in it")
    return files


def _read_local(whole: memoryview, at: int) -> _Entry:
    try:
        _, _, flags, method, _, _, crc, packed, size, length, extra = _ENTRY.unpack_from(whole, at)
    except struct.error:
        raise BadContainer(f"cut off in a header at byte {at}") from None
    if flags & 1:
        raise BadContainer(f"encrypted file at byte {at}")
    if method != _STORED or packed != size:
        raise BadContainer(f"compressed file at byte {at}: the files of a bundle are stored as they are")
    if size > LARGEST_FILE or extra or not 0 < length <= LONGEST_NAME:
        raise BadContainer(f"a file too large or a header too long at byte {at}")
    return _Entry(bytes(whole[at + _ENTRY.size : at + _ENTRY.size + length]), size, crc, at)


def _name(name: bytes, at: int) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise BadContainer(f"a file name that is no text at byte {at}") from None


def order(name: str) -> tuple[bool, str]:
    """Files stand in the order of their names; what names and seals them all stands behind them."""
    return name.startswith(_CLOSING), name


def _require_place(name: str, last: str, files: int) -> None:
    if not NAME.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
        raise BadContainer(f"{name!r} is no name of a file in a bundle")
    if order(name) <= order(last):
        raise BadContainer(f"{name} is there twice" if name == last else f"{name} is out of order, after {last}")
    if files >= MOST_FILES:
        raise BadContainer(f"more than {MOST_FILES} files")


def _local(entry: _Entry) -> bytes:
    flags = 0 if entry.name.isascii() else _UTF8
    sizes = (entry.crc, entry.size, entry.size, len(entry.name), 0)
    return _ENTRY.pack(_LOCAL, _VERSION, flags, _STORED, _TIME, _DATE, *sizes) + entry.name


def _listing(entries: list[_Entry], at: int) -> bytes:
    lines = b"".join(_listed(entry) for entry in entries)
    count = len(entries)
    return lines + _TRAILER.pack(_END, 0, 0, count, count, len(lines), at, 0)


def _listed(entry: _Entry) -> bytes:
    flags = 0 if entry.name.isascii() else _UTF8
    sizes = (entry.crc, entry.size, entry.size, len(entry.name), 0, 0, 0, 0, _MODE, entry.at)
    return _LISTED.pack(_CENTRAL, _MADE_BY_UNIX, _VERSION, flags, _STORED, _TIME, _DATE, *sizes) + entry.name
