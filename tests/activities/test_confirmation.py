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

from activities.connectors import confirmation
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


@pytest.mark.law("TS-03", "TS-05")
def test_the_record_is_an_inventory_of_what_was_entrusted_by_category_with_what_its_return_takes(
    desk: InAppConfirmation,
) -> None:
    """Customer files among it, with who has them now and where the proof lies: signed by the leaver."""
    desk.present(draft(complete()))
    items = json.loads(documents(desk.engine)[0].content)["items"]
    planned = {item.id: item for item in complete().items}
    assert {item["id"] for item in items} == set(planned)
    for item in items:
        kept = planned[item["id"]]
        assert (item["category"], item["receiver"]) == (kept.category, kept.receiver)
        assert item["criterion"] == {"zh": kept.criterion.zh, "en": kept.criterion.en}
        assert item["proof"] or item["reference"]


@pytest.mark.law("ESG-01", "EVD-04")
def test_whoever_signs_agrees_in_the_signed_text_itself_to_signing_so_and_to_how_it_is_kept(
    desk: InAppConfirmation, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = desk.present(draft(complete()))
    terms = json.loads(documents(desk.engine)[0].content)["terms"]
    for said in ("约定以电子方式签署", "可以拒签并说明改签纸质文本", "只增不改", "随时免费查阅、下载"):
        assert said in terms["zh"], said
    for said in ("agree to sign this record electronically", "paper", "can only be added", "free of charge"):
        assert said in terms["en"], said
    monkeypatch.setattr(confirmation, "text", lambda key, language: f"other {key} in {language}")
    assert desk.present(draft(complete())).sha256 != before.sha256, "other terms are another record to sign"


@pytest.mark.law("ESG-02", "HND-04")
def test_the_record_that_is_confirmed_in_the_app_changes_no_pay_and_no_duties_and_settles_nothing(
    desk: InAppConfirmation,
) -> None:
    desk.present(draft(complete()))
    text = json.loads(documents(desk.engine)[0].content)
    assert set(text) == {"case", "employee", "arrived_at", "last_day", "items", "clearances", "parties", "terms"}
    assert "不变更劳动合同、工资和工作内容，不结清任何款项，也不放弃任何权利" in text["terms"]["zh"]
    assert "changes neither contract, pay nor duties, settles no sum and waives no right" in text["terms"]["en"]


@pytest.mark.law("ESG-02", "ESG-03")
def test_the_seal_says_what_kind_of_signature_it_closes_and_claims_no_certificate(desk: InAppConfirmation) -> None:
    desk.seal(order(desk.present(draft(complete()))))
    statement = json.loads(seals(desk.engine)[0].statement)
    assert set(statement) == {"method", "document", "sha256", "sealed_at", "signatures"}
    assert statement["method"] == "in_app_confirmation"
    assert set(statement["signatures"][0]) == {"role", "account", "status", "at", "reason", "witnessed_by"}


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
