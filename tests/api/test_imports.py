"""A file is loaded wholly, or answered with a problem that names every cell; it is answered once for each key."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from models import imports
from models.tables import Department, IdempotentRequest
from tests.api import contract
from tests.api.house import V1, Api, new_key, problem

HEADER = "key,name_zh,name_en,head\n"
BAD = HEADER + "legal,法务部,Legal,\nno good,,Other,\n"
EMPLOYEES = "number,name,department,job,manager,hired_on\n"


async def load(
    api: Api,
    content: str | bytes,
    kind: str = "departments",
    key: str = "",
    dry_run: bool = False,
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """Loads a file as an administrator, with a new key unless one is given."""
    sent = {"idempotency-key": key or new_key(), "content-type": "text/csv", **(headers or {})}
    sent |= api.person("admin").headers
    file = content.encode() if isinstance(content, str) else content
    return await api.http.post(f"{V1}/imports/{kind}", params={"dry_run": dry_run}, content=file, headers=sent)


def errors(details: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["field"], error["messages"]["en"]) for error in details["errors"]]


async def test_a_file_with_problems_is_refused_by_naming_every_cell_and_writes_nothing(api: Api) -> None:
    before = api.count(Department)
    details = problem(await load(api, BAD), 422, "import.has_problems")
    assert errors(details) == [
        (
            "row 3, key",
            "Row 3, key: this does not fit (no good). "
            "Write: 1 to 64 English letters, digits or any of _ . : -, without spaces.",
        ),
        ("row 3, name_zh", "Row 3, name_zh: nothing is there. It is required; fill it in."),
    ]
    assert "2 处问题" in details["messages"]["zh"]
    assert api.count(Department) == before


async def test_a_reference_to_nothing_is_refused_as_a_bad_cell_is(api: Api) -> None:
    details = problem(await load(api, EMPLOYEES + "n-new,N,moon,clerk,n-none,2020-01-01\n", "employees"), 422)
    assert [error["field"] for error in details["errors"]] == ["row 2, department", "row 2, manager"]


async def test_references_are_named_once_every_cell_is_right(api: Api) -> None:
    text = EMPLOYEES + "n-new,N,moon,clerk,,soon\n"
    first = problem(await load(api, text, "employees"), 422)
    second = problem(await load(api, text.replace("soon", "2020-01-01"), "employees"), 422)
    assert [error["field"] for error in (*first["errors"], *second["errors"])] == [
        "row 2, hired_on",
        "row 2, department",
    ]
    assert "a second run may name more" in contract.operation("POST /imports/{kind}").says["description"]


async def test_what_is_wrong_with_the_whole_file_is_said_of_the_file(api: Api) -> None:
    details = problem(await load(api, HEADER.encode("utf-16")), 422, "import.has_problems")
    assert [error["field"] for error in details["errors"]] == ["file"]


async def test_the_problems_of_a_file_are_in_the_language_asked_for(api: Api) -> None:
    for language in ("zh", "en"):
        details = problem(await load(api, BAD, headers={"accept-language": language}), 422)
        assert all(error["problem"] == error["messages"][language] for error in details["errors"])


async def test_a_refused_file_names_only_so_many_problems_and_says_how_many_there_are(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_PROBLEMS_SHOWN", 2)
    details = problem(await load(api, HEADER + "!,x,x,\n" * 5), 422)
    assert len(details["errors"]) == 2
    assert "(5, of which 2 are listed)" in details["messages"]["en"]


async def test_a_dry_run_reports_problems_and_succeeds(api: Api) -> None:
    answer = await load(api, BAD, dry_run=True)
    assert answer.status_code == 200
    report = answer.json()
    assert [(p["row"], p["column"], p["code"]) for p in report["problems"]] == [
        (3, "key", "malformed"),
        (3, "name_zh", "required"),
    ]
    assert all(set(p["messages"]) == {"zh", "en"} for p in report["problems"])


@pytest.mark.parametrize("dry_run", [True, False])
async def test_the_answer_to_a_file_is_remembered_with_its_key(
    api: Api, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    for content in (BAD, HEADER + "legal,法务部,Legal,\n"):
        key = new_key()
        first = await load(api, content, key=key, dry_run=dry_run)
        with monkeypatch.context() as patch:
            patch.setattr(imports, "run", None)
            again = await load(api, content, key=key, dry_run=dry_run)
        assert (again.status_code, again.json()) == (first.status_code, first.json())
        assert again.headers["content-type"] == first.headers["content-type"]


async def test_a_remembered_refusal_is_said_in_the_language_now_asked_for(api: Api) -> None:
    key = new_key()
    await load(api, BAD, key=key)
    details = problem(await load(api, BAD, key=key, headers={"accept-language": "en"}), 422)
    assert details["errors"][0]["problem"] == details["errors"][0]["messages"]["en"]


async def test_a_mended_file_takes_a_new_key(api: Api) -> None:
    key = new_key()
    problem(await load(api, BAD, key=key), 422, "import.has_problems")
    mended = HEADER + "legal,法务部,Legal,\n"
    problem(await load(api, mended, key=key), 422, "api.key_used_for_another_request")
    assert (await load(api, mended)).json()["inserted"] == 1


@pytest.mark.parametrize("junk", ["\ud800", "\x00", "x" * 1000])
async def test_junk_in_a_json_file_is_refused_and_remembered(api: Api, junk: str) -> None:
    text, key = json.dumps([{"key": junk, "industry": "general", junk: junk}]), new_key()
    answers = [problem(await load(api, text, "templates", key), 422, "import.has_problems") for _ in range(2)]
    assert answers[0] == answers[1]
    assert all(len(error["field"]) <= 200 for error in answers[0]["errors"])


async def test_a_form_is_refused_and_told_to_send_the_file_itself(api: Api) -> None:
    before, admin = (api.count(Department), api.count(IdempotentRequest)), api.person("admin")
    details = problem(
        await api.http.post(
            f"{V1}/imports/departments",
            files={"file": ("departments.csv", HEADER.encode(), "text/csv")},
            headers={**admin.headers, "idempotency-key": new_key()},
        ),
        415,
        "api.send_the_file_itself",
    )
    assert all("curl --data-binary @" in message for message in details["messages"].values())
    assert (api.count(Department), api.count(IdempotentRequest)) == before


@pytest.mark.parametrize("kind", ["text/csv; charset=utf-8", "application/x-www-form-urlencoded", ""])
async def test_a_file_is_taken_under_whatever_other_name_a_client_sends_it(api: Api, kind: str) -> None:
    """curl names a body a form unless it is told otherwise."""
    answer = await load(api, HEADER + "legal,法务部,Legal,\n", headers={"content-type": kind})
    assert (answer.status_code, answer.json()["inserted"]) == (200, 1)


def test_the_answers_of_an_import_are_documented() -> None:
    answers = contract.operation("POST /imports/{kind}").says["responses"]
    assert {"200", "415", "422"} <= set(answers)
    assert answers["200"]["content"]["application/json"]["schema"]["$ref"].endswith("/ImportReport")
