"""Wages that each region sets and every calculation asks for; None where the region's pack does not say."""

from datetime import date
from decimal import Decimal

from domain.law.rulebook import RuleBook
from domain.money import Money


def minimum_wage(book: RuleBook, on: date, currency: str) -> Money | None:
    """The monthly minimum wage that holds there on that day (PAY-11)."""
    return _figure(book, on, "PAY-11", "monthly_minimum_wage", currency)


def local_average_wage(book: RuleBook, on: date, currency: str) -> Money | None:
    """The monthly average wage of the year before, as the city publishes it (PAY-12)."""
    return _figure(book, on, "PAY-12", "monthly_average_wage", currency)


def _figure(book: RuleBook, on: date, rule_id: str, name: str, currency: str) -> Money | None:
    rule = book.find(rule_id, on)
    return Money(Decimal(rule.number(name)), currency) if rule else None
