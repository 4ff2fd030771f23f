"""XML from strangers, part by part: no document type, so no entities; nothing is ever loaded from elsewhere."""

from collections.abc import Iterator, Mapping
from typing import IO
from xml.parsers import expat

Attributes = Mapping[str, str]
LONGEST_TEXT = 32_767
"""Characters; Excel's own bound for a cell."""
_BLOCK = 1 << 16


class UnsafeXml(ValueError):
    """A document type, with whose entities a few bytes become as many as one likes; or a text without end."""


class Words:
    """Text that is gathered piece by piece, and never grows beyond what a cell may hold."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        """Raises UnsafeXml if it becomes too long."""
        self._length += len(text)
        if self._length > LONGEST_TEXT:
            raise UnsafeXml("a text without end")
        self._parts.append(text)

    def take(self) -> str:
        """All of it; from then on there is none."""
        said = "".join(self._parts)
        self._parts.clear()
        self._length = 0
        return said


class Handler:
    """What happens at the elements of a document, by local name; a reader of one kind of document overrides these."""

    def opened(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def closed(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text, maybe in several pieces."""


def parse(stream: IO[bytes], handler: Handler) -> Iterator[None]:
    """Feeds the document to the handler, block by block. Raises UnsafeXml, or ExpatError if it is no XML."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    opened, closed = handler.opened, handler.closed
    parser.StartElementHandler = lambda name, attributes: opened(_local(name), attributes)
    parser.EndElementHandler = lambda name: closed(_local(name))
    parser.CharacterDataHandler = handler.text
    while block := stream.read(_BLOCK):
        parser.Parse(block, False)
        yield
    parser.Parse(b"", True)
    yield


def parse_all(stream: IO[bytes], handler: Handler) -> None:
    """As `parse`, all of it at once."""
    for _ in parse(stream, handler):
        pass


def _refuse(*_: object) -> None:
    raise UnsafeXml("a document type")


def _local(name: str) -> str:
    """The name without its namespace: transitional and strict workbooks differ in nothing else that is read here."""
    return name.rpartition(" ")[2]
