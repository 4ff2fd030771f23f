"""Whatever is sent, the answer says plainly what is wrong, in two languages, and nothing was changed."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from sqlmodel import func, select
from starlette.requests import Request

from api.errors import language_of
from api.middleware import LARGEST_BODY, LARGEST_FILE
from models.database import reading
from models.tables import FactRow
from tests.api import contract
from tests.api.contract import Operation
from tests.api.house import V1, Api, Person, new_key, problem

SECRETS = ("password", "present", "new")
"""They may hold every character that there is."""
WRITES = tuple(o for o in contract.operations() if o.takes_json)
JUNK: tuple[Any, ...] = (
    None,
    True,
    -1,
    10**30,
    1.5,
    "",
    "\x00",
    "a\x00b",
    "x" * 30_000,
    "\ud800",
    "2026-13-45",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+23:59",
    [],
    {},
    [[["x"]]],
    ["x"] * 1000,
)
NO_OBJECTS = (
    b"",
    b"{",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b'{"a": NaN}',
    b'{"a": 1e999}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"up_to": ' + b"9" * 5000 + b"}",
    b'{"\\ud800": 1}',
    b'{"\\u0000": 1}',
    json.dumps({"x" * 100_000: 1}).encode(),
)


def counts(api: Api) -> dict[str, int]:
    """How many rows each table has."""
    with reading(api.engine) as session:
        tables = [table for table in FactRow.metadata.sorted_tables if table.name != "access_token"]
        return {table.name: session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables}


async def registered(api: Api) -> str:
    case_id: str = (await api.person("hr").register()).json()["case_id"]
    return case_id


def sender(api: Api, operation: Operation) -> Person:
    """Somebody who may call the operation."""
    if operation.path.endswith("/confirm"):
        return api.person("counsel")
    return api.person("hr" if "/cases" in operation.path or "/commission" in operation.path else "admin")


async def send(api: Api, operation: Operation, case_id: str, content: bytes | AsyncIterator[bytes]) -> httpx.Response:
    headers = {**sender(api, operation).headers, "idempotency-key": new_key(), "content-type": "application/json"}
    address = operation.address(case_id=case_id)
    return await api.http.request(operation.method, address, content=content, headers=headers)


def bent(example: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The example with junk in the place of each of its values in turn."""
    for name in example:
        for junk in JUNK:
            yield {**example, name: junk}


async def test_a_problem_has_the_shape_of_rfc_9457_and_both_languages(api: Api) -> None:
    details = problem(await api.person("hr").get("/cases/" + "0" * 32), 404, "case.unknown")
    assert details["type"] == "urn:wanbi:problem:case.unknown"
    assert details["title"]
    assert details["messages"]["zh"] != details["messages"]["en"]
    assert details["detail"] == details["messages"]["zh"]


async def test_the_detail_is_in_the_language_asked_for(api: Api) -> None:
    for language in ("zh", "en"):
        answer = await api.http.get(f"{V1}/me", headers={"accept-language": language})
        assert answer.headers["content-language"] == language
        assert answer.json()["detail"] == answer.json()["messages"][language]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("zh-Hans-CN, en;q=0.8", "zh"),
        ("en;q=0.1, zh;q=0.9", "zh"),
        ("zh;q=0.1,en;q=0.9", "en"),
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", "en"),
        ("fr", "zh"),
        ("en;q=0", "zh"),
        ("en, zh", "en"),
        ("tokens, zhen", "zh"),
        ("en;q=nonsense", "zh"),
    ],
)
def test_the_language_is_the_one_that_the_reader_likes_best(header: str, language: str) -> None:
    request = Request({"type": "http", "headers": [(b"accept-language", header.encode())]})
    assert language_of(request) == language


async def test_unknown_addresses_and_methods_are_problems_too(api: Api) -> None:
    hr = api.person("hr")
    for path in ("/nope", "/api/v2/cases", "/api/v1/cases/", "/api/v1/cases/%00", "//"):
        problem(await api.http.get(path, headers=hr.headers), (404, 422))
    problem(await api.http.delete(f"{V1}/cases", headers=hr.headers), 405, "api.method_not_allowed")


async def test_a_body_beyond_the_limit_is_refused_whether_or_not_it_says_how_long_it_is(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        for _ in range(LARGEST_BODY // 50_000 + 1):
            yield b"x" * 50_000

    case_id, before = await registered(api), counts(api)
    for operation in WRITES:
        problem(await send(api, operation, case_id, b"x" * (LARGEST_BODY + 1)), 413, "api.too_large")
        problem(await send(api, operation, case_id, chunks()), 413, "api.too_large")
    assert counts(api) == before


async def test_files_may_be_larger_than_other_bodies_but_not_endless(api: Api) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(LARGEST_FILE // 500_000 + 1):
            yield b"x" * 500_000

    before = counts(api)
    headers = {**api.person("admin").headers, "idempotency-key": new_key()}
    refused = await api.http.post(f"{V1}/imports/employees", content=chunks(), headers=headers)
    problem(refused, 413, "api.too_large")
    assert counts(api) == before
    accepted = await api.http.post(f"{V1}/imports/departments", content=b" " * (LARGEST_BODY * 2), headers=headers)
    problem(accepted, 422, "import.has_problems")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_no_proper_json_object_is_refused_by_every_write(api: Api) -> None:
    case_id, before = await registered(api), counts(api)
    for operation in WRITES:
        for content in NO_OBJECTS:
            details = problem(await send(api, operation, case_id, content), (400, 422))
            assert len(details["errors"]) <= 50
            assert all(len(error["field"]) <= 200 for error in details["errors"])
    assert counts(api) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_only_json_is_taken_for_json(api: Api) -> None:
    case_id, before = await registered(api), counts(api)
    for operation in WRITES:
        for kind in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*"):
            headers = {**sender(api, operation).headers, "idempotency-key": new_key(), "content-type": kind}
            content = json.dumps(operation.example).encode()
            address = operation.address(case_id=case_id)
            problem(await api.http.request(operation.method, address, content=content, headers=headers), 422)
    assert counts(api) == before


async def test_a_field_that_nobody_knows_is_refused_by_name(api: Api) -> None:
    case_id, before = await registered(api), counts(api)
    for operation in WRITES:
        body = {**operation.example, "surprise": 1}
        details = problem(await send(api, operation, case_id, json.dumps(body).encode()), 422, "api.invalid_input")
        assert [error["field"] for error in details["errors"]] == ["body.surprise"]
    assert counts(api) == before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_junk_in_any_field_never_breaks_anything(api: Api) -> None:
    case_id = await registered(api)
    for operation in WRITES:
        for body in bent(operation.example):
            answer = await send(api, operation, case_id, json.dumps(body).encode())
            if answer.status_code >= 400:
                code = problem(answer)["code"]
                assert answer.status_code < 500 or code == "api.engine_away", (operation.name, body)


async def test_text_that_is_no_text_is_refused_wherever_it_stands(api: Api) -> None:
    case_id, before = await registered(api), counts(api)
    for operation in WRITES:
        for name, value in operation.example.items():
            if isinstance(value, str):
                for junk in ("before\ud800 the end", *(() if name in SECRETS else ("\x00", "\ud800", "a\x00b"))):
                    body = json.dumps({**operation.example, name: junk}).encode()
                    problem(await send(api, operation, case_id, body), 422)
    assert counts(api) == before


async def test_a_password_beside_a_decision_that_is_no_text_is_refused_before_it_is_compared(api: Api) -> None:
    case_id = await registered(api)
    body = {"decision": "witness_refusal", "body": {"account": "a-zhou"}, "password": "half a pair: \ud800"}
    (prove,) = (operation for operation in WRITES if operation.path.endswith("/decision-proofs"))
    (error,) = problem(await send(api, prove, case_id, json.dumps(body).encode()), 422, "api.invalid_input")["errors"]
    assert (error["field"], error["messages"]["en"]) == (
        "body.password",
        "This holds something that is no Unicode text. Remove it.",
    )
    account = json.dumps({"password": "half a pair: \ud800"}).encode()
    change = contract.operation("PATCH /accounts/{account_id}")
    problem(await send(api, change, case_id, account), 422, "api.invalid_input")


async def test_a_date_and_time_without_its_offset_names_no_instant(api: Api) -> None:
    answer = await api.person("hr").register(arrived_at="2026-11-23T10:00:00")
    details = problem(answer, 422, "api.invalid_input")
    assert [error["field"] for error in details["errors"]] == ["body.arrived_at"]


async def test_nonsense_in_the_query_is_refused(api: Api) -> None:
    hr, case_id = api.person("hr"), await registered(api)
    for parameters in (
        {"limit": "0"},
        {"limit": "201"},
        {"limit": "9" * 30},
        {"limit": "x"},
        {"stage": "nowhere"},
        {"department": "\x00"},
        {"department": "a b"},
        {"sort": "name"},
        {"open": "perhaps"},
        {"cursor": "x" * 501},
    ):
        problem(await hr.get("/cases", **parameters), 422, "api.invalid_input")
    for path in (
        f"/cases/{case_id.upper()}",
        f"/cases/{case_id}/documents/x",
        "/cases/x/facts",
        "/employees/%00/entitlements",
    ):
        problem(await hr.get(path), 422, "api.invalid_input")


async def test_an_error_that_nobody_expected_says_nothing_of_the_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("models.queries.employees", broken)
    transport = httpx.ASGITransport(api.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://wanbi") as http:
        answer = await http.get(f"{V1}/employees", headers=api.person("hr").headers)
    problem(answer, 500, "api.unexpected")
    assert "secret" not in answer.text


async def test_figures_are_kept_by_route_and_nobody_can_invent_new_ones(api: Api) -> None:
    await api.person("hr").get(f"/cases/{await registered(api)}")
    await api.http.request("INVENTED", f"{V1}/invented/address")
    figures = (await api.http.get("/metrics")).text
    assert 'wanbi_http_requests_total{method="GET",route="/api/v1/cases/{case_id}",status="200"}' in figures
    assert 'wanbi_http_requests_total{method="other",route="none",status="404"}' in figures
    assert "invented" not in figures.lower()
