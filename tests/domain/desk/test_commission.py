"""The commission ledger: whose part of which line, on what condition, by what was agreed before the order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.desk.amounts import exactly
from domain.desk.commission import (
    Agreement,
    Entry,
    EntryKind,
    LedgerStatus,
    SoldLine,
    binding,
    in_law,
    judged,
    ledger_status,
    rate_of,
    share_of,
)
from domain.desk.orders import OrderState
from domain.errors import Refusal, invalid
from domain.law.commission import LineStanding, Reason, standing
from domain.law.freeze import BasisKind
from domain.law.order_lines import Condition
from domain.money import Money

PLACED = date(2026, 6, 1)
LINE = SoldLine("o1", 1, "CNY", 3_720_000, Decimal("0.03"), PLACED, "lin", "lin", OrderState.CONFIRMED, 3_720_000)
"""37,200.00 at 3 %: 1,116.00."""
CONTRACT = Agreement(
    "a1",
    "lin",
    BasisKind.CONTRACT,
    "HT §6",
    date(2025, 1, 1),
    entered_on=date(2025, 1, 1),
    condition=Condition.COLLECTION,
)


def cny(amount: str) -> Money:
    return Money(Decimal(amount), "CNY")


def paid(amount: str) -> Entry:
    return Entry(EntryKind.PAID, cny(amount))


def stands(
    line: SoldLine = LINE, agreed: Agreement | None = CONTRACT, share: Decimal | None = Decimal(1), *entries: Entry
) -> tuple[LedgerStatus, LineStanding]:
    judged = in_law(line, line.rate or Decimal(0), agreed, share, entries)
    found = standing(judged)
    return ledger_status(found.status, found.entitled, judged.already_paid), found


@pytest.mark.law("PAY-06")
def test_a_line_waits_for_its_customer_and_becomes_payable_as_money_comes_in() -> None:
    """A third of the order came in: a third of 1,116.00 is payable, the rest keeps accruing."""
    status, found = stands(replace(LINE, invoiced=3_720_000, received=1_240_000))
    assert (status, found.reason) == (LedgerStatus.PENDING, Reason.PARTLY_RECEIVED)
    assert (found.payable_now, found.accruing) == (cny("372.00"), cny("744.00"))


@pytest.mark.law("PAY-06")
def test_what_no_invoice_was_written_for_is_still_to_come_in() -> None:
    """Half of the order is invoiced and paid: half the commission, not all of it."""
    _, found = stands(replace(LINE, invoiced=1_860_000, received=1_860_000))
    assert found.payable_now == cny("558.00")


def test_what_was_paid_in_full_is_settled_and_what_was_paid_in_part_is_not() -> None:
    received = replace(LINE, received=3_720_000)
    assert stands(received, CONTRACT, Decimal(1), paid("1116.00"))[0] is LedgerStatus.PAID
    status, found = stands(received, CONTRACT, Decimal(1), paid("1000.00"))
    assert (status, found.payable_now) == (LedgerStatus.EARNED, cny("116.00"))


@pytest.mark.law("PAY-06", "FRZ-02")
@pytest.mark.parametrize(("minutes", "intranet"), [("", ""), ("minutes", ""), ("", "intranet")])
def test_a_condition_in_a_policy_without_both_proofs_binds_nobody(minutes: str, intranet: str) -> None:
    policy = replace(CONTRACT, employee=None, kind=BasisKind.POLICY, procedure=minutes, publication=intranet)
    status, found = stands(LINE, policy)
    assert (status, found.reason) == (LedgerStatus.EARNED, Reason.CONDITION_NOT_AGREED)
    assert found.payable_now == cny("1116.00")
    proved = replace(policy, procedure="minutes", publication="intranet")
    assert stands(LINE, proved)[0] is LedgerStatus.PENDING


@pytest.mark.law("PAY-05")
def test_a_clause_that_pays_leavers_nothing_is_void() -> None:
    status, found = stands(LINE, replace(CONTRACT, condition=Condition.NO_LEAVERS))
    assert (status, found.reason, found.payable_now) == (LedgerStatus.EARNED, Reason.CLAUSE_VOID, cny("1116.00"))


def test_without_any_agreement_a_line_is_earned_as_it_is_sold() -> None:
    assert stands(LINE, None)[0] is LedgerStatus.EARNED


def test_an_event_is_met_by_a_completed_order_or_by_whoever_enters_it() -> None:
    event = replace(CONTRACT, condition=Condition.EVENT)
    assert stands(LINE, event)[0] is LedgerStatus.PENDING
    assert stands(replace(LINE, state=OrderState.COMPLETED), event)[0] is LedgerStatus.EARNED
    assert stands(LINE, event, Decimal(1), Entry(EntryKind.CONDITION_MET))[0] is LedgerStatus.EARNED


def test_a_dispute_lasts_until_it_is_settled_and_nothing_is_lost_by_it() -> None:
    contested = stands(LINE, None, Decimal(1), Entry(EntryKind.CONTESTED))
    assert (contested[0], contested[1].payable_now) == (LedgerStatus.DISPUTED, cny("1116.00"))
    said = (Entry(EntryKind.CONTESTED), Entry(EntryKind.DISPUTE_SETTLED))
    assert stands(LINE, None, Decimal(1), *said)[0] is LedgerStatus.EARNED
    assert stands(LINE, None, Decimal(1), *said, Entry(EntryKind.CONTESTED))[0] is LedgerStatus.DISPUTED


def test_an_order_that_we_defaulted_on_is_disputed_until_somebody_settles_it() -> None:
    defaulted = replace(LINE, state=OrderState.DEFAULTED)
    assert stands(defaulted)[0] is LedgerStatus.DISPUTED
    assert stands(defaulted, None, Decimal(1), Entry(EntryKind.DISPUTE_SETTLED))[0] is LedgerStatus.EARNED


def test_more_than_was_owed_coming_in_pays_no_more_and_money_that_went_back_no_less_than_nothing() -> None:
    assert stands(replace(LINE, received=9_000_000))[1].payable_now == cny("1116.00")
    assert stands(replace(LINE, received=-100))[1].payable_now == cny("0.00")


def test_an_order_worth_nothing_has_nothing_to_collect() -> None:
    status, found = stands(replace(LINE, amount=0, order_total=0))
    assert (status, found.entitled) == (LedgerStatus.EARNED, cny("0.00"))


@pytest.mark.law("PAY-06")
def test_who_finishes_an_order_that_somebody_else_won_shares_it_only_as_agreed() -> None:
    routed = replace(LINE, owner="zhou")
    assert share_of(LINE, "lin", None, None) == 1
    assert share_of(routed, "lin", CONTRACT, None) is None
    agreed = replace(CONTRACT, successor_share=Decimal("0.6"))
    assert [share_of(routed, who, agreed, None) for who in ("lin", "zhou")] == [Decimal("0.6"), Decimal("0.4")]
    assert share_of(routed, "zhou", agreed, Decimal("0.7")) == Decimal("0.3"), "of this very line, goes first"
    assert stands(routed, CONTRACT, None)[0] is LedgerStatus.DISPUTED


@settings(settings.get_profile("domain"))
@given(
    amount=st.integers(0, 10**12),
    rate=st.decimals(0, 1, places=4),
    part=st.decimals(0, 1, places=4),
    received=st.integers(0, 10**12),
)
def test_both_parts_are_never_more_than_the_commission_but_for_half_a_cent(
    amount: int, rate: Decimal, part: Decimal, received: int
) -> None:
    line = replace(LINE, amount=amount, rate=rate, order_total=max(1, amount), received=received, owner="zhou")
    whole = stands(replace(line, owner="lin"))[1]
    parts = [stands(line, CONTRACT, share)[1] for share in (part, 1 - part)]
    cent = Decimal("0.01")
    assert abs(sum(one.entitled.amount for one in parts) - whole.entitled.amount) <= cent
    assert abs(sum(one.payable_now.amount for one in parts) - whole.payable_now.amount) <= cent
    for one in (whole, *parts):
        assert one.payable_now + one.accruing == one.entitled


def test_the_agreement_of_the_day_counts_ones_own_before_the_companys_and_the_newest_of_them() -> None:
    def one(name: str, employee: str | None, day: date, **values: Any) -> Agreement:
        return Agreement(name, employee, BasisKind.AGREEMENT, name, day, entered_on=date(2024, 1, 1), **values)

    policy, old, new = one("p", None, date(2026, 5, 1)), one("o", "lin", date(2024, 1, 1)), one("n", "lin", PLACED)
    others, later = one("x", "zhou", date(2026, 1, 1)), one("l", "lin", date(2026, 6, 2))
    everything = [policy, old, new, others, later]
    assert binding(everything, "lin", PLACED) == new
    assert binding([policy, old, others, later], "lin", PLACED) == old
    assert binding([policy, others, later], "lin", PLACED) == policy
    assert binding([others, later], "lin", PLACED) is None


LATE = replace(CONTRACT, id="a2", in_force_from=date(2026, 1, 1), entered_on=date(2026, 11, 24))
SEEN = replace(LATE, signed_on=date(2025, 12, 30), confirmed_on=date(2026, 11, 1))


def holds(*agreements: Agreement, line: SoldLine = LINE, noticed_on: date | None = None) -> str:
    agreed, _ = judged(line, "lin", agreements, noticed_on, Decimal(1), ())
    return agreed.id if agreed else ""


@pytest.mark.law("PAY-04", "PAY-06")
def test_what_is_entered_after_an_order_makes_nothing_of_it_less() -> None:
    """Without the agreement 1,116.00 are payable at once; with it they would wait for the customer."""
    assert holds(LATE) == ""
    assert holds(replace(LATE, entered_on=PLACED)) == "", "on the day itself nobody can tell which was first"
    assert holds(replace(LATE, entered_on=date(2026, 5, 31))) == "a2"
    good = replace(CONTRACT, condition=Condition.NONE, rate=Decimal("0.05"))
    by_rate = replace(LINE, rate=None)
    assert holds(good, replace(LATE, rate=Decimal("0.01")), line=by_rate) == "a1"
    assert holds(good, replace(LATE, rate=Decimal("0.09")), line=by_rate) == "a1", "more, but later"


def test_what_is_entered_after_an_order_and_makes_it_better_holds() -> None:
    better = replace(LATE, condition=Condition.NONE, rate=Decimal("0.04"))
    worse = replace(LATE, id="a3", in_force_from=date(2026, 2, 1), condition=Condition.NONE, rate=Decimal("0.01"))
    by_rate = replace(LINE, rate=None)
    assert holds(replace(CONTRACT, rate=Decimal("0.03")), better, line=by_rate) == "a2"
    assert holds(better, worse, line=by_rate) == "a2", "and is not taken away by the next"
    assert holds(LATE, line=replace(LINE, rate=None)) == "a2", "where nothing was ever said, it is all there is"


@pytest.mark.law("PAY-04", "PAY-06")
def test_a_paper_that_a_second_person_saw_before_the_notice_binds_from_its_signature() -> None:
    assert holds(SEEN) == "a2"
    assert holds(SEEN, noticed_on=date(2026, 11, 14)) == "a2"
    assert holds(SEEN, noticed_on=date(2026, 11, 1)) == "", "confirmed on the day of the notice, or later"
    assert holds(replace(SEEN, signed_on=date(2026, 6, 2))) == "", "signed after the order"
    assert SEEN.binds_from() == SEEN.in_force_from


def test_a_policy_is_for_whoever_entered_it_once_somebody_else_confirmed_it() -> None:
    policy = replace(CONTRACT, employee=None, kind=BasisKind.POLICY, entered_by="lin")
    assert holds(policy) == ""
    assert holds(replace(policy, confirmed_on=date(2026, 1, 1))) == "a1"
    assert binding([policy], "zhou", PLACED) == policy


@pytest.mark.parametrize(("currency", "amount", "share"), [("JPY", 3_333, "100"), ("KWD", 33_333, "1.000")])
def test_commission_is_as_fine_as_its_currency(currency: str, amount: int, share: str) -> None:
    """3 % of 3,333 yen are 99.99, so 100; of 33.333 dinars 0.99999, so 1.000."""
    found = standing(in_law(replace(LINE, currency=currency, amount=amount), Decimal("0.03"), None, Decimal(1), ()))
    assert f"{found.entitled.amount:f}" == f"{found.payable_now.amount:f}" == share
    assert f"= {share}" in found.working


def test_what_is_finer_than_the_currency_is_no_amount_to_pay() -> None:
    assert exactly(Money(Decimal("1.667"), "KWD")) == 1_667
    for amount, currency in (("10.5", "JPY"), ("1.667", "CNY"), ("1.00001", "CLF")):
        with pytest.raises(Refusal) as refused:
            exactly(Money(Decimal(amount), currency))
        assert str(refused.value) == str(invalid("desk.finer_than_the_currency", currency=currency))


def test_a_line_names_its_own_rate_or_has_the_agreed_one_or_none() -> None:
    agreed = replace(CONTRACT, rate=Decimal("0.02"))
    assert rate_of(LINE, agreed) == Decimal("0.03")
    assert rate_of(replace(LINE, rate=None), agreed) == Decimal("0.02")
    assert rate_of(replace(LINE, rate=None), CONTRACT) is None
