"""The same key of the same person never acts twice, and never stands for two different requests."""

import asyncio
from typing import Any

import pytest
from sqlmodel import col, select

from models.database import reading, utc_now, writing
from models.tables import Account, CaseView, Department, IdempotentRequest, Notice, Template
from tests.api import contract
from tests.api.house import RESIGNATION, V1, Api, new_key, problem

TEMPLATE = contract.operation("POST /templates/{template}").example
ACCOUNT = {"login": "new", "name": "New", "password": "a long pass phrase"}
KEYED = [
    operation
    for operation in contract.operations()
    if any(p["name"] == "Idempotency-Key" for p in operation.says.get("parameters", ()))
]


class Crash(BaseException):
    """The process ends here: nothing catches it."""


def test_every_write_takes_a_key_but_those_that_change_nothing_when_repeated() -> None:
    writes = {operation.name for operation in contract.operations() if operation.method != "GET"}
    without = writes - {operation.name for operation in KEYED}
    questions = {f"POST /law/{about}" for about in ("notice", "freeze", "penalty", "settlement")}
    signing_in = {"POST /sign-in", "POST /sign-out", "PUT /me/password"}
    assert without == {*signing_in, *questions, "POST /cases/{case_id}/decision-proofs"}


async def test_a_write_without_a_proper_key_is_refused(api: Api) -> None:
    for operation in KEYED:
        for key in (None, "", "short", "with space", "k" * 129, "ключ-ключ", "tab\tinside"):
            headers = [(name.encode(), value.encode()) for name, value in api.person("hr").headers.items()]
            headers += [(b"idempotency-key", key.encode())] if key is not None else []
            address = operation.address()
            answer = await api.http.request(operation.method, address, json=operation.example, headers=headers)
            for_others = any(word in operation.path for word in ("accounts", "industries", "/confirm"))
            details = problem(answer, (403, 422) if for_others else 422)
            if answer.status_code == 422:
                assert "header.Idempotency-Key" in [error["field"] for error in details["errors"]], operation.name
    assert api.count(IdempotentRequest) == 0


async def test_a_repeated_request_gets_the_same_answer_and_acts_once(api: Api) -> None:
    key, hr = new_key(), api.person("hr")
    first, again = [await hr.register(key) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert api.count(Notice) == 1


async def test_a_key_stands_for_one_request_only(api: Api) -> None:
    key, hr = new_key(), api.person("hr")
    assert (await hr.register(key)).status_code == 201
    for changes in ({"text": "another text"}, {"employee_number": "n-zhou"}, {"receiver": "a-wang"}):
        problem(await hr.register(key, **changes), 422, "api.key_used_for_another_request")
    problem(await hr.post("/templates/general", TEMPLATE, key), 422, "api.key_used_for_another_request")
    assert api.count(Notice) == 1


async def test_a_key_given_another_password_stands_for_another_request(api: Api) -> None:
    key, admin = new_key(), api.person("admin")
    assert (await admin.post("/accounts", ACCOUNT, key)).status_code == 201
    other = {**ACCOUNT, "password": "another pass phrase"}
    problem(await admin.post("/accounts", other, key), 422, "api.key_used_for_another_request")
    key = new_key()
    assert (await admin.patch("/accounts/a-zhou", {"password": "a long pass phrase"}, key)).status_code == 200
    refused = await admin.patch("/accounts/a-zhou", {"password": "another pass phrase"}, key)
    problem(refused, 422, "api.key_used_for_another_request")
    with reading(api.engine) as session:
        stored = session.exec(select(IdempotentRequest)).all()
    assert not any("phrase" in str(row.model_dump()) for row in stored)


async def test_two_people_may_choose_the_same_key(api: Api) -> None:
    key = new_key()
    answers = [await api.person(name).post("/templates/new", TEMPLATE, key) for name in ("hr", "admin")]
    assert [answer.json()["version"] for answer in answers] == [1, 2]


async def test_a_refusal_leaves_the_key_free(api: Api) -> None:
    key, hr = new_key(), api.person("hr")
    problem(await hr.register(key, employee_number="n-nobody"), 404)
    assert (await hr.register(key)).status_code == 201


async def test_the_same_request_many_times_at_once_acts_once(api: Api) -> None:
    key, hr = new_key(), api.person("hr")
    answers = await asyncio.gather(*(hr.register(key) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (api.count(Notice), api.count(CaseView), api.count(IdempotentRequest)) == (1, 1, 1)


async def test_one_key_for_two_requests_at_once_stands_for_one_of_them(api: Api) -> None:
    key, hr = new_key(), api.person("hr")
    answers = await asyncio.gather(*(hr.register(key, text=f"text {n % 2}") for n in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [422] * 4
    assert api.count(Notice) == 1


async def test_one_login_wanted_by_many_at_once_goes_to_one_of_them(api: Api) -> None:
    answers = await asyncio.gather(*(api.person("admin").post("/accounts", ACCOUNT) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "account.login_taken"}


async def test_templates_published_at_once_get_a_version_each(api: Api) -> None:
    answers = await asyncio.gather(*(api.person("hr").post("/templates/new", TEMPLATE) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert sorted(answer.json()["version"] for answer in answers) == [1, 2, 3, 4, 5]
    with reading(api.engine) as session:
        found = session.exec(select(Template.version).where(Template.key == "new").order_by(col(Template.version)))
        assert list(found) == [1, 2, 3, 4, 5]


async def test_a_request_that_the_process_did_not_survive_is_finished_by_its_repetition(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_: Any) -> bool:
        raise Crash

    key, hr = new_key(), api.person("hr")
    with monkeypatch.context() as patch:
        patch.setattr(api.app.state.gateway, "start", crash)
        with pytest.raises(Crash):
            await hr.register(key)
    assert api.count(Notice) == 1, "the notice was on file before anything else happened"
    again = await hr.register(key)
    assert again.status_code == 201
    with reading(api.engine) as session:
        (notice,) = session.exec(select(Notice)).all()
    assert again.json()["case_id"] == notice.case_id


async def test_a_notice_whose_case_once_ran_never_starts_it_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporal forgets closed cases after a while; a key is never forgotten."""

    async def no_start(*_: Any) -> bool:
        raise AssertionError("started again")

    key, hr = new_key(), api.person("hr")
    case_id = (await hr.register(key)).json()["case_id"]
    with writing(api.engine) as session:
        session.get_one(Notice, case_id).started_at = utc_now()
    monkeypatch.setattr(api.app.state.gateway, "start", no_start)
    again = await hr.register(key)
    assert (again.status_code, again.json()["started"]) == (201, True)


async def test_a_decisions_key_stands_for_one_decision_though_the_engine_never_heard_of_it(api: Api) -> None:
    hr, key = api.person("hr"), new_key()
    case_id = (await hr.register()).json()["case_id"]
    reason = {"reason": "not needed"}
    problem(await hr.decide(case_id, "waive_items", key, items=["devices"], **reason), 503, "api.engine_away")
    problem(await hr.decide(case_id, "waive_items", key, items=["devices"], **reason), 503, "api.engine_away")
    refused = await hr.decide(case_id, "waive_items", key, items=["receivables"], **reason)
    problem(refused, 422, "api.key_used_for_another_request")
    problem(await hr.decide(case_id, "close_case", key, **reason), 422, "api.key_used_for_another_request")


async def test_a_decision_sent_many_times_at_once_claims_its_key_once(api: Api) -> None:
    hr, key = api.person("hr"), new_key()
    case_id = (await hr.register()).json()["case_id"]
    decision = {"items": ["devices"], "reason": "not needed"}
    answers = await asyncio.gather(*(hr.decide(case_id, "waive_items", key, **decision) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {503}
    assert api.count(IdempotentRequest) == 2


async def test_closing_an_account_twice_with_one_key_closes_it_once(api: Api) -> None:
    admin, key = api.person("admin"), new_key()
    answers = [await admin.patch("/accounts/a-zhou", {"active": False}, key) for _ in range(2)]
    assert [answer.json()["active"] for answer in answers] == [False, False]
    with writing(api.engine) as session:
        session.get_one(Account, "a-zhou").active = True
    await admin.patch("/accounts/a-zhou", {"active": False}, key)
    with reading(api.engine) as session:
        assert session.get_one(Account, "a-zhou").active, "a late repetition does not undo what came after it"


async def test_a_late_repetition_of_a_file_does_not_undo_what_came_after_it(api: Api) -> None:
    async def load(name: str, key: str) -> dict[str, Any]:
        content = f"key,name_zh,name_en\nsales,{name},Sales\n".encode()
        headers = {**api.person("hr").headers, "idempotency-key": key}
        answer = await api.http.post("/api/v1/imports/departments", content=content, headers=headers)
        assert answer.status_code == 200
        report: dict[str, Any] = answer.json()
        return report

    key = new_key()
    first = await load("销售一部", key)
    await load("销售部", new_key())
    assert await load("销售一部", key) == first
    with reading(api.engine) as session:
        assert session.get_one(Department, "sales").name_zh == "销售部"


async def test_two_keys_in_one_request_stand_for_nothing(api: Api) -> None:
    hr = api.person("hr")
    headers = [*hr.headers.items(), ("Idempotency-Key", new_key()), ("Idempotency-Key", new_key())]
    problem(await hr.http.post(f"{V1}/cases", json=RESIGNATION, headers=headers), 422, "api.one_key_only")
    assert api.count(Notice) == 0
