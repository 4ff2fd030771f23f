"""Connected systems that are down, lie, hang, refuse, or meet a case that changes its mind meanwhile."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from temporalio.exceptions import ActivityError, FailureError, RetryState, TimeoutType
from temporalio.exceptions import TimeoutError as TimedOut

from activities.failures import Permanent, TryAgain
from domain.case import Stage
from domain.rights import Operation
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.running_case import WITHIN
from tests.workflows.scripted import Mood
from tests.workflows.world import World
from worker import EFFECTS_AT_ONCE
from workflows.failure import Failure
from workflows.options import FIRST_ROUND

FROZEN = ("view_orders",)
GRANTED = ("create_orders", "view_orders")
A_MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


async def test_a_system_down_for_ten_days_is_alarmed_daily_and_followed_up_until_it_is_verified(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood, erp.retry_after = Mood.DOWN, timedelta(hours=2)
    case = await world.resign()
    await case.fast_forward(timedelta(days=10))
    state = await handing_over(case)
    failing = next(s for s in state.systems if s.system == "erp")
    assert (failing.verified, failing.last_problem) == (False, "erp is down")
    assert case.row().failing is True
    alarms = [fact.at for fact in await case.facts() if fact.kind == "AccessUnverified"]
    assert 10 <= len(alarms) <= 12
    assert all(A_DAY - erp.retry_after <= later - sooner <= A_DAY for sooner, later in pairwise(alarms[1:]))
    assert case.told("a-hr").count("access_alarm") == len(alarms)

    erp.mood = Mood.HEALTHY
    await case.fast_forward(erp.retry_after)
    await case.until(lambda c: all(s.verified for s in c.systems))
    assert erp.rights == FROZEN
    assert "access_alarm_cleared" in case.told("a-sec")
    assert case.row().failing is False


async def test_a_system_that_says_frozen_and_shows_otherwise_is_never_taken_at_its_word(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood = Mood.LYING
    case = await world.resign()
    await case.fast_forward(timedelta(hours=1))
    state = await handing_over(case)
    lying = next(s for s in state.systems if s.system == "erp")
    assert not lying.verified
    assert "read back change_orders, create_orders, view_orders" in lying.last_problem

    erp.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(minutes=11))
    await case.until(lambda c: all(s.verified for s in c.systems))


async def test_one_system_that_hangs_does_not_keep_the_others_from_being_frozen(world: World) -> None:
    world.systems.of("crm").mood = Mood.SLOW
    case = await world.resign()
    await case.until(lambda c: {s.system for s in c.systems if s.verified} == {"erp", "mail"})
    assert (await case.state()).stage is Stage.FREEZING
    world.systems.of("crm").go_on()
    await handing_over(case)


async def test_systems_that_hang_for_many_cases_keep_no_decision_waiting(world: World) -> None:
    healthy = await world.resign()
    await handing_over(healthy)
    for system in world.systems:
        system.mood = Mood.SLOW
    waiting = [await world.resign() for _ in range(EFFECTS_AT_ONCE // len(b.SYSTEMS) + 1)]
    async with asyncio.timeout(WITHIN):
        await waiting[-1].until(lambda c: c.stage is Stage.FREEZING)
        for case in (healthy, waiting[-1]):
            await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="here"))


async def test_a_system_that_refuses_for_good_is_alarmed_once_a_day_and_not_asked_in_a_loop(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood = Mood.REFUSING
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=3))
    assert 3 <= erp.calls.count("freeze") <= 5
    assert 3 <= (await case.kinds()).count("AccessUnverified") <= 5

    erp.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(days=1))
    await case.until(lambda c: all(s.verified for s in c.systems))


async def test_a_grant_while_the_freeze_still_fails_goes_straight_to_the_granted_rights(world: World) -> None:
    erp = world.systems.of("erp")
    erp.mood = Mood.DOWN
    case = await world.resign()
    await case.fast_forward(A_MINUTE)
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=24))
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    erp.mood = Mood.HEALTHY
    await case.fast_forward(A_MINUTE)

    await case.until(lambda c: all(s.verified for s in c.systems))
    assert erp.rights == GRANTED
    assert len(erp.carried_out) == 1, "the freeze that was overtaken was never carried out later"


async def test_a_freeze_that_ends_after_the_withdrawal_is_undone_all_the_same(world: World) -> None:
    crm = world.systems.of("crm")
    crm.mood = Mood.SLOW
    case = await world.resign()
    await case.until(lambda c: {s.system for s in c.systems if s.verified} == {"erp", "mail"})
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))
    assert crm.entered.is_set(), "the freeze is still under way"
    crm.go_on()

    assert (await case.result()).outcome == "withdrawn"
    assert crm.calls == ["freeze", "restore"]
    assert crm.rights == crm.shown[0]
    verified = [f.data for f in await case.facts() if f.kind == "AccessVerified" and f.data["system"] == "crm"]
    assert [(data["revision"], data["operation"]) for data in verified] == [(1, ""), (2, "restore")]


async def test_an_effect_and_its_read_back_name_the_same_operation_in_the_facts(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=32))
    await case.result()
    verified = [
        (str(fact.data["system"]), str(fact.data["operation"]), fact.data["observed"])
        for fact in await case.facts()
        if fact.kind == "AccessVerified"
    ]
    assert sorted(verified) == sorted(
        (system, operation.value, rights)
        for system, frozen in (("crm", ("view_customers",)), ("erp", FROZEN), ("mail", ("send",)))
        for operation, rights in ((Operation.FREEZE, frozen), (Operation.CLOSE, ()))
    )


async def test_a_system_down_on_the_last_day_keeps_the_case_open_until_its_access_is_closed(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    mail = world.systems.of("mail")
    mail.mood, mail.retry_after = Mood.DOWN, timedelta(hours=2)
    await case.fast_forward(timedelta(days=34))
    assert (await case.state()).stage is Stage.PURSUING
    assert case.row().failing is True

    mail.mood = Mood.HEALTHY
    await case.fast_forward(mail.retry_after)
    assert (await case.result()).outcome == "completed"


async def test_every_effect_carries_a_key_of_its_own(world: World) -> None:
    case = await world.resign()
    await signed_and_sealed(case)
    await case.fast_forward(timedelta(days=32))
    await case.result()
    for system in world.systems:
        assert system.carried_out == [f"{case.case_id}:access:{system.name}:{revision}" for revision in (1, 2)]


def ended(state: RetryState, cause: FailureError) -> ActivityError:
    """A round's last failure as the workflow sees it."""
    error = ActivityError(
        "activity failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="",
        activity_type="apply_access",
        activity_id="1",
        retry_state=state,
    )
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            ended(RetryState.MAXIMUM_ATTEMPTS_REACHED, TryAgain("erp: HTTP 503")),
            Failure("erp: HTTP 503", FIRST_ROUND.attempts, for_good=False),
        ),
        (
            ended(RetryState.NON_RETRYABLE_FAILURE, Permanent("erp: no such person")),
            Failure("erp: no such person", 1, for_good=True),
        ),
        (
            ended(RetryState.TIMEOUT, TimedOut("", type=TimeoutType.SCHEDULE_TO_CLOSE, last_heartbeat_details=())),
            Failure("no answer in time", 0, for_good=False),
        ),
    ],
    ids=["it failed each time", "it refused for good", "it hung, or no worker took the order"],
)
def test_the_alarm_says_why_a_round_ended(error: ActivityError, failure: Failure) -> None:
    assert Failure.of(error, FIRST_ROUND) == failure
