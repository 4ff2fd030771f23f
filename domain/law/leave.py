"""Annual leave that was not taken when the employment ends (CRT-04)."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from domain.law.answers import LegalAnswer
from domain.law.averages import AverageWage
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure, percent
from domain.money import Money


@dataclass(frozen=True)
class LeaveAccount:
    """Statutory annual leave in the year of the last day."""

    hired_on: date
    entitlement: int
    """Days for the whole year."""
    taken: Decimal
    """Days already taken this year, halves included."""
    wage: AverageWage
    """The average month of the last twelve months without overtime pay."""
    normal_pay_paid: bool
    """True if those days were worked and paid as wage anyway, as with a monthly salary: 200 % are then left to pay."""

    def __post_init__(self) -> None:
        """Raises ValueError for negative days."""
        if self.entitlement < 0 or self.taken < 0:
            raise ValueError(f"no leave account: {self.taken} of {self.entitlement} days")


def counted_days(on_file: Decimal) -> int:
    """Half a day of entitlement counts as a whole one: in doubt for the employee."""
    return int(on_file.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True)
class UnusedLeave:
    days: int
    """Whole days; a fraction of a day is not paid, and days taken too many are never clawed back."""
    over_taken: bool
    whole: Money
    """300 %, normal pay included."""
    in_wages: Money
    """What of it was paid as normal wage already."""
    payable: Money
    """What the settlement still owes: `whole` less `in_wages`."""
    answer: LegalAnswer


def unused_leave(book: RuleBook, last_day: date, account: LeaveAccount) -> UnusedLeave:
    """Days elapsed in the year ÷ 365 × entitlement − taken, at 300 % of the daily wage, normal pay included (CRT-04).

    The days elapsed are those with this employer, the last one counted. The daily wage is the month's ÷ 21.75. Raises
    NoRule; ValueError if the last day comes before the first.
    """
    rule = book.rule("CRT-04", last_day)
    year, factor, paid_days = rule.number("year_days"), rule.decimal("pay_factor"), rule.decimal("paid_days_a_month")
    elapsed = (last_day - max(account.hired_on, date(last_day.year, 1, 1))).days + 1
    if elapsed < 1:
        raise ValueError(f"nobody leaves on {last_day} who is hired on {account.hired_on}")
    exact = Decimal(elapsed * account.entitlement) / year - account.taken
    days = max(0, int(exact.to_integral_value(ROUND_FLOOR)))
    still = factor - 1 if account.normal_pay_paid else factor
    whole = account.wage.times(days * factor, paid_days).to_cents()
    payable = account.wage.times(days * still, paid_days).to_cents()
    working = (
        f"max(0, ⌊{elapsed} ÷ {year} × {account.entitlement} − {figure(account.taken)}⌋) = {days}; "
        f"{figure(account.wage.month)} ÷ {figure(paid_days)} × {days} × {percent(still)} = {figure(payable)}"
    )
    over_taken = exact < 0
    answer = book.answer("CRT-04", last_day, working, action=None if over_taken else Action.RECORD)
    return UnusedLeave(days, over_taken, whole, whole - payable, payable, answer)
