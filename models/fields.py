"""Fields that come up in more than one thing that is sent: a form, and how long it may be."""

from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from models.forms import KEY, NO_NUL, SHA256


def _written(value: Any) -> Any:
    """A number says no offset, and nobody sees which instant it is."""
    if not isinstance(value, str) or value.strip().lstrip("-").replace(".", "").isdigit():
        raise PydanticCustomError("timezone_aware", "an instant with its offset")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=NO_NUL)]
RequiredReason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=NO_NUL)]
Key = Annotated[str, StringConstraints(pattern=KEY)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=NO_NUL)]
ItemIds = Annotated[tuple[Key, ...], Field(min_length=1, max_length=500)]
Hours = Annotated[int, Field(ge=1, le=8784)]
Month = Annotated[int, Field(ge=1, le=60)]
