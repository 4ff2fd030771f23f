"""Errors as part of the interface: problem details (RFC 9457) in Chinese and English, one shape for every failure.

An expected refusal is a 4xx and never a 500. `code` is stable and means the same for ever; texts may change.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api import field_problems
from domain.errors import Refusal, RefusalKind
from texts import text

MEDIA_TYPE = "application/problem+json"
STATUS = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.TOO_OFTEN: 429,
}
_CODE_OF_STATUS = {404: "api.no_such_address", 405: "api.method_not_allowed"}
_LANGUAGE_RANGE = re.compile(r"\s*(zh|en)(?:-[\w-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", re.IGNORECASE)
_LONGEST_FIELD_SHOWN = 200
_MOST_FIELDS_SHOWN = 50
log = structlog.get_logger("api")
Messages = Mapping[str, str]
"""One sentence, by language."""


class FieldProblem(BaseModel):
    """One thing wrong with one field of the input, or with one cell of a file."""

    field: str = Field(examples=["body.reason", "row 17, manager"])
    problem: str = Field(description="In the language asked for", examples=["太短，至少 1 个字符。"])
    messages: dict[str, str] = Field(
        examples=[{"zh": "太短，至少 1 个字符。", "en": "Too short; the least number of characters is 1."}]
    )


class ProblemDetails(BaseModel):
    """RFC 9457 problem details, with both languages beside the one asked for."""

    type: str = Field(examples=["urn:wanbi:problem:grant.self_approval"])
    title: str
    status: int
    detail: str
    code: str = Field(examples=["grant.self_approval"])
    messages: dict[str, str] = Field(
        examples=[{"zh": "不能批准自己的申请。", "en": "You can't decide your own request."}]
    )
    errors: list[FieldProblem] = []


class Problem(Exception):
    """A refusal by the API itself. `code` is a key of the catalogue; `params` fill its text; `errors` are by field."""

    def __init__(
        self,
        status: int,
        code: str,
        headers: dict[str, str] | None = None,
        errors: Sequence[tuple[str, Messages]] = (),
        **params: str | int,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers
        self.errors = errors
        self.params = params


class TooLarge(HTTPException):
    """The body is longer than allowed. An HTTPException, because FastAPI lets nothing else out of reading a body."""

    def __init__(self, limit: int) -> None:
        super().__init__(413)
        self.limit = limit


def language_of(request: Request) -> str:
    """`en` if the request prefers English to Chinese (RFC 9110, section 12.5.4), else `zh`."""
    ranges = [_LANGUAGE_RANGE.fullmatch(part) for part in request.headers.get("accept-language", "").split(",")]
    wanted = [(float(found[2] or 1), found[1].lower()) for found in ranges if found]
    quality, language = max(wanted, key=lambda pair: pair[0], default=(0.0, "zh"))
    return language if quality else "zh"


def problem_response(
    request: Request,
    status: int,
    code: str,
    params: dict[str, Any],
    errors: Sequence[tuple[str, Messages]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """The one place where a problem is put into words."""
    messages = {language: text(f"refusal.{code}", language, **params) for language in ("zh", "en")}
    language = language_of(request)
    details = ProblemDetails(
        type=f"urn:wanbi:problem:{code}",
        title=text(f"status.{status}", language),
        status=status,
        detail=messages[language],
        code=code,
        messages=messages,
        errors=[FieldProblem(field=field, problem=said[language], messages=dict(said)) for field, said in errors],
    )
    return JSONResponse(
        details.model_dump(), status, {"content-language": language, **(headers or {})}, media_type=MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Every way in which a request can fail, put into one shape."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Problem) -> JSONResponse:
        return problem_response(request, error.status, error.code, error.params, error.errors, error.headers)

    @app.exception_handler(Refusal)
    async def _refusal(request: Request, error: Refusal) -> JSONResponse:
        headers = {"retry-after": str(error.params["seconds"])} if error.kind is RefusalKind.TOO_OFTEN else None
        return problem_response(request, STATUS[error.kind], error.code, error.params, headers=headers)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            (_shown(found["loc"]), field_problems.messages(found)) for found in error.errors()[:_MOST_FIELDS_SHOWN]
        ]
        return problem_response(request, 422, "api.invalid_input", {"count": len(error.errors())}, errors)

    @app.exception_handler(TooLarge)
    async def _too_large(request: Request, error: TooLarge) -> JSONResponse:
        return problem_response(request, 413, "api.too_large", {"bytes": error.limit})

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = _CODE_OF_STATUS.get(error.status_code, "api.bad_request")
        headers = dict(error.headers) if error.headers else None
        return problem_response(request, error.status_code, code, {}, headers=headers)

    @app.exception_handler(Exception)
    async def _unexpected(request: Request, error: Exception) -> JSONResponse:
        log.exception("request.failed", path=request.url.path, exc_info=error)
        return problem_response(request, 500, "api.unexpected", {})


def _shown(place: tuple[int | str, ...]) -> str:
    """Where in the input; a caller's own field name may be anything, also no Unicode text at all."""
    name = ".".join(str(part) for part in place)[:_LONGEST_FIELD_SHOWN]
    return name.encode(errors="backslashreplace").decode()


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI entries for the problems that an operation may answer with."""
    return {
        status: {"model": ProblemDetails, "content": {MEDIA_TYPE: {}}, "description": text(f"status.{status}", "en")}
        for status in statuses
    }
