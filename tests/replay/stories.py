"""The courses of a case whose histories are kept: between them they pass every command that the workflow gives."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

from domain.case import Side, Stage
from domain.obligations import InterruptionKind
from domain.timezones import local_date
from models import decision_bodies as d
from models.database import writing
from models.employment import EmploymentTerms
from tests import builders as b
from tests import duties
from tests.workflows.moves import handing_over, pay_the_wages
from tests.workflows.scripted import Mood
from tests.workflows.signing import signed
from tests.workflows.world import WITHIN, RunningCase, World

TEMPLATE: dict[str, Any] = {
    "items": [
        {"id": "devices", "title": ["设备", "Devices"], "criterion": ["归还", "Returned"], "category": "devices"},
    ],
    "clearances": [{"department": "it", "title": ["信息", "IT"], "levels": ["job:clerk", "head"]}],
    "policy": {"pursue_days": 10},
}
"""Little to do: a kept history shows the order of the steps, not their number."""

Story = Callable[[World], Awaitable[RunningCase]]

IT = b.actor("it-clerk")


async def happy(world: World) -> RunningCase:
    """Everything is done in time and verified."""
    case = await world.resign()
    await handing_over(case)
    await _hand_over(case)
    await case.decide(IT, d.DecideClearance(department="it", verdict=d.Verdict.APPROVE))
    await _sign(case)
    await case.fast_forward(timedelta(days=32))
    await case.result()
    return case


async def silent(world: World) -> RunningCase:
    """Nobody ever does anything."""
    case = await world.resign()
    await handing_over(case)
    await case.fast_forward(timedelta(days=45))
    await case.result()
    return case


async def withdrawn(world: World) -> RunningCase:
    """The resignation is withdrawn while the record lies before its parties."""
    case = await world.resign()
    await handing_over(case)
    await _hand_over(case)
    await case.decide(IT, d.DecideClearance(department="it", verdict=d.Verdict.APPROVE))
    await case.until(lambda c: c.record is not None)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))
    await case.result()
    return case


async def grants_and_send_back(world: World) -> RunningCase:
    """Access is granted, extended and ends; a department sends back; a bad signal and a refused update come in."""
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=24))
    await case.signal(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT), proof="")
    await case.until_fact("SignalIgnored")
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    await case.decide(b.SECURITY, d.ExtendGrant(grant="g1", hours=24, reason="late"))
    await case.decide(IT, d.DecideClearance(department="it", verdict=d.Verdict.SEND_BACK, reason="no laptop"))
    await case.decide(b.LEAVER, d.ResubmitClearance(department="it", note="here it is"))
    await case.fast_forward(timedelta(hours=49))
    await case.until(lambda c: all(s.verified for s in c.systems))
    world.close_account("a-it-clerk")
    await case.handle.signal("recheck_people")
    await case.until_fact("ApproverLeft")
    await case.fast_forward(timedelta(days=31))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    await case.decide(b.HR, d.CloseCase(reason="enough"))
    await case.result()
    return case


async def system_down(world: World) -> RunningCase:
    """One system is down for three days, another refuses for good, and the database is away for a moment."""
    erp, mail = world.systems.of("erp"), world.systems.of("mail")
    erp.mood, erp.retry_after, mail.mood = Mood.DOWN, timedelta(hours=2), Mood.REFUSING
    case = await world.resign()
    await case.fast_forward(timedelta(days=3))
    await handing_over(case)
    erp.mood = mail.mood = Mood.HEALTHY
    await case.fast_forward(timedelta(days=1))
    await case.until(lambda c: all(s.verified for s in c.systems))
    world.ledger.away = True
    await case.fast_forward(timedelta(days=2))
    world.ledger.away = False
    await case.fast_forward(timedelta(days=28))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    return case


async def slow_database(world: World) -> RunningCase:
    """Writes outlast the workflow tasks in which they began, and messages arrive in the middle of them."""
    world.workflow_task_timeout = timedelta(seconds=1)
    case = await world.resign()
    await handing_over(case)
    world.ledger.pace = 1.3
    world.ledger.entered.clear()
    await case.signal(b.LEAVER, d.HandOverItems(items=("devices",), note="on the desk"))
    await asyncio.to_thread(world.ledger.entered.wait, WITHIN)
    await case.handle.signal("recheck_people")
    await case.signal(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="an order", hours=24))
    await case.until_written("GrantRequested", 1)
    await case.decide(b.SECURITY, d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    world.ledger.pace = 0.0
    await case.fast_forward(timedelta(days=32))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    return case


async def looked_after(world: World) -> RunningCase:
    """The case closes and lives on: a duty missed, a month paid and one not, a claim, the file's end."""
    with writing(world.engine) as session:
        session.get_one(EmploymentTerms, "e-lin").non_compete_months = 12
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.HR, d.DecideNonCompete(enforce=True, reason="she knows the prices"))
    await case.fast_forward(timedelta(days=45))
    await case.result()
    await case.until(lambda c: c.aftercare is not None and c.aftercare.alone)

    async def later(days: int) -> date:
        await world.temporal.fast_forward(case.aftercare, timedelta(days=days))
        return local_date(await world.temporal.get_current_time(case.aftercare), "Asia/Shanghai")

    on = await later(20)
    for kind in duties.EVERYWHERE:
        await case.decide(b.HR, d.CompleteDuty(duty=kind, done_on=on, reference="late"))
    await pay_the_wages(case, on)
    await case.decide(b.HR, d.ConfirmCompensation(month=1, paid_on=on, reference="bank"))
    on = await later(70)
    await case.signal(b.COUNSEL, d.RecordInterruption(kind=InterruptionKind.CLAIM, on=on, reference="letter"))
    await case.until_fact("LimitationInterrupted")
    await case.decide(b.HR, d.EndNonCompete(side=Side.EMPLOYEE, on=on, reason="she rescinds"))
    for month in (2, 3, 4):
        await case.decide(b.HR, d.ConfirmCompensation(month=month, paid_on=on, reference="bank"))
    await later(400)
    await case.until_fact("FileRestricted")
    await later(400)
    await case.until_fact("ErasureDone")
    return case


STORIES: dict[str, Story] = {
    story.__name__: story
    for story in (happy, silent, withdrawn, grants_and_send_back, system_down, slow_database, looked_after)
}


async def _hand_over(case: RunningCase) -> None:
    await case.decide(b.LEAVER, d.HandOverItems(items=("devices",), note="on the desk"))
    await case.decide(b.RECEIVER, d.DecideItems(items=("devices",), answer=d.Answer.ACCEPT))


async def _sign(case: RunningCase) -> None:
    for party in (b.LEAVER, b.RECEIVER, b.WITNESS):
        await case.decide(party, await signed(case, party))
    record = (await case.until(lambda c: c.record is not None and c.record.settled)).record
    assert record is not None
    await case.decide(b.HR, d.ApproveSeal(sha256=record.sha256, answer=d.Answer.ACCEPT))
