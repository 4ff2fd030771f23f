"""What a departure leaves behind as proof: several keepers of whatever matters, and who could do what until when."""

import hashlib
from datetime import timedelta

import pytest

from domain.case import Stage
from domain.timezones import local_date
from models.database import reading
from models.law import library
from models.messages import StartCase
from models.tables import Document, Notice
from tests import builders as b
from tests.workflows.moves import ITEMS, handing_over, signed_and_sealed
from tests.workflows.world import RunningCase, World

FROZEN = ("view_customers",)


async def started_with(case: RunningCase) -> StartCase:
    """What Temporal's own history says that the case began with."""
    history = await case.handle.fetch_history()
    given = history.events[0].workflow_execution_started_event_attributes.input.payloads
    (start,) = await case.world.client.data_converter.decode(given, [StartCase])
    assert isinstance(start, StartCase)
    return start


def notice_of(case: RunningCase) -> Notice:
    with reading(case.world.engine) as session:
        return session.get_one(Notice, case.case_id)


@pytest.mark.law("EVD-05", "NOT-07")
async def test_the_arrival_of_the_notice_is_told_alike_by_the_file_the_chain_and_the_engine(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    on_file, opened, start = notice_of(case), await case.the("CaseOpened"), await started_with(case)
    traces = (on_file.arrived_at.isoformat(), str(opened.data["arrived_at"]), start.arrived_at.isoformat())
    arrived_on = local_date(on_file.arrived_at, "Asia/Shanghai")
    assert len(traces) >= library().book().rule("EVD-05", arrived_on).number("traces")
    assert len(set(traces)) == 1
    assert opened.data["notice_sha256"] == hashlib.sha256(on_file.text.encode()).hexdigest()


@pytest.mark.law("EVD-05")
async def test_the_freeze_is_told_alike_by_the_chain_and_by_the_system_itself(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    told = {fact.data["system"]: fact.data["observed"] for fact in await case.facts() if fact.kind == "AccessVerified"}
    assert told == {system.name: system.rights for system in world.systems}
    assert told["crm"] == FROZEN


@pytest.mark.law("EVD-05")
async def test_the_handover_is_told_by_whoever_gave_whoever_received_and_the_record_that_both_signed(
    world: World,
) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    given, taken = await case.the("ItemsHandedOver"), await case.the("ItemsAccepted")
    assert (given.by, taken.by) == (b.LEAVER.account, b.RECEIVER.account)
    assert given.data["items"] == taken.data["items"] == ITEMS
    assert state.record is not None
    signed = {fact.by: fact.data["sha256"] for fact in await case.facts() if fact.kind == "RecordSigned"}
    assert {signed[given.by], signed[taken.by]} == {state.record.sha256}
    with reading(world.engine) as session:
        content = session.get_one(Document, state.record.document_id).content
    assert hashlib.sha256(content).hexdigest() == state.record.sha256


@pytest.mark.law("TS-02")
async def test_the_case_proves_until_when_the_leaver_could_reach_which_customers(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=31))
    state = await case.until(lambda c: c.stage not in (Stage.AWAITING_LAST_DAY, Stage.LEAVING))
    (crm,) = [system for system in state.systems if system.system == "crm"]
    assert crm.held == ("contact_customers", "export", "view_customers"), "pinned as they were when the notice arrived"
    seen = [
        (fact.data["operation"], fact.data["observed"])
        for fact in await case.facts()
        if fact.kind == "AccessVerified" and fact.data["system"] == "crm"
    ]
    assert seen == [("freeze", FROZEN), ("close", ())]


@pytest.mark.law("PIP-08")
async def test_whatever_a_connected_system_was_told_about_the_person_stands_in_the_chain(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=40))
    await case.result()
    verified = [row.data for row in case.ledger() if row.kind == "AccessVerified"]
    for system in world.systems:
        told = [data["revision"] for data in verified if data["system"] == system.name]
        assert len(told) == len(system.carried_out) == 2


@pytest.mark.law("ESG-05")
async def test_signing_leaves_every_step_from_the_text_that_was_shown_to_the_notice_of_completion(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    steps = [fact for fact in await case.facts() if fact.kind.startswith(("Record", "Seal"))]
    kinds = ["RecordPresented", *["RecordSigned"] * 3, "SealApproved", "RecordSealed"]
    assert [fact.kind for fact in steps] == kinds
    assert len({fact.data.get("text", fact.data["sha256"]) for fact in steps}) == 1
    assert [fact.at for fact in steps] == sorted(fact.at for fact in steps)
    for party in (b.LEAVER, b.RECEIVER, b.WITNESS):
        told = case.told(party.account)
        assert told.index("signature_asked") < told.index("record_sealed")
