"""The handover record in a PDF: one handover, one document; sealed only as the case tells of it, and once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509 import ReasonFlags
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from activities.connectors.pdf_signing import SEALED, TEXT, PdfSigning
from activities.failures import Permanent, PersonMustAct, TryAgain
from api.signing.beginning import COMMITMENTS
from domain import signing
from domain.case import Case
from domain.handover import Signature, SignatureStatus
from models.database import reading, writing
from models.messages import PresentedRecord, RecordDraft, SealOrder
from models.signing import revisions
from models.signing.parties import parties
from models.tables import Document
from pades.office import Office
from pki.names import Subject
from pki.register import serial_of
from pki.stamps import NoStamp
from tests import builders
from tests.api.rows import START, opened_case
from tests.pades import builders as pen
from tests.pki import builders as keys
from typesetting.typesetter import Typesetter


class Away:
    """No time stamp authority answers."""

    name = "away"

    def stamp(self, digest: bytes, algorithm: str = "sha256") -> bytes:
        raise NoStamp("nobody answers")


@pytest.fixture
def case(engine: Engine) -> Case:
    builders.company(engine)
    return opened_case(engine)


@pytest.fixture
def register() -> keys.MemoryRegister:
    return keys.MemoryRegister()


@pytest.fixture
def desk(engine: Engine, register: keys.MemoryRegister) -> PdfSigning:
    return PdfSigning(engine, builders.COMPANY, pen.office(register), Typesetter())


def draft(case: Case) -> RecordDraft:
    return RecordDraft(case=case, signatures=signing.parties(case), now=START)


def put(desk: PdfSigning, presented: PresentedRecord, case: Case, *fields: str) -> tuple[Signature, ...]:
    """These parties sign; everybody's signature as the case then has it."""
    with reading(desk.engine) as session:
        people = parties(session, signing.parties(case))
    evidence = {}
    for party in people:
        if party.field in fields:
            with reading(desk.engine) as session:
                before = revisions.newest(session, presented.document_id)
            who = pen.Person(party.field, Subject(party.name, party.number), COMMITMENTS[party.role])
            signer = pen.Signer(who, desk.office)
            pdf, evidence[party.field] = signer.sign(before.pdf), signer.evidence
            with writing(desk.engine) as session:
                told = {"field": party.field, "account": party.account, "evidence": signer.evidence}
                revisions.add(session, presented.document_id, before, pdf, **told)
    return tuple(
        replace(s, status=SignatureStatus.SIGNED, evidence=evidence[s.field])
        if s.field in evidence
        else replace(s, status=SignatureStatus.REFUSAL_WITNESSED, reason="r")
        for s in signing.parties(case)
    )


def order(case: Case, presented: PresentedRecord, signatures: tuple[Signature, ...]) -> SealOrder:
    return SealOrder(
        case_id=case.case_id,
        document_id=presented.document_id,
        sha256=presented.sha256,
        signatures=signatures,
        approved_by="a-hr",
        now=START + timedelta(days=1),
        zone="Asia/Shanghai",
    )


def kept(session: Session, kind: str) -> int:
    return session.exec(select(func.count()).select_from(Document).where(Document.kind == kind)).one()


def test_one_handover_makes_one_document_however_often_it_is_asked_for(desk: PdfSigning, case: Case) -> None:
    first, again = desk.present(draft(case)), desk.present(draft(case))
    assert first == again
    later = replace(case, last_day=case.final_day + timedelta(days=1))
    assert desk.present(draft(later)).document_id != first.document_id
    with reading(desk.engine) as session:
        assert kept(session, TEXT) == 2


@pytest.mark.law("ESG-02")
def test_the_seal_is_put_to_what_the_parties_signed_and_once(desk: PdfSigning, case: Case) -> None:
    presented = desk.present(draft(case))
    signatures = put(desk, presented, case, "leaver", "receiver-1", "witness")
    wanted = order(case, presented, signatures)
    assert desk.seal(wanted) == desk.seal(wanted)
    with reading(desk.engine) as session:
        assert kept(session, SEALED) == 1


def test_a_witnessed_refusal_leaves_its_field_empty_and_the_record_is_sealed(desk: PdfSigning, case: Case) -> None:
    presented = desk.present(draft(case))
    signatures = put(desk, presented, case, "receiver-1", "witness")
    assert desk.seal(order(case, presented, signatures)).sha256


@pytest.mark.parametrize("told", [("leaver",), ("leaver", "receiver-1", "witness")])
def test_a_record_that_others_have_signed_than_the_case_says_is_not_sealed(
    desk: PdfSigning, case: Case, told: tuple[str, ...]
) -> None:
    presented = desk.present(draft(case))
    signatures = put(desk, presented, case, "leaver", "receiver-1")
    differ = tuple(
        replace(s, status=SignatureStatus.SIGNED if s.field in told else SignatureStatus.REFUSAL_WITNESSED)
        for s in signatures
    )
    with pytest.raises(Permanent, match="differ in who has signed"):
        desk.seal(order(case, presented, differ))


def test_without_a_time_stamp_nothing_is_certified_and_the_step_is_tried_again(desk: PdfSigning, case: Case) -> None:
    away = replace(desk, office=Office(desk.office.pki, Away(), keys.now))
    with pytest.raises(TryAgain, match="no trusted time stamp"):
        away.present(draft(case))
    with reading(desk.engine) as session:
        assert kept(session, TEXT) == 0


def test_a_revoked_seal_is_not_used_and_somebody_has_to_act(
    desk: PdfSigning, case: Case, register: keys.MemoryRegister
) -> None:
    presented = desk.present(draft(case))
    signatures = put(desk, presented, case, "leaver", "receiver-1", "witness")
    register.revoke(serial_of(desk.office.pki.seal.certificate), ReasonFlags.key_compromise, keys.now())
    with pytest.raises(PersonMustAct, match="docs/operations"):
        desk.seal(order(case, presented, signatures))
