"""The handover record: signed, refused, witnessed, overtaken, sealed; never a dead end."""

from datetime import timedelta

import pytest
from sqlmodel import select

from activities.connectors.confirmation import KIND
from domain import agenda
from domain.case import Stage
from domain.handover import SignatureStatus
from models import decision_bodies as d
from models.database import reading, writing
from models.tables import Document, Seal
from tests import builders as b
from tests.workflows.moves import (
    clear_every_department,
    hand_everything_over,
    handing_over,
    sign,
    signed_and_sealed,
)
from tests.workflows.world import Refused, RunningCase, World


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
    await case.until(lambda c: c.record is not None and c.record.sealed_at is not None)


async def test_whoever_refused_can_still_sign_until_the_refusal_is_witnessed(world: World) -> None:
    case = await presented(world)
    await case.decide(b.LEAVER, d.RefuseSignature(account="a-lin", reason="first I want to read it"))
    await sign(case)
    state = await case.until(lambda c: c.record is not None and c.record.sealed_at is not None)
    assert state.record is not None
    assert {s.status for s in state.record.signatures} == {SignatureStatus.SIGNED}


@pytest.mark.law("ESG-05")
async def test_a_signature_needs_a_fresh_sign_in_and_the_text_that_was_shown(world: World) -> None:
    case = await presented(world)
    record = (await case.state()).record
    assert record is not None
    body = d.SignRecord(sha256=record.sha256)
    with pytest.raises(Refused, match=r"proof\.fresh_sign_in_needed"):
        await case.decide(b.LEAVER, body, proof=world.prove(case.case_id, b.LEAVER, body, fresh=False))
    with pytest.raises(Refused, match=r"signature\.other_document"):
        await case.decide(b.LEAVER, d.SignRecord(sha256="0" * 64))


async def test_a_handover_that_changes_while_it_is_signed_is_put_before_everybody_anew(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward_to(state.agreed.calendar.opening_after(state.arrived_at, 1))
    await case.fast_forward_to(agenda.signing_due(state) + timedelta(minutes=1))
    unfinished = (await case.until(lambda c: c.record is not None)).record
    assert unfinished is not None
    await case.decide(b.LEAVER, d.SignRecord(sha256=unfinished.sha256))
    await hand_everything_over(case)

    state = await case.until(lambda c: c.record is not None and c.record.sha256 != unfinished.sha256)
    assert state.record is not None
    assert {s.status for s in state.record.signatures} == {SignatureStatus.WAITING}
    with pytest.raises(Refused, match=r"signature\.other_document"):
        await case.decide(b.LEAVER, d.SignRecord(sha256=unfinished.sha256))


async def test_the_seal_binds_what_every_party_did(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    assert state.record is not None
    with reading(world.engine) as session:
        (seal,) = session.exec(select(Seal)).all()
    assert seal.document_id == state.record.document_id
    assert seal.statement.count('"signed"') == 3


async def test_a_record_signed_after_the_last_day_is_sealed_before_the_case_closes(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=31))
    await hand_everything_over(case)
    await clear_every_department(case)
    await sign(case)

    assert (await case.result()).outcome == "completed"
    with reading(world.engine) as session:
        assert len(session.exec(select(Seal)).all()) == 1


async def test_a_document_that_was_tampered_with_is_not_sealed_and_does_not_end_the_case(world: World) -> None:
    case = await presented(world)
    await sign(case, b.LEAVER, b.RECEIVER)
    with writing(world.engine) as session:
        session.connection().exec_driver_sql("DROP TRIGGER document_no_update")
        document = session.exec(select(Document).where(Document.case_id == case.case_id, Document.kind == KIND)).one()
        document.content = b'{"items": []}'
    await sign(case, b.WITNESS)

    await case.until_fact("RecordNotSealed")
    await case.fast_forward(timedelta(days=65))
    result = await case.result()
    assert (result.outcome, result.gaps) == ("completed_with_gaps", ("record:handover_record",))
