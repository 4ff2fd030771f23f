"""Reminders of one instant go out as one message to each person, at an opening hour of a working day."""

from datetime import timedelta

from sqlmodel import select

from domain.timezones import zone
from models import decision_bodies as d
from models.database import reading
from models.tables import NotificationRow
from tests import builders as b
from tests.workflows.moves import ITEMS, handing_over
from tests.workflows.world import World


async def test_everything_that_waits_for_one_person_comes_in_one_message(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=7))
    with reading(world.engine) as session:
        rows = session.exec(select(NotificationRow).where(NotificationRow.kind == "digest")).all()
    to_the_leaver = [row for row in rows if row.account == "a-lin"]
    assert {tuple(row.subjects) for row in to_the_leaver} == {tuple(f"item:{item}" for item in ITEMS)}
    assert len({row.at for row in to_the_leaver}) == len(to_the_leaver)
    assert {row.account for row in rows} >= {f"a-{department}-clerk" for department in b.DEPARTMENTS}


async def test_digests_go_out_at_the_opening_hour_of_working_days_only(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward(timedelta(days=14))
    calendar = state.agreed.calendar
    sent = [fact.at.astimezone(zone(calendar.zone)) for fact in await case.facts() if fact.kind == "DigestSent"]
    assert len(sent) >= 4
    for at in sent:
        assert calendar.is_working_day(at.date())
        assert (at.hour, at.minute) == (calendar.opens_at.hour, calendar.opens_at.minute)


async def test_nothing_is_reminded_of_that_is_done(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=5))
    before = case.told("a-it-clerk").count("digest")
    await case.decide(b.actor("it-clerk"), d.DecideClearance(department="it", verdict=d.Verdict.APPROVE))
    await case.fast_forward(timedelta(days=10))
    assert case.told("a-it-clerk").count("digest") == before
