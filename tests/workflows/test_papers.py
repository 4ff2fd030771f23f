"""Papers in a running case: issued at their time by the case itself, and tried until the records give them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

import activities.papers
from activities.failures import PersonMustAct
from domain.case import PaperKind, Stage
from domain.timezones import end_of, local_date
from models import decision_bodies as d
from models.database import reading, writing
from models.employment import FreezeBasis
from models.paper_facts import PaperFacts
from models.tables import Document, Employee
from tests import builders as b
from tests.pdf import Page, read_pdf
from tests.workflows.moves import handing_over, signed_and_sealed
from tests.workflows.world import RunningCase, World

CERTIFICATE = PaperKind.CERTIFICATE


def rename(world: World, job: str) -> None:
    with writing(world.engine) as session:
        session.get_one(Employee, "e-lin").job = job


def documents(world: World) -> dict[str, Page]:
    """The papers stored, by what they are."""
    with reading(world.engine) as session:
        rows = session.exec(select(Document)).all()
        return {row.kind: read_pdf(row.content) for row in rows if row.kind.startswith("paper:")}


async def issued(case: RunningCase, kind: PaperKind) -> None:
    await case.until(lambda c: kind in {paper.kind for paper in c.papers})


@pytest.mark.law("PIP-03")
async def test_the_privacy_notice_goes_out_with_the_arrival(world: World) -> None:
    case = await world.resign()
    await issued(case, PaperKind.PRIVACY_NOTICE)
    fact = await case.until_fact("PaperIssued")
    assert (fact.data["paper"], fact.data["rule"]) == ("privacy_notice", "PIP-03")
    assert "paper_privacy_notice" in case.told("a-lin")
    assert set(documents(world)) == {"paper:privacy_notice"}


@pytest.mark.law("CRT-01", "HND-02")
async def test_the_certificate_is_issued_as_the_last_day_ends_although_nothing_was_handed_over(world: World) -> None:
    case = await world.resign()
    state = await handing_over(case)
    over = end_of(state.final_day, state.agreed.calendar.zone)
    await case.fast_forward_to(over - timedelta(minutes=1))
    assert {paper.kind for paper in (await case.state()).papers} == {PaperKind.PRIVACY_NOTICE}

    await case.fast_forward(timedelta(minutes=2))
    await issued(case, CERTIFICATE)
    state = await case.state()
    (paper,) = [paper for paper in state.papers if paper.kind is CERTIFICATE]
    assert over <= paper.issued_at < over + timedelta(minutes=1)
    assert {item.status for item in state.items} == {"open"}
    assert "paper_certificate" in case.told("a-lin")


@pytest.mark.law("CRT-01", "HND-06")
async def test_a_certificate_that_lacks_a_field_alarms_hr_and_is_issued_once_the_records_are_mended(
    world: World,
) -> None:
    case = await world.resign()
    state = await signed_and_sealed(case)
    rename(world, "")
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(minutes=6))
    missing = await case.until_fact("PaperMissing")
    assert "工作岗位" in str(missing.data["because"])
    assert "paper_missing" in case.told("a-hr")
    assert (await case.state()).stage is Stage.PURSUING
    assert case.row().failing is True
    assert "paper:certificate" not in documents(world)
    await case.fast_forward(timedelta(hours=2, minutes=5))
    await case.until_fact("PaperMissing", 3)
    assert case.told("a-counsel").count("paper_missing") == 2

    rename(world, "销售代表")
    await case.fast_forward(timedelta(minutes=11))
    assert (await case.result()).outcome == "completed"
    assert documents(world)["paper:certificate"].says("销售代表")
    assert case.row().failing is False
    assert (await case.kinds()).count("PaperIssued") == 3


@pytest.mark.law("FRZ-01")
async def test_where_nothing_carries_the_freeze_hr_gets_the_draft_of_an_agreement(world: World) -> None:
    with writing(world.engine) as session:
        session.delete(session.get_one(FreezeBasis, "handbook"))
    case = await world.resign()
    await issued(case, PaperKind.FREEZE_AGREEMENT)
    assert "paper_freeze_agreement" in case.told("a-hr")
    assert "paper_freeze_agreement" not in case.told("a-lin")
    draft = documents(world)["paper:freeze_agreement"]
    for system, rights in b.SYSTEMS.items():
        assert system in {row[0] for row in draft.rows}
        for right, frozen in rights.items():
            assert draft.says(right) is frozen, right


@pytest.mark.law("CRT-01")
async def test_a_paper_that_cannot_be_made_holds_no_other_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: PaperFacts) -> dict[str, Any]:
        raise PersonMustAct("the template is broken")

    monkeypatch.setitem(activities.papers._VALUES, PaperKind.PRIVACY_NOTICE, broken)
    case = await world.resign()
    state = await case.until(lambda c: c.stage is Stage.HANDING_OVER)
    today = local_date(state.arrived_at, state.agreed.calendar.zone)
    await case.decide(b.HR, d.ProposeLastDay(day=today, reason="agreed in person"))
    await case.decide(b.LEAVER, d.AnswerLastDay(day=today, answer=d.Answer.ACCEPT))
    await case.fast_forward_to(end_of(today, state.agreed.calendar.zone) + timedelta(seconds=10))
    await issued(case, CERTIFICATE)
    await issued(case, PaperKind.SETTLEMENT_STATEMENT)
    state = await case.state()
    assert {paper.kind for paper in state.papers} == {CERTIFICATE, PaperKind.SETTLEMENT_STATEMENT}
    assert state.papers_missing == (PaperKind.PRIVACY_NOTICE,)


async def test_papers_in_nobodys_name_wait_for_the_setting(world: World) -> None:
    await world.restart(company_name="")
    case = await world.resign()
    await case.fast_forward(timedelta(minutes=6))
    assert "WANBI_COMPANY_NAME" in str((await case.until_fact("PaperMissing")).data["because"])
    await world.restart(company_name=b.COMPANY)
    await case.fast_forward(timedelta(minutes=11))
    await issued(case, PaperKind.PRIVACY_NOTICE)
