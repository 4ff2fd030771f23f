"""After a case has closed a workflow of its own looks after what the employer still owes, for months and for years."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlmodel import select

from domain.case import Side
from domain.law.periods import add_months, add_years
from domain.obligations import DutyKind, InterruptionKind
from domain.timezones import end_of, local_date
from models import decision_bodies as d
from models import facts, law_views
from models.database import reading, writing
from models.employment import EmploymentTerms
from models.tables import Document, Notice
from tests import builders as b
from tests import duties
from tests.models import written
from tests.workflows.moves import handing_over, pay_the_wages, signed_and_sealed
from tests.workflows.world import Refused, RunningCase, World
from workflows.showcase import details

MONTHS = 24


async def closed(world: World, *, months: int = 0) -> RunningCase:
    """A case whose last day is over and which has closed; with a non-compete of so many months, enforced."""
    if months:
        with writing(world.engine) as session:
            session.get_one(EmploymentTerms, "e-lin").non_compete_months = months
    case = await world.resign()
    if months:
        await handing_over(case)
        await case.decide(b.HR, d.DecideNonCompete(enforce=True, reason="she knows the prices"))
    state = await signed_and_sealed(case)
    over = end_of(state.final_day, state.agreed.calendar.zone)
    await case.fast_forward_to(over - timedelta(minutes=1))
    await case.fast_forward_to(
        over + timedelta(minutes=1)
    )  # in two leaps: the aftercare inherits how far the last went
    assert (await case.result()).outcome == "completed"
    await case.until(lambda c: c.aftercare is not None and c.aftercare.alone)
    await pay_the_wages(case, state.final_day)
    return case


async def today(case: RunningCase) -> date:
    return local_date(await case.world.temporal.get_current_time(case.aftercare), "Asia/Shanghai")


async def wait_until(case: RunningCase, day: date) -> None:
    """The aftercare lives until ten o'clock of that day."""
    now = await case.world.temporal.get_current_time(case.aftercare)
    there = end_of(day, "Asia/Shanghai") - timedelta(hours=14)
    await case.world.temporal.fast_forward(case.aftercare, there - now)


async def do_every_duty(case: RunningCase) -> None:
    for kind in duties.EVERYWHERE:
        await case.decide(b.HR, d.CompleteDuty(duty=kind, done_on=await today(case), reference="receipt 118"))


@pytest.mark.law("CRT-02", "CRT-03", "NC-03", "LIM-01")
async def test_twenty_five_months_in_which_every_timer_fires_once_on_its_day(world: World) -> None:
    case = await closed(world, months=MONTHS)
    last_day = (await case.state()).final_day
    await do_every_duty(case)
    for month in range(1, MONTHS + 1):
        due = add_months(last_day, month)
        await wait_until(case, due)
        if month == MONTHS // 2:
            await world.restart()
        await case.decide(b.HR, d.ConfirmCompensation(month=month, paid_on=due, reference=f"bank {month}"))
    told = await case.facts()
    ours = ("Compensation", "Limitation", "Duty", "File")
    assert Counter(fact.kind for fact in told if fact.kind.startswith(ours)) == {
        "DutyDone": 3,
        "CompensationScheduled": 1,
        "CompensationAsked": MONTHS,
        "CompensationPaid": MONTHS,
        "LimitationOver": 1,
        "FileRestricted": 1,
    }
    asked = [local_date(fact.at, "Asia/Shanghai") for fact in told if fact.kind == "CompensationAsked"]
    assert asked == [add_months(last_day, month) - timedelta(days=7) for month in range(1, MONTHS + 1)]
    assert [fact.number for fact in told] == list(range(1, len(told) + 1)), "one numbering for both lives"


@pytest.mark.law("CRT-02", "CRT-03", "HND-02")
async def test_duties_begin_with_the_last_day_although_the_case_is_still_open(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(days=8))
    await case.until_fact("DutyMissed")
    assert "duty_missed" in case.told("a-hr")
    assert not (await case.state()).closed
    done_on = local_date(await case.now(), "Asia/Shanghai")
    await case.decide(b.HR, d.CompleteDuty(duty=DutyKind.UNEMPLOYED_LIST, done_on=done_on, reference="late, but done"))
    assert ("complete_duty", "unemployed_list") not in case.tasks("a-hr")


@pytest.mark.law("NC-05")
async def test_months_that_nobody_pays_let_the_employee_rescind(world: World) -> None:
    case = await closed(world, months=6)
    last_day = (await case.state()).final_day
    await wait_until(case, add_months(last_day, 3) + timedelta(days=1))
    await case.until_fact("NonCompeteRescindable")
    assert "non_compete_rescindable" in case.told("a-counsel")
    kinds = Counter(await case.kinds())
    assert (kinds["CompensationOverdue"], kinds["NonCompeteRescindable"]) == (3, 1)
    ended = d.EndNonCompete(side=Side.EMPLOYEE, on=await today(case), reason="she rescinds")
    await case.decide(b.HR, ended)
    assert (await case.the("NonCompeteEnded")).data["extra_months"] == 0


@pytest.mark.law("LIM-01")
async def test_a_claim_by_signal_begins_the_year_anew(world: World) -> None:
    case = await closed(world)
    await do_every_duty(case)
    await wait_until(case, (await case.state()).final_day + timedelta(days=200))
    on = await today(case)
    claim = d.RecordInterruption(kind=InterruptionKind.CLAIM, on=on, reference="her letter")
    await case.signal(b.COUNSEL, claim)
    interrupted = await case.until_fact("LimitationInterrupted")
    assert interrupted.data["until"] == add_months(on, 12).isoformat()
    await wait_until(case, add_months(on, 12) - timedelta(days=1))
    assert "LimitationOver" not in await case.kinds()
    await wait_until(case, add_months(on, 12) + timedelta(days=1))
    await case.until_fact("FileRestricted")


@pytest.mark.law("PIP-04", "RET-01")
async def test_a_file_is_stored_and_erased_when_its_time_is_over_and_the_case_forgets(world: World) -> None:
    case = await closed(world)
    last_day, notice = (await case.state()).final_day, "我辞职"
    await do_every_duty(case)
    await wait_until(case, add_years(last_day, 1) + timedelta(days=1))
    await case.until_fact("FileRestricted")
    assert {"erasure_announced", "file_erased"}.isdisjoint(case.told("a-counsel"))
    await wait_until(case, add_years(last_day, 2) + timedelta(days=1))
    await case.until(lambda c: c.aftercare is not None and c.aftercare.files[0].erased_at is not None)
    assert {"erasure_announced", "file_erased"} <= set(case.told("a-counsel"))
    before = [row.hash for row in written.chain(world.engine, case.case_id)]
    await wait_until(case, add_years(last_day, 3) + timedelta(days=1))
    assert (await case.aftercare.result()).outcome == "aftercare_ended"
    chain = written.chain(world.engine, case.case_id)
    assert [row.hash for row in chain][: len(before)] == before
    assert facts.verify(case.case_id, chain).problems == ()
    assert [row.kind for row in chain if not facts.is_erased(row)][-3:] == [
        "FileErased",
        "ErasureDone",
        "AftercareEnded",
    ]
    with reading(world.engine) as session:
        assert session.get(Notice, case.case_id) is None
        texts = [d.content for d in session.exec(select(Document).where(Document.case_id == case.case_id)).all()]
    assert len([text for text in texts if text]) == 2, "the two certificates are all that is left"
    assert notice not in str(case.row().model_dump())
    assert facts.differences(chain, await case.facts()) == (), "the workflow forgot what the database did"
    assert not any("a-lin" in str(fact) for fact in await case.facts())


async def test_aftercare_proves_who_decides_like_every_case(world: World) -> None:
    case = await closed(world)
    duty = d.CompleteDuty(duty=DutyKind.HOUSING_FUND, done_on=await today(case), reference="r")
    with pytest.raises(Refused, match=r"proof\.missing"):
        await case.decide(b.HR, duty, proof="")
    await case.aftercare.cancel()
    await case.until_fact("CancellationIgnored")
    await case.decide(b.HR, duty)


async def test_what_is_left_to_do_is_shown_with_the_law_it_rests_on(world: World) -> None:
    case = await closed(world, months=2)
    shown = details(await case.state())
    assert "- [ ] archives_and_insurance: due" in shown
    assert "non-compete: 2 month(s) left" in shown
    rules = {answer.rule for answer in law_views.of_case(case.row().snapshot)}
    assert {"CRT-02", "CRT-03", "LIM-01", "NC-05"} <= rules


async def test_a_withdrawn_resignation_leaves_nothing_to_look_after(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))
    assert (await case.result()).outcome == "withdrawn"
    assert case.row().snapshot["aftercare"] is None
