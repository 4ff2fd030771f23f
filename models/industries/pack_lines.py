"""Where in a TOML text a value stands: people mend files by line, and the standard library tells no lines."""

import re
from collections import Counter
from collections.abc import Sequence

_TABLE = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]\]?")
_INLINE = re.compile(r"\s*\{")
Place = Sequence[int | str]
"""Keys and numbers that lead to a value, as pydantic names it."""


def line_of(text: str, place: Place) -> int:
    """The line of a value; if it is not there, of what should hold it. Inline tables stand on lines of their own."""
    lines, wanted, found = text.splitlines(), list(place), 1
    seen: Counter[str] = Counter()
    table: list[int | str] = []
    for number, line in enumerate(lines, 1):
        if head := _TABLE.match(line):
            table = _position(head[1], seen)
            if wanted[: len(table)] == table:
                found = number
        elif wanted[: len(table)] == table and len(wanted) > len(table):
            key, *within = wanted[len(table) :]
            if re.match(rf"\s*{re.escape(str(key))}\s*=", line):
                return _inline(lines, number, within)
    return found


def _inline(lines: Sequence[str], number: int, within: Place) -> int:
    """The line of the inline table with that number in the list that begins on this line; else this line."""
    if within and isinstance(within[0], int):
        candidate = number + 1 + within[0]
        if all(_INLINE.match(line) for line in lines[number:candidate]) and candidate <= len(lines):
            return candidate
    return number


def _position(name: str, seen: "Counter[str]") -> list[int | str]:
    """`[[templates.items]]` as pydantic counts it: ["templates", 2, "items", 0]."""
    *above, own = name.split(".")
    path: list[int | str] = []
    for part in above:
        path += [part, max(seen[_key(path, part)] - 1, 0)]
    key = _key(path, own)
    path += [own, seen[key]]
    seen[key] += 1
    return path


def _key(path: Place, part: str) -> str:
    return ".".join(str(one) for one in (*path, part))
