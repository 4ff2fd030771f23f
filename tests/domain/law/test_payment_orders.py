"""An official order to pay: escalated whatever its size, and a crime to leave unpaid from the law's figures on."""

from datetime import date

import pytest

from domain.law.payment_orders import Arrears, Size, refusal_to_pay
from domain.law.rulebook import NoRule
from models.law import library
from tests.domain.law.books import book
from tests.domain.law.pay import LAST_DAY, yuan

BOOK = book()


def arrears(unpaid: str, months: int, workers: int = 1, in_all: str = "") -> Arrears:
    return Arrears(yuan(unpaid), months, workers, yuan(in_all or unpaid))


@pytest.mark.law("PAY-09")
@pytest.mark.parametrize(
    ("found", "size"),
    [
        (arrears("4999.99", 3), Size.NOT_LARGE),
        (arrears("5000", 2), Size.NOT_LARGE),
        (arrears("5000", 3), Size.BY_PROVINCE),
        (arrears("19999.99", 3), Size.BY_PROVINCE),
        (arrears("20000", 3), Size.LARGE),
        (arrears("90000", 2), Size.NOT_LARGE),
        (arrears("3000", 1, 9, "100000"), Size.NOT_LARGE),
        (arrears("3000", 1, 10, "29999.99"), Size.NOT_LARGE),
        (arrears("3000", 1, 10, "30000"), Size.BY_PROVINCE),
        (arrears("3000", 1, 10, "99999.99"), Size.BY_PROVINCE),
        (arrears("3000", 1, 10, "100000"), Size.LARGE),
        (arrears("20000", 3, 10, "30000"), Size.LARGE),
        (arrears("5000", 3, 10, "100000"), Size.LARGE),
    ],
)
def test_refusing_three_months_of_one_or_the_pay_of_ten_is_large_from_the_figure_on(found: Arrears, size: Size) -> None:
    assert refusal_to_pay(BOOK, LAST_DAY, found).size is size


@pytest.mark.law("PAY-09")
def test_every_order_to_pay_warns_whatever_its_size() -> None:
    for small_or_large in (arrears("1", 0), arrears("8000", 4), arrears("500000", 12)):
        answer = refusal_to_pay(BOOK, LAST_DAY, small_or_large).answer
        assert (answer.rule_id, answer.action) == ("PAY-09", "warn")
        assert answer.reason


@pytest.mark.law("PAY-09")
def test_the_working_of_an_order_shows_both_ways_to_a_large_amount() -> None:
    found = refusal_to_pay(BOOK, LAST_DAY, arrears("8000", 4, 9, "120000"))
    assert found.answer.answer == "4 ≥ 3, 5000 ≤ 8000.00 < 20000; 9 < 10, 120000.00 ≥ 100000"


@pytest.mark.law("PAY-09")
def test_the_figures_hold_from_the_day_of_their_interpretation() -> None:
    shipped = library().book()
    assert refusal_to_pay(shipped, date(2013, 1, 23), arrears("20000", 3)).size is Size.LARGE
    with pytest.raises(NoRule):
        refusal_to_pay(shipped, date(2013, 1, 22), arrears("20000", 3))


@pytest.mark.parametrize(
    ("unpaid", "months", "workers", "in_all"),
    [("-1", 1, 1, "1"), ("2", 1, 1, "1"), ("1", -1, 1, "1"), ("1", 1, 0, "1")],
)
def test_arrears_without_sense_are_refused(unpaid: str, months: int, workers: int, in_all: str) -> None:
    with pytest.raises(ValueError, match="no arrears"):
        arrears(unpaid, months, workers, in_all)
