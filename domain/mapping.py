"""How a company's own columns become ours: small declared steps, no code. Cells are text, and stay text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_GROUPS = {",": ".", ".": ","}
"""By decimal sign, the sign that parts thousands."""
_SPACES = "\u0020\u00a0\u202f\u2009'"
"""These part thousands, too, in one country or another."""
_TOKENS = {"YYYY": r"(?P<year>\d{4})", "MM": r"(?P<month>\d{1,2})", "DD": r"(?P<day>\d{1,2})"}
_TOKENS |= {"HH": r"(?P<hour>\d{1,2})", "mm": r"(?P<minute>\d{1,2})", "ss": r"(?P<second>\d{1,2})"}
_ANY_TOKEN = re.compile("|".join(_TOKENS))
MOST_PLACES = 6


class UnfitCell(ValueError):
    """A cell that a step of the mapping can't be done to. `code` says which step, `limit` what it expects."""

    def __init__(self, code: str, value: str, limit: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value
        self.limit = limit


@dataclass(frozen=True)
class Column:
    """Where one of our columns comes from. The steps are done in the order of the fields, each if it is declared."""

    sources: tuple[str, ...] = ()
    """Columns of the file; what they hold is trimmed, and joined if there are several."""
    join: str = " "
    constant: str = ""
    """What the column holds where the file has nothing."""
    values: Mapping[str, str] | None = None
    """What stands for what. A value that is not in the table is a problem, unless `otherwise` says what it means."""
    otherwise: str | None = None
    """What any other value means that is there at all; an empty cell is looked up in `values` as "" if it is there."""
    date: str = ""
    """How dates are written, such as `DD.MM.YYYY` or `MM/DD/YYYY HH:mm`; they become ISO 8601."""
    decimal: str = ""
    """The decimal sign, `,` or `.`; the other one, and spaces, part thousands."""
    places: int | None = None
    """Decimal places to which a number is rounded, half up."""

    def of(self, given: Sequence[str]) -> str:
        """What the column holds in a row where its sources hold this, trimmed. Raises UnfitCell."""
        value = self.join.join(part for part in given if part) or self.constant
        if self.values is not None or self.otherwise is not None:
            value = self._looked_up(value)
        if self.date and value:
            value = _iso(value, self.date)
        if self.decimal and value:
            value = _plain_number(value, self.decimal)
        if self.places is not None and value:
            value = _rounded(value, self.places)
        return value

    def _looked_up(self, value: str) -> str:
        table = self.values or {}
        if value in table:
            return table[value]
        if not value:
            return ""
        if self.otherwise is None:
            raise UnfitCell("not_in_value_table", value)
        return self.otherwise


@cache
def date_form(form: str) -> re.Pattern[str]:
    """The form of dates as a pattern. Raises ValueError unless it names year, month and day, each part once."""
    tokens = _ANY_TOKEN.findall(form)
    if len(tokens) != len(set(tokens)) or not {"YYYY", "MM", "DD"} <= set(tokens):
        raise ValueError("a form of dates names YYYY, MM and DD, and maybe HH, mm and ss, each once")
    parts = re.split(f"({_ANY_TOKEN.pattern})", form)
    return re.compile("".join(_TOKENS.get(part, re.escape(part)) for part in parts), re.ASCII)


def _iso(value: str, form: str) -> str:
    found = date_form(form).fullmatch(value)
    if found is None:
        raise UnfitCell("not_that_date_form", value, form)
    part = found.groupdict()
    day = f"{part['year']}-{int(part['month']):02}-{int(part['day']):02}"
    if "hour" not in part:
        return day
    return f"{day}T{int(part['hour']):02}:{int(part.get('minute') or 0):02}:{int(part.get('second') or 0):02}"


def _plain_number(value: str, decimal: str) -> str:
    group = re.escape(_GROUPS[decimal] + _SPACES)
    form = rf"([+-]?)(\d+|\d{{1,3}}(?:[{group}]\d{{3}})+)(?:{re.escape(decimal)}(\d+))?"
    found = re.fullmatch(form, value, re.ASCII)
    if found is None:
        raise UnfitCell("not_a_number", value)
    sign, whole, fraction = found.groups()
    return sign.removeprefix("+") + re.sub(r"\D", "", whole) + (f".{fraction}" if fraction else "")


def _rounded(value: str, places: int) -> str:
    if not re.fullmatch(r"[+-]?\d{1,20}(\.\d{1,40})?", value, re.ASCII):
        raise UnfitCell("not_a_number", value)
    return f"{Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
