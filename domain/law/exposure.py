"""What an unlawful step may cost the employer: shown before a person confirms it, never part of a settlement."""

from dataclasses import dataclass
from datetime import date

from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.severance import Doubt, Service, severance_sum
from domain.law.workings import figure, percent
from domain.money import Money


@dataclass(frozen=True)
class Exposure:
    low: Money
    high: Money
    doubts: tuple[Doubt, ...]
    answer: LegalAnswer


def unlawful_freeze(book: RuleBook, service: Service) -> Exposure:
    """Severance pay, should the employee leave because no work was given without a basis: N × average (FRZ-04).

    `service.last_day` is the day on which the employee could leave. Raises as `severance_sum`.
    """
    found = severance_sum(book, service)
    answer = book.answer("FRZ-04", service.last_day, found.working)
    return Exposure(found.amount, found.amount, found.doubts, answer)


def unlawful_termination(book: RuleBook, service: Service) -> Exposure:
    """Twice the severance pay, should the employer end the contract unlawfully (NOT-15, LCL 87). Raises as above."""
    found = severance_sum(book, service)
    factor = book.rule("NOT-15", service.last_day).decimal("damages_factor")
    damages = found.times(factor)
    working = f"{found.working}; {figure(factor)} × {figure(found.amount)} = {figure(damages)}"
    return Exposure(damages, damages, found.doubts, book.answer("NOT-15", service.last_day, working))


def unpaid_after_order(book: RuleBook, on: date, unpaid: Money) -> Exposure:
    """50 to 100 % on top of what stays unpaid after an order of the labour authority (PAY-08).

    Raises NoRule, ValueError for a negative amount.
    """
    if unpaid.amount < 0:
        raise ValueError(f"what is unpaid is not negative: {unpaid}")
    rule = book.rule("PAY-08", on)
    shares = rule.decimal("extra_low"), rule.decimal("extra_high")
    low, high = ((unpaid * share).to_cents() for share in shares)
    working = "; ".join(
        f"{figure(unpaid)} × {percent(share)} = {figure(extra)}"
        for share, extra in zip(shares, (low, high), strict=True)
    )
    return Exposure(low, high, (), book.answer("PAY-08", on, working))
