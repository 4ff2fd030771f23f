"""Whatever people, systems and time do to a case: what must never happen does not, and it can come to its end."""

import copy
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain import agenda
from domain.case import Case, Stage
from domain.law.freeze import BasisKind, FreezeAnswer, Scope
from domain.law.severance import Termination
from domain.obligations import PaymentKind
from domain.people import Actor
from domain.plan import NonCompetePlan, Plan, SystemPlan
from domain.working_days import WorkingCalendar
from models import decision_bodies as d
from models import deduction_bodies as on_deductions
from tests.domain import cases as c
from tests.domain import invariants, pay, play
from tests.domain.afterwards import AFTERCARE
from tests.domain.world import World

FOUR_EYES = c.department("sales", (c.CLERK.account,), (c.HEAD.account, c.HR.account), quorum=2)
SAME_NAMES = tuple(SystemPlan(name, ("export", "view"), ("export",)) for name in ("crm", "erp", "mail"))
PARTLY = (
    SystemPlan("crm", ("contact", "export", "view"), ("contact", "export"), ("export",)),
    SystemPlan("erp", ("change_orders", "view"), ("change_orders",)),
    SystemPlan("mail", ("send",), ()),
)
SOON = date(2026, 11, 26)
PLANS = (
    c.plan(),
    c.plan(receiver=c.WITNESS.account, calendar=WorkingCalendar("America/New_York")),
    c.plan(clearances=(FOUR_EYES, c.department("it", ("it-clerk",))), systems=SAME_NAMES, security=()),
    c.plan(systems=PARTLY, freeze=FreezeAnswer(Scope.LIMITED, "handbook 3", True), counsel=(c.COUNSEL.account,)),
    c.plan(systems=PARTLY, freeze=FreezeAnswer(Scope.LIMITED), non_compete=NonCompetePlan(12, 3)),
    c.plan(settlement=pay.plan(Termination.EMPLOYER_FAULT), aftercare=AFTERCARE, counsel=(c.COUNSEL.account,)),
    c.plan(last_day=SOON, earliest_last_day=SOON, calendar=WorkingCalendar("Europe/Berlin")),
)
ACCOUNTS = tuple(
    dict.fromkeys(
        [by.account for by in (c.LEAVER, c.RECEIVER, c.WITNESS, c.CLERK, c.HEAD, c.BOOKKEEPER, c.CASHIER, c.AUDITOR)]
        + ["it-clerk", "chen", *play.ROLES]
    )
)
accounts = st.sampled_from(ACCOUNTS)
actors = st.sampled_from([*(play.person(account) for account in ACCOUNTS), c.LEAVER_OF_ALL_ROLES])
answers = st.sampled_from(d.Answer)
texts = st.sampled_from([f"{number:064x}" for number in range(3)])
"""Hashes of the records that were put before the parties."""
reasons = st.sampled_from(["", "a reason"])
items = st.lists(st.sampled_from([*c.ITEMS, "spaceship"]), min_size=1, max_size=3).map(tuple)
departments = st.sampled_from([*c.DEPARTMENTS, "catering"])
systems = st.sampled_from(["crm", "erp", "mail"])
rights = st.lists(st.sampled_from(["contact", "export", "view", "create_orders", "change_orders"]), min_size=1).map(
    tuple
)
grant_ids = st.sampled_from(["g1", "g2", "g3"])
hours = st.sampled_from([1, 2, 24, 72, 73, 168])
pauses = st.sampled_from([1, 5, 24, 24 * 3, 24 * 12]).map(lambda number: timedelta(hours=number))

BODIES: dict[type[d.Body], st.SearchStrategy[d.Body]] = {
    d.AssignReceiver: st.builds(d.AssignReceiver, items=items, receiver=accounts),
    d.HandOverItems: st.builds(d.HandOverItems, items=items, note=reasons),
    d.DecideItems: st.builds(d.DecideItems, items=items, answer=answers, reason=reasons),
    d.WaiveItems: st.builds(d.WaiveItems, items=items, reason=st.just("a reason")),
    d.DecideClearance: st.builds(
        d.DecideClearance, department=departments, verdict=st.sampled_from(d.Verdict), reason=reasons
    ),
    d.ResubmitClearance: st.builds(d.ResubmitClearance, department=departments),
    d.ReassignClearance: st.builds(
        d.ReassignClearance,
        department=departments,
        replaced=st.none() | accounts,
        to=accounts,
        reason=st.just("a reason"),
    ),
    d.DelegateClearance: st.builds(d.DelegateClearance, department=departments, to=accounts),
    d.RequestGrant: st.builds(d.RequestGrant, system=systems, rights=rights, reason=st.just("a reason"), hours=hours),
    d.DecideGrant: st.builds(d.DecideGrant, grant=grant_ids, answer=answers, reason=reasons, hours=st.none() | hours),
    d.ExtendGrant: st.builds(d.ExtendGrant, grant=grant_ids, hours=hours, reason=st.just("a reason")),
    d.RevokeGrant: st.builds(d.RevokeGrant, grant=grant_ids),
    d.ProposeLastDay: st.builds(
        d.ProposeLastDay, day=st.dates(date(2026, 11, 20), date(2027, 2, 1)), reason=st.just("a reason")
    ),
    d.AnswerLastDay: st.builds(d.AnswerLastDay, day=st.dates(date(2026, 11, 20), date(2027, 2, 1)), answer=answers),
    d.SignRecord: st.builds(d.SignRecord, sha256=texts, evidence=st.just(c.EVIDENCE), seen=st.just(c.SEEN)),
    d.ApproveSeal: st.builds(d.ApproveSeal, sha256=texts, answer=answers, reason=reasons),
    d.RequestWithdrawal: st.builds(d.RequestWithdrawal, reason=st.just("a reason")),
    d.AnswerWithdrawal: st.builds(d.AnswerWithdrawal, answer=answers),
    d.RefuseSignature: st.builds(d.RefuseSignature, account=accounts, reason=st.just("a reason")),
    d.WitnessRefusal: st.builds(d.WitnessRefusal, account=accounts),
    d.CloseCase: st.builds(d.CloseCase, reason=st.just("a reason")),
    d.ConfirmFreeze: st.builds(d.ConfirmFreeze, answer=answers, reason=st.just("a reason")),
    d.FileFreezeAgreement: st.builds(
        d.FileFreezeAgreement, reference=st.just("AGR-31"), signed_on=st.dates(date(2026, 11, 20), date(2027, 2, 1))
    ),
    d.DecideNonCompete: st.builds(d.DecideNonCompete, enforce=st.booleans(), reason=st.just("a reason")),
    d.ConfirmPayment: st.builds(
        d.ConfirmPayment,
        payment=st.sampled_from(PaymentKind),
        paid_on=st.dates(date(2026, 11, 20), date(2027, 2, 1)),
        reference=st.just("bank 7"),
    ),
    d.DismissPayment: st.builds(d.DismissPayment, payment=st.sampled_from(PaymentKind), reason=st.just("a reason")),
    on_deductions.ReplyToDeduction: st.builds(
        on_deductions.ReplyToDeduction, deduction=st.sampled_from(["d1", "d2"]), answer=answers
    ),
    on_deductions.DecideDeduction: st.builds(
        on_deductions.DecideDeduction,
        deduction=st.sampled_from(["d1", "d2"]),
        amount=st.sampled_from(["0.01", "1500.00", "2400.01"]),
        reason=st.just("a reason"),
    ),
    on_deductions.DropDeduction: st.builds(
        on_deductions.DropDeduction, deduction=st.sampled_from(["d1", "d2"]), reason=st.just("a reason")
    ),
    on_deductions.ProposeDeduction: st.builds(
        pay.claim,
        subject=st.sampled_from(["SO-1", "SO-2", "laptop"]),
        amount=st.sampled_from(["0.01", "1500.00", "99999.99"]),
        wage=st.sampled_from(["2739.99", "3000.00", "12000.00"]),
        agreed_in=st.none() | st.just(BasisKind.POLICY) | st.just(BasisKind.CONTRACT),
    ),
    d.PlaceHold: st.builds(d.PlaceHold, reason=st.just("a reason")),
    d.LiftHold: st.builds(d.LiftHold, reason=reasons),
}


class AnyCase(RuleBasedStateMachine):
    """People right and wrong, systems that follow or do not, time that passes awake or asleep."""

    world: World
    draft: Case

    @initialize(plan=st.sampled_from(PLANS), frozen=st.booleans())
    def opens(self, plan: Plan, frozen: bool) -> None:
        self.world = World(plan, c.NOW)
        if frozen:
            self.all_systems_follow()
        self.draft = self.world.case

    @rule(by=actors, body=st.one_of(*BODIES.values()))
    def somebody_decides_anything(self, by: Actor, body: d.Body) -> None:
        self.world.decide(by, body)
        self.world.settle()

    @rule(chance=st.randoms(use_true_random=True))
    def people_decide_sensible_things(self, chance: Random) -> None:
        for _ in range(5):
            self.world.decide(*play.any_move(self.world, chance))
            self.world.settle()
            invariants.check(self.world)

    @rule(by=actors, chance=st.randoms(use_true_random=True))
    def somebody_else_tries_something_sensible(self, by: Actor, chance: Random) -> None:
        self.world.decide(by, play.any_move(self.world, chance)[1])
        self.world.settle()

    @rule(kind=st.sampled_from(["hand_over_item", "decide_item", "decide_clearance", "sign_record"]))
    def everybody_does_one_kind_of_task(self, kind: str) -> None:
        for task, by in list(play.asked(self.world)):
            if task.kind == kind:
                self.world.decide(by, play.answer(self.world.case, task, willing=True))
        self.world.settle()

    @rule(pause=pauses)
    def time_passes(self, pause: timedelta) -> None:
        self.world.wait_until(self.world.now + pause)

    @rule()
    def time_passes_to_what_is_due_next(self) -> None:
        self.world.wait_until(agenda.next_due(self.world.case, self.world.now) or self.world.now)

    @rule(pause=pauses)
    def time_passes_while_everything_is_down(self, pause: timedelta) -> None:
        self.world.oversleep(self.world.now + pause)

    @rule(system=systems, behind=st.integers(0, 2))
    def a_receipt_comes_in(self, system: str, behind: int) -> None:
        self.world.verify(system, _revision(self.world.case, system) - behind)
        self.world.settle()

    @rule()
    def all_systems_follow(self) -> None:
        self.world.verify_all()
        self.world.settle()

    @rule(given=st.booleans())
    def papers_are_made_if_the_records_give_them(self, given: bool) -> None:
        (self.world.issue_papers if given else self.world.lack_papers)()
        self.world.settle()

    @rule(system=systems, behind=st.integers(0, 2))
    def a_system_fails(self, system: str, behind: int) -> None:
        self.world.fail(system, _revision(self.world.case, system) - behind)
        self.world.settle()

    @rule()
    def a_record_is_drafted(self) -> None:
        self.draft = self.world.case

    @rule(fresh=st.booleans())
    def a_drafted_record_is_presented(self, fresh: bool) -> None:
        self.world.present(None if fresh else self.draft)
        self.world.settle()

    @rule()
    def the_record_is_sealed(self) -> None:
        self.world.seal()
        self.world.settle()

    @rule(account=accounts)
    def somebody_leaves(self, account: str) -> None:
        self.world.leave(account)
        self.world.settle()

    @invariant()
    def what_must_never_happen_has_not(self) -> None:
        invariants.check(self.world)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            comes_to_its_end(self.world)


def comes_to_its_end(world: World) -> None:
    """From wherever it is, with people's help and without."""
    for cooperative in (True, False):
        future = copy.deepcopy(world)
        play.play_to_the_end(future, cooperative=cooperative)
        invariants.check(future)
        assert future.case.closed
        assert (future.case.stage is Stage.COMPLETED_WITH_GAPS) == bool(future.case.gaps)


def _revision(case: Case, system: str) -> int:
    return next(s.revision for s in case.systems if s.system == system)


TestAnyCase = AnyCase.TestCase
TestAnyCase.settings = settings(settings.get_profile("domain"), max_examples=60, stateful_step_count=30)


@pytest.mark.parametrize("seed", range(60))
def test_a_long_story_breaks_nothing_and_ends(seed: int) -> None:
    """Deeper than the machine gets on its own: some weeks in the life of a case, told by a seeded chance."""
    chance, world = Random(seed), World(PLANS[seed % len(PLANS)], c.NOW)
    for _ in range(chance.randrange(10, 150)):
        play.something_happens(world, chance)
        invariants.check(world)
    comes_to_its_end(world)
