"""What people can sensibly do in a case as it stands, and how it comes to its end with them, or without anybody."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from domain import access, agenda, closing, non_compete
from domain.agenda import Task
from domain.case import Case
from domain.checklist import PENDING
from domain.handover import ClearanceStatus
from domain.obligations import DutyKind, PaymentKind
from domain.people import Actor
from domain.rights import GrantStatus
from domain.timezones import local_date
from models import decision_bodies as d
from models import deduction_bodies as on_deductions
from tests.domain import cases as c
from tests.domain import pay
from tests.domain.world import World

ROLES = {actor.account: actor for actor in (c.HR, c.OTHER_HR, c.SECURITY, c.COUNSEL, c.ADMINISTRATOR)}
LONGEST_CASE = timedelta(days=365 * 5)
A_WEEK = timedelta(days=7)
WHY = "a reason"
RARE = {"withdraw", "hold", "close"}


def person(account: str) -> Actor:
    """Who is behind an account."""
    return ROLES.get(account, Actor(account))


def answer(case: Case, task: Task, willing: bool) -> d.Body:
    """What somebody does with a task: does it, or refuses with a reason where that can be refused."""
    yes = d.Answer.ACCEPT if willing else d.Answer.REFUSE
    match task.kind:
        case "hand_over_item":
            return d.HandOverItems(items=(task.subject,), note="on the shared drive")
        case "decide_item":
            return d.DecideItems(items=(task.subject,), answer=yes, reason="incomplete")
        case "decide_clearance":
            verdict = d.Verdict.APPROVE if willing else d.Verdict.SEND_BACK
            return d.DecideClearance(department=task.subject, verdict=verdict, reason="something is missing")
        case "resubmit_clearance":
            return d.ResubmitClearance(department=task.subject)
        case "decide_grant":
            return d.DecideGrant(grant=task.subject, answer=yes, reason="no need")
        case "answer_last_day":
            day = case.proposal.day if case.proposal else case.final_day
            return d.AnswerLastDay(day=day, answer=yes)
        case "confirm_freeze":
            return d.ConfirmFreeze(answer=yes, reason=WHY)
        case "decide_non_compete":
            return d.DecideNonCompete(enforce=willing, reason=WHY)
        case "answer_withdrawal":
            return d.AnswerWithdrawal(answer=yes)
    if task.kind in ("sign_record", "approve_seal", "witness_refusal"):
        return sign(case, task, willing)
    return settle(case, task, yes)


def sign(case: Case, task: Task, willing: bool) -> d.Body:
    """What people do with the record: sign it, refuse to, witness that, let it be sealed or not."""
    text = case.record.sha256 if case.record else "0" * 64
    if task.kind == "witness_refusal":
        return d.WitnessRefusal(account=task.subject)
    if task.kind == "approve_seal":
        answer = d.Answer.ACCEPT if willing else d.Answer.REFUSE
        return d.ApproveSeal(sha256=text, answer=answer, reason="the sums differ")
    if willing:
        return d.SignRecord(sha256=text, evidence=c.EVIDENCE, seen=c.SEEN)
    return d.RefuseSignature(account=task.accounts[0], reason="not what I received")


def settle(case: Case, task: Task, yes: d.Answer) -> d.Body:
    """What people do with what the company owes, or wants to deduct: pay it, reply, decide."""
    match task.kind:
        case "reply_to_deduction":
            return on_deductions.ReplyToDeduction(deduction=task.subject, answer=yes, reply="it was not me")
        case "decide_deduction" if yes is d.Answer.REFUSE:
            return on_deductions.DropDeduction(deduction=task.subject, reason=WHY)
        case "decide_deduction":
            most = next(one.most for one in case.deductions if one.id == task.subject)
            return on_deductions.DecideDeduction(deduction=task.subject, amount=f"{most.amount}", reason=WHY)
        case "confirm_payment":
            return d.ConfirmPayment(payment=PaymentKind(task.subject), paid_on=c.TODAY, reference="bank 7")
        case "complete_duty":
            return d.CompleteDuty(duty=DutyKind(task.subject), done_on=c.TODAY, reference="receipt 3")
    raise AssertionError(f"nobody knows what to do with {task.kind}")


def asked(world: World) -> Iterator[tuple[Task, Actor]]:
    """Every task with each person who is asked and still there."""
    for task in agenda.tasks(world.case):
        yield from ((task, person(account)) for account in task.accounts if account not in world.gone)


def moves(world: World) -> dict[str, list[tuple[Actor, d.Body]]]:
    """What the right people could sensibly decide now, by kind; a kind that nobody could decide is left out."""
    case, plan = world.case, world.case.agreed
    pending = [i.id for i in case.items if i.status in PENDING]
    active = [g.id for g in case.grants if g.status is GrantStatus.ACTIVE]
    frozen = [(s.system, rights) for s in case.systems if (rights := access.frozen_rights(case, s))]
    asking = [
        (k.department, by) for k in case.clearances for by in k.undecided() if k.status is ClearanceStatus.PENDING
    ]
    unsigned = [s.account for s in case.record.signatures if not s.settled] if case.record else []
    ahead = [local_date(world.now, plan.calendar.zone) + timedelta(days=number) for number in (0, 2, 9, 40)]
    leaver, witness = person(plan.leaver), person(plan.witness)
    found: dict[str, list[tuple[Actor, d.Body]]] = {
        "do": [(by, answer(case, task, willing=True)) for task, by in asked(world)],
        "refuse": [(by, answer(case, task, willing=False)) for task, by in asked(world)],
        "assign": [(witness, d.AssignReceiver(items=(i,), receiver=to)) for i in pending for to in ("chen", "zhou")],
        "waive": [(c.HR, d.WaiveItems(items=(i,), reason=WHY)) for i in pending],
        "request": [
            (leaver, d.RequestGrant(system=system, rights=rights, reason=WHY, hours=hours))
            for system, rights in frozen
            for hours in (1, 24, 72)
        ],
        "extend": [(c.SECURITY, d.ExtendGrant(grant=g, hours=hours, reason=WHY)) for g in active for hours in (1, 72)],
        "revoke": [(by, d.RevokeGrant(grant=g)) for g in active for by in (leaver, c.SECURITY)],
        "move": [(by, d.ProposeLastDay(day=day, reason=WHY)) for day in ahead for by in (leaver, c.HR)],
        "withdraw": [(leaver, d.RequestWithdrawal(reason=WHY))],
        "reassign": [
            (c.HR, d.ReassignClearance(department=department, replaced=by, to=to, reason=WHY))
            for department, by in asking
            for to in ("chen", "hr-2")
        ],
        "add": [(c.HR, d.ReassignClearance(department=name, to="admin", reason=WHY)) for name, _ in asking],
        "delegate": [(person(by), d.DelegateClearance(department=name, to="chen")) for name, by in asking],
        "state refusal": [(by, d.RefuseSignature(account=a, reason=WHY)) for a in unsigned for by in (witness, c.HR)],
        "agree": [(c.HR, d.FileFreezeAgreement(reference="AGR-31", signed_on=ahead[0]))],
        "deduct": [(by, pay.claim(subject=s)) for s in ("SO-1", "SO-2", "laptop") for by in (c.HR, c.COUNSEL)],
        "hold": [(c.COUNSEL, d.PlaceHold(reason=WHY)), (c.COUNSEL, d.LiftHold())],
        "close": [(c.HR, d.CloseCase(reason=WHY))],
    }
    return {kind: choices for kind, choices in found.items() if choices}


def any_move(world: World, chance: Random) -> tuple[Actor, d.Body]:
    """One of them; what people are asked for is as likely as all else together, what ends a case is rare."""
    found = moves(world)
    usual = sorted(found.keys() - RARE)
    asked_for = [kind for kind in ("do", "refuse") if kind in found]
    draw = chance.random()
    kinds = asked_for if draw < 0.5 else usual if draw < 0.95 else sorted(found)
    kind = chance.choice(kinds or sorted(found))
    return chance.choice(found[kind])


def something_happens(world: World, chance: Random) -> None:
    """Mostly somebody decides something sensible; else time passes, or one of the systems and helpers does its part."""
    match chance.randrange(20):
        case 0 | 1:
            world.wait_until(world.now + timedelta(hours=chance.choice((1, 9, 30, 50))))
        case 2:
            ends = [g.expires_at for g in world.case.grants if g.status is GrantStatus.ACTIVE and g.expires_at]
            world.oversleep(chance.choice([world.now + timedelta(hours=20), closing.last_day_end(world.case), *ends]))
            world.decide(*any_move(world, chance))
        case 3 | 4:
            world.verify_all()
            chance.choice((world.issue_papers, world.lack_papers))()
        case 5:
            system = chance.choice(world.case.systems)
            world.fail(system.system, system.revision)
        case 6 | 7:
            world.present()
            world.seal()
        case 8:
            world.leave(
                chance.choice(("zhou", "wang", "hr", "sales-clerk", "cashier", "bookkeeper", "it-clerk", "chen"))
            )
        case _:
            world.decide(*any_move(world, chance))
    if chance.random() < 0.9:
        world.settle()


def play_to_the_end(world: World, *, cooperative: bool) -> None:
    """Systems follow again, a hold is lifted; people do all they are asked, or say nothing. The case has to close."""
    given_up = world.now + LONGEST_CASE
    while world.now < given_up:
        world.settle()
        if world.case.hold is not None:
            assert world.decide(c.COUNSEL, d.LiftHold())
        if non_compete.undecided(world.case):
            world.decide(c.HR, d.DecideNonCompete(enforce=False, reason=WHY))
        if cooperative:
            _everybody_answers(world)
        world.verify_all()
        world.settle()
        world.issue_papers()
        world.settle()
        if world.case.closed:
            return
        world.wait_until(world.now + A_WEEK)
    raise AssertionError(f"stuck in {world.case.stage}")


def _everybody_answers(world: World) -> None:
    """Until nobody is asked anything any more. A withdrawal or another last day is declined: the case shall end."""
    for _ in range(20):
        world.present()
        world.seal()
        waiting = [(task, by) for task, by in asked(world) if task.kind != "decide_grant"]
        if not waiting:
            return
        for task, by in waiting:
            world.decide(
                by, answer(world.case, task, willing=task.kind not in ("answer_last_day", "answer_withdrawal"))
            )
        world.settle()
