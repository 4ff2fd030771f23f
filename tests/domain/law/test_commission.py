"""Commission line by line: what is payable now, what keeps accruing, and that nothing is ever forfeited or deducted."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.bonus import year_end_bonus
from domain.law.commission import (
    AssessedLine,
    Dispute,
    LineStatus,
    Reason,
    assess_commission,
)
from domain.law.deductions import WageMonth
from domain.law.order_lines import CommissionLine, Condition, Receivable
from tests.domain.law.books import book
from tests.domain.law.pay import AS_OF, LAST_DAY, LINES, MONTHS, ORDERS, claim, deterministic, line, month, yuan

BOOK = book()
COLLECTION = {"condition": Condition.COLLECTION, "agreed_in": "contract, clause 8"}


def received(amount: str, of: str = "100000") -> Receivable:
    return Receivable(yuan(of), yuan(amount))


def assessed(of: CommissionLine) -> AssessedLine:
    return assess_commission(BOOK, LAST_DAY, (of,), month("8000"), AS_OF).lines[0]


@pytest.mark.law("PAY-01", "PAY-06")
@pytest.mark.parametrize(
    ("changed", "status", "reason", "payable", "accruing"),
    [
        ({}, LineStatus.EARNED, Reason.NO_CONDITION, "5000", "0"),
        ({"paid": yuan(2000)}, LineStatus.EARNED, Reason.NO_CONDITION, "3000", "0"),
        ({"paid": yuan(6000)}, LineStatus.EARNED, Reason.NO_CONDITION, "0", "0"),
        (
            {"condition": Condition.COLLECTION, "receivable": received("0")},
            LineStatus.EARNED,
            Reason.CONDITION_NOT_AGREED,
            "5000",
            "0",
        ),
        ({**COLLECTION, "receivable": received("0")}, LineStatus.PENDING, Reason.CONDITION_NOT_MET, "0", "5000"),
        ({**COLLECTION, "receivable": received("25000")}, LineStatus.PENDING, Reason.PARTLY_RECEIVED, "1250", "3750"),
        (
            {**COLLECTION, "receivable": received("25000"), "paid": yuan(1000)},
            LineStatus.PENDING,
            Reason.PARTLY_RECEIVED,
            "250",
            "3750",
        ),
        (
            {**COLLECTION, "receivable": received("99999.99")},
            LineStatus.PENDING,
            Reason.PARTLY_RECEIVED,
            "5000",
            "0",
        ),
        ({**COLLECTION, "receivable": received("100000")}, LineStatus.EARNED, Reason.CONDITION_MET, "5000", "0"),
        ({**COLLECTION, "receivable": received("120000")}, LineStatus.EARNED, Reason.CONDITION_MET, "5000", "0"),
        (
            {"condition": Condition.EVENT, "agreed_in": "clause 9"},
            LineStatus.PENDING,
            Reason.CONDITION_NOT_MET,
            "0",
            "5000",
        ),
        (
            {"condition": Condition.EVENT, "agreed_in": "clause 9", "condition_met": True},
            LineStatus.EARNED,
            Reason.CONDITION_MET,
            "5000",
            "0",
        ),
        (
            {"condition": Condition.EVENT, "agreed_in": "clause 9", "receivable": received("100000")},
            LineStatus.PENDING,
            Reason.CONDITION_NOT_MET,
            "0",
            "5000",
        ),
        ({"condition": Condition.EVENT}, LineStatus.EARNED, Reason.CONDITION_NOT_AGREED, "5000", "0"),
        ({"share": Decimal("0.6")}, LineStatus.EARNED, Reason.NO_CONDITION, "3000", "0"),
        ({"share": None}, LineStatus.DISPUTED, Reason.NO_CONDITION, "5000", "0"),
        (
            {**COLLECTION, "receivable": received("25000"), "contested": True},
            LineStatus.DISPUTED,
            Reason.PARTLY_RECEIVED,
            "1250",
            "3750",
        ),
        ({"claims": (claim(),)}, LineStatus.DISPUTED, Reason.NO_CONDITION, "5000", "0"),
    ],
)
def test_a_line_is_earned_pending_or_disputed(
    changed: dict[str, object], status: LineStatus, reason: Reason, payable: str, accruing: str
) -> None:
    found = assessed(line("5000", **changed))
    assert (found.status, found.reason) == (status, reason)
    assert (found.payable_now, found.accruing) == (yuan(payable), yuan(accruing))


@pytest.mark.law("PAY-06")
def test_every_dispute_is_named_and_none_changes_what_is_payable() -> None:
    of = line("5000", share=None, contested=True, claims=(claim(),))
    found = assessed(of)
    assert found.disputes == (Dispute.SHARE_NOT_AGREED, Dispute.CONDITION_CONTESTED, Dispute.DEDUCTION_CLAIMED)
    assert found.payable_now == yuan(5000)
    assert assessed(line("5000")).disputes == ()


@pytest.mark.law("PAY-05")
def test_no_commission_for_leavers_is_a_void_clause_and_that_is_said() -> None:
    found = assessed(line("5000", condition=Condition.NO_LEAVERS, agreed_in="handbook, 4.2"))
    assert (found.status, found.reason) == (LineStatus.EARNED, Reason.CLAUSE_VOID)
    assert (found.payable_now, found.accruing) == (yuan(5000), yuan(0))
    assert [(answer.rule_id, answer.action) for answer in found.answers] == [("PAY-01", "record"), ("PAY-05", "block")]


@pytest.mark.law("PAY-01", "PAY-06")
def test_the_working_of_a_partly_received_line() -> None:
    changed = {**COLLECTION, "receivable": received("25000"), "paid": yuan(1000)}
    of = line("5000", share=Decimal("0.8"), **changed)
    share, payable = assessed(of).answers
    assert share.answer == "5000.00 × 80 % = 4000.00"
    assert payable.answer == "max(0, 4000.00 × 25000.00 ÷ 100000.00 − 1000.00) = 0.00"
    assert (payable.rule_id, payable.action) == ("PAY-06", "warn")


@pytest.mark.law("PAY-06")
@deterministic
@given(LINES, MONTHS)
def test_commission_is_paid_payable_or_accruing_and_never_forfeited(of: CommissionLine, other: WageMonth) -> None:
    found = assess_commission(BOOK, LAST_DAY, (of,), other, AS_OF).lines[0]
    assert yuan(0) <= found.payable_now
    assert yuan(0) <= found.accruing
    paid = of.already_paid
    assert found.payable_now + found.accruing + paid == max(found.entitled, paid)


@pytest.mark.law("PAY-06")
@deterministic
@given(st.lists(st.decimals(0, 100_000, places=2), min_size=1, max_size=6), st.decimals(0, 9_000, places=2))
def test_receipts_in_any_steps_pay_the_whole_commission_in_the_end(steps: list[Decimal], commission: Decimal) -> None:
    """Paid cycle by cycle, each receipt's cents add up to the commission when the customer has paid."""
    paid, came = yuan(0), Decimal(0)
    whole = sum(steps) + 1
    for step in [*steps, Decimal(1)]:
        came += step
        changed = {**COLLECTION, "receivable": received(str(came), str(whole)), "paid": paid}
        paid = paid + assessed(line(str(commission), **changed)).payable_now
    assert paid == yuan(commission)


@pytest.mark.law("PAY-04")
def test_a_hold_stays_on_its_own_order_line() -> None:
    """A claim above its line does not reach into the next one, whatever the month would leave."""
    small = line("300", id="a", claims=(claim("1000"),))
    large = line("40000", id="b")
    found = assess_commission(BOOK, LAST_DAY, (small, large), month("8000"), AS_OF)
    assert found.limit.amount == yuan("9660.00")
    assert [sum(f.defensible.amount for f in one.claims) for one in found.lines] == [300, 0]
    assert (found.defensible, found.separate_claims) == (yuan(300), yuan(700))
    assert [found.defensible_on(name) for name in ("a", "b", "c")] == [yuan(300), yuan(0), yuan(0)]


@pytest.mark.law("PAY-04")
def test_two_claims_share_what_their_line_pays() -> None:
    of = line("1000", claims=(claim("800"), claim("800")))
    found = assess_commission(BOOK, LAST_DAY, (of,), month("40000"), AS_OF).lines[0]
    assert [finding.defensible for finding in found.claims] == [yuan(800), yuan(200)]


@pytest.mark.law("PAY-01", "PAY-03")
def test_commission_counts_as_wage_for_the_cap() -> None:
    found = assess_commission(BOOK, LAST_DAY, (line("2000", claims=(claim("3000"),)),), month("6000"), AS_OF)
    assert found.limit.amount == yuan(1600)
    assert (found.defensible, found.separate_claims) == (yuan(1600), yuan(1400))


@pytest.mark.law("PAY-03")
def test_the_sooner_claim_takes_what_the_month_leaves() -> None:
    lines = tuple(line("4000", id=name, claims=(claim("1500"), claim("500"))) for name in ("a", "b"))
    found = assess_commission(BOOK, LAST_DAY, lines, month("4000"), AS_OF)
    assert [[f.defensible for f in one.claims] for one in found.lines] == [
        [yuan(1500), yuan(500)],
        [yuan(400), yuan(0)],
    ]
    assert found.payable_now == yuan(8000)


@pytest.mark.law("PAY-03", "PAY-04")
@deterministic
@given(ORDERS, MONTHS)
def test_all_proposals_together_break_neither_cap_nor_floor(
    lines: tuple[CommissionLine, ...], other: WageMonth
) -> None:
    found = assess_commission(BOOK, LAST_DAY, lines, other, AS_OF)
    wage = other.wage + found.payable_now
    proposed = sum(claim.defensible.amount for one in found.lines for claim in one.claims)
    assert found.defensible == yuan(proposed)
    if proposed:
        assert found.defensible + other.already_deducted <= wage * Decimal("0.2")
        assert yuan(2690) <= wage - other.already_deducted - found.defensible
    for one in found.lines:
        assert sum(claim.defensible.amount for claim in one.claims) <= one.payable_now.amount
    assert found.payable_now == yuan(sum(one.payable_now.amount for one in found.lines))
    assert found.accruing == yuan(sum(one.accruing.amount for one in found.lines))


@pytest.mark.law("PAY-04")
@deterministic
@given(LINES, MONTHS)
def test_a_claim_changes_nothing_of_what_is_payable(of: CommissionLine, other: WageMonth) -> None:
    claimed = assess_commission(BOOK, LAST_DAY, (of,), other, AS_OF)
    without = assess_commission(BOOK, LAST_DAY, (replace(of, claims=()),), other, AS_OF)
    assert (claimed.payable_now, claimed.accruing) == (without.payable_now, without.accruing)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"commission": yuan(-1)}, "not negative"),
        ({"paid": yuan(-1)}, "not negative"),
        ({"share": Decimal("1.01")}, "between 0 and 1"),
        ({"share": Decimal("-0.1")}, "between 0 and 1"),
        ({"condition": Condition.COLLECTION}, "needs its receivable"),
    ],
)
def test_a_line_without_sense_is_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        line(**changed)


def test_two_lines_of_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="its own id"):
        assess_commission(BOOK, LAST_DAY, (line(), line()), month("8000"), AS_OF)


@pytest.mark.parametrize(("came", "of"), [("0", "0"), ("1", "-1"), ("-1", "5")])
def test_a_receivable_without_sense_is_refused(came: str, of: str) -> None:
    with pytest.raises(ValueError, match="no receivable"):
        received(came, of)


@pytest.mark.law("PAY-07")
def test_a_year_end_bonus_is_a_person_s_decision_except_where_it_is_pro_rata() -> None:
    national = year_end_bonus(BOOK, LAST_DAY, yuan(10_000), 200, 365)
    assert (national.pro_rata, national.payable) == (yuan("5479.45"), None)
    assert (national.answer.answer, national.answer.action) == ("10000.00 × 200 ÷ 365 = 5479.45", "warn")
    shenzhen = year_end_bonus(book({"PAY-07": {"pro_rata": True}}), LAST_DAY, yuan(10_000), 200, 365)
    assert shenzhen.payable == yuan("5479.45")
    assert [year_end_bonus(BOOK, LAST_DAY, yuan(9), days, 9).pro_rata for days in (0, 9)] == [yuan(0), yuan(9)]


@pytest.mark.parametrize(("worked", "days"), [(-1, 365), (366, 365), (0, 0)])
def test_more_work_than_the_period_has_is_refused(worked: int, days: int) -> None:
    with pytest.raises(ValueError, match="no part of a period"):
        year_end_bonus(BOOK, LAST_DAY, yuan(1), worked, days)
