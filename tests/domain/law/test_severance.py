"""Severance pay: for which endings, for how many months, on what base, and the one thing that may hold it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.averages import average_wage
from domain.law.exposure import unlawful_freeze, unlawful_termination, unpaid_after_order
from domain.law.severance import Doubt, Service, Termination, months_of_severance, severance, severance_sum
from domain.money import Money
from tests.domain.law.books import CITY, book
from tests.domain.law.pay import LAST_DAY, deterministic, yuan

BOOK = book()
DUE = {
    Termination.EMPLOYER_FAULT,
    Termination.MUTUAL_BY_EMPLOYER,
    Termination.DISMISSAL_WITHOUT_FAULT,
    Termination.REDUNDANCY,
    Termination.EXPIRY_BY_EMPLOYER,
    Termination.EMPLOYER_CLOSED,
}
WAGES = st.lists(st.decimals(0, 200_000, places=2).map(yuan), min_size=1, max_size=12).map(tuple)
SERVICES = st.builds(
    lambda hired, days, wages: Service(hired, hired + timedelta(days=days), wages),
    st.dates(date(2008, 1, 1), date(2026, 1, 1)),
    st.integers(0, 15_000),
    WAGES,
)


def service(hired: date = date(2021, 12, 24), wage: str = "10000", last_day: date = LAST_DAY) -> Service:
    return Service(hired, last_day, (yuan(wage),) * 12)


@pytest.mark.law("HND-03")
@pytest.mark.parametrize(
    ("hired", "last_day", "months"),
    [
        (date(2026, 1, 1), date(2026, 1, 1), "0.5"),
        (date(2026, 1, 1), date(2026, 6, 29), "0.5"),  # 5 months 29 days
        (date(2026, 1, 1), date(2026, 6, 30), "1"),  # 6 months to the day
        (date(2026, 1, 1), date(2026, 12, 30), "1"),
        (date(2026, 1, 1), date(2026, 12, 31), "1"),
        (date(2026, 1, 1), date(2027, 1, 1), "1.5"),
        (date(2025, 1, 1), date(2026, 6, 29), "1.5"),
        (date(2025, 1, 1), date(2026, 6, 30), "2"),
        (date(2021, 12, 24), date(2026, 12, 23), "5"),
        (date(2021, 12, 23), date(2026, 12, 23), "5.5"),
        (date(2021, 12, 25), date(2026, 12, 23), "5"),
        (date(2025, 8, 31), date(2026, 2, 27), "1"),  # February has no 31st: its end completes the sixth month
        (date(2025, 8, 31), date(2026, 2, 26), "0.5"),
        (date(2024, 2, 29), date(2025, 2, 27), "1"),
        (date(2024, 2, 29), date(2025, 2, 28), "1.5"),
    ],
)
def test_half_a_year_counts_as_a_whole_one_and_less_as_half_a_month(hired: date, last_day: date, months: str) -> None:
    assert months_of_severance(hired, last_day, 6) == Decimal(months)


@pytest.mark.law("HND-03")
@deterministic
@given(st.dates(date(2008, 1, 1), date(2026, 1, 1)), st.integers(0, 15_000))
def test_another_day_of_service_never_costs_severance(hired: date, days: int) -> None:
    last_day = hired + timedelta(days=days)
    months = months_of_severance(hired, last_day, 6)
    assert months % Decimal("0.5") == 0
    assert 0 <= months_of_severance(hired, last_day + timedelta(days=1), 6) - months <= Decimal("0.5")


@pytest.mark.law("HND-03")
@pytest.mark.parametrize("ended_by", list(Termination))
def test_severance_is_due_in_the_cases_of_article_46_and_no_other(ended_by: Termination) -> None:
    found = severance(BOOK, ended_by, service(), handover_done=False)
    assert found.due is (ended_by in DUE)
    assert found.amount == (yuan(50_000) if found.due else yuan(0))
    assert found.held is found.due
    assert (found.answer.rule_id, found.answer.action) == ("HND-03", "warn" if found.due else "record")


@pytest.mark.law("HND-02", "HND-03")
def test_a_handover_that_is_done_releases_it() -> None:
    found = severance(BOOK, Termination.EMPLOYER_FAULT, service(), handover_done=True)
    assert (found.held, found.answer.action) == (False, "record")
    assert found.answer.answer == "120000.00 ÷ 12 = 10000.00; 5 × 10000.00 = 50000.00"


@pytest.mark.law("HND-03", "PAY-12")
@pytest.mark.parametrize(
    ("hired", "wage", "months", "base"),
    [
        (date(2011, 12, 24), "36000", "15", "36000"),  # three times the local average is not above it
        (date(2011, 12, 24), "36000.01", "12", "36000"),
        (date(2011, 12, 24), "90000", "12", "36000"),
        (date(2014, 12, 24), "90000", "12", "36000"),
        (date(2014, 12, 23), "90000", "12", "36000"),
        (date(2015, 12, 24), "90000", "11", "36000"),
        (date(2015, 12, 23), "90000", "11.5", "36000"),
        (date(2014, 12, 23), "35999.99", "12.5", "35999.99"),
    ],
)
def test_above_three_times_the_local_average_both_wage_and_years_are_cut(
    hired: date, wage: str, months: str, base: str
) -> None:
    found = severance_sum(BOOK, service(hired, wage))
    assert (found.months, found.base.month) == (Decimal(months), yuan(base))
    assert found.amount == (yuan(base) * Decimal(months)).to_cents()


@pytest.mark.law("HND-03")
def test_the_working_of_a_cut_sum() -> None:
    assert severance_sum(BOOK, service(date(2011, 12, 24), "40000")).working == (
        "480000.00 ÷ 12 = 40000.00; min(40000.00, 3 × 12000.00) = 36000.00; min(15, 12) = 12; 12 × 36000.00 = 432000.00"
    )


@pytest.mark.law("HND-03", "PAY-11")
def test_the_average_is_never_below_the_minimum_wage() -> None:
    assert severance_sum(BOOK, service(wage="2689.99")).base.month == yuan(2690)
    assert severance_sum(BOOK, service(wage="2690.01")).base.month == yuan("2690.01")


@pytest.mark.law("HND-03", "PAY-12")
@pytest.mark.parametrize(
    ("known", "doubts"),
    [
        ({}, (Doubt.MINIMUM_WAGE_UNKNOWN, Doubt.LOCAL_AVERAGE_UNKNOWN)),
        ({"PAY-11": CITY["PAY-11"]}, (Doubt.LOCAL_AVERAGE_UNKNOWN,)),
        (CITY, ()),
    ],
)
def test_a_figure_that_the_region_lacks_is_said_and_never_to_the_employee_s_cost(
    known: dict[str, dict[str, object]], doubts: tuple[Doubt, ...]
) -> None:
    found = severance_sum(book(known), service(wage="30000"))
    assert (found.amount, found.doubts) == (yuan(150_000), doubts)


@pytest.mark.law("HND-03")
@pytest.mark.parametrize(("hired", "doubtful"), [(date(2007, 12, 31), True), (date(2008, 1, 1), False)])
def test_service_before_the_law_is_pointed_out(hired: date, doubtful: bool) -> None:
    assert (Doubt.SERVICE_BEFORE_2008 in severance_sum(BOOK, service(hired)).doubts) is doubtful


@pytest.mark.law("HND-03")
def test_the_average_counts_the_months_there_are_and_divides_last() -> None:
    assert average_wage((yuan(9000), yuan(12_000))).month == yuan(10_500)
    thirds = Service(date(2025, 7, 24), LAST_DAY, (yuan("0.03"), *[yuan("0.01")] * 11))
    found = severance_sum(book({"PAY-12": CITY["PAY-12"]}), thirds)
    assert found.months == Decimal("1.5")
    assert found.amount == yuan("0.02")  # 0.14 × 1.5 ÷ 12 = 0.0175
    half = Service(date(2025, 7, 24), LAST_DAY, (yuan("0.04"), *[yuan(0)] * 11))
    assert severance_sum(book({}), half).amount == yuan("0.01")  # 0.04 × 1.5 ÷ 12 = 0.005, half up


@pytest.mark.parametrize("wages", [(), (yuan(1),) * 13])
def test_an_average_of_no_months_or_too_many_is_refused(wages: tuple[Money, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 12 months"):
        average_wage(wages)


def test_nobody_leaves_before_having_come() -> None:
    assert months_of_severance(LAST_DAY, LAST_DAY, 6) == Decimal("0.5")
    with pytest.raises(ValueError, match="nobody leaves on 2026-12-23 who is hired on 2026-12-24"):
        months_of_severance(date(2026, 12, 24), LAST_DAY, 6)


@pytest.mark.law("HND-03")
@deterministic
@given(SERVICES)
def test_severance_is_never_above_its_caps(of: Service) -> None:
    found = severance_sum(BOOK, of)
    assert found.base.month <= yuan(36_000)
    assert yuan(2690) <= found.base.month
    if yuan(36_000) < average_wage(of.wages).month:
        assert found.months <= 12
    assert found.amount == found.amount.to_cents()
    assert found.amount <= (yuan(36_000) * found.months)


@pytest.mark.law("FRZ-04")
def test_an_unlawful_freeze_exposes_to_severance() -> None:
    found = unlawful_freeze(BOOK, service())
    assert (found.low, found.high) == (yuan(50_000), yuan(50_000))
    assert found.answer.rule_id == "FRZ-04"
    assert found.answer.answer.endswith("5 × 10000.00 = 50000.00")


@pytest.mark.law("NOT-15")
@deterministic
@given(SERVICES)
def test_an_unlawful_termination_exposes_to_twice_the_severance(of: Service) -> None:
    found = unlawful_termination(BOOK, of)
    once = severance_sum(BOOK, of).amount
    assert found.low == found.high
    assert abs((found.low - once * 2).amount) <= Decimal("0.01")  # rounded once, after doubling
    assert found.answer.rule_id == "NOT-15"


@pytest.mark.law("PAY-08")
def test_what_stays_unpaid_after_an_order_costs_half_as_much_again_to_twice() -> None:
    found = unpaid_after_order(BOOK, LAST_DAY, yuan("8000.01"))
    assert (found.low, found.high) == (yuan("4000.01"), yuan("8000.01"))
    assert found.answer.answer == "8000.01 × 50 % = 4000.01; 8000.01 × 100 % = 8000.01"
    assert unpaid_after_order(BOOK, LAST_DAY, yuan(0)).high == yuan(0)
    with pytest.raises(ValueError, match="not negative"):
        unpaid_after_order(BOOK, LAST_DAY, yuan(-1))
