"""Passkeys: made here by their owner, and good for confirming exactly the intent that they signed."""

import asyncio
import base64
import hashlib
import json

import pytest
from sqlmodel import select
from webauthn import verify_authentication_response
from webauthn.helpers import base64url_to_bytes

from commands.signing_key import SigningKey
from models.database import reading, utc_now, writing
from models.signing import passkeys
from models.signing.attempt_tables import Passkey, PasskeyRegistration
from models.tables import Document
from tests.api.house import PASSWORD, new_key, problem
from tests.api.signing.world import ORIGIN, SITE, Device, Record, registered

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_a_passkey_confirms_and_the_evidence_proves_it_without_us(record: Record) -> None:
    device, browser = Device(), SigningKey()
    assert (await registered(record.person("lin"), device)).status_code == 201
    intent = await record.intent("lin", "passkey")
    assert intent["sent_to"] == ""
    assert not record.letters.exists(), "nobody is sent a code"
    assertion = device.confirms(intent["challenge"])
    assert intent["credentials"] == [assertion["id"]]
    begun = await record.confirm("lin", intent, browser, assertion=assertion)
    assert begun.status_code == 201, begun.text
    assert (await record.put("lin", intent, browser.sign(begun.json()["to_sign"]))).status_code == 200
    with reading(record.api.engine) as session:
        evidence = json.loads(session.exec(select(Document).where(Document.kind == "signing_evidence")).one().content)
        key = session.exec(select(Passkey)).one()
    assert (key.sign_count, key.used_at is not None) == (device.count, True)
    said, confirmed = evidence["intent"], evidence["confirmation"]
    assert evidence["public_key_sha256"] == hashlib.sha256(base64.b64decode(browser.public)).hexdigest()
    answer = {
        "clientDataJSON": confirmed["client_data"],
        "authenticatorData": confirmed["authenticator_data"],
        "signature": confirmed["signature"],
    }
    credential = confirmed["credential_id"]
    verified = verify_authentication_response(
        credential={"id": credential, "rawId": credential, "type": "public-key", "response": answer},
        expected_challenge=hashlib.sha256(
            json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).digest(),
        expected_rp_id=SITE,
        expected_origin=ORIGIN,
        credential_public_key=base64url_to_bytes(confirmed["public_key"]),
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    assert verified.user_verified


async def test_what_a_passkey_signed_for_something_else_or_elsewhere_confirms_nothing(record: Record) -> None:
    device = Device()
    await registered(record.person("lin"), device)
    before = await record.intent("lin", "passkey")
    intent = await record.intent("lin", "passkey")
    thief = Device(key=device.key, credential=device.credential, origin="https://wanbi.example.org")
    careless = Device(key=device.key, credential=device.credential, verifies=False)
    stranger = Device(credential=device.credential)
    for assertion in (
        device.confirms(before["challenge"]),
        device.confirms(intent["challenge"], "wanbi.example.org"),
        thief.confirms(intent["challenge"]),
        careless.confirms(intent["challenge"]),
        stranger.confirms(intent["challenge"]),
    ):
        answer = await record.confirm("lin", intent, SigningKey(), assertion=assertion)
        problem(answer, 403, "passkey.not_confirmed")
    right = device.confirms(intent["challenge"])
    broken = {**right, "response": {**right["response"], "authenticatorData": "AAAA"}}
    problem(await record.confirm("lin", intent, SigningKey(), assertion=broken), 403, "passkey.not_confirmed")
    assert (await record.confirm("lin", intent, SigningKey(), assertion=right)).status_code == 201


async def test_a_confirmation_is_not_good_twice(record: Record) -> None:
    device = Device()
    await registered(record.person("lin"), device)
    intent = await record.intent("lin", "passkey")
    assertion = device.confirms(intent["challenge"])
    answers = await asyncio.gather(
        *(record.confirm("lin", intent, SigningKey(), assertion=assertion) for _ in range(2))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    problem(await record.confirm("lin", intent, SigningKey(), assertion=assertion), 409, "signature.intent_used")


async def test_a_counter_that_does_not_go_on_tells_of_a_copied_key(record: Record) -> None:
    device = Device()
    await registered(record.person("lin"), device)
    intent = await record.intent("lin", "passkey")
    copy = Device(key=device.key, credential=device.credential, count=device.count - 1)
    answer = await record.confirm("lin", intent, SigningKey(), assertion=copy.confirms(intent["challenge"]))
    problem(answer, 403, "passkey.counter_went_back")
    assert (await record.person("lin").get(f"{record.path}/intents/{intent['id']}")).json()["state"] == "asked"


async def test_devices_that_do_not_count_are_believed(record: Record) -> None:
    device = Device(count=0)
    await registered(record.person("lin"), device)
    intent = await record.intent("lin", "passkey")
    device.count = -1
    answer = await record.confirm("lin", intent, SigningKey(), assertion=device.confirms(intent["challenge"]))
    assert answer.status_code == 201


async def test_somebody_else_s_passkey_is_not_one_s_own(record: Record) -> None:
    device, theirs = Device(), Device()
    await registered(record.person("lin"), device)
    await registered(record.person("zhou"), theirs)
    intent = await record.intent("lin", "passkey")
    answer = await record.confirm("lin", intent, SigningKey(), assertion=theirs.confirms(intent["challenge"]))
    problem(answer, 404, "passkey.unknown")


async def test_the_method_that_was_wished_for_is_the_one_that_confirms(record: Record) -> None:
    await registered(record.person("lin"), Device())
    intent = await record.intent("lin", "passkey")
    problem(await record.confirm("lin", intent, SigningKey(), code="123456"), 422, "signature.assertion_needed")


async def test_passkeys_are_kept_listed_and_given_up_by_their_owner(record: Record) -> None:
    lin, device = record.person("lin"), Device()
    made = (await registered(lin, device, " 手机 ")).json()
    assert (made["name"], made["used_at"]) == ("手机", None)
    assert (await lin.get("/passkeys")).json() == [made]
    assert (await record.person("zhou").get("/passkeys")).json() == []
    problem(await record.person("zhou").write("DELETE", f"/passkeys/{made['id']}", None), 404, "passkey.unknown")
    assert (await lin.write("DELETE", f"/passkeys/{made['id']}", None)).status_code == 204
    assert (await lin.get("/passkeys")).json() == []
    problem(await record.wish("lin", "passkey"), 409, "signature.no_passkey")


async def test_a_passkey_needs_the_password_an_open_challenge_and_to_be_new(record: Record) -> None:
    lin, device = record.person("lin"), Device()
    options = (await lin.post("/passkeys/options", None)).json()["options"]
    body = {"name": "phone", "password": "not this one", "credential": device.registers(options)}
    problem(await lin.post("/passkeys", body), 403, "sign_in.password_wrong")
    body["password"] = PASSWORD
    key = new_key()
    one, again = await lin.post("/passkeys", body, key), await lin.post("/passkeys", body, key)
    assert (one.status_code, one.json()) == (201, again.json())
    problem(await lin.post("/passkeys", body), 409, "passkey.ask_first")
    problem(await registered(record.person("zhou"), device), 409, "passkey.known")
    with writing(record.api.engine) as session:
        session.merge(PasskeyRegistration(account="a-lin", challenge=b"c", expires_at=utc_now()))
    problem(await lin.post("/passkeys", body), 409, "passkey.ask_first")


async def test_a_passkey_of_another_site_or_without_its_owner_verified_is_not_kept(record: Record) -> None:
    for device in (Device(origin="https://wanbi.example.org"), Device(verifies=False)):
        problem(await registered(record.person("lin"), device), 403, "passkey.not_registered")
    lin = record.person("lin")
    options = (await lin.post("/passkeys/options", None)).json()["options"]
    credential = Device().registers({**options, "challenge": "AAAA"})
    body = {"name": "phone", "password": PASSWORD, "credential": credential}
    problem(await lin.post("/passkeys", body), 403, "passkey.not_registered")
    assert record.api.count(Passkey) == 0


async def test_there_is_a_most_of_passkeys_and_options_leave_out_those_that_are_known(record: Record) -> None:
    lin = record.person("lin")
    for _ in range(passkeys.MOST):
        assert (await registered(lin, Device())).status_code == 201
    problem(await registered(lin, Device()), 409, "passkey.too_many")
    options = (await lin.post("/passkeys/options", None)).json()["options"]
    assert len(options["excludeCredentials"]) == passkeys.MOST
    assert options["authenticatorSelection"]["userVerification"] == "required"


async def test_in_production_passkeys_need_the_address_that_people_use(record: Record) -> None:
    nowhere = {"environment": "production", "public_url": ""}
    record.api.app.state.settings = record.api.config.model_copy(update=nowhere)
    problem(await record.person("lin").post("/passkeys/options", None), 409, "passkey.no_public_address")
