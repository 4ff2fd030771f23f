"""Signing by in-app confirmation: one handover, one document, one hash; sealed only if nobody changed it."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from activities.connectors.confirmation import InAppConfirmation
from activities.failures import Permanent
from domain import signing
from domain.case import Case
from domain.handover import SignatureStatus
from models.database import reading
from models.messages import PresentedRecord, RecordDraft, SealOrder
from models.tables import Document, Seal
from tests import builders
from tests.domain import cases

NOW = cases.NOW
LATER = NOW + timedelta(days=1)
OTHER_KEY = base64.b64encode(b"o" * 32).decode()


@pytest.fixture
def desk(engine: Engine) -> InAppConfirmation:
    return InAppConfirmation(engine, {"k1": builders.KEY}, "k1")


def complete() -> Case:
    """A handover with nothing left to do, not presented yet."""
    return cases.approved(cases.accepted(cases.handing_over()))


def draft(case: Case) -> RecordDraft:
    return RecordDraft(case=case, signatures=signing.parties(case), now=NOW)


def order(presented: PresentedRecord, **changes: object) -> SealOrder:
    """Lin and Wang signed; Zhou refused, and Wang witnessed it."""
    case = complete()
    done = {
        "lin": {"status": SignatureStatus.SIGNED, "at": NOW},
        "zhou": {
            "status": SignatureStatus.REFUSAL_WITNESSED,
            "at": NOW,
            "reason": "金额有异议",
            "witnessed_by": "wang",
        },
        "wang": {"status": SignatureStatus.SIGNED, "at": LATER},
    }
    signatures = tuple(replace(s, **done[s.account]) for s in signing.parties(case))  # type: ignore[arg-type]
    usual = SealOrder(
        case_id=case.case_id,
        document_id=presented.document_id,
        sha256=presented.sha256,
        signatures=signatures,
        now=LATER,
    )
    return usual.model_copy(update=changes)


def documents(engine: Engine) -> list[Document]:
    with reading(engine) as session:
        return list(session.exec(select(Document)).all())


def seals(engine: Engine) -> list[Seal]:
    with reading(engine) as session:
        return list(session.exec(select(Seal)).all())


def test_the_same_handover_is_one_document_with_one_hash_however_often_it_is_presented(
    desk: InAppConfirmation,
) -> None:
    first = desk.present(draft(complete()))
    assert desk.present(draft(complete())) == first
    assert desk.present(RecordDraft(case=complete(), signatures=signing.parties(complete()), now=LATER)) == first
    [stored] = documents(desk.engine)
    assert stored.id == first.document_id
    assert hashlib.sha256(stored.content).hexdigest() == first.sha256 == stored.sha256


def test_another_handover_is_another_document(desk: InAppConfirmation) -> None:
    case = complete()
    presented = {
        desk.present(draft(changed)).sha256
        for changed in (
            case,
            cases.handing_over(),
            replace(case, case_id="c2"),
            replace(case, last_day=case.final_day + timedelta(days=1)),
            case.with_item(replace(case.items[0], receiver="somebody")),
            case.with_item(replace(case.items[0], proof=None)),
        )
    }
    assert len(presented) == len(documents(desk.engine)) == 6


def test_the_document_tells_what_was_handed_over_to_whom_with_which_proof_and_who_confirmed(
    desk: InAppConfirmation,
) -> None:
    desk.present(draft(complete()))
    text = json.loads(documents(desk.engine)[0].content)
    assert [(item["id"], item["status"], item["receiver"]) for item in text["items"]] == [
        (item, "accepted", "zhou") for item in cases.ITEMS
    ]
    assert {(item["proof"], item["reference"]) for item in text["items"]} == {("on the shared drive", "doc-7")}
    assert {c["department"]: len(c["approvals"]) for c in text["clearances"]} == {"sales": 1, "finance": 2, "it": 1}
    assert [(party["role"], party["account"]) for party in text["parties"]] == [
        ("leaver", "lin"),
        ("receiver", "zhou"),
        ("witness", "wang"),
    ]


def test_the_seal_binds_the_text_and_what_every_party_did(desk: InAppConfirmation) -> None:
    presented = desk.present(draft(complete()))
    desk.seal(order(presented))
    [seal] = seals(desk.engine)
    statement = json.loads(seal.statement)
    assert (statement["document"], statement["sha256"]) == (presented.document_id, presented.sha256)
    assert [(s["account"], s["status"], s["witnessed_by"]) for s in statement["signatures"]] == [
        ("lin", "signed", ""),
        ("zhou", "refusal_witnessed", "wang"),
        ("wang", "signed", ""),
    ]
    name, _, mac = seal.mac.partition(":")
    key = base64.b64decode(builders.KEY)
    assert (name, mac) == ("k1", hmac.digest(key, seal.statement.encode(), "sha256").hex())


def test_sealing_again_changes_nothing(desk: InAppConfirmation) -> None:
    presented = desk.present(draft(complete()))
    desk.seal(order(presented))
    before = [(seal.statement, seal.mac, seal.at) for seal in seals(desk.engine)]
    desk.seal(order(presented, now=LATER + timedelta(days=1), signatures=()))
    assert [(seal.statement, seal.mac, seal.at) for seal in seals(desk.engine)] == before


def test_a_seal_names_the_key_it_was_made_with(desk: InAppConfirmation) -> None:
    presented = desk.present(draft(complete()))
    InAppConfirmation(desk.engine, {"k1": builders.KEY, "k2": OTHER_KEY}, "k2").seal(order(presented))
    [seal] = seals(desk.engine)
    assert seal.mac == f"k2:{hmac.digest(b'o' * 32, seal.statement.encode(), 'sha256').hex()}"


def test_a_document_that_is_not_the_one_signed_is_never_sealed(desk: InAppConfirmation) -> None:
    presented = desk.present(draft(complete()))
    for changes in ({"sha256": "0" * 64}, {"document_id": "c1-0000000000000000"}):
        with pytest.raises(Permanent, match="not the one that was signed"):
            desk.seal(order(presented, **changes))
    assert seals(desk.engine) == []
