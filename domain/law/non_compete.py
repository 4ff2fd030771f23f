"""Non-compete agreements after the end (NC-01 to NC-08): what is wrong with one, what it costs, and its timers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.averages import AverageWage
from domain.law.local_wages import minimum_wage
from domain.law.periods import add_months
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure, percent
from domain.money import Money


class Concern(StrEnum):
    """What a person should see before the agreement is enforced; the answer says whether it is refused."""

    NO_SECRETS = "no_secrets"
    TOO_LONG = "too_long"
    NO_COMPENSATION_AGREED = "no_compensation_agreed"
    BELOW_MINIMUM_WAGE = "below_minimum_wage"
    BELOW_STATUTE = "below_statute"
    """Below 30 % of the average."""
    BELOW_GUIDELINE = "below_guideline"
    """Below 50 % for more than a year."""
    PENALTY_TOO_HIGH = "penalty_too_high"
    PENALTY_DOES_NOT_FREE = "penalty_does_not_free"
    """Whoever pays the penalty still has to keep to the agreement (NC-07)."""


@dataclass(frozen=True)
class NonCompete:
    months: int
    """From the end of the employment."""
    monthly: Money | None
    """Agreed compensation per month; None if none was agreed."""
    penalty: Money | None
    knew_secrets: bool
    """A senior manager, senior technician or other person with a duty of secrecy who had access to secrets."""

    def __post_init__(self) -> None:
        """Raises ValueError for less than a month, or negative money."""
        if self.months < 1 or any(sum_ and sum_.amount < 0 for sum_ in (self.monthly, self.penalty)):
            raise ValueError("a non-compete lasts a month at least, and its sums are not negative")


@dataclass(frozen=True)
class Finding:
    concern: Concern
    answer: LegalAnswer


@dataclass(frozen=True)
class Compensation:
    monthly: Money
    minimum_known: bool
    """False where the region's minimum wage is not known, so that it was not applied as the least (PAY-11)."""
    answer: LegalAnswer


@dataclass(frozen=True)
class Waiver:
    """What giving up the non-compete costs."""

    in_time: bool
    """True if it was declared up to the last day, before the restriction begins."""
    extra: Money
    """What the employee may claim on top, for a waiver after the last day."""
    answer: LegalAnswer


def check(book: RuleBook, on: date, agreement: NonCompete, average: AverageWage | None) -> tuple[Finding, ...]:
    """Everything that stands against the agreement, in the order of the rules. Raises NoRule.

    Without an average wage nothing is said of compensation and penalty.
    """
    return tuple(
        Finding(concern, answer)
        for found in (
            _scope(book, on, agreement),
            _length(book, on, agreement),
            *((_pay(book, on, agreement, average), _penalty(book, on, agreement, average)) if average else ()),
        )
        for concern, answer in found
    )


_Found = Iterator[tuple[Concern, LegalAnswer]]


def _scope(book: RuleBook, on: date, agreement: NonCompete) -> _Found:
    if not agreement.knew_secrets:
        yield Concern.NO_SECRETS, book.answer("NC-01", on, "✗")


def _length(book: RuleBook, on: date, agreement: NonCompete) -> _Found:
    most = book.rule("NC-02", on).number("max_months")
    if agreement.months > most:
        yield Concern.TOO_LONG, book.answer("NC-02", on, f"{agreement.months} > {most}")


def _pay(book: RuleBook, on: date, agreement: NonCompete, average: AverageWage) -> _Found:
    """The guideline's two rates (NC-08); nothing agreed is the statute's own case (NC-04)."""
    if agreement.monthly is None:
        yield Concern.NO_COMPENSATION_AGREED, default_compensation(book, on, average).answer
        return
    floor = minimum_wage(book, on, agreement.monthly.currency)
    if floor is not None and agreement.monthly < floor:
        working = f"{figure(agreement.monthly)} < {figure(floor)}"
        yield Concern.BELOW_MINIMUM_WAGE, book.answer("NC-04", on, working, action=Action.WARN)
    rule = book.rule("NC-08", on)
    long = agreement.months > rule.number("long_after_months")
    rates = [(Concern.BELOW_STATUTE, rule.decimal("rate"))]
    rates += [(Concern.BELOW_GUIDELINE, rule.decimal("long_rate"))] if long else []
    for concern, rate in rates:
        least = average.times(rate)
        if agreement.monthly < least:
            working = f"{figure(agreement.monthly)} < {figure(average.month)} × {percent(rate)} = {figure(least)}"
            yield concern, book.answer("NC-08", on, working)


def _penalty(book: RuleBook, on: date, agreement: NonCompete, average: AverageWage) -> _Found:
    if agreement.penalty is None or agreement.penalty.amount == 0:
        return
    monthly = agreement.monthly or default_compensation(book, on, average).monthly
    factor = book.rule("NC-08", on).decimal("penalty_factor")
    most = monthly * agreement.months * factor
    if most < agreement.penalty:
        working = (
            f"{figure(agreement.penalty)} > {figure(factor)} × {agreement.months} × {figure(monthly)} = {figure(most)}"
        )
        yield Concern.PENALTY_TOO_HIGH, book.answer("NC-08", on, working)
    yield Concern.PENALTY_DOES_NOT_FREE, book.answer("NC-07", on, figure(agreement.penalty), action=Action.RECORD)


def default_compensation(book: RuleBook, on: date, average: AverageWage) -> Compensation:
    """What is owed monthly where nothing was agreed: 30 % of the average, at least the local minimum wage (NC-04).

    `average` is that of the last twelve months. Raises NoRule.
    """
    rate = book.rule("NC-04", on).decimal("rate")
    share = average.times(rate).to_cents()
    working = f"{average.working}; {figure(average.month)} × {percent(rate)} = {figure(share)}"
    least = minimum_wage(book, on, share.currency)
    if least is None:
        return Compensation(share, minimum_known=False, answer=book.answer("NC-04", on, working))
    monthly = max(share, least)
    working = f"{working}; max({figure(share)}, {figure(least)}) = {figure(monthly)}"
    return Compensation(monthly, minimum_known=True, answer=book.answer("NC-04", on, working))


def waive(book: RuleBook, last_day: date, declared_on: date, months: int, monthly: Money) -> Waiver:
    """The employer gives the non-compete up: free until the last day, then three more months may be claimed (NC-06).

    What has run up to the day of the waiver is owed besides. Raises NoRule; ValueError if the restriction is over.
    """
    ends = add_months(last_day, months)
    if declared_on > ends:
        raise ValueError(f"the non-compete ended on {ends}; nothing is left to waive")
    in_time = declared_on <= last_day
    count = 0 if in_time else book.rule("NC-06", last_day).number("months")
    extra = (monthly * count).to_cents()
    working = f"{count} × {figure(monthly)} = {figure(extra)}"
    action = Action.RECORD if in_time else Action.WARN
    return Waiver(in_time, extra, book.answer("NC-06", last_day, working, action=action))
