"""How a signature looks on the page: a picture in PDF, drawn elsewhere, that fills its field."""

import io

from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

_NAME = "/Picture"
_FILLING = SimpleBoxLayoutRule(x_align=AxisAlignment.ALIGN_MIN, y_align=AxisAlignment.ALIGN_MIN, margins=Margins())


class _Picture(PdfContent):
    """The first page of another document. pyHanko's own class for it reads files only."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        """Puts the page among the writer's objects, and says how to draw it."""
        if self.writer is None:
            raise ValueError("a picture is drawn by a writer")
        page = self.writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject[_NAME] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return f"{_NAME} Do".encode()


def picture(pdf: bytes) -> StaticStampStyle:
    """The one-page document as what fills a signature's field."""
    return StaticStampStyle(
        background=_Picture(pdf), border_width=0, background_opacity=1.0, background_layout=_FILLING
    )
