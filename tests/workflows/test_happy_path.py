"""Everybody does their part in time."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from domain.case import Stage
from models.database import reading
from models.tables import EffectRow, Entitlement
from tests import builders as b
from tests.workflows.moves import signed_and_sealed
from tests.workflows.world import World


async def test_a_case_whose_every_step_was_verified_is_completed_after_the_last_day(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    assert not await case.fast_forward(timedelta(days=40))

    result = await case.result()
    assert (result.outcome, result.gaps) == ("completed", ())
    assert [system.rights for system in world.systems] == [(), (), ()]
    assert case.row().open is False


async def test_every_step_of_the_process_leaves_its_facts_in_order(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=40))

    milestones = [
        str(fact.data.get("stage", fact.kind))
        for fact in await case.facts()
        if fact.kind in ("CaseOpened", "StageEntered", "RecordPresented", "RecordSealed", "LastDayEnded", "CaseClosed")
    ]
    assert milestones == [
        "CaseOpened",
        "handing_over",
        "signing",
        "RecordPresented",
        "RecordSealed",
        "awaiting_last_day",
        "LastDayEnded",
        "pursuing",
        "CaseClosed",
    ]


@pytest.mark.parametrize("world", [{"own_store": True}], indirect=True)
async def test_wanbis_own_store_follows_a_case_and_carries_out_every_effect_once(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=40))

    assert (await case.result()).outcome == "completed"
    with reading(world.engine) as session:
        active = session.exec(select(Entitlement).where(col(Entitlement.active))).all()
        effects = session.exec(select(EffectRow.system, EffectRow.operation).order_by(col(EffectRow.key))).all()
    assert not active
    assert effects == [(system, operation) for system in b.SYSTEMS for operation in ("freeze", "close")]


async def test_the_case_waits_for_the_end_of_the_last_day_even_if_everything_is_done(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=29))
    assert (await case.state()).stage is Stage.AWAITING_LAST_DAY
    await case.fast_forward(timedelta(days=3))

    left = await case.the("LastDayEnded")
    assert left.at >= datetime.fromisoformat(str(left.data["due"]))
