"""Every usual mistake in a field is said in Chinese and English, not in pydantic's words alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from api import field_problems
from api.routes import accounts, cases, company, decisions, inbox, law, session
from models.forms import NAMES
from tests.api import contract
from tests.api.house import Api, new_key, problem
from tests.api.test_problems import JUNK, bent
from texts import text

USUAL = (
    "missing",
    "extra_forbidden",
    "string_type",
    "string_too_short",
    "string_too_long",
    "string_pattern_mismatch",
    "int_type",
    "int_parsing",
    "bool_type",
    "bool_parsing",
    "date_parsing",
    "datetime_parsing",
    "timezone_aware",
    "enum",
    "literal_error",
    "greater_than_equal",
    "less_than_equal",
    "too_short",
    "too_long",
    "tuple_type",
    "list_type",
    "dict_type",
    "model_attributes_type",
    "json_invalid",
)
WITHOUT_A_SENTENCE = {"value_error"}
"""Raised for what the domain finds wrong in a whole object; its own words say more."""


def inputs() -> list[tuple[type[BaseModel], dict[str, Any]]]:
    """The model of every JSON body that the OpenAPI document names, with an example of it."""
    found = []
    for part in (accounts, cases, company, decisions, inbox, law, session):
        for route in (route for route in part.router.routes if isinstance(route, APIRoute)):
            for operation in contract.operations():
                fits = operation.method in (route.methods or ()) and operation.path.endswith(route.path)
                if fits and operation.takes_json and route.body_field is not None:
                    model: Any = route.body_field.field_info.annotation
                    found.append((model, operation.example))
    return found


def found_wrong(model: Any, value: Any) -> list[Any]:
    """What pydantic says against a value as it comes from JSON."""
    try:
        TypeAdapter(model).validate_python(value)
    except ValidationError as error:
        return list(error.errors())
    return []


@pytest.mark.parametrize("kind", USUAL)
def test_a_usual_mistake_has_a_sentence_of_its_own(kind: str) -> None:
    assert field_problems.sentence(kind) != field_problems.OTHER


def test_whatever_can_be_wrong_with_a_body_of_the_api_has_a_sentence_of_its_own() -> None:
    seen = set()
    for model, example in inputs():
        for body in (*JUNK, *bent(example), {**example, "surprise": 1}, *({"list": [junk]} for junk in JUNK)):
            for detail in found_wrong(model, body):
                seen.add(detail["type"])
                said = field_problems.messages(detail)
                assert said["zh"] != said["en"]
                assert all("{" not in message or "{" in str(detail["ctx"]) for message in said.values())
    assert {"missing", "extra_forbidden", "string_too_long", "int_type"} <= seen
    assert {kind for kind in seen if field_problems.sentence(kind) == field_problems.OTHER} <= WITHOUT_A_SENTENCE


def test_a_type_without_a_sentence_says_what_pydantic_says() -> None:
    detail = {"type": "url_parsing", "msg": "Input should be a valid URL", "input": "", "ctx": {"error": "empty host"}}
    assert field_problems.messages(detail) == {
        "zh": text("field.other", "zh", problem="Input should be a valid URL"),
        "en": text("field.other", "en", problem="Input should be a valid URL"),
    }


async def test_a_fields_problem_is_in_the_language_asked_for_and_both_are_beside_it(api: Api) -> None:
    hr = api.person("hr")
    wanted = {"zh": "太短，至少 8 个字符。", "en": "Too short; the least number of characters is 8."}
    for language, sentence in wanted.items():
        headers = {**hr.headers, "idempotency-key": "short", "accept-language": language}
        answer = await api.http.post("/api/v1/templates/new", json=company.TEMPLATE_EXAMPLE, headers=headers)
        (error,) = problem(answer, 422, "api.invalid_input")["errors"]
        assert error == {"field": "header.Idempotency-Key", "problem": sentence, "messages": wanted}


async def test_a_key_with_a_space_is_told_in_words_what_a_key_is(api: Api) -> None:
    headers = {**api.person("hr").headers, "idempotency-key": "not a key"}
    answer = await api.http.post("/api/v1/templates/new", json=company.TEMPLATE_EXAMPLE, headers=headers)
    (error,) = problem(answer, 422, "api.invalid_input")["errors"]
    assert error["messages"] == {
        "zh": "格式不对。请填写：8 至 128 个可打印的 ASCII 字符，不含空格，如 UUID。",
        "en": "This does not have the form wanted. Write: "
        "8 to 128 printable ASCII characters without spaces, such as a UUID.",
    }


async def test_a_figure_of_a_policy_that_is_out_of_range_is_named_with_its_bounds(api: Api) -> None:
    body = {**company.TEMPLATE_EXAMPLE, "policy": {"remind_every": 0}}
    (error,) = problem(await api.person("hr").post("/templates/new", body), 422, "api.invalid_input")["errors"]
    assert error["messages"] == {
        "zh": "remind_every 填的是 0，须在 1 到 60 之间。",
        "en": "remind_every is 0, and has to lie between 1 and 60.",
    }


def test_every_pattern_of_the_api_has_a_sentence() -> None:
    assert set(_patterns(contract.document())) - set(NAMES) == set()


def _patterns(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _patterns(inner)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"limit": "0"}, "This has to be 1 or more."),
        ({"limit": "x"}, "This has to be a whole number."),
        ({"open": "perhaps"}, "This has to be true or false."),
        ({"cursor": "x" * 501}, "Too long; the greatest number of characters is 500."),
    ],
)
async def test_nonsense_in_the_query_is_named_in_plain_words(
    api: Api, parameters: dict[str, str], sentence: str
) -> None:
    (error,) = problem(await api.person("hr").get("/cases", **parameters), 422)["errors"]
    assert error["messages"]["en"] == sentence


async def test_a_choice_names_what_can_be_chosen(api: Api) -> None:
    (error,) = problem(await api.person("hr").get("/cases", stage="nowhere"), 422)["errors"]
    assert "opening, freezing, handing_over" in error["messages"]["zh"]


async def test_a_password_that_is_too_short_is_told_how_many_characters_it_needs(api: Api) -> None:
    account = {"login": "new", "name": "New", "password": "short"}
    (error,) = problem(await api.person("admin").post("/accounts", account), 422)["errors"]
    assert error["messages"] == {
        "zh": "太短，至少 12 个字符。",
        "en": "Too short; the least number of characters is 12.",
    }


async def test_a_field_that_may_be_empty_says_so_beside_what_is_wrong_with_it(api: Api) -> None:
    account = {"login": "new", "name": "New", "password": "a long pass phrase", "email": "no address"}
    errors = problem(await api.person("admin").post("/accounts", account), 422)["errors"]
    assert errors[0]["problem"].startswith("格式不对")
    assert errors[1]["problem"] == "不需要时也可以留空。"


async def test_what_is_no_json_is_said_to_be_none(api: Api) -> None:
    headers = {**api.person("hr").headers, "idempotency-key": new_key(), "content-type": "application/json"}
    answer = await api.http.post("/api/v1/templates/new", content=b"{", headers=headers)
    (error,) = problem(answer, 422)["errors"]
    assert error["field"] == "body.1"
    assert error["messages"]["zh"] == "不是正确的 JSON。请检查引号、逗号和括号；字段名后面的数字是读不下去的位置。"
