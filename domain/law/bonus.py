"""A year-end bonus of somebody who leaves before it is paid (PAY-07)."""

from dataclasses import dataclass
from datetime import date

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.workings import figure
from domain.money import Money


@dataclass(frozen=True)
class BonusFinding:
    pro_rata: Money
    """The part that the time worked earned."""
    payable: Money | None
    """That part where the region's rule gives it; None where a person decides on policy, time served, contribution."""
    answer: LegalAnswer


def year_end_bonus(book: RuleBook, on: date, bonus: Money, days_worked: int, days_of_period: int) -> BonusFinding:
    """What of a bonus for an unfinished period is owed (PAY-07; in Shenzhen pro rata to the time worked).

    Raises NoRule, ValueError for a period without days or longer work than the period.
    """
    if not 0 <= days_worked <= days_of_period or days_of_period == 0:
        raise ValueError(f"{days_worked} of {days_of_period} days is no part of a period")
    rule = book.rule("PAY-07", on)
    part = (bonus * days_worked / days_of_period).to_cents()
    working = f"{figure(bonus)} × {days_worked} ÷ {days_of_period} = {figure(part)}"
    return BonusFinding(part, part if rule.params["pro_rata"] else None, book.answer("PAY-07", on, working))
