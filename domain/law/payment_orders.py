"""An official order to pay (责令支付): whether leaving it unpaid is a crime (PAY-09, Criminal Law art. 276-1).

What an unpaid order costs on top is `domain.law.exposure.unpaid_after_order` (PAY-08).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.workings import figure
from domain.money import Money, nothing


class Size(StrEnum):
    """Whether pay that is refused is a large amount. Each province sets its own figure between two national ones."""

    NOT_LARGE = "not_large"
    """In no province."""
    BY_PROVINCE = "by_province"
    LARGE = "large"
    """In every province."""


_SIZES = tuple(Size)
_SAID = {
    Size.NOT_LARGE: "order_not_large",
    Size.BY_PROVINCE: "order_large_by_province",
    Size.LARGE: "order_large",
}


@dataclass(frozen=True)
class Arrears:
    """Pay that an official order demands and that is not paid; severance is no pay in this sense."""

    unpaid: Money
    """To one worker."""
    months: int
    """So many months of that worker's pay."""
    workers: int
    """To whom the order says that pay is owed, the one included."""
    in_all: Money

    def __post_init__(self) -> None:
        """Raises ValueError for negative figures, nobody, or less to all than to one."""
        if self.unpaid < nothing(self.unpaid.currency) or self.in_all < self.unpaid:
            raise ValueError(f"no arrears: {self.unpaid} of {self.in_all}")
        if self.months < 0 or self.workers < 1:
            raise ValueError(f"no arrears: {self.months} months, {self.workers} workers")


@dataclass(frozen=True)
class OrderFinding:
    size: Size
    answer: LegalAnswer


def refusal_to_pay(book: RuleBook, on: date, arrears: Arrears) -> OrderFinding:
    """How grave it is to leave the order unpaid. Every such order has to come before the executives, whatever the size.

    Large is three months of one worker's pay from the province's figure on, or the pay of ten workers from another one
    on; "from" includes the figure itself (Criminal Law art. 99). Raises NoRule.
    """
    rule = book.rule("PAY-09", on)
    months, many = rule.number("months"), rule.number("many_workers")
    one, one_working = _size(arrears.unpaid, rule.number("single_low"), rule.number("single_high"))
    all_, all_working = _size(arrears.in_all, rule.number("many_low"), rule.number("many_high"))
    reached = [Size.NOT_LARGE]
    reached += [one] if arrears.months >= months else []
    reached += [all_] if arrears.workers >= many else []
    size = max(reached, key=_SIZES.index)
    working = f"{_against(arrears.months, months)}, {one_working}; {_against(arrears.workers, many)}, {all_working}"
    return OrderFinding(size, book.answer("PAY-09", on, working, reason=_SAID[size]))


def _size(amount: Money, low: int, high: int) -> tuple[Size, str]:
    if amount.amount < low:
        return Size.NOT_LARGE, f"{figure(amount)} < {low}"
    if amount.amount < high:
        return Size.BY_PROVINCE, f"{low} ≤ {figure(amount)} < {high}"
    return Size.LARGE, f"{figure(amount)} ≥ {high}"


def _against(number: int, least: int) -> str:
    return f"{number} {'≥' if number >= least else '<'} {least}"
