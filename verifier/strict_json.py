"""JSON from files that nobody vouches for yet: bounded, unambiguous, or refused."""

import json
from typing import Any, NoReturn

LARGEST = 64 * 2**20
DEEPEST = 40


class BadJson(ValueError):
    """Not JSON that means one thing; the text says why."""


def load(content: bytes | memoryview) -> Any:
    """What the UTF-8 text says. Raises BadJson: too large, too deep, a name twice, no number, no JSON at all."""
    if len(content) > LARGEST:
        raise BadJson(f"more than {LARGEST} bytes")
    try:
        found = json.loads(str(content, "utf-8"), object_pairs_hook=_object, parse_constant=_no_number)
    except BadJson:
        raise
    except RecursionError:
        raise BadJson("nested too deeply") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise BadJson(str(error)[:120]) from None
    _require_shallow(found)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("an object names something twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise BadJson(f"{name} is no number")


def _require_shallow(found: Any) -> None:
    level = [found]
    for _ in range(DEEPEST):
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise BadJson("nested too deeply")
