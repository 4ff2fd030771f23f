"""A case in each place whose law is known, and where only a template is: pinned to it, carried to its end by it."""

from datetime import timedelta

import pytest

from domain.timezones import end_of, local_date
from models.database import writing
from models.employment import EmploymentTerms
from models.law import library
from models.tables import Employee
from tests import builders as b
from tests.workflows.moves import signed_and_sealed
from tests.workflows.world import World

REGIONS = sorted({pack.region for pack in library().packs.values() if pack.region})
ELSEWHERE = [pack.jurisdiction for pack in library().templates()]


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


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize("region", ELSEWHERE)
async def test_elsewhere_a_case_comes_to_its_end_with_a_warning_and_without_papers_of_chinese_law(
    world: World, region: str
) -> None:
    with writing(world.engine) as session:
        terms = session.get_one(EmploymentTerms, "e-lin")
        terms.region, terms.agreed_notice_days = region, 60
        session.get_one(Employee, "e-lin").time_zone = library().book(region).national.time_zone
    case = await world.resign()
    state = await signed_and_sealed(case)
    plan = state.agreed
    assert plan.book == library().book(region).pinned
    assert {law.rule_id for law in (*plan.law, *plan.freeze.law)} == {"FGN-01"}
    assert (plan.aftercare, plan.settlement, plan.non_compete) == (None, None, None)
    await case.fast_forward_to(end_of(state.final_day, plan.calendar.zone) + timedelta(minutes=1))
    assert (await case.result()).outcome == "completed"
    assert [kind for kind in case.told(b.LEAVER.account) if kind.startswith("paper_")] == []
