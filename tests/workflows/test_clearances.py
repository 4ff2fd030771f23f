"""Departments confirm in parallel, each on its own clock: send back, reassign, delegate, quorum, escalate."""

from datetime import timedelta

import pytest

from domain.case import Case
from domain.handover import Clearance, ClearanceStatus, Seat
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.world import Refused, World

APPROVE = d.Verdict.APPROVE
QUORUM_OF_TWO = {
    "clearances": [
        {"department": "finance", "title": ["财务", "Finance"], "levels": ["job:clerk", "head"], "quorum": 2},
        {"department": "it", "title": ["信息", "IT"], "levels": ["job:clerk"]},
    ]
}


def department(case: Case, key: str) -> Clearance:
    return next(c for c in case.clearances if c.department == key)


async def test_what_a_department_sends_back_is_asked_again_once_the_leaver_has_mended_it(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    clerk = b.actor("finance-clerk")
    await case.decide(
        clerk, d.DecideClearance(department="finance", verdict=d.Verdict.SEND_BACK, reason="the advance is open")
    )
    assert ("resubmit_clearance", "finance") in case.tasks("a-lin")
    with pytest.raises(Refused, match=r"clearance\.not_pending"):
        await case.decide(clerk, d.DecideClearance(department="finance", verdict=APPROVE))

    await case.decide(b.LEAVER, d.ResubmitClearance(department="finance", note="paid back"))
    await case.decide(clerk, d.DecideClearance(department="finance", verdict=APPROVE))
    finance = department(await case.state(), "finance")
    assert (finance.status, finance.sent_back) == (ClearanceStatus.APPROVED, 1)


async def test_hr_can_ask_somebody_else_in_the_place_of_an_approver(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(
        b.HR,
        d.ReassignClearance(
            department="finance", replaced="a-finance-clerk", to="a-finance-head", reason="on sick leave"
        ),
    )
    with pytest.raises(Refused, match=r"clearance\.not_asked"):
        await case.decide(b.actor("finance-clerk"), d.DecideClearance(department="finance", verdict=APPROVE))
    await case.decide(b.actor("finance-head"), d.DecideClearance(department="finance", verdict=APPROVE))


async def test_an_approver_can_let_somebody_else_decide_and_the_record_names_both(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(
        b.actor("finance-clerk"), d.DelegateClearance(department="finance", to="a-it-clerk", reason="travelling")
    )
    assert department(await case.state(), "finance").seats == (Seat("a-it-clerk", on_behalf_of="a-finance-clerk"),)
    await case.decide(b.actor("it-clerk"), d.DecideClearance(department="finance", verdict=APPROVE))
    given = await case.the("ClearanceApprovalGiven")
    assert (given.by, given.data["on_behalf_of"]) == ("a-it-clerk", "a-finance-clerk")


@pytest.mark.parametrize("world", [QUORUM_OF_TWO], indirect=True)
async def test_a_department_that_asks_for_two_is_cleared_by_two_different_people(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    clerk, head = b.actor("finance-clerk"), b.actor("finance-head")
    await case.decide(clerk, d.DecideClearance(department="finance", verdict=APPROVE))
    assert department(await case.state(), "finance").status is ClearanceStatus.PENDING
    with pytest.raises(Refused, match=r"clearance\.(already_approved_by_you|not_asked)"):
        await case.decide(clerk, d.DecideClearance(department="finance", verdict=APPROVE))

    await case.fast_forward_to(state.agreed.calendar.opening_after(state.arrived_at, 5))
    await case.decide(head, d.DecideClearance(department="finance", verdict=APPROVE))
    assert department(await case.state(), "finance").status is ClearanceStatus.APPROVED


async def test_silence_escalates_to_the_head_at_the_opening_hour_of_the_fourth_working_day(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    due = department(state, "finance").escalate_at
    assert due is not None
    await case.fast_forward_to(due - timedelta(minutes=1))
    assert department(await case.state(), "finance").level == 0
    await case.fast_forward(timedelta(minutes=2))

    escalated = await case.until_fact("ClearanceEscalated")
    assert due <= escalated.at < due + timedelta(minutes=1)
    assert ("decide_clearance", "finance") in case.tasks("a-finance-head")
    await case.decide(b.actor("finance-head"), d.DecideClearance(department="finance", verdict=APPROVE))
