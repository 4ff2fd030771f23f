"""People who have left: nobody who is gone is waited for, and what they decided stays as it was."""

from datetime import timedelta

from domain.case import Case, Stage
from domain.people import Role
from models import decision_bodies as d
from models.database import writing
from models.tables import Account
from tests import builders as b
from tests.workflows.moves import approve_seal, clear_every_department, hand_everything_over, handing_over, sign
from tests.workflows.world import World


def asked(case: Case, department: str) -> list[str]:
    return [seat.account for c in case.clearances if c.department == department for seat in c.seats]


async def test_an_approver_whose_account_is_closed_gives_the_seat_to_the_next_level(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.close_account("a-finance-clerk")
    await case.handle.signal("recheck_people")

    state = await case.until(lambda c: "a-finance-clerk" not in asked(c, "finance"))
    assert asked(state, "finance") == ["a-finance-head"]
    assert (await case.until_fact("ApproverLeft")).data["account"] == "a-finance-clerk"
    await case.decide(b.actor("finance-head"), d.DecideClearance(department="finance", verdict=d.Verdict.APPROVE))


async def test_a_case_that_nobody_told_finds_out_at_its_next_message(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.close_account("a-finance-clerk")
    await case.fast_forward(timedelta(days=6))
    state = await case.until(lambda c: "a-finance-clerk" not in asked(c, "finance"))
    assert "a-finance-head" in asked(state, "finance")


async def test_what_an_approver_decided_before_leaving_stays(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.actor("it-clerk"), d.DecideClearance(department="it", verdict=d.Verdict.APPROVE))
    world.close_account("a-it-clerk")
    await case.handle.signal("recheck_people")
    await case.decide(b.HR, d.WaiveItems(items=("devices",), reason="returned long ago"))
    it = next(c for c in (await case.state()).clearances if c.department == "it")
    assert [approval.account for approval in it.approvals] == ["a-it-clerk"]
    assert "ApproverLeft" not in await case.kinds()


async def test_a_closed_account_can_no_longer_decide_with_a_proof_from_before(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    clerk, body = b.actor("it-clerk"), d.DecideClearance(department="it", verdict=d.Verdict.APPROVE)
    proof = world.prove(case.case_id, clerk, body)
    world.close_account("a-it-clerk")
    await case.signal(clerk, body, proof=proof)
    assert (await case.until_fact("DecisionRefused")).data["because"] == "proof.account_closed"


async def test_a_receiver_who_left_is_replaced_by_the_witness(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.close_account("a-zhou")
    await case.handle.signal("recheck_people")
    state = await case.until(lambda c: {item.receiver for item in c.items} == {"a-wang"})
    assert ("hand_over_item", "devices") in case.tasks("a-lin")
    assert state.stage is Stage.HANDING_OVER


async def test_a_request_whose_last_security_approver_left_goes_to_hr_until_a_new_one_decides(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await case.decide(b.LEAVER, d.RequestGrant(system="erp", rights=("create_orders",), reason="one", hours=4))
    assert case.tasks("a-sec") == [("decide_grant", "g1")]
    world.close_account("a-sec")
    await case.handle.signal("recheck_people")
    await case.until(lambda c: "a-sec" in c.departed)
    await case.decide(b.HR, d.WaiveItems(items=("devices",), reason="returned long ago"))  # all before is written now
    assert (case.tasks("a-hr"), case.tasks("a-sec")) == ([("decide_grant", "g1")], [])
    assert "grant_without_approver" in case.told("a-hr")

    with writing(world.engine) as session:
        session.get_one(Account, "a-it-head").roles = ["security"]
    await case.decide(b.actor("it-head", Role.SECURITY), d.DecideGrant(grant="g1", answer=d.Answer.ACCEPT))
    assert case.tasks("a-hr") == []


async def test_a_case_whose_people_have_all_left_neither_spins_nor_stops(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    world.close_account("a-hr", "a-wang", "a-zhou", "a-finance-clerk", "a-finance-head", "a-sec", "a-lin")
    await case.handle.signal("recheck_people")
    await case.fast_forward(timedelta(days=31))
    await case.until(lambda c: c.stage is Stage.PURSUING)

    history = await case.handle.fetch_history()
    assert len(history.events) < 400
    assert [system.rights for system in world.systems] == [(), (), ()]


async def test_a_leaver_whose_account_is_closed_early_does_not_stop_the_case(world: World) -> None:
    case = await world.resign()
    await handing_over(case)
    await hand_everything_over(case)
    world.close_account("a-lin")
    await case.handle.signal("recheck_people")
    await clear_every_department(case)
    await case.until(lambda c: c.record is not None)
    await case.decide(b.WITNESS, d.RefuseSignature(account="a-lin", reason="has left and cannot be reached"))
    await sign(case, b.RECEIVER, b.WITNESS)
    await approve_seal(case)
    await case.fast_forward(timedelta(days=32))
    assert (await case.result()).gaps == ("signature:leaver",)
