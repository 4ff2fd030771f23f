"""What a password may be, wherever one is given: at sign-in, beside a decision, for a new account, in a file."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_core import PydanticCustomError

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 256
"""Characters."""


def _unicode(secret: SecretStr) -> SecretStr:
    """JSON can write half of a surrogate pair, which is no character and can't be hashed."""
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("string_unicode", "no Unicode text") from error
    return secret


GivenPassword = Annotated[SecretStr, Field(min_length=1, max_length=LONGEST_PASSWORD), AfterValidator(_unicode)]
"""Shown to prove who somebody is."""
NewPassword = Annotated[
    SecretStr, Field(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD), AfterValidator(_unicode)
]
"""One that is to be set."""
