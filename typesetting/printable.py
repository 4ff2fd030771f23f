"""Text as it can be printed: what people typed, without what would hide, reverse or overprint other text.

Only what is shown is changed. The exact original stays in the data that every document carries as an attachment.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

LONGEST = 4_000
"""Characters of one text that are printed; the rest is in the attached data, and the print says so."""
CUT = "……〔余文见附件数据 continued in the attached data〕"
_MARKS = 2
"""So many combining marks may follow a letter; more would climb into the lines around it."""
_INVISIBLE = frozenset({0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0})
"""They are letters or marks by their category, and show nothing."""
_VARIATION = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_NEW_LINES = "\n\r\v\f\x85\u2028\u2029"


def printable(text: str, covered: Sequence[frozenset[int]]) -> str:
    """The text in NFC (never NFKC, which would alter names and amounts), as far as the fonts can show it.

    Control, direction and invisible characters are dropped, tabs become spaces, and what no font has is named by its
    number: 〔U+20BB7〕. `covered`: the characters of each font, in the order of preference.
    """
    lines = text.replace("\r\n", "\n")
    shown = "".join(_shown(unicodedata.normalize("NFC", lines[: LONGEST + 1]), covered))
    return shown if len(lines) <= LONGEST else shown[:LONGEST] + CUT


def printable_data(data: Any, covered: Sequence[frozenset[int]]) -> Any:
    """JSON values with every text made printable; keys are ours and stay."""
    if isinstance(data, str):
        return printable(data, covered)
    if isinstance(data, dict):
        return {key: printable_data(value, covered) for key, value in data.items()}
    return [printable_data(value, covered) for value in data] if isinstance(data, list) else data


def _shown(text: str, covered: Sequence[frozenset[int]]) -> Iterator[str]:
    font, marks = None, 0
    for character in text:
        code, category = ord(character), unicodedata.category(character)
        if category[0] == "M" and not _is_hidden(code, category):
            marks += 1
            if marks <= _MARKS:
                yield character if font is not None and code in covered[font] else _named(code)
        elif character in _NEW_LINES:
            yield "\n"
        elif character == "\t":
            yield " "
        elif not _is_hidden(code, category):
            marks, font = 0, _font_of(code, category, covered)
            yield _named(code) if font is None else character


def _is_hidden(code: int, category: str) -> bool:
    return category in ("Cc", "Cf") or code in _INVISIBLE or any(low <= code <= high for low, high in _VARIATION)


def _font_of(code: int, category: str, covered: Sequence[frozenset[int]]) -> int | None:
    """The first font that has it: a mark above a letter must come from the same one."""
    if category in ("Co", "Cs", "Cn"):
        return None
    return next((index for index, codes in enumerate(covered) if code in codes), None)


def _named(code: int) -> str:
    return f"〔U+{code:04X}〕"
