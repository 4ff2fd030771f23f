"""Typesets documents: JSON data and a template of this package become a PDF/A-3b that carries the data.

What people typed reaches a template as JSON and never as source text, and the compiler reads no other folder than that
of the templates. The same data and instant give the same bytes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from typesetting import press
from typesetting.boxes import Box, by_key
from typesetting.fonts import font_set
from typesetting.plain import plain
from typesetting.printable import printable_data

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True)
class Typeset:
    pdf: bytes
    boxes: dict[str, Box]
    """By the key that the data give each signature field, in the order of the pages."""
    data: bytes
    """What the document carries as an attachment: the exact data in canonical JSON (RFC 8785)."""

    @property
    def data_sha256(self) -> str:
        """As the footer prints it."""
        return sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Typesetter:
    """Makes documents with the fonts of this installation; cheap to make, the fonts are shared."""

    company_fonts: Path | None = None
    """A folder of the company's own fonts, asked where the ones of the packages lack a character."""

    def typeset(self, template: str, data: Mapping[str, Any], at: datetime) -> Typeset:
        """The document `template` of `data`, dated `at`, which needs a time zone.

        Dates, decimals and dataclasses in the data become JSON. Raises ValueError if they can't, and press.Unfit if
        template and data do not go together.
        """
        if at.tzinfo is None:
            raise ValueError("a document's date needs a time zone")
        fonts = font_set(self.company_fonts)
        exact = plain(data)
        canonical = rfc8785.dumps(exact)
        inputs = {
            "data": canonical.decode(),
            "printed": json.dumps(printable_data(exact, fonts.covered), ensure_ascii=False),
            "sha256": sha256(canonical).hexdigest(),
            "fonts": json.dumps({"serif": fonts.serif, "sans": fonts.sans}),
        }
        pressed = press.run(press.Job(template, inputs, int(at.timestamp()), self.company_fonts))
        return Typeset(pressed.pdf, by_key(pressed.boxes), canonical)
