"""Nobody does anything: the last day arrives all the same, access closes, and what is unfinished stays visible."""

from datetime import timedelta

import pytest

from domain.case import Stage
from domain.handover import ClearanceStatus
from domain.rights import GrantStatus
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import ITEMS, clear_every_department, hand_everything_over, handing_over
from tests.workflows.world import World

A_MONTH_AND_A_DAY = timedelta(days=31)
BEYOND_THE_PURSUIT = timedelta(days=65)


@pytest.mark.law("HND-02")
async def test_a_case_that_nobody_touches_leaves_on_its_last_day_and_closes_with_every_gap_listed(
    world: World,
) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(A_MONTH_AND_A_DAY)

    state = await case.until(lambda c: c.stage is Stage.PURSUING)
    assert [system.rights for system in world.systems] == [(), (), ()]
    assert state.record is not None, "the unfinished record lies before its parties"

    await case.fast_forward(BEYOND_THE_PURSUIT)
    result = await case.result()
    assert result.outcome == "completed_with_gaps"
    assert set(result.gaps) == {
        *(f"item:{item}" for item in ITEMS),
        *(f"clearance:{department}" for department in b.DEPARTMENTS),
        *(f"signature:{role}" for role in ("leaver", "receiver", "witness")),
    }


@pytest.mark.law("NOT-08")
async def test_silence_is_reminded_escalated_level_by_level_and_warned_of(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(A_MONTH_AND_A_DAY)

    finance = next(c for c in (await case.state()).clearances if c.department == "finance")
    assert [seat.account for seat in finance.seats] == ["a-finance-clerk", "a-finance-head", "a-hr"]
    assert finance.status is ClearanceStatus.PENDING
    kinds = await case.kinds()
    assert kinds.count("ClearanceEscalated") == len(b.DEPARTMENTS) * 3
    assert [fact.data["days"] for fact in await case.facts() if fact.kind == "LastDayWarned"] == ["7", "3", "0"]
    assert case.told("a-finance-clerk").count("digest") >= 5
    assert case.told("a-hr").count("clearance_unanswered") == len(b.DEPARTMENTS)


async def test_a_receiver_who_never_answers_leaves_handed_over_items_as_gaps(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.HandOverItems(items=ITEMS, note="all of it"))
    await clear_every_department(case)
    await case.fast_forward(BEYOND_THE_PURSUIT)

    await case.result()
    gaps = [(gap.kind, gap.detail) for gap in (await case.state()).gaps]
    assert gaps.count(("item", "handed_over")) == len(ITEMS)


async def test_parties_who_never_sign_leave_their_signatures_as_gaps(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await hand_everything_over(case)
    await clear_every_department(case)
    await case.until(lambda c: c.record is not None)
    await case.fast_forward(BEYOND_THE_PURSUIT)

    assert (await case.result()).gaps == ("signature:leaver", "signature:receiver", "signature:witness")
    assert case.told("a-lin").count("digest") >= 5


async def test_a_request_for_access_that_nobody_decides_ends_with_the_employment(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="orders", hours=8))
    await case.fast_forward(A_MONTH_AND_A_DAY)

    (grant,) = (await case.state()).grants
    assert grant.status is GrantStatus.ENDED
    assert grant.reminders >= 15, "security is reminded every working day"
    assert all("create_orders" not in rights for rights in world.systems.of("erp").shown[1:])


async def test_a_department_that_was_sent_back_and_forgotten_stays_a_gap(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await hand_everything_over(case)
    await case.decide(
        b.actor("it-clerk"),
        d.DecideClearance(department="it", verdict=d.Verdict.SEND_BACK, reason="the laptop is missing"),
    )
    await case.fast_forward(BEYOND_THE_PURSUIT)

    await case.result()
    gaps = [(gap.kind, gap.subject, gap.detail) for gap in (await case.state()).gaps]
    assert ("clearance", "it", "sent_back") in gaps


async def test_a_withdrawal_that_hr_never_answers_does_not_hold_the_last_day_back(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I changed my mind"))
    await case.fast_forward(A_MONTH_AND_A_DAY)

    state = await case.until(lambda c: c.stage is Stage.PURSUING)
    assert state.withdrawal is None
