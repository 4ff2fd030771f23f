"""The portfolio in a running case: taken at notice, counted anew when told, given back; departments are held to it."""

from datetime import timedelta
from typing import Any

import pytest

from activities import teller
from domain.case import Case, Gap, Stage
from domain.desk.entries import Step
from domain.timezones import end_of
from models import decision_bodies as d
from models.accounts import Caller
from models.database import utc_now, writing
from models.desk import portfolio_decisions
from models.desk.portfolio_bodies import DecideEntries
from models.desk.portfolio_tables import CaseSignal
from tests import builders as b
from tests.api.desk.handover import changes, entries, owners
from tests.api.desk.trade import add_customer
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.world import Refused, RunningCase, World

ZHOU = Caller("a-zhou", "zhou", "e-zhou", (), "zh", "Asia/Shanghai")
WANG = Caller("a-wang", "wang", "e-wang", (), "zh", "Asia/Shanghai")
_LOOKED_AFTER: dict[str, Any] = {"sales": ["customer", "order"], "finance": ["receivable"]}
LOOKED_AFTER: dict[str, Any] = {
    "clearances": [{**c, "portfolio": _LOOKED_AFTER.get(c["department"], [])} for c in b.template_body()["clearances"]]
}
departments_are_held = pytest.mark.parametrize("world", [LOOKED_AFTER], indirect=True)
APPROVE_SALES = d.DecideClearance(department="sales", verdict=d.Verdict.APPROVE)


async def selling(world: World, *customers: str) -> RunningCase:
    """A case of somebody with these customers, as soon as its snapshot is taken."""
    with writing(world.engine) as session:
        for customer_id in customers or ("c-lin", "c-north"):
            add_customer(session, customer_id, "lin")
    case = await world.resign()
    await handing_over(case)
    await case.until(lambda c: c.portfolio is not None)
    return case


def decide(case: RunningCase, what: Step, *records: str, by: Caller = ZHOU, reason: str = "") -> None:
    """A step at the desk. Nobody tells the case: that is the teller's part."""
    found = entries(case.world.engine, case.case_id)
    names = [{"kind": found[r].kind, "record": r, "version": found[r].version} for r in records]
    body = DecideEntries.model_validate({"step": what, "entries": names, "reason": reason})
    with writing(case.world.engine) as session:
        portfolio_decisions.decide(session, case.case_id, by, body, utc_now())


def open_now(case: Case) -> dict[str, int]:
    assert case.portfolio is not None
    return {count.kind.value: count.open for count in case.portfolio.counts}


def marks(world: World) -> list[CaseSignal]:
    return teller.untold(world.engine)


async def test_the_snapshot_is_taken_as_the_case_opens_and_proposed_to_its_receiver(world: World) -> None:
    case = await selling(world)
    fact = await case.the("PortfolioTaken")
    assert {kind: fact.data[kind] for kind in ("customer", "order", "receivable")} == {
        "customer": 2,
        "order": 2,
        "receivable": 2,
    }
    assert {row.receiver for row in entries(world.engine, case.case_id).values()} == {"e-zhou"}
    assert "portfolio_taken" in case.told("a-zhou")
    history = (await case.handle.fetch_history()).to_json()
    assert "c-north" not in history, "the case knows how many, not which"


async def test_somebody_without_customers_is_asked_for_none(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    state = await case.until(lambda c: c.portfolio is not None)
    assert state.portfolio is not None
    assert state.portfolio.empty
    assert "portfolio_taken" not in case.told("a-zhou")


@departments_are_held
async def test_a_department_cannot_confirm_while_records_of_its_are_open_unless_it_says_why(world: World) -> None:
    case = await selling(world)
    clerk = b.actor("sales-clerk")
    with pytest.raises(Refused, match="portfolio_open"):
        await case.decide(clerk, APPROVE_SALES)
    await case.signal(clerk, APPROVE_SALES)
    await case.until_fact("SignalIgnored")
    refused = [fact.data["because"] for fact in await case.facts() if fact.kind == "DecisionRefused"]
    assert refused == ["clearance.portfolio_open"] * 2
    assert "ClearanceApprovalGiven" not in await case.kinds()
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    with pytest.raises(Refused, match="portfolio_open"):
        await case.decide(clerk, APPROVE_SALES)
    await case.decide(b.actor("finance-clerk"), d.DecideClearance(department="finance", verdict=d.Verdict.APPROVE))
    await case.decide(clerk, APPROVE_SALES.model_copy(update={"reason": "letters are under way"}))
    given = [fact.data for fact in await case.facts() if fact.kind == "ClearanceApprovalGiven"]
    assert [(data["department"], data["note"]) for data in given] == [
        ("finance", ""),
        ("sales", "letters are under way"),
    ]


@departments_are_held
async def test_once_everything_is_settled_the_department_confirms_without_a_word(world: World) -> None:
    case = await selling(world)
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    decide(case, Step.CONFIRM, "c-lin", "c-north")
    await case.decide(b.actor("sales-clerk"), APPROVE_SALES)
    await case.until_fact("ClearanceApproved")


async def test_the_case_learns_what_was_settled_also_if_the_process_died_before_it_was_told(world: World) -> None:
    case = await selling(world)
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    assert open_now(await case.state())["order"] == 2, "committed, and nobody has told the case"
    assert len(marks(world)) == 1
    assert await teller.tell_all(world.engine, world.client) == 1
    state = await case.until(lambda c: open_now(c)["order"] == 0)
    assert open_now(state) == {"customer": 2, "order": 0, "receivable": 0}
    assert marks(world) == []
    settled = [fact.data["kind"] for fact in await case.facts() if fact.kind == "PortfolioSettled"]
    assert settled == ["order", "receivable"]
    assert await teller.tell_all(world.engine, world.client) == 0


async def test_what_opens_again_is_counted_again(world: World) -> None:
    case = await selling(world)
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    await teller.tell_all(world.engine, world.client)
    await case.until_fact("PortfolioSettled", 2)
    decide(case, Step.REOPEN, "o-lin", by=WANG, reason="the goods came back")
    await teller.tell_all(world.engine, world.client)
    await case.until_fact("PortfolioReopened")
    assert open_now(await case.state())["order"] == 1


async def test_a_word_written_while_another_is_told_is_not_lost(world: World) -> None:
    case = await selling(world)
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    (read,) = marks(world)
    decide(case, Step.REOPEN, "o-lin", by=WANG, reason="the goods came back")
    teller.told(world.engine, read)
    assert len(marks(world)) == 1


async def test_a_case_that_has_ended_is_told_nothing(world: World) -> None:
    with writing(world.engine) as session:
        session.add(CaseSignal(case_id="0" * 32, signal="recheck_portfolio", at=utc_now()))
    assert await teller.tell_all(world.engine, world.client) == 1
    assert marks(world) == []


@pytest.mark.law("HND-02")
async def test_open_customers_hold_no_last_day_back_and_are_gaps_when_the_case_closes(world: World) -> None:
    case = await selling(world)
    state = await signed_and_sealed(case)
    decide(case, Step.ACCEPT, "c-lin")
    over = end_of(state.final_day, state.agreed.calendar.zone)
    await case.fast_forward_to(over + timedelta(minutes=1))
    state = await case.until(lambda c: c.stage is Stage.PURSUING and open_now(c)["order"] == 1)
    assert marks(world) == [], "nothing was told: the end of the last day is reason enough to count"
    assert not [task for task in case.tasks("a-lin") if "portfolio" in task[0]]
    decide(case, Step.WAIVE, "r-north", by=WANG, reason="written off")
    assert state.pursue_until is not None
    await case.fast_forward_to(state.pursue_until + timedelta(minutes=1))
    result = await case.result()
    assert result.outcome == "completed_with_gaps"
    assert {gap for gap in (await case.state()).gaps if gap.subject == "portfolio"} == {
        Gap("customer", "portfolio", "2/2"),
        Gap("order", "portfolio", "1/2"),
    }


async def test_a_case_is_completed_as_soon_as_the_last_customer_is_done(world: World) -> None:
    case = await selling(world, "c-lin")
    state = await signed_and_sealed(case)
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(minutes=1))
    await case.until(lambda c: c.stage is Stage.PURSUING)
    decide(case, Step.ACCEPT, "c-lin")
    decide(case, Step.CONFIRM, "c-lin")
    await teller.tell_all(world.engine, world.client)
    assert (await case.result()).outcome == "completed"


async def test_a_withdrawal_gives_every_customer_back_before_the_case_ends(world: World) -> None:
    case = await selling(world)
    before = owners(world.engine)
    decide(case, Step.ACCEPT, "c-lin")
    assert owners(world.engine) != before
    await case.decide(b.LEAVER, d.RequestWithdrawal(reason="I stay"))
    await case.decide(b.HR, d.AnswerWithdrawal(answer=d.Answer.ACCEPT))
    assert (await case.result()).outcome == "withdrawn"
    assert owners(world.engine) == before
    assert {row.state for row in entries(world.engine, case.case_id).values()} == {"returned"}
    fact = await case.the("PortfolioReturned")
    assert (fact.data["customer"], fact.data["order"], fact.data["receivable"]) == (1, 1, 1)
    assert len(changes(world.engine, case.case_id)) == 6


@departments_are_held
async def test_a_department_is_held_to_what_the_leaver_got_after_the_snapshot_whatever_road_it_came(
    world: World,
) -> None:
    case = await selling(world)
    decide(case, Step.ACCEPT, "c-lin", "c-north")
    decide(case, Step.CONFIRM, "c-lin", "c-north")
    with writing(world.engine) as session:
        add_customer(session, "c-import", "lin")
    with pytest.raises(Refused, match="portfolio_open"):
        await case.decide(b.actor("sales-clerk"), APPROVE_SALES)
    assert entries(world.engine, case.case_id)["c-import"].receiver == "e-zhou"
    await teller.tell_all(world.engine, world.client)
    await case.until(lambda c: open_now(c) == {"customer": 1, "order": 1, "receivable": 1})


async def test_who_had_nothing_at_notice_and_gets_something_leaves_a_gap(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.until(lambda c: c.portfolio is not None)
    with writing(world.engine) as session:
        add_customer(session, "c-import", "lin")
    with writing(world.engine) as session:
        session.add(CaseSignal(case_id=case.case_id, signal="recheck_portfolio", at=utc_now()))
    await teller.tell_all(world.engine, world.client)
    state = await case.until(lambda c: c.portfolio is not None and not c.portfolio.empty)
    assert open_now(state) == {"customer": 1, "order": 1, "receivable": 1}
