"""Characters that XML can't hold, or changes, are written in a workbook as _x000D_ (ISO 29500, 22.9.2.19)."""

import re

_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x([0-9A-CEFa-cef][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_")
"""Of a character, not of half of one (D800 to DFFF)."""


def escaped(text: str) -> str:
    """A text as it stands in a workbook; what looks like an escape is escaped itself."""
    return _UNFIT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """What a text of a workbook says."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text
