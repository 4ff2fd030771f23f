"""A running case obeys the law of the freeze: refused, answered for, lawfully repaired, and never judged anew."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from domain.case import Stage
from domain.law.freeze import Scope
from models import decision_bodies as d
from models.database import writing
from models.employment import FreezeBasis
from models.tables import SystemRight
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.world import Refused, World

ALL = ("contact_customers", "export", "view_customers")
ONLY_DATA_PROTECTED = ("contact_customers", "view_customers")
FROZEN = ("view_customers",)


def policy_lacks(world: World, *, publication: bool = False, wholly: bool = False) -> None:
    """The company's policy lacks its proofs, or is not there at all; exporting customers is a matter of data."""
    with writing(world.engine) as session:
        session.get_one(SystemRight, ("crm", "export")).protects_data = True
        policy = session.exec(select(FreezeBasis)).one()
        policy.procedure = ""
        if publication:
            policy.publication = ""
        if wholly:
            session.delete(policy)


@pytest.mark.law("FRZ-01", "FRZ-05")
async def test_without_a_basis_the_freeze_is_refused_and_only_data_are_protected(world: World) -> None:
    policy_lacks(world, wholly=True)
    case = await world.resign()
    state = await handing_over(case)
    assert state.freeze.scope is Scope.LIMITED
    assert world.systems.of("crm").rights == ONLY_DATA_PROTECTED
    assert "freeze_limited" in case.told("a-hr")
    refused = [fact.data for fact in await case.facts() if fact.kind == "LawAsked" and fact.data["action"] == "block"]
    assert [(law["rule"], law["reason"]) for law in refused] == [("FRZ-01", "no_basis")]


@pytest.mark.law("FRZ-01")
async def test_an_agreement_that_both_sides_signed_brings_the_freeze_lawfully(world: World) -> None:
    policy_lacks(world, wholly=True)
    case = await world.resign()
    await handing_over(case)
    signed = (await case.now()).date() - timedelta(days=1)
    await case.decide(b.HR, d.FileFreezeAgreement(reference="AGR-31", signed_on=signed))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("crm").rights == FROZEN
    assert (await case.the("FreezeBasisFiled")).by == b.HR.account


@pytest.mark.law("FRZ-02")
async def test_a_policy_that_is_not_fully_proved_waits_for_counsel(world: World) -> None:
    policy_lacks(world)
    case = await world.resign()
    await handing_over(case)
    assert world.systems.of("crm").rights == ONLY_DATA_PROTECTED
    assert "freeze_waits_for_counsel" in case.told("a-counsel")
    with pytest.raises(Refused, match=r"freeze\.only_counsel"):
        await case.decide(b.HR, d.ConfirmFreeze(answer=d.Answer.ACCEPT, reason="we need it"))
    await case.signal(b.COUNSEL, d.ConfirmFreeze(answer=d.Answer.ACCEPT, reason="the minutes are there"))
    await case.until_written("FreezeConfirmed", 1)
    await case.until(lambda c: c.freeze.scope is Scope.FULL and all(s.verified for s in c.systems))
    assert world.systems.of("crm").rights == FROZEN


@pytest.mark.law("FRZ-03")
async def test_a_basis_that_cuts_the_pay_carries_nothing(world: World) -> None:
    with writing(world.engine) as session:
        session.exec(select(FreezeBasis)).one().full_pay = False
    case = await world.resign()
    state = await handing_over(case)
    assert (state.freeze.scope, state.freeze.waits_for_counsel) == (Scope.LIMITED, False)
    assert world.systems.of("crm").rights == ALL


@pytest.mark.law("FRZ-06")
async def test_what_the_company_adopts_later_changes_nothing_in_a_running_case(world: World) -> None:
    policy_lacks(world, wholly=True)
    case = await world.resign()
    before = await handing_over(case)
    with writing(world.engine) as session:
        session.add(
            FreezeBasis(key="late", kind="policy", title="late", in_force_from=date(2020, 1, 1), publication="x")
        )
    await case.fast_forward(timedelta(days=3))
    state = await case.state()
    assert (state.freeze, state.agreed.law, state.agreed.book) == (before.freeze, before.agreed.law, before.agreed.book)


@pytest.mark.law("FRZ-06", "HND-02")
async def test_a_limited_freeze_ends_like_any_other_on_the_last_day(world: World) -> None:
    policy_lacks(world, wholly=True)
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=31))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    assert world.systems.of("crm").rights == ()
