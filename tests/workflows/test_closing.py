"""How a case may end after the last day: by itself, at the deadline, by HR with its gaps, and never on legal hold."""

from datetime import timedelta

import pytest

from domain.case import Stage
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.scripted import Mood
from tests.workflows.world import Refused, World


async def test_hr_can_stop_pursuing_after_the_last_day_and_what_is_missing_is_listed(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    with pytest.raises(Refused, match=r"close\.not_before_last_day"):
        await case.decide(b.HR, d.CloseCase(reason="enough"))
    await case.fast_forward(timedelta(days=31))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    with pytest.raises(Refused, match=r"close\.only_hr"):
        await case.decide(b.WITNESS, d.CloseCase(reason="enough"))
    await case.decide(b.HR, d.CloseCase(reason="enough"))

    result = await case.result()
    assert result.outcome == "completed_with_gaps"
    assert "clearance:finance" in result.gaps
    assert (await case.the("CaseClosed")).by == "a-hr"


async def test_access_that_could_not_be_verified_is_a_gap_of_a_case_that_hr_closes(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    mail = world.systems.of("mail")
    mail.mood, mail.retry_after = Mood.DOWN, timedelta(hours=2)
    await case.fast_forward(timedelta(days=32))
    await case.decide(b.HR, d.CloseCase(reason="the mail server is scrapped"))
    assert (await case.result()).gaps == ("access:mail",)


async def test_a_legal_hold_keeps_a_finished_case_open_until_it_is_lifted(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.decide(b.COUNSEL, d.PlaceHold(reason="a claim is pending"))
    await case.fast_forward(timedelta(days=90))
    assert (await case.state()).stage is Stage.PURSUING
    assert [system.rights for system in world.systems] == [(), (), ()], "the last day is untouched by a hold"
    with pytest.raises(Refused, match=r"close\.on_hold"):
        await case.decide(b.HR, d.CloseCase(reason="enough"))

    await case.decide(b.COUNSEL, d.LiftHold(reason="settled"))
    assert (await case.result()).outcome == "completed"


async def test_only_counsel_places_and_lifts_a_hold(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    with pytest.raises(Refused, match=r"hold\.only_counsel"):
        await case.decide(b.HR, d.PlaceHold(reason="a claim is pending"))


async def test_a_closed_case_takes_no_decision(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=32))
    await case.result()
    await case.until(lambda c: c.aftercare is not None and c.aftercare.alone)
    with pytest.raises(Refused, match=r"case\.closed"):
        await case.decide(b.HR, d.CloseCase(reason="too late"))
    assert {kind for kind, _ in case.tasks("a-hr")} == {"complete_duty", "confirm_payment"}, "what the law asks goes on"
