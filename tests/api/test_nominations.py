"""Whom a decision may name to act: somebody with an open account and, as a receiver, somebody who stays."""

from typing import Any

import pytest
from sqlalchemy import Engine

from models.database import writing
from models.decision_bodies import Body
from models.decisions import DECISIONS
from models.nominations import NOMINATIONS
from models.tables import Account
from tests.api.house import Api, new_key, problem
from tests.api.moves import done, resigned
from tests.api.rows import opened_case, write_case

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NAMING: dict[str, tuple[str, dict[str, Any]]] = {
    "assign_receiver": ("receiver", {"items": ["devices"]}),
    "reassign_clearance": ("to", {"department": "finance", "reason": "ill"}),
    "delegate_clearance": ("to", {"department": "sales"}),
}


def test_every_decision_that_names_somebody_to_act_is_tried_here() -> None:
    assert {_kind(body) for body in NOMINATIONS} == set(NAMING)
    assert {name for name, kind in DECISIONS.items() if {"to", "receiver"} & set(kind.body.model_fields)} == set(NAMING)


def _kind(body: type[Body]) -> str:
    return next(name for name, kind in DECISIONS.items() if kind.body is body)


@on_sqlite
@pytest.mark.parametrize("decision", NAMING)
async def test_nobody_is_named_who_has_no_open_account_neither_by_api_nor_by_proof(api: Api, decision: str) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    change(api.engine, "a-it-clerk", active=False)
    field, body = NAMING[decision]
    hr, proofs = api.person("hr"), f"/cases/{case.case_id}/decision-proofs"
    for account in ("a-it-clerk", "a-nobody"):
        key = new_key()
        problem(await hr.decide(case.case_id, decision, key, **body, **{field: account}), 422, "account.nobody_there")
        asked = {"decision": decision, "body": {**body, field: account}}
        problem(await hr.post(proofs, asked), 422, "account.nobody_there")
        good = await hr.decide(case.case_id, decision, key, **body, **{field: "a-sales-head"})
        problem(good, 503, "api.engine_away")  # let pass, and the key was not used up
    assert (await hr.post(proofs, {"decision": decision, "body": {**body, field: "a-sales-head"}})).status_code == 200


@on_sqlite
async def test_a_receiver_is_named_by_staff_number_or_by_account(living: Api) -> None:
    case = await resigned(living, receiver="n-zhou")
    shown = (await living.person("hr").get(f"/cases/{case}")).json()["case"]
    assert shown["plan"]["receiver"] == "a-zhou"
    await done(living, "wang", case, "assign_receiver", items=["devices"], receiver="n-sales-head")
    items = (await living.person("hr").get(f"/cases/{case}")).json()["case"]["items"]
    assert {item["receiver"] for item in items if item["id"] == "devices"} == {"a-sales-head"}


@on_sqlite
async def test_a_nomination_that_is_repeated_gets_its_answer_also_after_the_person_has_left(living: Api) -> None:
    case, key = await resigned(living), new_key()
    body: dict[str, Any] = {"items": ["devices"], "receiver": "a-sales-head"}
    first = await done(living, "wang", case, "assign_receiver", key, **body)
    change(living.engine, "a-sales-head", active=False)
    assert (await done(living, "wang", case, "assign_receiver", key, **body)).text == first.text


@on_sqlite
async def test_whoever_is_leaving_is_made_nobodys_receiver_and_only_who_may_assign_learns_of_it(api: Api) -> None:
    assert (await api.person("hr").register(employee_number="n-it-head", receiver="a-wang")).status_code == 201
    case = opened_case(api.engine)
    write_case(api.engine, case)
    body: dict[str, Any] = {"items": ["devices"], "receiver": "a-it-head"}
    asked = {"decision": "assign_receiver", "body": body}
    for name in ("hr", "wang"):
        refused = await api.person(name).decide(case.case_id, "assign_receiver", **body)
        problem(refused, 409, "item.receiver_is_leaving")
        problem(await api.person(name).post(f"/cases/{case.case_id}/decision-proofs", asked), 409)
    refused = await api.person("lin").decide(case.case_id, "assign_receiver", **body)
    problem(refused, 503, "api.engine_away")


def change(engine: Engine, account: str, **values: object) -> None:
    with writing(engine) as session:
        found = session.get_one(Account, account)
        for name, value in values.items():
            setattr(found, name, value)
