"""What is owed at the end, in a running case: asked for, alarmed of, looked after until it is paid."""

from datetime import timedelta

import pytest

from domain.case import Stage
from domain.obligations import PaymentKind
from domain.timezones import at_local, end_of, local_date
from models import decision_bodies as d
from models import law_views
from tests import builders as b
from tests.workflows.moves import (
    clear_every_department,
    hand_everything_over,
    handing_over,
    pay_the_wages,
    signed_and_sealed,
    taken_in,
)
from tests.workflows.world import RunningCase, World
from workflows.showcase import details

ASKED = ("confirm_payment", "wages")


async def over(case: RunningCase) -> None:
    """Ten seconds after the last day."""
    state = await case.state()
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(seconds=10))


@pytest.mark.law("PAY-02", "PAY-08", "CRT-04")
async def test_wages_are_asked_for_alarmed_of_when_late_and_entered_late(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    calendar, due = state.agreed.calendar, state.final_day
    await case.fast_forward_to(at_local(calendar.working_day_before(due, 3), calendar.opens_at, calendar.zone))
    await case.until_fact("PaymentAsked")
    assert ASKED in case.tasks("a-hr")
    assert f"- [ ] wages: due {due.isoformat()}" in details(await case.state())
    await over(case)
    late = await case.until_fact("PaymentOverdue")
    assert (late.data["payment"], late.data["due"], late.data["exposure"]) == ("wages", due.isoformat(), "PAY-08")
    assert "payment_overdue" in case.told("a-hr")
    assert "payment_overdue" in case.told("a-counsel")
    assert "OVERDUE" in details(await case.state())
    paid_on = local_date(await case.now(), calendar.zone)
    await pay_the_wages(case, paid_on)
    assert (await case.the("PaymentConfirmed")).data["late"] is True
    assert ASKED not in case.tasks("a-hr")
    assert "payment_confirmed" in case.told("a-lin")
    assert {"PAY-02", "CRT-04", "PAY-08"} <= {answer.rule for answer in law_views.of_case(case.row().snapshot)}


@pytest.mark.law("PAY-02", "HND-02")
async def test_wages_that_are_paid_in_time_are_never_alarmed_of_although_nothing_is_handed_over(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await pay_the_wages(case, local_date(state.arrived_at, state.agreed.calendar.zone))
    await over(case)
    await case.until(lambda c: c.stage is Stage.PURSUING)
    assert "PaymentAsked" not in await case.kinds()
    assert "PaymentOverdue" not in await case.kinds()


@pytest.mark.law("HND-03", "HND-02")
async def test_severance_waits_for_the_handover_and_is_then_due(world: World) -> None:
    case = await world.resign(ending="employer_fault", grounds=["unpaid_wages"])
    await case.until(taken_in)  # the last day is today: signing may have begun by now
    await over(case)
    await case.until(lambda c: c.stage is Stage.PURSUING)
    waiting = next(p for p in (await case.state()).payments if p.kind is PaymentKind.SEVERANCE)
    assert (waiting.due - (await case.state()).final_day).days == 30
    await hand_everything_over(case)
    await clear_every_department(case)
    state = await case.until(lambda c: any(p.released_on for p in c.payments))
    released = next(p for p in state.payments if p.kind is PaymentKind.SEVERANCE)
    assert released.due == released.released_on
    await case.until_fact("PaymentAsked", 2)


@pytest.mark.law("PAY-02")
async def test_a_closed_case_is_looked_after_until_its_wages_are_entered(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    await over(case)
    await case.result()
    await case.until(lambda c: c.aftercare is not None and c.aftercare.alone)
    assert ASKED in case.tasks("a-hr")
    await pay_the_wages(case, state.final_day)
    assert ASKED not in case.tasks("a-hr")
    assert (await case.the("PaymentConfirmed")).data["late"] is False, "paid in time, entered late"


@pytest.mark.law("NOT-09")
async def test_a_withdrawal_ends_what_would_have_been_paid(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))
    assert (await case.result()).outcome == "withdrawn"
    assert case.row().snapshot["payments"] == []
    assert "PaymentsEnded" in [row.kind for row in case.ledger()]
