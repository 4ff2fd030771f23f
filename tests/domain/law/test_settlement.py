"""The settlement: unused leave, the day on which wages are due, and lines that sum to the cent."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.averages import AverageWage
from domain.law.bonus import year_end_bonus
from domain.law.commission import assess_commission
from domain.law.deductions import WageMonth
from domain.law.leave import LeaveAccount, UnusedLeave, unused_leave
from domain.law.order_lines import CommissionLine
from domain.law.rulebook import RuleBook
from domain.law.settlement import DecidedDeduction, Leaving, LineKind, settle
from domain.law.severance import Service, Termination
from domain.law.wages import wages_due
from domain.money import Money
from domain.working_days import WorkingCalendar
from tests.domain.law.books import CITY, NATIONAL, book, pack
from tests.domain.law.pay import AS_OF, LAST_DAY, MONTHS, ODD_AMOUNTS, ORDERS, claim, deterministic, line, month, yuan

BOOK = book()
CALENDAR = WorkingCalendar("Asia/Shanghai", holidays=(date(2027, 1, 1),))
YEAR_END = date(2026, 12, 31)
ACCOUNT = LeaveAccount(
    hired_on=date(2020, 1, 1),
    entitlement=10,
    taken=Decimal(2),
    wage=AverageWage(yuan(10_875)),
    normal_pay_paid=True,
)


def leave(last_day: date = YEAR_END, **changed: Any) -> UnusedLeave:
    return unused_leave(BOOK, last_day, replace(ACCOUNT, **changed))


@pytest.mark.law("CRT-04")
@pytest.mark.parametrize(
    ("last_day", "changed", "days"),
    [
        (YEAR_END, {}, 8),
        (date(2026, 12, 30), {}, 7),  # 364 ÷ 365 × 10 − 2 = 7.97: the fraction is dropped
        (date(2026, 7, 2), {"entitlement": 5, "taken": Decimal(0)}, 2),  # day 183: 2.507
        (date(2026, 3, 14), {"entitlement": 5, "taken": Decimal(0)}, 1),  # day 73: exactly 1
        (date(2026, 3, 13), {"entitlement": 5, "taken": Decimal(0)}, 0),  # day 72: 0.986
        (YEAR_END, {"taken": Decimal("1.5")}, 8),
        (YEAR_END, {"taken": Decimal(10)}, 0),
        (YEAR_END, {"hired_on": date(2026, 12, 31)}, 0),
        (YEAR_END, {"hired_on": date(2026, 7, 2), "taken": Decimal(0)}, 5),  # 183 days with this employer
        (YEAR_END, {"hired_on": date(2026, 7, 3), "taken": Decimal(0)}, 4),
        (date(2028, 12, 31), {"taken": Decimal(0)}, 10),  # 366 ÷ 365 is no day more
    ],
)
def test_unused_leave_is_counted_in_whole_days(last_day: date, changed: dict[str, Any], days: int) -> None:
    assert leave(last_day, **changed).days == days


@pytest.mark.law("CRT-04")
def test_unused_leave_is_paid_three_times_with_normal_pay_in_it() -> None:
    """A day is 10875 ÷ 21.75 = 500; eight of them at 300 % are 12000, of which 4000 came with the wage."""
    found = leave()
    assert (found.whole, found.in_wages, found.payable) == (yuan(12_000), yuan(4000), yuan(8000))
    assert found.answer.answer == "max(0, ⌊365 ÷ 365 × 10 − 2⌋) = 8; 10875.00 ÷ 21.75 × 8 × 200 % = 8000.00"
    alone = leave(normal_pay_paid=False)
    assert (alone.whole, alone.in_wages, alone.payable) == (yuan(12_000), yuan(0), yuan(12_000))


@pytest.mark.law("CRT-04")
@pytest.mark.parametrize(("taken", "over", "action"), [("10", False, "record"), ("10.5", True, "block")])
def test_leave_taken_too_much_is_never_clawed_back(taken: str, over: bool, action: str) -> None:
    found = leave(taken=Decimal(taken))
    assert (found.days, found.payable, found.over_taken) == (0, yuan(0), over)
    assert found.answer.action == action


@pytest.mark.law("CRT-04")
@deterministic
@given(st.integers(0, 730), st.integers(0, 15), st.integers(0, 40), ODD_AMOUNTS)
def test_leave_pay_is_never_negative_and_its_parts_add_up(days: int, entitled: int, halves: int, wage: Money) -> None:
    found = leave(
        date(2027, 1, 1) + timedelta(days=days),
        entitlement=entitled,
        taken=Decimal(halves) / 2,
        wage=AverageWage(wage, 12),
    )
    assert 0 <= found.days <= entitled
    assert found.in_wages + found.payable == found.whole
    assert yuan(0) <= found.payable == found.payable.to_cents()


def test_leave_without_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody leaves on 2026-12-31"):
        leave(hired_on=date(2027, 1, 1))
    with pytest.raises(ValueError, match="no leave account"):
        leave(taken=Decimal(-1))


@pytest.mark.law("PAY-02")
@pytest.mark.parametrize(
    ("region", "tolerated"),
    [
        ({}, date(2026, 12, 30)),
        ({"PAY-02": {"due_days": 0, "unit": "calendar"}}, date(2026, 12, 30)),  # Guangdong: the same day
        ({"PAY-02": {"due_days": 3, "unit": "working"}}, date(2027, 1, 5)),  # Shenzhen; 1 January is a holiday
        ({"PAY-02": {"due_days": 2, "unit": "working"}}, date(2027, 1, 4)),
        ({"PAY-02": {"due_days": 5, "unit": "calendar"}}, date(2027, 1, 4)),
        ({"PAY-02": {"due_days": 15, "unit": "calendar"}}, date(2027, 1, 14)),
    ],
)
def test_wages_are_due_on_the_last_day_whatever_a_region_tolerates(
    region: dict[str, dict[str, object]], tolerated: date
) -> None:
    due = wages_due(book(region), date(2026, 12, 30), CALENDAR)
    assert (due.due, due.tolerated_until) == (date(2026, 12, 30), tolerated)
    assert [answer.pack for answer in due.answers] == (["cn", "cn-city"] if region else ["cn"])
    assert due.answers[-1].answer.endswith(f"= {tolerated.isoformat()}")


@pytest.mark.law("PAY-02")
def test_without_a_region_there_is_the_statute_alone() -> None:
    due = wages_due(RuleBook(pack("cn", NATIONAL)), LAST_DAY, CALENDAR)
    assert (due.due, due.tolerated_until, len(due.answers)) == (LAST_DAY, LAST_DAY, 1)


@pytest.mark.law("PAY-02")
def test_a_region_that_is_stricter_than_the_statute_wins() -> None:
    statute = {**NATIONAL, "PAY-02": {"due_days": 5, "unit": "calendar"}}
    region = pack("cn-city", {"PAY-02": {"due_days": 1, "unit": "working"}}, base="cn", region="city")
    due = wages_due(RuleBook(pack("cn", statute), region), date(2026, 12, 30), CALENDAR)
    assert (due.due, due.tolerated_until) == (date(2026, 12, 31), date(2026, 12, 31))


@pytest.mark.law("PAY-02")
def test_days_that_nobody_can_count_are_refused() -> None:
    with pytest.raises(ValueError, match="must be one of calendar, working"):
        wages_due(book({"PAY-02": {"due_days": 1, "unit": "moons"}}), LAST_DAY, CALENDAR)


def leaving(**changed: Any) -> Leaving:
    commission = assess_commission(
        BOOK, LAST_DAY, (line("2000.55", id="a", claims=(claim("300"),)), line("900", id="b")), month("8000"), AS_OF
    )
    whole = Leaving(
        termination=Termination.MUTUAL_BY_EMPLOYER,
        service=Service(date(2021, 12, 24), LAST_DAY, (yuan(10_000),) * 12),
        unpaid_wages=yuan("8000.10"),
        leave=ACCOUNT,
        handover_done=False,
        commission=commission,
    )
    return replace(whole, **changed)


@pytest.mark.law("HND-02", "HND-03", "PAY-02")
def test_a_settlement_holds_nothing_but_severance() -> None:
    found = settle(BOOK, leaving(), CALENDAR)
    assert [(one.kind, one.reference, one.amount, one.held) for one in found.lines] == [
        (LineKind.WAGES, "", yuan("8000.10"), False),
        (LineKind.COMMISSION, "a", yuan("2000.55"), False),
        (LineKind.COMMISSION, "b", yuan(900), False),
        (LineKind.UNUSED_LEAVE, "", yuan(7000), False),
        (LineKind.SEVERANCE, "", yuan(50_000), True),
    ]
    assert found.total == yuan("67900.65")
    assert (found.held, found.payable_on_due_day) == (yuan(50_000), yuan("17900.65"))
    assert settle(BOOK, leaving(handover_done=True), CALENDAR).held == yuan(0)
    assert all(one.answers for one in found.lines)


@pytest.mark.law("PAY-04")
def test_an_assessed_deduction_takes_nothing_away_until_a_person_decides_it() -> None:
    open_case, decided = leaving(), leaving(deductions=(DecidedDeduction("a", "counsel", yuan(300)),))
    assert open_case.commission
    assert open_case.commission.defensible == yuan(300)
    before, after = settle(BOOK, open_case, CALENDAR), settle(BOOK, decided, CALENDAR)
    assert before.total - after.total == yuan(300)
    last = after.lines[-1]
    assert (last.kind, last.reference, last.amount) == (LineKind.DECIDED_DEDUCTION, "a", yuan(-300))
    assert last.decided_by == "counsel"
    assert last.answers[0].answer == "300.00 ≤ 300.00"


@pytest.mark.law("PAY-03", "PAY-04")
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"deductions": (DecidedDeduction("a", "counsel", yuan("300.01")),)}, "a: at most 300.00"),
        ({"deductions": (DecidedDeduction("a", "counsel", yuan("99.999")),)}, "whole cents"),
        ({"deductions": (DecidedDeduction("b", "counsel", yuan(1)),)}, "b: at most 0.00"),
        ({"deductions": (DecidedDeduction("a", "counsel", yuan(1)),), "commission": None}, "at most 0.00"),
        ({"deductions": (DecidedDeduction("a", "counsel", yuan(1)),) * 2}, "decided about once"),
        ({"deductions": (DecidedDeduction("a", "", yuan(1)),)}, "a person who decided it"),
        ({"deductions": (DecidedDeduction("a", "counsel", yuan(0)),)}, "a person who decided it"),
        ({"unpaid_wages": yuan(-1)}, "wages are not negative"),
    ],
)
def test_what_no_law_allows_is_no_settlement(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        settle(BOOK, leaving(**changed), CALENDAR)


@pytest.mark.law("NOT-13")
def test_leaving_early_takes_nothing_from_the_settlement_whatever_was_agreed_or_decided() -> None:
    """What is owed runs to the day on which they left; the loss is claimed, and never netted off."""
    early = leaving(service=replace(leaving().service, last_day=LAST_DAY - timedelta(days=20)))
    assert all(one.amount >= yuan(0) for one in settle(BOOK, early, CALENDAR).lines)
    wages_in_lieu = DecidedDeduction("notice", "counsel", yuan(10_000))
    with pytest.raises(ValueError, match=r"notice: at most 0\.00"):
        settle(BOOK, replace(early, deductions=(wages_in_lieu,)), CALENDAR)


@pytest.mark.law("PAY-07")
def test_a_bonus_that_a_person_must_decide_is_named_and_one_that_is_owed_is_paid() -> None:
    open_bonus = year_end_bonus(BOOK, LAST_DAY, yuan(3650), 100, 365)
    found = settle(BOOK, leaving(bonus=open_bonus), CALENDAR)
    assert [answer.rule_id for answer in found.undecided] == ["PAY-07"]
    assert LineKind.BONUS not in [one.kind for one in found.lines]
    shenzhen = book({**CITY, "PAY-07": {"pro_rata": True}})
    owed = year_end_bonus(shenzhen, LAST_DAY, yuan(3650), 100, 365)
    paid = settle(shenzhen, leaving(bonus=owed), CALENDAR)
    assert [one.amount for one in paid.lines if one.kind is LineKind.BONUS] == [yuan(1000)]
    assert paid.undecided == ()


@pytest.mark.law("HND-03")
def test_a_resignation_settles_without_severance_even_where_no_wages_are_recorded() -> None:
    gone = leaving(termination=Termination.RESIGNATION, service=Service(LAST_DAY, LAST_DAY, ()), commission=None)
    found = settle(BOOK, gone, CALENDAR)
    assert [one.amount for one in found.lines if one.kind is LineKind.SEVERANCE] == [yuan(0)]
    assert (found.held, found.accruing) == (yuan(0), yuan(0))


@pytest.mark.law("HND-02")
@deterministic
@given(ORDERS, MONTHS, ODD_AMOUNTS, ODD_AMOUNTS, st.sampled_from(Termination), st.booleans())
def test_a_settlement_sums_to_the_cent(
    lines: tuple[CommissionLine, ...], other: WageMonth, unpaid: Money, wage: Money, ended_by: Termination, done: bool
) -> None:
    found = settle(
        BOOK,
        leaving(
            termination=ended_by,
            unpaid_wages=unpaid,
            handover_done=done,
            service=Service(date(2021, 5, 5), LAST_DAY, (wage, yuan(1), yuan(0))),
            commission=assess_commission(BOOK, LAST_DAY, lines, other, AS_OF),
        ),
        CALENDAR,
    )
    assert all(one.amount == one.amount.to_cents() for one in found.lines)
    assert found.total == yuan(sum(one.amount.amount for one in found.lines))
    assert found.payable_on_due_day + found.held == found.total
    assert all(one.held is False for one in found.lines if one.kind is not LineKind.SEVERANCE)
