"""What pydantic says about a value that does not fit, in a form that sentences of the catalogues can use."""

import re
from collections.abc import Mapping
from typing import Any

_QUOTED = re.compile(r"'([^']*)'")


def choices(context: Mapping[str, Any]) -> str:
    """The permitted values of an enumeration, separated by ", "; empty if pydantic names none."""
    expected = str(context.get("expected", ""))
    return ", ".join(_QUOTED.findall(expected)) or expected
