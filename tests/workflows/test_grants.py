"""Temporary access: scoped, capped, ending by itself, extended, revoked early, always read back."""

from datetime import timedelta

import pytest

from domain.rights import GrantStatus
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import handing_over
from tests.workflows.scripted import Mood
from tests.workflows.world import Refused, RunningCase, World

FROZEN = ("view_orders",)
GRANTED = ("create_orders", "view_orders")


async def granted(world: World, hours: int = 24) -> RunningCase:
    """A case with an active grant in the ERP that has been read back."""
    case = await world.resign()
    await handing_over(case)
    request = d.RequestGrant(system="erp", rights=("create_orders",), reason="one last order", hours=hours)
    await case.decide(b.LEAVER, request)
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == GRANTED
    return case


async def test_a_grant_ends_by_itself_at_its_instant_and_the_leaver_is_warned_an_hour_before(world: World) -> None:
    case = await granted(world)
    (grant,) = (await case.state()).grants
    assert grant.expires_at is not None
    await case.fast_forward_to(grant.expires_at - timedelta(minutes=1))
    assert world.systems.of("erp").rights == GRANTED
    assert "grant_expiring" in case.told("a-lin")

    await case.fast_forward(timedelta(minutes=2))
    expired = await case.until_fact("GrantExpired")
    assert grant.expires_at <= expired.at < grant.expires_at + timedelta(minutes=1)
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == FROZEN


async def test_an_extended_grant_ends_at_its_new_instant(world: World) -> None:
    case = await granted(world)
    await case.decide(b.SECURITY, d.ExtendGrant(grant="g1", hours=24, reason="the customer is late"))
    await case.fast_forward(timedelta(hours=30))
    assert world.systems.of("erp").rights == GRANTED
    await case.fast_forward(timedelta(hours=19))
    await case.until(lambda c: c.grants[0].status is GrantStatus.EXPIRED and all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == FROZEN


async def test_a_revoked_grant_ends_at_once(world: World) -> None:
    case = await granted(world)
    await case.decide(b.SECURITY, d.RevokeGrant(grant="g1", reason="misused"))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == FROZEN
    assert world.systems.of("erp").calls[-1] == "revoke"


async def test_the_leaver_can_give_a_grant_back(world: World) -> None:
    case = await granted(world)
    await case.decide(b.LEAVER, d.RevokeGrant(grant="g1"))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == FROZEN


async def test_two_grants_in_one_system_end_one_after_the_other(world: World) -> None:
    case = await granted(world, hours=48)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("change_orders",), reason="a typo", hours=2))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g2", answer=d.Answer.ACCEPT))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == ("change_orders", *GRANTED)

    await case.fast_forward(timedelta(hours=3))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == GRANTED


async def test_nobody_grants_their_own_request_and_nothing_wider_than_what_was_frozen(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    with pytest.raises(Refused, match=r"grant\.wider_than_frozen"):
        await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("delete_all",), reason="why not", hours=1))
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=1))
    with pytest.raises(Refused, match=r"grant\.self_approval"):
        await case.decide(b.LEAVER, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    with pytest.raises(Refused, match=r"grant\.only_security_decides"):
        await case.decide(b.WITNESS, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    assert world.systems.of("erp").rights == FROZEN


async def test_a_refused_request_changes_no_right(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=1))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.REFUSE, reason="no need"))
    assert world.systems.of("erp").calls == ["freeze"]


async def test_a_grant_is_cut_off_by_the_last_day(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward(timedelta(days=29))
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=72))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    (grant,) = (await case.state()).grants
    assert grant.expires_at is not None
    assert grant.expires_at - state.arrived_at < timedelta(days=31)
    await case.fast_forward(timedelta(days=2))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert world.systems.of("erp").rights == ()


async def test_a_grant_that_expires_while_its_system_is_down_is_revoked_as_soon_as_it_is_back(world: World) -> None:
    case = await granted(world, hours=2)
    erp = world.systems.of("erp")
    erp.mood = Mood.DOWN
    await case.fast_forward(timedelta(hours=5))
    state = await case.until(lambda c: c.grants[0].status is GrantStatus.EXPIRED)
    assert not all(s.verified for s in state.systems)
    assert "access_alarm" in case.told("a-hr")

    erp.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(minutes=11))
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert erp.rights == FROZEN
    assert "access_alarm_cleared" in case.told("a-hr")
