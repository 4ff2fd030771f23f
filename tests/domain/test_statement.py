"""The settlement statement's figures: what is known is exact, what is not is a blank (HND-04)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.rulebook import RuleBook
from domain.law.settlement import LineKind
from domain.law.severance import Termination
from domain.money import CENT, Money
from domain.obligations import Payment, PaymentKind
from domain.statement import OnFile, Statement, statement
from models.law import library
from tests.domain import cases as c

BOOK: RuleBook = library().book("CN-SH")
WAGES = Payment(PaymentKind.WAGES, c.LAST_DAY, c.NOW)
SEVERANCE = Payment(PaymentKind.SEVERANCE, c.LAST_DAY + timedelta(days=30), c.NOW)


def made(average: str | None, days: str = "10", taken: str = "0", hired_on: date = date(2020, 1, 1)) -> Statement:
    wage = Money(Decimal(average), "CNY") if average else None
    on_file = OnFile(hired_on, c.LAST_DAY, Termination.EMPLOYER_FAULT, wage, Decimal(days), Decimal(taken))
    return statement(BOOK, on_file, (WAGES, SEVERANCE))


def amounts(of: Statement) -> dict[LineKind, Money | None]:
    return {line.kind: line.amount for line in of.lines}


@pytest.mark.law("HND-04")
@pytest.mark.parametrize(("average", "days"), [(None, "10"), ("20000", "0"), (None, "0")])
def test_leave_that_is_not_known_is_a_blank(average: str | None, days: str) -> None:
    assert amounts(made(average, days))[LineKind.UNUSED_LEAVE] is None


@pytest.mark.law("HND-04")
def test_an_employment_that_would_end_before_it_began_leaves_blanks_and_breaks_nothing() -> None:
    found = amounts(made("20000", hired_on=c.LAST_DAY + timedelta(days=1)))
    assert set(found.values()) == {None}


@pytest.mark.law("HND-04", "CRT-04")
def test_leave_that_was_taken_is_nothing_and_no_blank() -> None:
    found = made("20000", "10", "10")
    assert amounts(found)[LineKind.UNUSED_LEAVE] == Money(Decimal("0.00"), "CNY")
    assert not found.complete, "the wages are still a blank"


@pytest.mark.law("HND-04")
@settings(settings.get_profile("domain"))
@given(st.decimals(1, 200000, places=2), st.integers(0, 30), st.integers(0, 60))
def test_the_stated_sum_is_the_sum_of_the_stated_lines_to_the_cent(average: Decimal, days: int, halves: int) -> None:
    found = made(str(average), str(days), str(Decimal(halves) / 2))
    stated = [line.amount.amount for line in found.lines if line.amount is not None]
    assert all(amount == amount.quantize(CENT) and amount >= 0 for amount in stated)
    assert (found.stated.amount if found.stated else Decimal(0)) == sum(stated, Decimal(0))
    assert all(line.answer.citation for line in found.lines)
