"""What the case remembers of its portfolio: how much is open, never which; and what follows from it."""

from dataclasses import replace
from datetime import timedelta

from domain import clearances, closing, portfolio, process
from domain.case import Case, Gap, Stage
from domain.change import Change
from domain.desk.records import PORTFOLIO, RecordKind
from domain.handover import KindCount
from tests.domain.cases import (
    CLERK,
    HR,
    NOW,
    OVER,
    RECEIVER,
    SHA,
    WITNESS,
    accepted,
    approved,
    conflict,
    handing_over,
    kinds,
    opened,
    plan,
    presented,
    pursuing,
    sealed,
    signed,
    told,
    withdrawing,
)


def counts(customers: int = 0, orders: int = 0, receivables: int = 0, total: int = 9) -> tuple[KindCount, ...]:
    """So many are open."""
    found = zip(PORTFOLIO, (customers, orders, receivables), strict=True)
    return tuple(KindCount(kind, total, still_open) for kind, still_open in found)


def holding(case: Case | None = None, *still_open: int) -> Case:
    """A case whose snapshot is taken, and so many customers, orders and receivables open."""
    here = case or handing_over(portfolio=True)
    taken = portfolio.taken(here, counts(9, 9, 9), SHA, NOW).case
    return portfolio.counted(taken, counts(*still_open), NOW).case


def test_the_snapshot_is_wanted_once_and_only_where_the_plan_says_so() -> None:
    assert not portfolio.wanted(opened())
    case = opened(portfolio=True)
    assert portfolio.wanted(case)
    change = portfolio.taken(case, counts(9, 9, 9), SHA, NOW)
    assert kinds(change) == ("PortfolioTaken",)
    assert change.facts[0].data == {"customer": 9, "order": 9, "receivable": 9, "sha256": SHA}
    assert told(change, "portfolio_taken") == (RECEIVER.account, WITNESS.account)
    assert not portfolio.wanted(change.case)
    assert portfolio.taken(change.case, counts(1), SHA, NOW) == Change(change.case)


def test_nobody_is_told_of_an_empty_portfolio_and_nothing_of_it_is_ever_counted() -> None:
    change = portfolio.taken(opened(portfolio=True), counts(total=0), SHA, NOW)
    assert change.notifications == ()
    assert not portfolio.countable(change.case)
    late = closing.leave(change.case, OVER).case
    assert not closing.count_due(late, OVER + timedelta(days=60))


def test_an_empty_portfolio_that_may_grow_is_counted_as_any_other() -> None:
    case = portfolio.taken(opened(portfolio=True, portfolio_grows=True), counts(total=0), SHA, NOW).case
    assert portfolio.countable(case)
    late = closing.leave(case, OVER).case
    assert closing.count_due(late, OVER)
    grown = portfolio.counted(late, counts(1, total=1), OVER)
    assert kinds(grown) == ("PortfolioReopened",)
    assert closing.gaps(grown.case)[-1] == Gap("customer", "portfolio", "1/1")


def test_the_last_record_of_a_kind_and_the_first_that_opens_again_leave_a_fact() -> None:
    case = holding(None, 2, 1, 0)
    change = portfolio.counted(case, counts(2, 0, 1), NOW)
    assert [(fact.kind, fact.data["kind"]) for fact in change.facts] == [
        ("PortfolioSettled", "order"),
        ("PortfolioReopened", "receivable"),
    ]
    assert kinds(portfolio.counted(case, counts(1, 1, 0), NOW)) == ()


def test_a_department_does_not_confirm_before_the_snapshot_is_taken_unless_it_says_why() -> None:
    sales = replace(plan().clearances[0], portfolio=(RecordKind.CUSTOMER,))
    case = handing_over(portfolio=True, clearances=(sales,))
    with conflict("clearance.portfolio_not_taken"):
        clearances.decide(case, CLERK, "sales", True, "", NOW)
    assert clearances.decide(case, CLERK, "sales", True, "it is empty", NOW).facts
    assert clearances.decide(holding(case), CLERK, "sales", True, "", NOW).facts


def test_everything_else_done_a_case_with_open_customers_is_pursued_and_not_completed() -> None:
    case = presented(approved(accepted(handing_over(portfolio=True))))
    done = sealed(signed(replace(case, stage=Stage.SIGNING)), NOW).case
    late = pursuing(holding(done, 1))
    assert not closing.may_close(late, OVER)
    settled = process.carry_out(lambda c, now: portfolio.counted(c, counts(), now), late, OVER)
    assert settled.case.stage is Stage.COMPLETED


def test_when_the_last_day_is_over_it_is_counted_without_anybodys_word() -> None:
    case = holding(None, 3)
    assert not closing.count_due(case, OVER - timedelta(seconds=1))
    late = pursuing(case)
    assert closing.count_due(late, OVER)
    assert not closing.count_due(portfolio.counted(late, counts(3), OVER).case, OVER)


def test_a_case_closes_on_a_count_of_that_very_instant_and_what_is_open_is_a_gap() -> None:
    late = portfolio.counted(pursuing(holding(None, 3)), counts(3), OVER).case
    asked = closing.request_close(late, HR, "enough", OVER).case
    later = OVER + timedelta(minutes=1)
    assert not closing.may_close(asked, later)
    assert closing.count_due(asked, later)
    closed = process.carry_out(lambda c, now: portfolio.counted(c, counts(2, 1), now), asked, later).case
    assert closed.stage is Stage.COMPLETED_WITH_GAPS
    assert {gap for gap in closed.gaps if gap.subject == "portfolio"} == {
        Gap("customer", "portfolio", "2/9"),
        Gap("order", "portfolio", "1/9"),
    }


def test_a_withdrawn_case_ends_only_when_everything_is_the_leavers_again() -> None:
    case = withdrawing(holding(None, 3))
    assert portfolio.return_due(case)
    assert not closing.undone(replace(case, systems=()), NOW)
    back = portfolio.returned(case, counts(total=4), NOW)
    assert kinds(back) == ("PortfolioReturned",)
    assert back.facts[0].data == {"customer": 4, "order": 4, "receivable": 4}
    assert closing.undone(replace(back.case, systems=()), NOW)
    assert portfolio.settled(back.case)
    assert portfolio.returned(back.case, counts(), NOW) == Change(back.case)
    assert closing.undone(replace(withdrawing(handing_over()), systems=()), NOW)
