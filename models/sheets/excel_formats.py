"""Which numbers of a workbook are dates, and which ones: Excel keeps days since 1900, and says so by a format only."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from models.sheets.safe_xml import Attributes, Handler

_BUILT_IN = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""Dates and times among the formats that need no definition, Chinese ones included (ECMA-376, 18.8.30)."""
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_DATE_PART = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  # a wall clock's, as the sheet shows it
_EPOCH_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY = 2_958_465
"""31 December 9999."""


class Styles(Handler):
    """Reads `styles.xml`: `dates` are the styles that show a number as a date or a time."""

    def __init__(self) -> None:
        self.dates: set[int] = set()
        self._formats = dict.fromkeys(_BUILT_IN, True)
        self._in_cells = False
        self._position = 0

    def opened(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self._formats[int(attributes["numFmtId"])] = shows_a_date(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._in_cells = True
        elif name == "xf" and self._in_cells:
            if self._formats.get(int(attributes.get("numFmtId", "0"))):
                self.dates.add(self._position)
            self._position += 1

    def closed(self, name: str) -> None:
        if name == "cellXfs":
            self._in_cells = False


def shows_a_date(code: str) -> bool:
    """True if a format of this code shows a number as a date or a time."""
    sections: Iterable[str] = _LITERAL.sub("", code).split(";")
    return any(_DATE_PART.search(section) and "general" not in section.lower() for section in sections)


def as_date(number: float, *, since_1904: bool) -> str | None:
    """The day, or the moment, that a number shows; in ISO 8601. None if Excel shows none either."""
    if not 0 <= number < _LAST_DAY + 1:
        return None
    shown = (_EPOCH_1904 if since_1904 else _EPOCH) + timedelta(seconds=round(number * 86_400))
    return shown.date().isoformat() if number == int(number) else shown.isoformat()


def as_number(text: str) -> str:
    """A number as Excel shows it: to 15 digits, without exponent; what is none stays as it is."""
    if text.isdigit() and len(text) <= 15:
        return text
    try:
        return f"{Decimal(f'{float(text):.15g}'):f}"
    except ValueError:
        return text
