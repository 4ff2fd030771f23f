"""A case in each region of mainland China that has law of its own: pinned to it, and carried to its end by it."""

from datetime import timedelta

import pytest

from domain.timezones import end_of, local_date
from models.database import writing
from models.employment import EmploymentTerms
from models.law import library
from tests import builders as b
from tests.workflows.moves import signed_and_sealed
from tests.workflows.world import World

REGIONS = sorted({pack.region for pack in library().packs.values() if pack.region})


@pytest.mark.law("NOT-01", "SH-01")
@pytest.mark.parametrize("region", REGIONS)
async def test_a_case_lives_by_the_law_of_the_place_where_the_person_works(world: World, region: str) -> None:
    with writing(world.engine) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.region, terms.agreed_notice_days, terms.keeps_secrets = region, 60, True
    case = await world.resign()
    state = await signed_and_sealed(case)
    book = library().book(region)
    assert state.agreed.book == book.pinned
    arrived_on = local_date(state.arrived_at, "Asia/Shanghai")
    longer = book.find("SH-01", arrived_on)
    assert state.final_day == arrived_on + timedelta(days=60 if longer else 30)
    warned = {law.rule_id for law in state.agreed.law if law.action == "warn"}
    assert ("NOT-12" in warned) is (longer is None), "elsewhere sixty days do not bind"
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(minutes=1))
    assert (await case.result()).outcome == "completed"
    assert case.told(b.LEAVER.account).count("paper_certificate") == 1
