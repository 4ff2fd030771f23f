"""Signing in, tokens, passwords: who somebody is, for how long, and who tells nothing to whom."""

from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from models.accounts import FAILURES_BEFORE_PAUSE, PAUSE
from models.database import reading, utc_now, writing
from models.tables import AccessToken, Account
from tests.api.house import PASSWORD, Api, Person, bearer, give_password, token_for

WRONG = "battery horse correct"


@pytest.fixture(autouse=True)
def passwords(api: Api) -> None:
    give_password(api.engine, "a-lin", "a-zhou")


async def sign_in(api: Api, login: str = "lin", password: str = PASSWORD) -> httpx.Response:
    return await api.http.post("/api/v1/sign-in", json={"login": login, "password": password})


def change(api: Api, account: str, **values: object) -> None:
    with writing(api.engine) as session:
        found = session.get_one(Account, account)
        for name, value in values.items():
            setattr(found, name, value)


async def test_a_person_signs_in_and_is_known_by_the_token(api: Api) -> None:
    answer = await sign_in(api)
    assert answer.status_code == 200
    me = await Person(api.http, "a-lin", bearer(answer.json()["token"])).get("/me")
    assert (me.json()["id"], me.json()["login"]) == ("a-lin", "lin")
    assert "password_hash" not in me.json()


async def test_a_login_is_one_however_it_is_written(api: Api) -> None:
    assert (await sign_in(api, "LIN")).status_code == 200
    other = {"login": "Lin", "name": "Another Lin", "password": "a long pass phrase"}
    answer = await api.person("admin").post("/accounts", other)
    assert (answer.status_code, answer.json()["code"]) == (409, "account.login_taken")
    opened = await api.person("admin").post("/accounts", {**other, "login": "LIN.Da"})
    assert opened.json()["login"] == "lin.da"
    assert (await sign_in(api, "Lin.DA", "a long pass phrase")).status_code == 200


async def test_a_letter_that_only_becomes_another_in_lower_case_stands_in_no_login(api: Api) -> None:
    kelvin = {"login": "\u212ain", "name": "n", "password": "a long pass phrase"}
    assert (await api.person("admin").post("/accounts", kelvin)).status_code == 422


async def test_the_database_knows_a_token_only_by_its_hash(api: Api) -> None:
    token = (await sign_in(api)).json()["token"]
    with reading(api.engine) as session:
        assert token not in session.exec(select(AccessToken.hash)).all()


async def test_no_cache_keeps_a_token(api: Api) -> None:
    assert (await sign_in(api)).headers["cache-control"] == "no-store"


async def test_unknown_login_wrong_password_and_closed_account_get_the_same_answer(api: Api) -> None:
    change(api, "a-zhou", active=False)
    answers = [
        await sign_in(api, "nobody"),
        await sign_in(api, "lin", WRONG),
        await sign_in(api, "zhou", PASSWORD),
        await sign_in(api, "zhou", WRONG),
        await sign_in(api, "hr", WRONG),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


async def test_sign_in_pauses_after_repeated_wrong_passwords_also_for_the_right_one(api: Api) -> None:
    for _ in range(FAILURES_BEFORE_PAUSE):
        assert (await sign_in(api, password=WRONG)).status_code == 401
    paused = await sign_in(api)
    assert (paused.status_code, paused.json()["code"]) == (429, "sign_in.paused")
    assert 0 < int(paused.headers["retry-after"]) <= PAUSE.total_seconds()
    assert (await sign_in(api, "zhou")).status_code == 200, "others are not concerned"


async def test_a_password_that_an_administrator_sets_ends_the_pause(api: Api) -> None:
    new = "a much better one"
    change(api, "a-lin", locked_until=utc_now() + PAUSE, failed_sign_ins=FAILURES_BEFORE_PAUSE - 1)
    assert (await api.person("admin").write("PATCH", "/accounts/a-lin", {"password": new})).status_code == 200
    assert (await sign_in(api, password=WRONG)).status_code == 401, "and wrong ones from before count no more"
    assert (await sign_in(api, password=new)).status_code == 200


async def test_the_pause_ends_by_itself(api: Api) -> None:
    change(api, "a-lin", locked_until=utc_now() - timedelta(seconds=1))
    assert (await sign_in(api)).status_code == 200


async def test_a_right_password_forgives_earlier_wrong_ones(api: Api) -> None:
    change(api, "a-lin", failed_sign_ins=FAILURES_BEFORE_PAUSE - 1)
    assert (await sign_in(api)).status_code == 200
    assert (await sign_in(api, password=WRONG)).status_code == 401
    assert (await sign_in(api)).status_code == 200


async def test_the_pause_lasts_as_long_as_it_says(api: Api) -> None:
    change(api, "a-lin", failed_sign_ins=FAILURES_BEFORE_PAUSE - 1)
    await sign_in(api, password=WRONG)
    with reading(api.engine) as session:
        until = session.get_one(Account, "a-lin").locked_until
    assert until is not None
    assert timedelta(0) < until - utc_now() <= PAUSE


async def test_a_token_ends_with_its_time(api: Api) -> None:
    over = Person(api.http, "a-lin", bearer(token_for(api.engine, "a-lin", timedelta(seconds=-1))))
    answer = await over.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "api.token_not_valid")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_signing_out_ends_this_token_and_no_other(api: Api) -> None:
    one, other = (Person(api.http, "a-lin", bearer(token_for(api.engine, "a-lin"))) for _ in range(2))
    assert (await one.post("/sign-out", None)).status_code == 204
    assert (await one.get("/me")).status_code == 401
    assert (await other.get("/me")).status_code == 200


async def test_a_closed_accounts_token_is_worth_nothing(api: Api) -> None:
    person = api.person("lin")
    change(api, "a-lin", active=False)
    assert (await person.get("/me")).status_code == 401


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "Basic bGluOng="}])
async def test_without_a_token_one_is_asked_to_sign_in(api: Api, headers: dict[str, str]) -> None:
    answer = await api.http.get("/api/v1/me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "api.sign_in_first")


@pytest.mark.parametrize("token", ["x", "a b c", "-" * 5000])
async def test_a_made_up_token_is_refused(api: Api, token: str) -> None:
    answer = await api.http.get("/api/v1/me", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "api.token_not_valid")


async def test_a_new_password_ends_every_token_and_the_old_password(api: Api) -> None:
    person, elsewhere = api.person("lin"), Person(api.http, "a-lin", bearer(token_for(api.engine, "a-lin")))
    new = "a much better one"
    assert (await person.write("PUT", "/me/password", {"present": PASSWORD, "new": new})).status_code == 204
    assert [(await p.get("/me")).status_code for p in (person, elsewhere)] == [401, 401]
    assert (await sign_in(api)).status_code == 401
    assert (await sign_in(api, password=new)).status_code == 200


async def test_a_password_changes_only_for_whoever_knows_the_present_one(api: Api) -> None:
    person = api.person("lin")
    answer = await person.write("PUT", "/me/password", {"present": WRONG, "new": "a much better one"})
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in.password_wrong")
    assert (await person.get("/me")).status_code == 200


async def test_guessing_the_present_password_pauses_as_guessing_at_sign_in_does(api: Api) -> None:
    change(api, "a-lin", failed_sign_ins=FAILURES_BEFORE_PAUSE - 1)
    body = {"present": WRONG, "new": "a much better one"}
    answers = [await api.person("lin").write("PUT", "/me/password", body) for _ in range(2)]
    assert [answer.json()["code"] for answer in answers] == ["sign_in.password_wrong", "sign_in.paused"]
    assert (answers[1].status_code, "retry-after" in answers[1].headers) == (429, True)


@pytest.mark.parametrize(
    ("new", "code"),
    [(PASSWORD, "sign_in.same_password"), ("too short", "api.invalid_input"), ("x" * 257, "api.invalid_input")],
)
async def test_a_new_password_is_another_one_and_neither_short_nor_endless(api: Api, new: str, code: str) -> None:
    answer = await api.person("lin").write("PUT", "/me/password", {"present": PASSWORD, "new": new})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await sign_in(api)).status_code == 200


async def test_no_answer_repeats_a_password(api: Api) -> None:
    secret = "short 机密"
    answers = [
        await sign_in(api, "lin", WRONG),
        await api.person("lin").write("PUT", "/me/password", {"present": PASSWORD, "new": secret}),
        await api.person("admin").post("/accounts", {"login": "new", "name": "n", "password": secret}),
    ]
    assert [answer.status_code for answer in answers] == [401, 422, 422]
    assert not any(word in answer.text for answer in answers for word in (WRONG, secret, PASSWORD))
