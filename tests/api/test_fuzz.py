"""Generated requests of every kind: no failure on our side, no answer that the OpenAPI document does not foresee."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.openapi import from_dict
from schemathesis.python.asgi import ASGIClient, get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine
from starlette.types import Receive, Scope, Send
from temporalio.client import WorkflowUpdateFailedError

from activities.assembly import proofs
from api.gateway import Gateway
from domain import closing
from domain.case import Case, Stage
from domain.errors import Refusal
from domain.people import Role
from models.database import connect, writing
from models.decisions import Decision, DecisionResult
from models.tables import Account
from tests import builders
from tests.api import contract
from tests.api.house import EngineAway, bearer, outsiders, the_app, token_for
from tests.api.rows import START, add_facts, add_messages, opened_case, write_case
from tests.api.signing.world import Founded
from tests.pades import builders as paper
from workflows.decisions import as_failure
from workflows.rules import rule_for

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 5
"""Requests of each kind to each operation; derandomised, so that a failure stays until it is mended."""
FOUND: list[Any] = list(from_dict(contract.document()).get_all_operations())
OPERATIONS = {found.ok().label: found.ok() for found in FOUND}


async def without_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
    """The application as the tests have set it up."""
    if scope["type"] != "lifespan":
        await the_app()(scope, receive, send)
        return
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


class EngineThatDecides(EngineAway):
    """Stands for running cases: the rules decide on one fixed state, and nothing is kept."""

    def __init__(self, case: Case) -> None:
        self.case = case

    async def start_workflow(self, *_: Any, **__: Any) -> None:
        """Everything starts."""

    async def execute_update(self, _: str, decision: Decision[Any], **__: Any) -> DecisionResult:
        try:
            change = rule_for(decision.by, decision.body)(self.case, START + timedelta(days=1))
        except Refusal as refusal:
            said = as_failure(refusal)
            raise WorkflowUpdateFailedError(said) from said
        kinds = tuple(fact.kind for fact in change.facts)
        return DecisionResult(case_id=self.case.case_id, version=2, stage=change.case.stage, facts=kinds)


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One company for all requests; `stranger` has every role that lets requests through."""
    path = tmp_path_factory.mktemp("fuzz") / "wanbi.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = connect(f"sqlite:///{path}")
    builders.company(engine)
    outsiders(engine)
    with writing(engine) as session:
        session.get_one(Account, "a-stranger").roles = [Role.HR, Role.ADMINISTRATOR, Role.SECURITY]
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def case(company: Engine) -> Case:
    made = closing.enter(opened_case(company), Stage.HANDING_OVER, START).case
    write_case(company, made)
    add_facts(company, made.case_id, 5)
    add_messages(company, "a-lin", 1)
    return made


@pytest.fixture(scope="module")
def client(company: Engine, case: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ASGIClient]:
    config = builders.settings(tmp_path_factory.mktemp("data"))
    state = the_app().state
    state.settings, state.engine, state.trust, state.seals = config, company, Founded(paper.office()), None
    there: Any = EngineThatDecides(case)
    state.gateway = Gateway(there, proofs(config))
    application: Any = without_lifespan
    with get_client(application) as client:
        yield client


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_breaks_the_api_or_gets_an_answer_that_was_not_foreseen(
    name: str, client: ASGIClient, company: Engine, case: Case
) -> None:
    operation = OPERATIONS[name]
    known = {"case_id": case.case_id} if "{case_id}" in operation.path else None
    for account, mode in itertools.product(("a-stranger", "a-lin"), modes(operation)):
        requests = operation.as_strategy(generation_mode=mode, path_parameters=known)
        hammer(requests, client, bearer(token_for(company, account)))


def hammer(requests: Any, client: ASGIClient, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(request=requests)
    def send(request: Any) -> None:
        request.call_and_validate(session=client, headers=headers, checks=CHECKS)

    send()


def modes(operation: Any) -> list[GenerationMode]:
    """Valid and invalid requests; what takes no input at all can't be asked wrongly."""
    takes_input = bool(operation.body) or any(True for _ in operation.iter_parameters())
    return [GenerationMode.POSITIVE, GenerationMode.NEGATIVE][: 1 + takes_input]
