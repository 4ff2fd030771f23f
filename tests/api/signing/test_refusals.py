"""Each way in which a signature can go wrong has its own answer, and leaves the record as it was."""

import asyncio
import base64
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlmodel import select

from commands.signing_key import SigningKey
from domain import signing
from domain.handover import SignatureStatus
from models.database import reading, utc_now, writing
from models.signing import attempts
from models.signing.attempt_tables import SigningAttempt
from models.signing.tables import RecordRevision
from models.tables import Document, Employee
from tests.api.house import PASSWORD, new_key, problem
from tests.api.rows import START
from tests.api.signing.world import Record

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def expire(record: Record, intent: dict[str, Any]) -> None:
    with writing(record.api.engine) as session:
        session.get_one(SigningAttempt, intent["id"]).expires_at = utc_now() - timedelta(seconds=1)


async def unchanged(record: Record) -> None:
    """Nothing was written, in the document or beside it."""
    assert record.api.count(RecordRevision) == 0
    with reading(record.api.engine) as session:
        kinds = session.exec(select(Document.kind).where(Document.case_id == record.case_id)).all()
    assert kinds == ["handover_record"]
    assert record.engineer.asked == []


async def test_a_wrong_password_is_no_confirmation_and_costs_no_try_of_the_code(record: Record) -> None:
    intent = await record.intent("lin")
    wrong = await record.confirm("lin", intent, SigningKey(), password="not this one")
    problem(wrong, 403, "sign_in.password_wrong")
    with reading(record.api.engine) as session:
        assert session.get_one(SigningAttempt, intent["id"]).tries == 0
    assert (await record.confirm("lin", intent, SigningKey())).status_code == 201


async def test_a_wrong_code_is_refused_and_five_are_the_end_of_it(record: Record) -> None:
    intent = await record.intent("lin")
    wrong = f"{(int(record.code(intent)) + 1) % 10**6:06d}"
    for _ in range(attempts.TRIES):
        problem(await record.confirm("lin", intent, SigningKey(), code=wrong), 403, "signature.code_wrong")
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.too_many_tries")
    await unchanged(record)


async def test_tries_at_the_same_time_are_all_counted(record: Record) -> None:
    intent = await record.intent("lin")
    wrong = f"{(int(record.code(intent)) + 1) % 10**6:06d}"
    tried = await asyncio.gather(*(record.confirm("lin", intent, SigningKey(), code=wrong) for _ in range(8)))
    codes = [answer.json()["code"] for answer in tried]
    assert codes.count("signature.code_wrong") == attempts.TRIES
    assert codes.count("signature.too_many_tries") == 8 - attempts.TRIES


async def test_the_code_of_another_intent_is_a_wrong_code(record: Record) -> None:
    before = await record.intent("lin")
    intent = await record.intent("lin")
    old = record.code(before)
    if old != record.code(intent):
        problem(await record.confirm("lin", intent, SigningKey(), code=old), 403, "signature.code_wrong")
    problem(await record.confirm("lin", before, SigningKey()), 409, "signature.intent_replaced")


async def test_what_the_method_needs_has_to_be_there(record: Record) -> None:
    intent = await record.intent("lin")
    for missing in ("code", "password"):
        answer = await record.confirm("lin", intent, SigningKey(), **{missing: None})
        problem(answer, 422, "signature.code_and_password_needed")


async def test_a_code_is_good_for_one_signature(record: Record) -> None:
    intent, _ = await record.begun("lin", SigningKey())
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.intent_used")


async def test_of_two_confirmations_at_once_one_begins(record: Record) -> None:
    intent = await record.intent("lin")
    answers = await asyncio.gather(*(record.confirm("lin", intent, SigningKey()) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_confirmation_repeated_with_its_key_gets_the_same_to_sign(record: Record) -> None:
    intent, key, browser = await record.intent("lin"), new_key(), SigningKey()
    one, again = [await record.confirm("lin", intent, browser, key) for _ in range(2)]
    assert one.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    other = await record.confirm("lin", intent, SigningKey(), key)
    problem(other, 422, "api.key_used_for_another_request")


async def test_an_intent_ends_after_ten_minutes_before_and_after_it_is_confirmed(record: Record) -> None:
    intent = await record.intent("lin")
    expire(record, intent)
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.intent_expired")
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    expire(record, intent)
    problem(await record.put("lin", intent, browser.sign(begun["to_sign"])), 409, "signature.intent_expired")
    shown = (await record.person("lin").get(f"{record.path}/intents/{intent['id']}")).json()
    assert (shown["state"], shown["begun"]) == ("expired", None)
    await unchanged(record)


async def test_somebody_else_s_intent_or_another_case_s_is_not_there(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    value = browser.sign(begun["to_sign"])
    problem(await record.confirm("zhou", intent, browser, code="123456"), 404, "signature.unknown_intent")
    problem(await record.put("zhou", intent, value), 404, "signature.unknown_intent")
    problem(await record.person("zhou").get(f"{record.path}/intents/{intent['id']}"), 404, "signature.unknown_intent")
    elsewhere = f"/cases/{'0' * 32}/record/intents/{intent['id']}/signature"
    answer = await record.person("lin").write("PUT", elsewhere, {"value": value})
    problem(answer, 404, "signature.unknown_intent")
    nothing = {"id": "0" * 40}
    problem(await record.put("lin", nothing, value), 404, "signature.unknown_intent")
    await unchanged(record)


def spki(key: Any) -> str:
    made: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(made).decode()


@pytest.mark.parametrize(
    "key",
    [
        spki(ec.generate_private_key(ec.SECP384R1())),
        spki(ed25519.Ed25519PrivateKey.generate()),
        spki(ec.generate_private_key(ec.SECP256R1()))[:-8],
        "AAAA",
        "A",
    ],
    ids=["P-384", "Ed25519", "cut short", "no key", "no base64"],
)
async def test_only_keys_on_p_256_sign(record: Record, key: str) -> None:
    intent = await record.intent("lin")
    problem(await record.confirm("lin", intent, SigningKey(), public_key=key), 422, "signature.unfit_key")
    assert (await record.confirm("lin", intent, SigningKey())).status_code == 201, "the code is not used up"


async def test_a_signature_by_another_key_of_something_else_or_of_no_form_is_refused(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    something = base64.b64encode(b"something else").decode()
    wrong = (SigningKey().sign(begun["to_sign"]), browser.sign(something), "", "AAAA", "A" * 200, "A")
    for value in wrong:
        problem(await record.put("lin", intent, value), 422, "signature.wrong_signature")
    await unchanged(record)
    assert (await record.put("lin", intent, browser.sign(begun["to_sign"]))).status_code == 200, "the right one is good"


async def test_a_signature_in_the_form_of_documents_is_as_good_as_one_in_the_form_of_browsers(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    value = browser._key.sign(base64.b64decode(begun["to_sign"]), ec.ECDSA(SHA256()))
    assert (await record.put("lin", intent, base64.b64encode(value).decode())).status_code == 200


async def test_nothing_is_signed_before_it_is_confirmed(record: Record) -> None:
    intent = await record.intent("lin")
    problem(await record.put("lin", intent, "AAAA"), 409, "signature.not_confirmed_yet")


async def test_of_two_who_sign_at_once_one_is_told_to_read_the_record_anew(record: Record) -> None:
    ways = []
    for name in ("lin", "zhou"):
        browser = SigningKey()
        intent, begun = await record.begun(name, browser)
        ways.append((name, intent, browser.sign(begun["to_sign"])))
    answers = await asyncio.gather(*(record.put(*way) for way in ways))
    slow = next(index for index, answer in enumerate(answers) if answer.status_code != 200)
    problem(answers[slow], 409, "signature.others_signed_meanwhile")
    assert record.api.count(RecordRevision) == 1
    problem(await record.put(*ways[slow]), 409, "signature.others_signed_meanwhile")
    await record.signs(ways[slow][0])
    assert record.api.count(RecordRevision) == 2


async def test_a_record_signed_by_another_between_wish_and_confirmation_has_to_be_read_anew(record: Record) -> None:
    intent = await record.intent("lin")
    await record.signs("zhou")
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.others_signed_meanwhile")


async def test_a_record_overtaken_before_the_signature_is_in_gets_none(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    record.engineer.now(signing.void(record.engineer.case, START).case)
    problem(await record.put("lin", intent, browser.sign(begun["to_sign"])), 409, "signature.no_record")
    await unchanged(record)


async def test_a_refusal_witnessed_before_the_signature_is_in_stands(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    case = record.engineer.case
    assert case.record
    lin, *others = case.record.signatures
    witnessed = replace(lin, status=SignatureStatus.REFUSAL_WITNESSED, witnessed_by="a-wang")
    record.engineer.now(replace(case, record=replace(case.record, signatures=(witnessed, *others))))
    answer = await record.put("lin", intent, browser.sign(begun["to_sign"]))
    problem(answer, 409, "signature.refusal_already_witnessed")
    await unchanged(record)


async def test_whose_name_was_changed_since_the_record_was_made_is_sent_to_hr(record: Record) -> None:
    with writing(record.api.engine) as session:
        session.get_one(Employee, "e-lin").name = "欧阳契"
    intent = await record.intent("lin")
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.another_name")
    with writing(record.api.engine) as session:
        session.get_one(Employee, "e-lin").name = "契" * 70
    intent = await record.intent("lin")
    problem(await record.confirm("lin", intent, SigningKey()), 409, "signature.unfit_name")
    await unchanged(record)


async def test_whose_account_was_closed_signs_nothing(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    assert (await record.person("admin").patch("/accounts/a-lin", {"active": False})).status_code == 200
    problem(await record.put("lin", intent, browser.sign(begun["to_sign"])), 401)
    await unchanged(record)


async def test_no_way_around_the_document_is_left(record: Record) -> None:
    body = {"sha256": "0" * 64, "evidence": "0" * 64, "seen": "0" * 64, "password": PASSWORD}
    answer = await record.person("lin").post(f"/cases/{record.case_id}/sign-record", body)
    problem(answer, 404, "api.no_such_address")
