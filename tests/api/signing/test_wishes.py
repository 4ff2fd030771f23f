"""Whoever wishes to sign says what they were shown and what they agree to; else nothing begins."""

import hashlib
import json
from dataclasses import replace

import pytest
import rfc8785
from sqlmodel import select

from api.signing.consent import terms
from commands.signing_key import SigningKey
from domain import signing
from models.database import reading, utc_now, writing
from models.signing import attempts
from models.signing.attempt_tables import SigningAttempt, SigningConsent
from models.tables import Account
from tests.api.house import new_key, problem
from tests.api.rows import START
from tests.api.signing.world import Record

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER = "0" * 64


@pytest.mark.law("ESG-01")
async def test_the_terms_are_named_by_the_hash_of_what_they_say_in_both_languages(record: Record) -> None:
    told = (await record.person("stranger").get("/signing/consent")).json()
    assert set(told["text"]) == {"zh", "en"}
    assert told["version"] == hashlib.sha256(rfc8785.dumps(told["text"])).hexdigest()


@pytest.mark.law("ESG-01")
async def test_consent_is_written_down_once_for_each_version_before_anything_can_be_signed(record: Record) -> None:
    assert record.api.count(SigningConsent) == 0
    for _ in range(2):
        await record.intent("lin")
    with reading(record.api.engine) as session:
        (found,) = session.exec(select(SigningConsent)).all()
    assert (found.account, found.version, found.text) == ("a-lin", terms().version, terms().canonical)


async def test_other_terms_than_those_in_force_are_agreed_to_in_vain(record: Record) -> None:
    problem(await record.wish("lin", consent=OTHER), 409, "signature.other_consent")
    assert record.api.count(SigningConsent) == record.api.count(SigningAttempt) == 0


async def test_terms_that_change_after_the_wish_do_not_change_what_was_agreed_to(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed, browser = terms(), SigningKey()
    intent = await record.intent("lin")
    monkeypatch.setattr("api.signing.intents.terms", lambda: replace(agreed, version=OTHER))
    monkeypatch.setattr("api.routes.signing.terms", lambda: replace(agreed, version=OTHER))
    begun = (await record.confirm("lin", intent, browser)).json()
    assert json.loads(begun["evidence"])["consent"]["version"] == agreed.version
    assert json.loads(begun["evidence"])["consent"]["text"] == agreed.messages


async def test_the_intent_says_everything_that_is_confirmed_and_its_hash_is_the_challenge(record: Record) -> None:
    told = await record.intent("zhou")
    said = json.loads(told["content"])
    shown = hashlib.sha256(await record.pdf()).hexdigest()
    assert told["content"].encode() == rfc8785.dumps(said)
    assert told["sha256"] == hashlib.sha256(told["content"].encode()).hexdigest()
    assert said["signer"] == {"name": "龑喆", "number": "E10010"}
    assert (said["case"], said["account"], said["field"], said["role"]) == (
        record.case_id,
        "a-zhou",
        "receiver-1",
        "receiver",
    )
    assert said["seen_sha256"] == shown
    assert said["text_sha256"] == shown, "nobody has signed yet"
    assert len(said["nonce"]) == 32
    assert set(said) == {
        *("version", "case", "document", "field", "role", "account", "signer", "seen_sha256", "text_sha256"),
        *("consent", "method", "asked_at", "expires_at", "nonce"),
    }


async def test_only_parties_sign_and_strangers_do_not_learn_that_there_is_a_record(record: Record) -> None:
    problem(await record.wish("hr"), 403, "signature.not_a_party")
    problem(await record.person("stranger").get(record.path), 404, "case.unknown")
    problem(await record.person("stranger").get(f"{record.path}/signatures"), 404, "case.unknown")
    consent = {"sha256": OTHER, "consent": terms().version, "method": "code"}
    problem(await record.person("stranger").post(f"{record.path}/intents", consent), 404, "case.unknown")


async def test_nobody_signs_a_record_that_they_were_not_shown(record: Record) -> None:
    problem(await record.wish("lin", sha256=OTHER), 409, "signature.other_document")
    before = hashlib.sha256(await record.pdf()).hexdigest()
    await record.signs("zhou")
    problem(await record.wish("lin", sha256=before), 409, "signature.others_signed_meanwhile")
    assert (await record.wish("lin")).status_code == 201


async def test_nobody_signs_twice(record: Record) -> None:
    await record.signs("zhou")
    problem(await record.wish("zhou"), 409, "signature.already_signed")


async def test_a_record_that_was_overtaken_is_not_there_to_be_signed(record: Record) -> None:
    record.engineer.now(signing.void(record.engineer.case, START).case)
    consent = {"sha256": OTHER, "consent": terms().version, "method": "code"}
    problem(await record.person("lin").post(f"{record.path}/intents", consent), 409, "signature.no_record")
    problem(await record.person("lin").get(record.path), 404, "document.unknown")


async def test_the_code_goes_to_the_address_on_file_and_is_kept_as_a_hash_alone(record: Record) -> None:
    told = await record.intent("lin")
    (letter,) = record.letters.iterdir()
    code = record.code(told)
    assert letter.stat().st_mode & 0o077 == 0
    assert "lin@example.com" in letter.read_text()
    assert told["sent_to"] == "l***@example.com"
    assert len(code) == 6
    with reading(record.api.engine) as session:
        row = session.get_one(SigningAttempt, told["id"])
    assert len(row.code_hash.partition(":")[2]) == 64


async def test_without_an_address_or_a_mail_server_no_code_can_be_had(record: Record) -> None:
    config = record.api.config
    record.api.app.state.settings = config.model_copy(update={"environment": "test"})
    problem(await record.wish("lin"), 409, "signature.no_mail_server")
    record.api.app.state.settings = config
    with writing(record.api.engine) as session:
        session.get_one(Account, "a-lin").email = ""
    problem(await record.wish("lin"), 409, "signature.no_address")
    assert record.api.count(SigningAttempt) == 0


async def test_a_mail_server_that_takes_nothing_leaves_no_wish_behind(record: Record) -> None:
    there = {"smtp_host": "127.0.0.1", "smtp_port": 9}
    record.api.app.state.settings = record.api.config.model_copy(update=there)
    answer = await record.wish("lin")
    problem(answer, 503, "signature.code_not_sent")
    assert answer.headers["retry-after"]
    assert record.api.count(SigningAttempt) == 0


async def test_so_many_codes_are_sent_in_a_while_and_no_more(record: Record) -> None:
    first = await record.intent("lin")
    for _ in range(attempts.CODES - 1):
        await record.intent("lin")
    refused = await record.wish("lin")
    problem(refused, 429, "signature.codes_too_often")
    assert 0 < int(refused.headers["retry-after"]) <= attempts.CODES_WITHIN.total_seconds()
    assert (await record.wish("zhou")).status_code == 201, "others are not concerned"
    with writing(record.api.engine) as session:
        session.get_one(SigningAttempt, first["id"]).asked_at = utc_now() - attempts.CODES_WITHIN
    assert (await record.wish("lin")).status_code == 201


async def test_a_wish_repeated_with_its_key_is_the_same_wish_and_sends_no_second_code(record: Record) -> None:
    key = new_key()
    one, again = [await record.wish("lin", key=key) for _ in range(2)]
    assert one.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(list(record.letters.iterdir())) == 1
    problem(await record.wish("lin", "passkey", key=key), 422, "api.key_used_for_another_request")


async def test_who_has_no_passkey_can_not_confirm_by_one(record: Record) -> None:
    problem(await record.wish("lin", "passkey"), 409, "signature.no_passkey")


async def test_everybody_who_reads_the_record_sees_who_has_signed_and_who_is_waited_for(record: Record) -> None:
    before = hashlib.sha256(await record.pdf("zhou")).hexdigest()
    signed = await record.signs("lin")
    told = (await record.person("zhou").get(f"{record.path}/signatures")).json()
    assert (told["text"], told["newest"], told["sealed"]) == (before, signed["sha256"], False)
    assert told["waiting_for"] == ["a-zhou", "a-wang"]
    lin, zhou, _ = told["parties"]
    assert (lin["status"], lin["sha256"], lin["evidence"]) == ("signed", signed["sha256"], signed["evidence"])
    assert (zhou["status"], zhou["sha256"], zhou["signed_at"]) == ("waiting", "", None)


async def test_a_record_that_is_known_already_is_not_sent_again(record: Record) -> None:
    hr = record.person("hr")
    etag = (await hr.get(record.path)).headers["etag"]
    known = {**hr.headers, "if-none-match": etag}
    assert (await record.api.http.get(f"/api/v1{record.path}", headers=known)).status_code == 304
    await record.signs("lin")
    assert (await record.api.http.get(f"/api/v1{record.path}", headers=known)).status_code == 200


async def test_without_keys_nothing_is_signed_and_the_record_can_still_be_read(record: Record) -> None:
    record.api.app.state.trust = None
    problem(await record.wish("lin"), 503, "signature.no_keys")
    assert await record.pdf()
