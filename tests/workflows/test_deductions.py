"""A deduction in a running case: told in writing by itself, heard, decided by somebody else, or lapsed."""

from datetime import timedelta

import pytest

from domain.case import PaperKind, Stage
from domain.claims import DeductionStatus
from domain.people import Role
from domain.timezones import end_of, local_date
from models import decision_bodies as d
from models.database import reading, writing
from models.deduction_bodies import DecideDeduction, DropDeduction, ReplyToDeduction
from models.employment import EmploymentTerms
from models.tables import Document
from tests import builders as b
from tests.domain import pay
from tests.pdf import read_pdf
from tests.workflows.moves import handing_over, pay_the_wages
from tests.workflows.world import Refused, RunningCase, World

NOTICE = PaperKind.DEDUCTION_NOTICE
DECIDED = DecideDeduction(deduction="d1", amount="900.00", reason="half of it")


async def resigned(world: World) -> RunningCase:
    """A case in Shanghai, whose minimum wage is known."""
    with writing(world.engine) as session:
        session.get_one(EmploymentTerms, "e-lin").region = "CN-SH"
    case = await world.resign()
    await handing_over(case)
    return case


async def told(case: RunningCase, name: str = "d1") -> None:
    """The written notice of that deduction is issued."""
    await case.until(lambda c: name in {paper.subject for paper in c.papers})


@pytest.mark.law("PAY-03", "PAY-04", "HND-04")
async def test_a_claim_is_told_in_writing_answered_decided_by_counsel_and_stands_in_the_statement(world: World) -> None:
    case = await resigned(world)
    await case.decide(b.HR, pay.claim())
    await told(case)
    state = await case.state()
    assert "paper_deduction_notice" in case.told("a-lin")
    assert ("reply_to_deduction", "d1") in case.tasks("a-lin")
    with pytest.raises(Refused, match=r"deduction\.reply_not_heard"):
        await case.decide(b.COUNSEL, DECIDED)
    await case.decide(
        b.LEAVER, ReplyToDeduction(deduction="d1", answer=d.Answer.REFUSE, reply="the address was theirs")
    )
    assert ("decide_deduction", "d1") in case.tasks("a-counsel")
    with pytest.raises(Refused, match=r"deduction\.only_counsel"):
        await case.decide(b.HR, DECIDED)
    await case.decide(b.COUNSEL, DECIDED)
    assert "deduction_decided" in case.told("a-lin")
    await pay_the_wages(case, local_date(state.arrived_at, state.agreed.calendar.zone))
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(seconds=10))
    state = await case.until(lambda c: PaperKind.SETTLEMENT_STATEMENT in {paper.kind for paper in c.papers})
    (paper,) = [paper for paper in state.papers if paper.kind is PaperKind.SETTLEMENT_STATEMENT]
    with reading(world.engine) as session:
        assert read_pdf(session.get_one(Document, paper.document_id).content).says("−900.00")
    assert "DeductionLapsed" not in await case.kinds()


@pytest.mark.law("PAY-04", "PAY-02")
async def test_what_nobody_decides_lapses_when_the_wages_are_due(world: World) -> None:
    case = await resigned(world)
    await case.decide(b.HR, pay.claim())
    await told(case)
    state = await case.state()
    await case.fast_forward(timedelta(days=9))
    await case.until_fact("DeductionReplyOver")
    assert ("decide_deduction", "d1") in case.tasks("a-counsel")
    await case.fast_forward_to(end_of(state.final_day, state.agreed.calendar.zone) + timedelta(seconds=10))
    await case.until_fact("DeductionLapsed")
    state = await case.until(lambda c: c.stage is Stage.PURSUING)
    assert state.deductions[0].status is DeductionStatus.LAPSED
    for account in ("a-lin", "a-hr", "a-counsel"):
        assert "deduction_lapsed" in case.told(account), account
    with pytest.raises(Refused, match=r"deduction\.not_running"):
        await case.decide(b.COUNSEL, DECIDED)


@pytest.mark.law("PAY-04")
async def test_several_claims_have_a_notice_each_and_four_eyes_look_at_each(world: World) -> None:
    case = await resigned(world)
    await case.decide(b.HR, pay.claim(subject="SO-1", amount="500.00"))
    await case.decide(b.COUNSEL, pay.claim(subject="SO-2", amount="500.00"))
    await told(case, "d1")
    await told(case, "d2")
    with reading(world.engine) as session:
        state = await case.state()
        pages = {
            paper.subject: read_pdf(session.get_one(Document, paper.document_id).content)
            for paper in state.papers
            if paper.kind is NOTICE
        }
    assert pages["d1"].says("SO-1")
    assert pages["d2"].says("SO-2")
    await case.decide(b.LEAVER, ReplyToDeduction(deduction="d2", answer=d.Answer.ACCEPT))
    with pytest.raises(Refused, match=r"deduction\.own_proposal"):
        await case.decide(b.COUNSEL, DECIDED.model_copy(update={"deduction": "d2"}))
    assert case.tasks("a-counsel") == [], "and there is no other counsel"
    await case.signal(b.HR, DropDeduction(deduction="d2", reason="weak"))
    await case.until_fact("DeductionDropped")


@pytest.mark.law("PAY-04", "PAY-11")
async def test_where_the_minimum_wage_is_not_known_nothing_can_be_deducted(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    with pytest.raises(Refused, match=r"deduction\.minimum_wage_unknown"):
        await case.decide(b.HR, pay.claim())
    with pytest.raises(Refused, match=r"deduction\.only_hr_or_counsel"):
        await case.decide(b.actor("sec", Role.SECURITY), pay.claim())
    assert (await case.state()).deductions == ()
