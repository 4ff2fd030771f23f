"""What people usually do in a case, several decisions at a time."""

from datetime import date

from domain import portfolio
from domain.case import Case, Stage
from domain.obligations import PaymentKind
from domain.people import Actor
from models import decision_bodies as d
from tests import builders as b
from tests.workflows.signing import signed
from tests.workflows.world import RunningCase

ITEMS = ("customer_files", "open_orders", "receivables", "devices")


async def handing_over(case: RunningCase) -> Case:
    """The state, as soon as the freeze is done and nothing else happens by itself."""
    return await case.until(lambda state: state.stage is Stage.HANDING_OVER and taken_in(state))


def taken_in(state: Case) -> bool:
    """Whether what an arrival sets going by itself has been done: portfolio taken, paper issued."""
    if state.plan is None or portfolio.wanted(state):
        return False
    return bool(state.papers or state.papers_missing or state.agreed.notice_template)


async def hand_everything_over(case: RunningCase) -> None:
    await case.decide(b.LEAVER, d.HandOverItems(items=ITEMS, note="all of it"))
    await case.decide(b.RECEIVER, d.DecideItems(items=ITEMS, answer=d.Answer.ACCEPT))


async def clear_every_department(case: RunningCase) -> None:
    for department in b.DEPARTMENTS:
        await case.decide(
            b.actor(f"{department}-clerk"), d.DecideClearance(department=department, verdict=d.Verdict.APPROVE)
        )


async def sign(case: RunningCase, *parties: Actor) -> None:
    """These parties sign the record that lies before them; by default all three."""
    for party in parties or (b.LEAVER, b.RECEIVER, b.WITNESS):
        await case.decide(party, await signed(case, party))


async def approve_seal(case: RunningCase) -> None:
    """HR, who is asked where nobody keeps the seal, lets it be put to the record that everybody has answered."""
    state = await case.until(lambda c: c.record is not None and c.record.settled)
    assert state.record is not None
    await case.decide(b.HR, d.ApproveSeal(sha256=state.record.sha256, answer=d.Answer.ACCEPT))


async def pay_the_wages(case: RunningCase, on: date) -> None:
    """HR enters what is owed at the end as paid on that day."""
    await case.decide(b.HR, d.ConfirmPayment(payment=PaymentKind.WAGES, paid_on=on, reference="bank 88201"))


async def signed_and_sealed(case: RunningCase) -> Case:
    """Everything that people have to do is done; only the last day is waited for."""
    await handing_over(case)
    await hand_everything_over(case)
    await clear_every_department(case)
    await sign(case)
    await approve_seal(case)
    return await case.until(lambda c: c.stage is Stage.AWAITING_LAST_DAY)
