"""Refusals: the expected "no" of a rule, told apart from a fault.

A refusal carries a stable code (the key of its text in the translation catalogue) and the values its text names.
Nothing here is a bug: callers turn a refusal into an answer, never into a crash.
"""

from enum import StrEnum


class RefusalKind(StrEnum):
    """Why something was refused; the API maps each kind to one HTTP status."""

    INVALID = "invalid"
    """The request can't be carried out by anybody as it is written."""
    FORBIDDEN = "forbidden"
    """This person may not do it; another might."""
    NOT_FOUND = "not_found"
    """What it names does not exist."""
    CONFLICT = "conflict"
    """It is understood and allowed, but not in the present state."""
    TOO_OFTEN = "too_often"
    """It was tried too often; after the `seconds` among its values it may be tried again."""


class Refusal(Exception):
    """A rule said no. `code` is stable; `params` fill the text shown to people."""

    def __init__(self, kind: RefusalKind, code: str, **params: str | int) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.kind = kind
        self.code = code
        self.params = params


def invalid(code: str, **params: str | int) -> Refusal:
    return Refusal(RefusalKind.INVALID, code, **params)


def forbidden(code: str, **params: str | int) -> Refusal:
    return Refusal(RefusalKind.FORBIDDEN, code, **params)


def not_found(code: str, **params: str | int) -> Refusal:
    return Refusal(RefusalKind.NOT_FOUND, code, **params)


def conflict(code: str, **params: str | int) -> Refusal:
    return Refusal(RefusalKind.CONFLICT, code, **params)


def too_often(code: str, seconds: int, **params: str | int) -> Refusal:
    return Refusal(RefusalKind.TOO_OFTEN, code, seconds=seconds, **params)
