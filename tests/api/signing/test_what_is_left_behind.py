"""Nothing is lost between document and case: requests are repeated, browsers closed, engines away."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from temporalio.service import RPCError, RPCStatusCode

from activities import signature_teller
from activities.assembly import proofs
from commands.signing_key import SigningKey
from domain import signing
from domain.people import Role
from models.database import reading, utc_now, writing
from models.decisions import Decision, digest
from models.messages import Proof
from models.signing import attempts
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import State
from models.signing.tables import RecordRevision
from models.tables import Account, Document
from tests.api.house import new_key, problem
from tests.api.rows import START
from tests.api.signing.world import Record

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Postbox:
    """Stands for a Temporal client that takes signals to cases, until it is away."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, Decision[Any]]] = []
        self.away = False

    def get_workflow_handle(self, workflow_id: str) -> "Postbox":
        self.workflow_id = workflow_id
        return self

    async def signal(self, name: str, decision: Decision[Any]) -> None:
        if self.away:
            raise RPCError("nobody answers", RPCStatusCode.UNAVAILABLE, b"")
        self.taken.append((self.workflow_id, name, decision))


async def left(record: Record, name: str = "lin") -> dict[str, Any]:
    """Somebody's signature is in the document, the case has not heard of it, and they are gone."""
    record.engineer.away = True
    browser = SigningKey()
    intent, begun = await record.begun(name, browser)
    answer = await record.put(name, intent, browser.sign(begun["to_sign"]))
    assert answer.status_code == 202, answer.text
    assert answer.json()["status"] == "pending"
    return intent


def long_ago(record: Record, by: timedelta = signature_teller.GRACE) -> None:
    with writing(record.api.engine) as session:
        for row in session.exec(select(SigningAttempt)).all():
            row.signed_at = row.signed_at and row.signed_at - by
            row.told_at = row.told_at and row.told_at - by


async def tell(record: Record, box: Any) -> int:
    return await signature_teller.tell_all(record.api.engine, box, proofs(record.api.config))


async def state(record: Record, intent: dict[str, Any], name: str = "lin") -> str:
    answer = await record.person(name).get(f"{record.path}/intents/{intent['id']}")
    found: str = answer.json()["state"]
    return found


async def test_a_signature_sent_again_gets_its_answer_again_whatever_the_key(record: Record) -> None:
    browser, key = SigningKey(), new_key()
    intent, begun = await record.begun("lin", browser)
    value = browser.sign(begun["to_sign"])
    answers = [await record.put("lin", intent, value, each) for each in (key, key, new_key())]
    answers.append(await record.put("lin", intent, ""))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert record.api.count(RecordRevision) == 1
    assert len(record.engineer.asked) == 1
    assert await state(record, intent) == "counted"


async def test_who_comes_back_after_the_engine_was_away_is_counted_without_signing_again(record: Record) -> None:
    intent = await left(record)
    assert await state(record, intent) == "signed"
    problem(await record.wish("lin"), 409, "signature.in_document_already")
    told = (await record.person("hr").get(f"{record.path}/signatures")).json()
    assert told["waiting_for"] == ["a-zhou", "a-wang"]
    record.engineer.away = False
    assert (await record.put("lin", intent, "")).status_code == 200
    assert await state(record, intent) == "counted"
    assert record.api.count(RecordRevision) == 1


async def test_an_answer_that_was_lost_is_found_in_the_case(record: Record) -> None:
    record.engineer.lost = True
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    assert (await record.put("lin", intent, browser.sign(begun["to_sign"]))).status_code == 202
    assert (await record.put("lin", intent, "")).status_code == 200
    assert len(record.engineer.asked) == 1, "the case was not asked twice"


async def test_a_page_that_was_reloaded_gets_what_it_has_to_sign_again(record: Record) -> None:
    browser = SigningKey()
    intent, begun = await record.begun("lin", browser)
    shown = (await record.person("lin").get(f"{record.path}/intents/{intent['id']}")).json()
    assert (shown["state"], shown["begun"]) == ("begun", begun)
    assert (await record.put("lin", intent, browser.sign(shown["begun"]["to_sign"]))).status_code == 200


async def test_the_update_s_id_is_made_of_the_intent_so_that_it_is_carried_out_once(record: Record) -> None:
    intent = await left(record)
    record.engineer.away, record.engineer.lost = False, True
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "counts", lambda *_: False)
        for _ in range(2):
            await record.put("lin", intent, "", new_key())
    first, second = record.engineer.asked
    assert first == second


async def test_if_its_signer_never_comes_back_the_case_is_told_of_the_signature_with_a_proof(record: Record) -> None:
    intent, box = await left(record), Postbox()
    assert await tell(record, box) == 0, "the signer's own request has a moment"
    long_ago(record)
    assert await tell(record, box) == 1
    ((workflow, name, decision),) = box.taken
    assert (workflow, name) == (f"offboarding-{record.case_id}", "sign_record")
    roles = tuple(decision.by.roles)
    bound = digest(name, decision.by, decision.body)
    proof = Proof(token=decision.proof, action=name, account="a-lin", roles=roles, digest=bound)
    proofs(record.api.config).check(proof, record.case_id, fresh=True)
    assert await tell(record, box) == 0, "once"
    record.engineer.decide(decision)
    assert await state(record, intent) == "counted"
    long_ago(record, signature_teller.AGAIN)
    assert await tell(record, box) == 0


async def test_a_case_that_has_not_counted_it_in_time_is_told_anew(record: Record) -> None:
    await left(record)
    box = Postbox()
    for _ in range(2):
        long_ago(record, signature_teller.AGAIN)
        assert await tell(record, box) == 1
    proofs_given = {decision.proof for _, _, decision in box.taken}
    assert len(proofs_given) == 2, "each time with a proof of its own"


async def test_an_engine_that_is_away_is_told_as_soon_as_it_is_back(record: Record) -> None:
    await left(record)
    long_ago(record)
    box = Postbox()
    box.away = True
    with pytest.raises(RPCError):
        await tell(record, box)
    box.away = False
    assert await tell(record, box) == 1


async def test_of_two_tellers_one_tells(record: Record) -> None:
    await left(record)
    long_ago(record)
    before = utc_now()
    (row,) = attempts.untold(record.api.engine, before, before, 10)
    assert [attempts.take_telling(record.api.engine, row, before) for _ in range(2)] == [True, False]


async def test_nobody_decides_any_more_in_the_place_of_a_closed_account(record: Record) -> None:
    await left(record)
    long_ago(record)
    with writing(record.api.engine) as session:
        session.get_one(Account, "a-lin").active = False
    box = Postbox()
    assert await tell(record, box) == 0
    assert box.taken == []


async def test_a_signature_in_a_record_that_was_overtaken_is_told_to_nobody(record: Record) -> None:
    intent = await left(record)
    long_ago(record)
    record.engineer.now(signing.void(record.engineer.case, START).case)
    box = Postbox()
    assert (await tell(record, box), box.taken) == (0, [])
    assert await state(record, intent) == "over"


async def test_attempts_that_came_to_nothing_are_forgotten_and_signatures_are_not(record: Record) -> None:
    await record.signs("lin")
    await record.intent("zhou")
    later = utc_now() + timedelta(days=1)
    assert attempts.forget(record.api.engine, later) == 1
    with reading(record.api.engine) as session:
        (kept,) = session.exec(select(SigningAttempt)).all()
    assert (kept.account, kept.state) == ("a-lin", State.COUNTED)
    assert (kept.added, kept.to_sign) == (b"", b"")


async def documents_of(record: Record, name: str) -> list[str]:
    return [
        line["id"]
        for line in (await record.person(name).get(f"/cases/{record.case_id}/documents")).json()
        if line["kind"] == "signing_evidence"
    ]


@pytest.mark.law("ESG-05", "PIP-01")
async def test_the_evidence_of_somebody_s_will_is_for_them_and_for_who_has_to_prove_it(record: Record) -> None:
    signed = await record.signs("zhou")
    with writing(record.api.engine) as session:
        session.get_one(Account, "a-auditor").roles = [Role.AUDITOR]
    with reading(record.api.engine) as session:
        row = session.exec(select(Document).where(Document.kind == "signing_evidence")).one()
        (stored, sha256, content) = (row.id, row.sha256, row.content)
    assert sha256 == signed["evidence"]
    for name in ("zhou", "hr", "counsel", "auditor"):
        assert await documents_of(record, name) == [stored], name
        answer = await record.person(name).get(f"/cases/{record.case_id}/documents/{stored}")
        assert answer.content == content
    for name in ("lin", "wang"):
        assert await documents_of(record, name) == [], name
        answer = await record.person(name).get(f"/cases/{record.case_id}/documents/{stored}")
        problem(answer, 404, "document.unknown")
