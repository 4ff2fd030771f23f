"""A deduction from the last wages: proved, told, answered, decided by somebody else, or not made (PAY-03, PAY-04)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import agenda, closing, deduction_decisions, deductions, last_day, papers, process, settlement
from domain.case import Case, PaperKind
from domain.change import Change, Rule
from domain.claims import Deduction, DeductionStatus
from domain.errors import Refusal
from domain.law.freeze import BasisKind
from domain.money import Money
from domain.people import Actor, Role
from domain.plan import Policy
from tests.domain import afterwards as a
from tests.domain import cases as c
from tests.domain import pay

OTHER_COUNSEL = Actor("counsel-2", (Role.COUNSEL,))
UNTIL = date(2026, 11, 30)
"""Five working days after the notice."""
HEARD = c.opening(date(2026, 12, 1))
NOTICE = PaperKind.DEDUCTION_NOTICE


def case(**changes: Any) -> Case:
    return pay.case(**{"counsel": ("counsel", "counsel-2"), **changes})


def one(of: Case) -> Deduction:
    return of.deductions[-1]


def at(rule: Rule, of: Case, now: datetime) -> Change:
    return process.carry_out(rule, of, now)


def decided(of: Case, amount: str, by: Actor = c.COUNSEL, now: datetime = HEARD, name: str = "d1") -> Change:
    return at(lambda case, now: deduction_decisions.decide(case, by, name, Decimal(amount), "half", now), of, now)


def replied(of: Case, accepts: bool = False, now: datetime = c.NOW, by: Actor = c.LEAVER, name: str = "d1") -> Change:
    return at(lambda case, now: deduction_decisions.reply(case, by, name, accepts, "it was not me", now), of, now)


def dropped(of: Case, by: Actor, now: datetime = c.NOW) -> Change:
    return at(lambda case, now: deduction_decisions.drop(case, by, "d1", "weak", now), of, now)


@pytest.mark.law("PAY-04")
def test_what_is_proposed_is_told_in_writing_with_five_working_days_to_reply() -> None:
    change = deduction_decisions.propose(case(), c.HR, pay.claim().proposal, c.NOW)
    (fact,) = change.facts
    assert (fact.kind, fact.data["amount"], fact.data["most"]) == ("DeductionProposed", "1500.00", "1500.00")
    assert NOTICE in papers.due(change.case)
    issued = papers.issued(change.case, NOTICE, "n1", c.SHA, c.NOW, papers.Notice("d1", UNTIL))
    assert c.kinds(issued) == ("PaperIssued", "DeductionNotified")
    assert c.told(issued, "paper_deduction_notice") == ("lin",)
    assert (one(issued.case).reply_until, one(issued.case).notified_on) == (UNTIL, c.TODAY)
    (task,) = (task for task in agenda.tasks(issued.case) if task.kind == "reply_to_deduction")
    assert (task.accounts, task.due_at) == (("lin",), c.opening(UNTIL).replace(hour=0) + timedelta(days=1))
    assert NOTICE not in papers.due(issued.case)


ON_FILE = Money(Decimal("7500.00"), "CNY")


def known_to_earn(on_file: Money | None = ON_FILE) -> Case:
    return replace(found := case(), plan=replace(found.agreed, settlement=pay.plan(wage_on_file=on_file)))


@pytest.mark.law("PAY-03")
def test_a_wage_above_the_one_on_file_does_not_lift_the_cap() -> None:
    large = pay.claim(wage="999999", amount="20000.00", proven_loss="50000.00").proposal
    change = deduction_decisions.propose(known_to_earn(), c.HR, large, c.NOW)
    (fact,) = change.facts
    assert (fact.data["most"], fact.data["wage"], fact.data["wage_on_file"]) == ("1500.00", "999999.00", "7500.00")
    assert one(change.case).working.startswith("min(999999.00, 7500.00) = 7500.00; 7500.00 × 20")
    heard_of = replied(pay.notified(change.case)).case
    with c.invalid("deduction.above_most"):
        decided(heard_of, "1500.01")
    assert one(decided(heard_of, "1500.00").case).wage_on_file == ON_FILE


@pytest.mark.law("PAY-03")
def test_a_payslip_lifts_it_and_both_figures_are_told() -> None:
    month = pay.claim(wage="12000.00", amount="2400.00", proven_loss="2400.00", payslip="2026-12 slip")
    change = deduction_decisions.propose(known_to_earn(), c.HR, month.proposal, c.NOW)
    assert (change.facts[0].data["most"], change.facts[0].data["payslip"]) == ("2400.00", "2026-12 slip")
    assert one(change.case).working.startswith("12000.00 (2026-12 slip) > 7500.00; 12000.00 × 20")


@pytest.mark.law("PAY-03")
def test_a_lower_wage_than_the_one_on_file_counts_as_it_is() -> None:
    less = deduction_decisions.propose(known_to_earn(), c.HR, pay.claim(wage="7000.00").proposal, c.NOW)
    assert one(less.case).working.startswith("7000.00 × 20")
    unknown = deduction_decisions.propose(known_to_earn(None), c.HR, pay.claim().proposal, c.NOW)
    assert "wage" not in unknown.facts[0].data


@pytest.mark.law("PAY-04")
def test_counsel_takes_a_decided_deduction_back_until_the_wages_are_paid() -> None:
    open_case = decided(pay.proposed(case()), "900.00").case
    with c.forbidden("deduction.only_counsel"):
        dropped(open_case, c.HR, HEARD)
    back = dropped(open_case, c.COUNSEL, HEARD)
    assert c.kinds(back) == ("DeductionDropped",)
    assert (one(back.case).status, one(back.case).amount) == (DeductionStatus.DROPPED, None)
    assert c.told(back, "deduction_dropped")[0] == "lin"
    assert deductions.decided(back.case) == ()
    with c.conflict("deduction.over"):
        dropped(back.case, c.COUNSEL, HEARD)
    paid = pay.confirmed(open_case, HEARD.date()).case
    with c.conflict("deduction.too_late"):
        dropped(paid, c.COUNSEL, HEARD)


@pytest.mark.law("PAY-04")
def test_each_deduction_has_a_notice_of_its_own_and_a_paper_about_another_does_not_count() -> None:
    both = case()
    for subject in ("SO-1", "SO-2"):
        both = deduction_decisions.propose(both, c.HR, pay.claim(subject=subject, amount="500.00").proposal, c.NOW).case
    for stray in (None, papers.Notice("d2", UNTIL)):
        assert papers.issued(both, NOTICE, "n", c.SHA, c.NOW, stray).facts == ()
    both = pay.notified(both)
    assert [(paper.kind, paper.subject) for paper in both.papers[-2:]] == [(NOTICE, "d1"), (NOTICE, "d2")]
    assert {d.status for d in both.deductions} == {DeductionStatus.NOTIFIED}


@pytest.mark.law("PAY-04")
def test_a_notice_that_took_days_to_be_made_leaves_as_much_time_as_any() -> None:
    change = deduction_decisions.propose(case(), c.HR, pay.claim().proposal, c.NOW)
    later = c.NOW + timedelta(days=3)
    issued = papers.issued(change.case, NOTICE, "n1", c.SHA, later, papers.Notice("d1", UNTIL)).case
    assert one(issued).reply_until == date(2026, 12, 3)


@pytest.mark.law("PAY-04")
def test_a_claim_that_no_hearing_could_save_is_refused_at_once_with_the_gate_that_is_closed() -> None:
    with c.invalid("deduction.not_agreed"):
        propose(agreed_in=None)
    with c.invalid("deduction.not_agreed"):
        propose(agreed_on=None)
    with c.invalid("deduction.not_agreed"):
        propose(agreement="")
    with c.invalid("deduction.agreed_too_late"):
        propose(agreed_on=date(2026, 10, 12))
    with c.invalid("deduction.policy_not_valid"):
        propose(agreed_in=BasisKind.POLICY, procedure="minutes 12")
    with c.invalid("deduction.fault_not_proved"):
        propose(fault="")
    with c.invalid("deduction.loss_not_proved"):
        propose(loss="")
    with c.invalid("deduction.causation_not_proved"):
        propose(causation="")
    with c.invalid("deduction.above_loss"):
        propose(proven_loss="0")
    with c.invalid("deduction.above_cap"):
        propose(already_deducted="2400")
    with c.invalid("deduction.below_minimum_wage"):
        propose(wage="2740.00")
    with c.invalid("deduction.minimum_wage_unknown"):
        propose(case(region=""))
    with c.invalid("deduction.line_pays_nothing"):
        propose(line_amount="0")
    assert propose(agreed_on=date(2026, 10, 11)).facts
    assert propose(agreed_in=BasisKind.POLICY, procedure="minutes 12", publication="intranet 4").facts
    with pytest.raises(Refusal) as refused:
        propose(agreed_in=None, fault="")
    assert refused.value.params["gates"] == "G1, G2"


def propose(of: Case | None = None, by: Actor = c.HR, now: datetime = c.NOW, **changes: Any) -> Change:
    wanted = pay.claim(**changes).proposal
    return at(lambda case, now: deduction_decisions.propose(case, by, wanted, now), of or case(), now)


@pytest.mark.law("PAY-03", "PAY-11")
@pytest.mark.parametrize(
    ("changes", "most"),
    [
        ({}, "1500.00"),
        ({"amount": "5000.00", "proven_loss": "9000"}, "2400.00"),
        ({"amount": "5000.00"}, "1800.00"),
        ({"amount": "5000.00", "proven_loss": "9000", "already_deducted": "2399.99"}, "0.01"),
        ({"amount": "5000.00", "proven_loss": "9000", "wage": "3000.00"}, "260.00"),
        ({"amount": "5000.00", "proven_loss": "9000", "line_amount": "700.00"}, "700.00"),
    ],
)
def test_more_may_be_claimed_than_can_be_defended_and_it_says_how_much_that_is(
    changes: dict[str, Any], most: str
) -> None:
    of = pay.proposed(case(), **changes)
    assert f"{one(of).most.amount:.2f}" == most
    with c.invalid("deduction.above_most"):
        decided(at(lambda case, now: Change(case), of, HEARD).case, f"{Decimal(most) + Decimal('0.01')}")
    assert "DeductionDecided" in c.kinds(decided(of, most))


@pytest.mark.law("PAY-04")
def test_hr_and_counsel_propose_and_nobody_else_and_each_thing_once() -> None:
    for nobody in (c.LEAVER_OF_ALL_ROLES, c.WITNESS, c.SECURITY):
        with c.forbidden("deduction.only_hr_or_counsel"):
            propose(by=nobody)
    with c.invalid("deduction.other_currency"):
        propose(currency="USD")
    with c.invalid("deduction.in_the_future"):
        propose(caused_on=date(2026, 11, 24))
    of = propose(by=c.COUNSEL).case
    with c.conflict("deduction.subject_taken"):
        propose(of)
    again = dropped(of, c.HR).case
    assert one(propose(again).case).id == "d2"


@pytest.mark.law("PAY-04")
def test_nothing_is_decided_before_the_leaver_was_heard_or_let_the_time_pass() -> None:
    waiting = propose().case
    with c.conflict("deduction.not_notified"):
        decided(waiting, "100.00", now=c.NOW)
    told = pay.notified(waiting)
    last_minute = c.opening(UNTIL) + timedelta(hours=15) - timedelta(seconds=1)
    for now in (c.NOW, last_minute):
        with c.conflict("deduction.reply_not_heard"):
            decided(told, "100.00", now=now)
    assert "DeductionDecided" in c.kinds(decided(told, "100.00", now=last_minute + timedelta(seconds=1)))
    _, facts = a.lived(told, HEARD, c.NOW)
    assert ("DeductionReplyOver", "2026-12-01T00:00") in a.days(facts)
    change = replied(told)
    assert c.told(change, "deduction_replied") == ("counsel", "counsel-2", "hr")
    assert "DeductionDecided" in c.kinds(decided(change.case, "100.00", now=c.NOW))


@pytest.mark.law("PAY-04")
@pytest.mark.parametrize("accepts", [True, False])
def test_the_leaver_alone_replies_once_also_late_and_even_an_acceptance_deducts_nothing(accepts: bool) -> None:
    told = pay.proposed(case())
    with c.forbidden("deduction.only_leaver_replies"):
        replied(told, by=c.HR)
    late = a.lived(told, HEARD, c.NOW)[0]
    for of, now in ((told, c.NOW), (late, HEARD + timedelta(hours=1))):
        heard = replied(of, accepts, now).case
        assert (one(heard).accepted, one(heard).reply, one(heard).amount) == (accepts, "it was not me", None)
        assert deductions.decided(heard) == ()
        with c.conflict("deduction.replied_already"):
            replied(heard, now=now)


@pytest.mark.law("PAY-04")
def test_four_eyes_decide_and_hr_does_not() -> None:
    told = replied(pay.proposed(case(), by=c.COUNSEL)).case
    (task,) = (task for task in agenda.tasks(told) if task.kind == "decide_deduction")
    assert task.accounts == ("counsel-2",)
    with c.forbidden("deduction.own_proposal"):
        decided(told, "100.00", by=c.COUNSEL)
    for nobody in (c.HR, c.LEAVER_OF_ALL_ROLES):
        with c.forbidden("deduction.only_counsel"):
            decided(told, "100.00", by=nobody)
    change = decided(told, "100.00", by=OTHER_COUNSEL)
    (fact,) = (fact for fact in change.facts if fact.kind == "DeductionDecided")
    assert (fact.by, fact.data["amount"], fact.data["most"]) == ("counsel-2", "100.00", "1500.00")
    assert c.told(change, "deduction_decided") == ("lin", "hr", "counsel", "counsel-2")
    with c.conflict("deduction.over"):
        decided(change.case, "100.00", by=OTHER_COUNSEL)
    with c.not_found("deduction.unknown"):
        decided(change.case, "100.00", name="d9")


@pytest.mark.law("PAY-04")
def test_a_claim_may_be_given_up_at_any_time_by_hr_or_counsel_also_by_whoever_made_it() -> None:
    told = pay.proposed(case())
    for by in (c.HR, c.COUNSEL):
        change = dropped(told, by)
        assert one(change.case).status is DeductionStatus.DROPPED
        assert c.told(change, "deduction_dropped")[0] == "lin"
    with c.forbidden("deduction.only_hr_or_counsel"):
        dropped(told, c.LEAVER)
    with c.conflict("deduction.over"):
        dropped(dropped(told, c.HR).case, c.HR)


@pytest.mark.law("PAY-04", "PAY-02")
@pytest.mark.parametrize("heard", [True, False])
def test_what_nobody_has_decided_when_the_wages_are_due_lapses_and_they_are_paid_in_full(heard: bool) -> None:
    told = pay.proposed(case())
    told = replied(told).case if heard else told
    late, facts = a.lived(told, c.OVER, c.NOW)
    assert ("DeductionLapsed", "2026-12-24T00:00") in a.days(facts)
    assert one(late).status is DeductionStatus.LAPSED
    at_the_end = at(lambda case, now: Change(case), a.lived(told, c.OVER - timedelta(hours=1), c.NOW)[0], c.OVER)
    assert c.told(at_the_end, "deduction_lapsed") == ("lin", "hr", "counsel", "counsel-2")
    with c.conflict("deduction.too_late"):
        decided(told, "100.00", now=c.OVER)
    assert "DeductionDecided" in c.kinds(decided(told, "100.00", now=c.OVER - timedelta(seconds=1)))


@pytest.mark.law("PAY-04")
def test_wages_that_are_paid_leave_nothing_to_deduct_from() -> None:
    told = replied(pay.proposed(case())).case
    change = pay.confirmed(told, c.TODAY)
    assert c.kinds(change) == ("PaymentConfirmed", "DeductionLapsed")
    assert change.facts[1].data["because"] == "paid"
    with c.conflict("deduction.too_late"):
        propose(change.case, subject="SO-2", now=HEARD)


@pytest.mark.law("NOT-09")
def test_a_withdrawal_ends_what_was_proposed_and_what_was_decided() -> None:
    of = pay.proposed(replied(pay.proposed(case())).case, subject="SO-2", amount="100.00")
    of = decided(of, "100.00", now=c.NOW).case
    asked = last_day.request_withdrawal(of, c.LEAVER, "I stay", c.NOW).case
    change = at(lambda case, now: last_day.answer_withdrawal(case, c.HR, True, "", now), asked, c.NOW)
    assert [(d.status, d.amount) for d in change.case.deductions] == [(DeductionStatus.LAPSED, None)] * 2
    with c.conflict("deduction.not_running"):
        propose(change.case, subject="SO-3")


@pytest.mark.law("PAY-04")
def test_a_last_day_that_moves_up_takes_the_time_to_decide_with_it() -> None:
    told = pay.proposed(case())
    sooner = date(2026, 11, 25)

    def both_agree(case: Case, now: datetime) -> Change:
        asked = last_day.propose(case, c.HR, sooner, "a reason", now)
        return asked.then(last_day.answer(asked.case, c.LEAVER, sooner, True, "", now))

    moved = at(both_agree, told, c.NOW).case
    _, facts = a.lived(moved, c.OVER, c.NOW)
    assert ("DeductionLapsed", "2026-11-26T00:00") in a.days(facts)
    assert "DeductionReplyOver" not in {fact.kind for fact in facts}


@pytest.mark.law("PAY-03", "PAY-11", "PAY-04")
@settings(settings.get_profile("domain"))
@given(
    st.lists(
        st.tuples(
            st.decimals(Decimal("0.01"), 9000, places=2),
            st.decimals(2000, 30000, places=2),
            st.sampled_from(["0", "0.01", "300.33"]),
            st.decimals(Decimal("0.01"), 9000, places=2),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_no_sequence_of_decisions_ever_breaks_the_cap_or_the_floor(
    claims: list[tuple[Decimal, Decimal, str, Decimal]],
) -> None:
    of = case()
    for number, (amount, wage, already, wanted) in enumerate(claims):
        body: dict[str, Any] = {
            "subject": f"SO-{number}",
            "amount": f"{amount}",
            "proven_loss": f"{amount}",
            "wage": f"{wage}",
        }
        try:
            of = pay.proposed(of, already_deducted=already, **body)
            of = replied(of, True, name=one(of).id).case
            of = decided(of, f"{wanted}", now=c.NOW, name=one(of).id).case
        except Refusal:
            continue
    found = deductions.decided(of)
    taken = sum((d.amount.amount for d in found if d.amount is not None), Decimal(0))
    for d in found:
        month = d.proposal.month
        assert taken + month.already_deducted.amount <= month.wage.amount * Decimal("0.2")
        assert month.wage.amount - taken - month.already_deducted.amount >= 2740
        assert d.amount is not None
        assert d.amount == d.amount.to_cents()
        assert d.amount <= d.proposal.claim.proven_loss


def test_the_time_to_reply_is_the_policys() -> None:
    of = pay.proposed(case(policy=Policy(deduction_reply=1)))
    assert one(of).reply_until == date(2026, 11, 24)


def test_people_are_reminded_of_what_waits_for_them() -> None:
    told = pay.proposed(case())
    after, _ = a.lived(told, c.opening(UNTIL), c.NOW)
    assert one(after).reminders == 2
    after, _ = a.lived(told, c.opening(date(2026, 12, 4)), c.NOW)
    assert one(after).reminders > 3


def test_a_case_from_before_there_was_a_settlement_takes_no_deduction() -> None:
    with c.conflict("deduction.not_running"):
        propose(c.handing_over())
    with c.conflict("deduction.not_running"):
        propose(closing.leave(case(), c.OVER).case, now=c.OVER)
    assert settlement.settled(c.handing_over())
