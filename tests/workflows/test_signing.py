"""The handover record: signed, refused, witnessed, overtaken, sealed; never a dead end."""

import asyncio
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from sqlmodel import select

from activities.connectors.pdf_signing import SEALED, TEXT
from domain import agenda
from domain.case import Stage
from domain.handover import SignatureStatus
from models import decision_bodies as d
from models.database import reading, writing
from models.tables import Document
from tests import builders as b
from tests.workflows.moves import (
    approve_seal,
    clear_every_department,
    hand_everything_over,
    handing_over,
    sign,
    signed_and_sealed,
)
from tests.workflows.signing import signed
from tests.workflows.world import Refused, RunningCase, World
from verifier.chain import Fact
from verifier.papers import ExpectedRecord
from verifier.pdf import check_record


async def presented(world: World) -> RunningCase:
    """A case whose finished record lies before its parties."""
    case = await world.resign()
    await handing_over(case)
    await hand_everything_over(case)
    await clear_every_department(case)
    await case.until(lambda c: c.record is not None)
    return case


@pytest.mark.law("ESG-01")
async def test_a_leaver_who_refuses_to_sign_does_not_stop_the_case_once_it_is_witnessed(world: World) -> None:
    case = await presented(world)
    await case.decide(b.LEAVER, d.RefuseSignature(account="a-lin", reason="I do not agree with item two"))
    await case.decide(b.WITNESS, d.WitnessRefusal(account="a-lin"))
    await sign(case, b.RECEIVER, b.WITNESS)
    await approve_seal(case)
    await case.until(lambda c: c.stage is Stage.AWAITING_LAST_DAY)
    await case.fast_forward(timedelta(days=32))

    result = await case.result()
    assert (result.outcome, result.gaps) == ("completed_with_gaps", ("signature:leaver",))
    refused = await case.the("SignatureRefusalWitnessed")
    assert (refused.by, refused.data["reason"]) == ("a-wang", "I do not agree with item two")


async def test_a_witness_who_refuses_is_witnessed_by_hr(world: World) -> None:
    case = await presented(world)
    await case.decide(b.WITNESS, d.RefuseSignature(account="a-wang", reason="I was not there"))
    with pytest.raises(Refused, match=r"signature\.own_refusal"):
        await case.decide(b.WITNESS, d.WitnessRefusal(account="a-wang"))
    await case.decide(b.HR, d.WitnessRefusal(account="a-wang"))
    await sign(case, b.LEAVER, b.RECEIVER)
    await approve_seal(case)
    await case.until(lambda c: c.record is not None and c.record.sealed_at is not None)


async def test_whoever_refused_can_still_sign_until_the_refusal_is_witnessed(world: World) -> None:
    case = await presented(world)
    await case.decide(b.LEAVER, d.RefuseSignature(account="a-lin", reason="first I want to read it"))
    await sign(case)
    await approve_seal(case)
    state = await case.until(lambda c: c.record is not None and c.record.sealed_at is not None)
    assert state.record is not None
    assert {s.status for s in state.record.signatures} == {SignatureStatus.SIGNED}


@pytest.mark.law("ESG-05")
async def test_a_signature_needs_a_fresh_sign_in_and_the_text_that_was_shown(world: World) -> None:
    case = await presented(world)
    record = (await case.state()).record
    assert record is not None
    body = await signed(case, b.LEAVER)
    with pytest.raises(Refused, match=r"proof\.fresh_sign_in_needed"):
        await case.decide(b.LEAVER, body, proof=world.prove(case.case_id, b.LEAVER, body, fresh=False))
    with pytest.raises(Refused, match=r"signature\.other_document"):
        await case.decide(b.LEAVER, body.model_copy(update={"sha256": "0" * 64}))


@pytest.mark.law("ESG-02")
async def test_nobody_is_said_to_have_signed_whose_signature_is_not_in_the_document(world: World) -> None:
    case = await presented(world)
    record = (await case.state()).record
    assert record is not None
    with pytest.raises(Refused, match=r"signature\.not_in_document"):
        await case.decide(b.LEAVER, d.SignRecord(sha256=record.sha256, evidence="e1" * 32, seen=record.sha256))
    body = await signed(case, b.LEAVER)
    with pytest.raises(Refused, match=r"signature\.not_in_document"):
        await case.decide(b.LEAVER, body.model_copy(update={"evidence": "e1" * 32}))
    with pytest.raises(Refused, match=r"signature\.not_in_document"):
        await case.decide(b.RECEIVER, body)
    await case.decide(b.LEAVER, body)


async def test_nobody_is_said_to_have_refused_whose_signature_is_in_the_document(world: World) -> None:
    case = await presented(world)
    await signed(case, b.LEAVER)
    with pytest.raises(Refused, match=r"signature\.in_document"):
        await case.decide(b.WITNESS, d.RefuseSignature(account="a-lin", reason="left the room"))


async def test_nothing_is_sealed_before_the_keeper_of_the_seal_says_so(world: World) -> None:
    case = await presented(world)
    await sign(case)
    state = await case.until(lambda c: c.record is not None and c.record.settled)
    assert state.record is not None
    assert ("approve_seal", state.record.document_id) in case.tasks("a-hr")
    refusal = d.ApproveSeal(sha256=state.record.sha256, answer=d.Answer.REFUSE, reason="the sums differ")
    await case.decide(b.HR, refusal)
    assert "RecordSealed" not in await case.kinds()
    await approve_seal(case)
    await case.until_fact("RecordSealed")


async def test_a_handover_that_changes_while_it_is_signed_is_put_before_everybody_anew(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward_to(state.agreed.calendar.opening_after(state.arrived_at, 1))
    await case.fast_forward_to(agenda.signing_due(state) + timedelta(minutes=1))
    unfinished = (await case.until(lambda c: c.record is not None)).record
    assert unfinished is not None
    body = await signed(case, b.LEAVER)
    await case.decide(b.LEAVER, body)
    await hand_everything_over(case)

    state = await case.until(lambda c: c.record is not None and c.record.sha256 != unfinished.sha256)
    assert state.record is not None
    assert {s.status for s in state.record.signatures} == {SignatureStatus.WAITING}
    with pytest.raises(Refused, match=r"signature\.other_document"):
        await case.decide(b.LEAVER, body)


@pytest.mark.law("ESG-02", "ESG-04")
async def test_the_sealed_record_holds_everybody_s_signature_and_begins_with_what_each_one_saw(world: World) -> None:
    case = await world.resign()
    record = (await signed_and_sealed(case)).record
    assert record is not None
    with reading(world.engine) as session:
        sealed, text = (session.get_one(Document, name) for name in (record.sealed_id, record.document_id))
        assert (sealed.kind, sealed.sha256) == (SEALED, record.sealed_sha256)
        assert sealed.content.startswith(text.content)
        pdf = sealed.content
    found = ExpectedRecord(case.case_id, record.sealed_id, record.sealed_sha256, tuple(_told(case)))
    root = world.office.pki.root.public_bytes(Encoding.DER)
    checks = await asyncio.to_thread(check_record, pdf, root, found)
    assert [check.line() for check in checks if not check.ok] == []
    assert {check.en for check in checks} >= {"leaver signed what leaver saw", "It is sealed"}


def _told(case: RunningCase) -> list[Fact]:
    """The facts as the verifier reads them."""
    return [
        Fact(row.seq, row.number, row.kind, row.at.isoformat(), row.by, row.data, row.previous, row.hash)
        for row in case.ledger()
    ]


async def test_a_record_signed_after_the_last_day_is_sealed_before_the_case_closes(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=31))
    await hand_everything_over(case)
    await clear_every_department(case)
    await sign(case)
    await approve_seal(case)

    assert (await case.result()).outcome == "completed"
    assert [row.kind for row in case.ledger()].count("RecordSealed") == 1


async def test_a_document_that_was_tampered_with_is_not_sealed_and_does_not_end_the_case(world: World) -> None:
    case = await presented(world)
    await sign(case)
    with writing(world.engine) as session:
        session.connection().exec_driver_sql("DROP TRIGGER document_no_update")
        document = session.exec(select(Document).where(Document.case_id == case.case_id, Document.kind == TEXT)).one()
        document.content = b'{"items": []}'
    await approve_seal(case)

    await case.until_fact("RecordNotSealed")
    await case.fast_forward(timedelta(days=65))
    result = await case.result()
    assert (result.outcome, result.gaps) == ("completed_with_gaps", ("record:handover_record",))
