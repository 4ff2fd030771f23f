"""The OpenAPI document is complete enough to work from: words, examples, and every answer that can come."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.main import create_app
from api.routes import accounts, bundles, cases, company, decisions, inbox, industries, law, passkeys, session, signing
from api.routes.desk import (
    after,
    audit,
    capacities,
    carriers,
    commission,
    contacts,
    customers,
    exports,
    fields,
    files,
    imports,
    orders,
    ownership,
    portfolio,
    receivables,
    trail,
)
from models.decision_examples import EXAMPLES
from models.decisions import DECISIONS
from tests import builders
from tests.api import contract
from tests.api.contract import Operation
from tests.api.house import Api, EngineAway, new_key
from tests.guards.production import ROOT

OPERATIONS = contract.operations()
NO_JSON = (
    "GET /health/live",
    "GET /cases/{case_id}/documents/{document_id}",
    "GET /cases/{case_id}/record",
    "GET /cases/{case_id}/portfolio/customers/{customer_id}/introduction",
    "GET /cases/{case_id}/bundles/{bundle_id}",
    "GET /desk/files/",
)
"""How the names begin of what answers with something else."""
PROBLEM = {"$ref": "#/components/schemas/ProblemDetails"}


@pytest.fixture(params=OPERATIONS, ids=lambda operation: operation.name)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


def test_every_operation_is_named_described_and_put_under_a_heading(operation: Operation) -> None:
    assert operation.says["summary"]
    assert len(operation.says["description"]) > 10
    assert operation.says["tags"]
    assert operation.says["operationId"]


def test_operation_ids_are_unique_and_decisions_are_called_as_in_temporal() -> None:
    ids = [operation.says["operationId"] for operation in OPERATIONS]
    assert len(ids) == len(set(ids))
    assert set(DECISIONS) - {"sign_record"} <= set(ids), "that one is decided when the signature is in the document"
    assert set(EXAMPLES) == set(DECISIONS)


def test_a_decision_that_is_not_confirmed_says_in_the_document_that_it_has_to_be_repeated() -> None:
    for operation in (operation for operation in OPERATIONS if operation.says["operationId"] in DECISIONS):
        pending = operation.says["responses"]["202"]
        assert "same Idempotency-Key" in pending["description"]
        assert "messages" in contract.resolved(pending["content"]["application/json"]["schema"])["properties"]


def test_every_failure_is_documented_as_a_problem(operation: Operation) -> None:
    answers = operation.says["responses"]
    for status, answer in answers.items():
        if int(status) >= 400 and operation.name != "GET /health/ready":
            assert answer["content"] == {"application/problem+json": {"schema": PROBLEM}}, status
            assert answer["description"]
    needed = set() if operation.open_to_all else {"401"}
    if "requestBody" in operation.says:
        needed |= {"400", "413", "422"}
    if operation.says.get("parameters"):
        needed |= {"422"}
    if "{case_id}" in operation.path:
        needed |= {"404"}
    assert needed <= set(answers)


def test_every_successful_answer_has_a_shape(operation: Operation) -> None:
    (best,) = [s for s in operation.says["responses"] if s in ("200", "201", "204")]
    content = operation.says["responses"][best].get("content", {})
    assert best == "204" or content, "an answer without content says so by its status"
    if not operation.name.startswith(NO_JSON) and content:
        assert content["application/json"]["schema"]


def test_every_request_has_an_example_and_every_body_refuses_unknown_fields(operation: Operation) -> None:
    body = operation.says.get("requestBody", {}).get("content", {})
    if "text/csv" in body:
        assert all("example" in content for content in body.values())
    elif "application/octet-stream" in body:
        assert operation.path.startswith("/api/v1/desk/files/"), "the file itself"
    elif body:
        assert operation.example is not None
        assert contract.resolved(body["application/json"]["schema"])["additionalProperties"] is False


def test_the_examples_are_valid_requests() -> None:
    """Run through the very models that the operations use."""
    checked = 0
    for route in _routes():
        for method in route.methods or ():
            wanted = [o for o in OPERATIONS if o.method == method and o.path.endswith(route.path)]
            for operation in wanted:
                if operation.takes_json and route.body_field is not None:
                    model: Any = route.body_field.field_info.annotation
                    assert issubclass(model, BaseModel)
                    model.model_validate(operation.example)
                    checked += 1
    assert checked >= sum(operation.takes_json for operation in OPERATIONS)


def _routes() -> list[APIRoute]:
    desk = (audit, carriers, contacts, customers, files, orders, ownership, receivables, trail)
    sheets = (exports, fields, imports)
    handover = (capacities, portfolio)
    figures = (after, commission)
    parts = (
        accounts,
        bundles,
        cases,
        company,
        decisions,
        inbox,
        industries,
        law,
        passkeys,
        session,
        signing,
        *desk,
        *sheets,
        *handover,
        *figures,
    )
    return [route for part in parts for route in part.router.routes if isinstance(route, APIRoute)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_examples_are_understood_by_the_api_itself(api: Api) -> None:
    """None of them is refused for its shape."""
    case_id = (await api.person("hr").register()).json()["case_id"]
    for operation in OPERATIONS:
        if operation.takes_json:
            name = "hr" if "/cases" in operation.path else "admin"
            headers = {**api.person(name).headers, "idempotency-key": new_key()}
            answer = await api.http.request(
                operation.method, operation.address(case_id=case_id), json=operation.example, headers=headers
            )
            assert answer.status_code not in (400, 500), operation.name
            assert answer.status_code != 422 or answer.json()["code"] != "api.invalid_input", answer.text


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """An application that starts takes the process's logs in hand."""
    root, structure = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**structure)


@pytest.mark.usefixtures("logs_as_before")
async def test_the_document_and_its_page_are_served_by_the_application_as_it_starts(tmp_path: Path) -> None:
    away: Any = EngineAway()
    app = create_app(builders.settings(tmp_path), client=away)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://wanbi") as http,
    ):
        document = (await http.get("/openapi.json")).json()
        assert document["openapi"].startswith("3.1")
        assert re.fullmatch(r"\d+(\.\d+)*", document["info"]["version"])
        assert (await http.get("/docs")).status_code == 200
        assert (await http.get("/health/live")).json() == {"status": "alive"}
        assert (await http.get("/health/ready")).json()["engine"] is False


WITHOUT_A_KEY = {"POST /sign-in", "POST /sign-out", "PUT /me/password", "POST /cases/{case_id}/decision-proofs"}


def test_every_other_request_that_changes_something_carries_a_key_as_the_documents_say() -> None:
    keyless = {
        operation.name
        for operation in OPERATIONS
        if operation.method != "GET"
        and not any(parameter["name"] == "Idempotency-Key" for parameter in operation.says.get("parameters", ()))
    }
    asks = {name for name in keyless if name.startswith("POST /law/")}
    assert keyless - asks == WITHOUT_A_KEY
    assert len(asks) == 4, "a question to the law changes nothing"
    exceptions = "signing in and out, changing one's own password, and asking for a proof"
    for text in (contract.document()["info"]["description"], (ROOT / "README.md").read_text(encoding="utf-8")):
        assert exceptions in " ".join(text.split()).lower()


def test_the_proofs_description_says_which_of_its_commands_to_paste() -> None:
    (prove,) = (operation for operation in OPERATIONS if operation.path.endswith("/decision-proofs"))
    assert "payload encoding is not supported" in prove.says["description"]
