"""The last day: fixed by law, moved only by both sides, and reached at 24:00 in the case's time zone."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.case import Stage
from domain.closing import last_day_end
from domain.people import Actor
from domain.timezones import end_of, local_date
from models import decision_bodies as d
from models.database import utc_now
from tests import builders as b
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.world import Refused, RunningCase, World

ZONE = "Asia/Shanghai"


async def agree_on(case: RunningCase, day: date, proposes: Actor, answers: Actor) -> None:
    await case.decide(proposes, d.ProposeLastDay(day=day, reason="agreed in person"))
    await case.decide(answers, d.AnswerLastDay(day=day, answer=d.Answer.ACCEPT))


async def test_an_early_release_by_agreement_ends_the_employment_on_the_earlier_day(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    day = local_date(state.arrived_at, ZONE) + timedelta(days=10)
    await agree_on(case, day, proposes=b.LEAVER, answers=b.HR)
    assert (await case.the("LastDayMoved")).data["rule"] == "NOT-11"

    await case.fast_forward_to(end_of(day, ZONE) - timedelta(minutes=1))
    assert (await case.state()).stage is not Stage.PURSUING
    await case.fast_forward(timedelta(minutes=2))
    left = await case.until_fact("LastDayEnded")
    assert local_date(left.at, ZONE) == day + timedelta(days=1)


async def test_a_release_on_the_very_day_ends_the_employment_that_night(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    today = local_date(state.arrived_at, ZONE)
    await agree_on(case, today, proposes=b.HR, answers=b.LEAVER)
    await case.fast_forward(timedelta(hours=25))
    assert (await case.result()).outcome == "completed"


async def test_a_later_day_by_agreement_keeps_the_case_open_until_then(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    day = state.final_day + timedelta(days=12)
    await agree_on(case, day, proposes=b.HR, answers=b.LEAVER)
    await case.fast_forward(timedelta(days=40))
    assert (await case.state()).stage is Stage.AWAITING_LAST_DAY
    await case.fast_forward(timedelta(days=4))
    assert (await case.result()).outcome == "completed"


async def test_the_same_side_cannot_answer_its_own_proposal_and_a_declined_day_changes_nothing(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    day = state.final_day - timedelta(days=5)
    await case.decide(b.HR, d.ProposeLastDay(day=day, reason="budget"))
    with pytest.raises(Refused, match=r"last_day\.own_proposal"):
        await case.decide(b.HR, d.AnswerLastDay(day=day, answer=d.Answer.ACCEPT))
    await case.decide(b.LEAVER, d.AnswerLastDay(day=day, answer=d.Answer.REFUSE, reason="no"))
    assert (await case.state()).final_day == state.final_day


@pytest.mark.law("NOT-08")
async def test_a_moved_day_is_warned_of_anew(world: World) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    await case.fast_forward_to(last_day_end(state) - timedelta(days=7))
    await case.until_fact("LastDayWarned")
    await agree_on(case, state.final_day + timedelta(days=20), proposes=b.HR, answers=b.LEAVER)
    await case.fast_forward_to(last_day_end(await case.state()) - timedelta(days=7))
    assert (await case.until_fact("LastDayWarned", 2)).data["days"] == "7"


@pytest.mark.law("NOT-06")
async def test_thirty_days_run_across_month_ends_and_leap_days(world: World) -> None:
    for arrived_on, ends_on in (
        (date(2027, 12, 31), date(2028, 1, 30)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2027, 1, 30), date(2027, 3, 1)),
    ):
        case = await world.resign(datetime.combine(arrived_on, time(4, 0), tzinfo=UTC))
        assert (await case.until(lambda c: c.plan is not None)).final_day == ends_on


async def test_an_employment_that_ends_on_a_leap_day_ends_with_that_day(world: World) -> None:
    year = next(y for y in range(utc_now().year + 1, utc_now().year + 9) if y % 4 == 0 and y % 100)
    leap_day = date(year, 2, 29)
    case = await world.resign(requested_last_day=leap_day)
    await signed_and_sealed(case)
    await case.fast_forward_to(end_of(leap_day, ZONE) + timedelta(minutes=1))

    assert (await case.result()).outcome == "completed"
    left = await case.the("LastDayEnded")
    assert (left.data["last_day"], local_date(left.at, ZONE)) == (leap_day.isoformat(), date(year, 3, 1))


async def test_a_notice_registered_after_its_last_day_closes_every_access_at_once(world: World) -> None:
    case = await world.resign(utc_now() - timedelta(days=35))
    state = await case.until(lambda c: c.stage is Stage.PURSUING)
    assert [system.rights for system in world.systems] == [(), (), ()]
    assert state.pursue_until is not None
