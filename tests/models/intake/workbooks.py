"""Workbooks made by hand, so that they can be made badly; and how tests read files."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import pytest

from models.sheets.opening import open_sheet
from models.sheets.sheet import Unreadable

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_TYPE}.sharedStrings+xml"/></Types>'
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}"><workbookPr/><sheets>'
    '<sheet name="S1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_LINKS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
_STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/>'
    '</borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="49"/></cellXfs>'
    "</styleSheet>"
)
DATE = 1
"""The style of a date."""


def sheet(data: str = "", *, before: str = "", prolog: str = "") -> str:
    """A sheet's XML."""
    return f'{prolog}<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'


def row(*cells: str) -> str:
    """A row of texts, as XML."""
    made = (f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
    return f"<row>{''.join(made)}</row>"


def strings(*texts: str, prolog: str = "") -> str:
    """The texts that cells share, as XML: each is what stands in its item."""
    return f'{prolog}<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in texts)}</sst>'


def workbook(rows: Sequence[Sequence[str]] = (), *, data: str = "", **parts: str) -> bytes:
    """A workbook of these rows and those of `data`, which is XML; `parts` replace or join what it is made of."""
    made = {
        "[Content_Types].xml": _TYPES,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": _LINKS,
        "xl/styles.xml": _STYLES,
        "xl/sharedStrings.xml": strings(),
        "xl/worksheets/sheet1.xml": sheet("".join(row(*cells) for cells in rows) + data),
        **parts,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in made.items():
            archive.writestr(name, content)
    return file.getvalue()


def read(content: bytes, **options: Any) -> list[list[str]]:
    """The header of a file and its rows."""
    with open_sheet(io.BytesIO(content), **options) as found:
        return [list(found.header), *(cells for _, cells in found.rows)]


def code(content: bytes, **options: Any) -> tuple[int, str]:
    """The row and the reason with which a file is refused."""
    with pytest.raises(Unreadable) as refused:
        read(content, **options)
    return refused.value.problems[0].row, refused.value.problems[0].code
