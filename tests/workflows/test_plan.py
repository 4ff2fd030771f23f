"""A case whose plan can't be made of the company's data as it stands."""

from datetime import timedelta

from sqlmodel import select

from domain.case import Stage
from models.database import utc_now, writing
from models.tables import Template
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.world import World


def unpublish(world: World) -> None:
    with writing(world.engine) as session:
        for template in session.exec(select(Template)).all():
            session.delete(template)


def publish(world: World) -> None:
    with writing(world.engine) as session:
        session.add(
            Template(key="general", version=1, industry="general", body=b.template_body(), published_at=utc_now())
        )


async def test_without_a_plan_hr_is_told_and_the_case_goes_on_as_soon_as_the_data_give_one(world: World) -> None:
    unpublish(world)
    case = await world.resign()
    await case.fast_forward(timedelta(minutes=6))
    missing = await case.until_fact("PlanMissing")
    assert "no checklist template fits" in str(missing.data["because"])
    assert case.told("a-hr") == ["plan_missing"]
    assert case.row().failing is True
    assert (await case.state()).stage is Stage.OPENING

    publish(world)
    await case.fast_forward(timedelta(minutes=11))
    state = await handing_over(case)
    assert state.plan_problem == ""
    assert case.row().failing is False


async def test_hr_is_told_once_a_day_that_there_is_still_no_plan(world: World) -> None:
    unpublish(world)
    case = await world.resign()
    await case.fast_forward(timedelta(days=3, hours=1))
    await case.until_fact("PlanMissing", count=4)
    assert case.told("a-hr") == ["plan_missing"] * 4
