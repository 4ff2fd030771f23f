"""What nobody can see stands in no name, title, reason or note: two texts that look alike are alike."""

import copy
from typing import Any

import pytest

from api.routes.company import TEMPLATE_EXAMPLE
from models.decision_examples import EXAMPLES
from models.decisions import DECISIONS
from models.tables import Account, Template
from tests.api.house import Api, problem
from tests.api.rows import case_id, opened_case, write_case

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
RANGES = ((0x200B, 0x200F), (0x202A, 0x202E), (0x2066, 0x2069), (0xFEFF, 0xFEFF), (0x00, 0x00), (0x07, 0x07))
HIDDEN = [chr(code) for first, last in RANGES for code in range(first, last + 1)]
FREE = ("reason", "note", "reference")
SENTENCES = {
    "zh": "格式不对。请填写：不含控制字符、零宽字符和改变文字方向的字符的文字。",
    "en": "This does not have the form wanted. Write: text without control characters, zero-width characters "
    "or marks that change the direction of writing.",
}


@pytest.mark.parametrize("character", HIDDEN, ids=ascii)
async def test_no_name_and_no_title_holds_it(api: Api, character: str) -> None:
    before, admin = api.count(Account), api.person("admin")
    account = {"login": "new", "name": f"林{character}晓", "password": "a long pass phrase"}
    problem(await admin.post("/accounts", account), 422, "api.invalid_input")
    problem(await admin.write("PATCH", "/accounts/a-lin", {"name": f"{character}林晓"}), 422, "api.invalid_input")
    template: dict[str, Any] = copy.deepcopy(TEMPLATE_EXAMPLE)
    template["items"][0]["title"][0] += character
    errors = problem(await admin.post("/templates/general", template), 422, "api.invalid_input")["errors"]
    assert SENTENCES in [error["messages"] for error in errors]
    assert (api.count(Account), api.count(Template)) == (before, 1)


@pytest.mark.parametrize("decision", [name for name, body in EXAMPLES.items() if set(FREE) & set(body)])
async def test_no_reason_and_no_note_holds_it_neither_by_api_nor_in_a_proof(api: Api, decision: str) -> None:
    case = opened_case(api.engine)
    write_case(api.engine, case)
    hr = api.person("hr")
    for field in (field for field in DECISIONS[decision].body.model_fields if field in FREE):
        body = {**EXAMPLES[decision], field: "abc\u202edef"}
        (error,) = problem(await hr.decide(case.case_id, decision, **body), 422, "api.invalid_input")["errors"]
        assert (error["field"], error["messages"]) == (f"body.{field}", SENTENCES)
        asked = {"decision": decision, "body": body}
        answer = await hr.post(f"/cases/{case.case_id}/decision-proofs", asked)
        assert [error["field"] for error in problem(answer, 422)["errors"]] == [f"body.body.{field}"]


async def test_lines_and_tabs_of_a_reason_are_seen_and_stay(api: Api) -> None:
    write_case(api.engine, opened_case(api.engine))
    body = {"reason": "一\n二\t三\r\n四 🙂"}
    problem(await api.person("counsel").decide(case_id(1), "place_hold", **body), 503, "api.engine_away")


async def test_a_notice_is_recorded_as_it_arrived_whatever_it_holds(api: Api) -> None:
    assert (await api.person("hr").register(text="我\u200b辞职。\u202e")).status_code == 201
