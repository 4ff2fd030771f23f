"""What a typeset PDF says: its text as a reader would hear it read out, the rows of its tables, the data it carries.

Text is taken out by the structure that a screen reader follows, so it comes in the order of the document.
"""

import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

_TOKEN = re.compile(
    rb"/(?P<font>f\d+) [\d.]+ Tf|/MCID (?P<mark>\d+)|(?P<artifact>/Artifact)"
    rb"|/(?:ActualText|Lang)\s*<[0-9a-fA-F]*>|<(?P<codes>[0-9a-fA-F]+)>"
)
_STRING_PART = re.compile(rb"\\(?P<octal>[0-7]{1,3})|\\(?P<escaped>.)|(?P<plain>[()]|[^()\\]+)", re.DOTALL)
_BESIDE = -1
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}
_MAPPING = re.compile(r"<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>")


@dataclass
class Page:
    """A document as its reader sees it. `text` has no white space: where a line breaks is no part of what is said."""

    text: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)
    pages: int = 0
    below: list[str] = field(default_factory=list)
    """What stands on each page beside the text: headers and footers."""

    def says(self, text: str) -> bool:
        return squeezed(text) in self.text

    def mentions(self, words: Iterable[str]) -> list[str]:
        """Those of the words that stand in the text, in capitals or not."""
        return [word for word in words if squeezed(word).lower() in self.text.lower()]

    def halves(self) -> tuple[str, str]:
        """The Chinese text and the English one, which begins with the second title."""
        at = self.text.index(self.titles[1])
        return self.text[:at], self.text[at:]

    def footers(self) -> list[str]:
        """The hash that each page prints."""
        return [found for beside in self.below for found in re.findall("data([0-9a-f]{64})", beside)]

    def has_row(self, *cells: str) -> bool:
        return tuple(squeezed(cell) for cell in cells) in self.rows


def read_pdf(pdf: bytes) -> Page:
    reader = PdfFileReader(io.BytesIO(pdf))
    said = {reference: _said(page) for reference, page in _pages(reader)}
    page = Page(data=json.loads(attached(pdf)), pages=len(said))
    page.below = [squeezed(on_page.pop(_BESIDE, "")) for on_page in said.values()]
    page.text = _walk(reader.root["/StructTreeRoot"], None, said, page)
    return page


def attached(pdf: bytes) -> bytes:
    """The data that the document carries."""
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]
    (_, specification) = list(names["/Names"] if "/Names" in names else names["/Kids"][0]["/Names"])
    content: bytes = specification.get_object()["/EF"]["/F"].data
    return content


def sizes(pdf: bytes) -> list[tuple[float, float]]:
    """Width and height of each page in points."""
    boxes = [page["/MediaBox"] for _, page in _pages(PdfFileReader(io.BytesIO(pdf)))]
    return [(float(right) - float(left), float(top) - float(bottom)) for left, bottom, right, top in boxes]


def actions(pdf: bytes) -> list[str]:
    """Whatever could run or load something: scripts, forms, links, media."""
    reader = PdfFileReader(io.BytesIO(pdf))
    named = [key for key in ("/OpenAction", "/AA", "/AcroForm") if key in reader.root]
    named += [key for key in ("/JavaScript",) if key in reader.root["/Names"]]
    return named + [key for _, page in _pages(reader) for key in ("/Annots", "/AA") if key in page]


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _pages(reader: PdfFileReader) -> Iterator[tuple[Any, Any]]:
    for number in range(int(reader.root["/Pages"]["/Count"])):
        found = reader.find_page_for_modification(number)[0]
        yield found.reference.idnum, found.get_object()


def _said(page: Any) -> dict[int, str]:
    """The text of each marked sequence of a page."""
    fonts = {name: _mapping(font.get_object()) for name, font in page["/Resources"].get("/Font", {}).items()}
    contents = page["/Contents"]
    stream = contents.data if hasattr(contents, "data") else b"\n".join(part.get_object().data for part in contents)
    said: dict[int, str] = {}
    mapping: dict[int, str] = {}
    marked = _BESIDE
    for token in _TOKEN.finditer(_in_hexadecimal(stream)):
        font, mark = token["font"], token["mark"]
        if font:
            mapping = fonts[f"/{font.decode()}"]
        elif mark:
            marked = int(mark)
        elif token["artifact"]:
            marked = _BESIDE
        elif token["codes"]:
            codes = [int(token["codes"][at : at + 4], 16) for at in range(0, len(token["codes"]), 4)]
            said[marked] = said.get(marked, "") + "".join(mapping.get(code, "") for code in codes)
    return said


def _in_hexadecimal(stream: bytes) -> bytes:
    """The stream with its literal strings, whose parentheses may nest, written in hexadecimal."""
    written, string, depth = bytearray(), bytearray(), 0
    for part in _STRING_PART.finditer(stream):
        plain = part["plain"]
        depth += (plain == b"(") - (plain == b")")
        if plain == b"(" and depth == 1:
            string.clear()
        elif plain == b")" and depth == 0:
            written += b"<" + string.hex().encode() + b">"
        elif depth == 0:
            written += part[0]
        elif part["octal"]:
            string.append(int(part["octal"], 8))
        else:
            string += plain or _CONTROL.get(part["escaped"], part["escaped"])
    return bytes(written)


def _mapping(font: Any) -> dict[int, str]:
    written = font["/ToUnicode"].data.decode()
    return {int(code, 16): bytes.fromhex(to).decode("utf-16-be") for code, to in _MAPPING.findall(written)}


def _walk(element: Any, on: Any, said: dict[Any, dict[int, str]], page: Page) -> str:
    if isinstance(element, int):
        return squeezed(said[on].get(element, ""))
    if "/MCID" in element:
        at = element.raw_get("/Pg").idnum if "/Pg" in element else on
        return squeezed(said[at].get(int(element["/MCID"]), ""))
    on = element.raw_get("/Pg").idnum if "/Pg" in element else on
    kids = element.get("/K", [])
    parts = [_walk(kid, on, said, page) for kid in _objects(kids)]
    kind, whole = element.get("/S"), "".join(parts)
    if kind == "/TR":
        page.rows.append(tuple(parts))
    elif kind == "/H1":
        page.titles.append(whole)
    return whole


def _objects(kids: Any) -> list[Any]:
    many = kids if isinstance(kids, list) else [kids]
    return [kid.get_object() if hasattr(kid, "get_object") else kid for kid in many]
