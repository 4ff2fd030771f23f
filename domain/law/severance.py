"""Severance pay (经济补偿): when it is due, how much, and the only thing that may hold it back (HND-03)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from domain.law.answers import LegalAnswer
from domain.law.averages import AverageWage, average_wage
from domain.law.local_wages import local_average_wage, minimum_wage
from domain.law.periods import add_months, full_months
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure
from domain.money import Money, nothing


class Termination(StrEnum):
    """How an employment ends, as far as severance pay depends on it (LCL 36 to 46)."""

    RESIGNATION = "resignation"
    """Art. 37."""
    EMPLOYER_FAULT = "employer_fault"
    """Art. 38: the employee terminates for the employer's fault."""
    MUTUAL_BY_EMPLOYER = "mutual_by_employer"
    """Art. 36, proposed by the employer."""
    MUTUAL_BY_EMPLOYEE = "mutual_by_employee"
    DISMISSAL_FOR_FAULT = "dismissal_for_fault"
    """Art. 39."""
    DISMISSAL_WITHOUT_FAULT = "dismissal_without_fault"
    """Art. 40."""
    REDUNDANCY = "redundancy"
    """Art. 41."""
    EXPIRY_BY_EMPLOYER = "expiry_by_employer"
    """Art. 44(1): the term is over and the employer does not renew, or only on worse terms."""
    EXPIRY_BY_EMPLOYEE = "expiry_by_employee"
    """Art. 44(1): the employee declines to renew on the same or better terms."""
    EMPLOYER_CLOSED = "employer_closed"
    """Art. 44(4), (5): bankrupt, closed or dissolved."""


_DUE = frozenset(
    {
        Termination.EMPLOYER_FAULT,
        Termination.MUTUAL_BY_EMPLOYER,
        Termination.DISMISSAL_WITHOUT_FAULT,
        Termination.REDUNDANCY,
        Termination.EXPIRY_BY_EMPLOYER,
        Termination.EMPLOYER_CLOSED,
    }
)
"""The cases of LCL 46."""
_LAW_SINCE = date(2008, 1, 1)
"""First day of the LCL."""


class Doubt(StrEnum):
    """What the figure leaves open, so that a person looks at it."""

    LOCAL_AVERAGE_UNKNOWN = "local_average_unknown"
    """The region's average wage (PAY-12) is not known; no cap was applied, which favours the employee."""
    MINIMUM_WAGE_UNKNOWN = "minimum_wage_unknown"
    """The region's minimum wage (PAY-11) is not known; it was not applied as the least."""
    SERVICE_BEFORE_2008 = "service_before_2008"
    """Years before the law came into force follow the rules of their time (LCL 97); here they are counted alike."""


@dataclass(frozen=True)
class Service:
    hired_on: date
    last_day: date
    wages: tuple[Money, ...]
    """Wage due in each of the last months, newest last, commission, bonus and allowances included; at most twelve."""


@dataclass(frozen=True)
class SeveranceSum:
    months: Decimal
    """N, in months' wages."""
    base: AverageWage
    """The average month that each is worth."""
    doubts: tuple[Doubt, ...]
    working: str

    def times(self, factor: Decimal | int) -> Money:
        """That many times the sum, to the cent."""
        return self.base.times(self.months * factor).to_cents()

    @property
    def amount(self) -> Money:
        return self.times(1)


@dataclass(frozen=True)
class Severance:
    due: bool
    amount: Money
    held: bool
    """True as long as it is due and the handover is not done: the one payment that may wait for it."""
    doubts: tuple[Doubt, ...]
    answer: LegalAnswer


def is_due(termination: Termination) -> bool:
    """True if such an ending gives severance pay (LCL 46)."""
    return termination in _DUE


def severance(book: RuleBook, termination: Termination, service: Service, *, handover_done: bool) -> Severance:
    """Severance pay under LCL 46, 47 and 50(2) (HND-03); nothing after a resignation.

    Raises NoRule; ValueError as `severance_sum` does.
    """
    if not is_due(termination):
        none = nothing(book.national.currency)
        answer = book.answer("HND-03", service.last_day, figure(none), action=Action.RECORD)
        return Severance(due=False, amount=none, held=False, doubts=(), answer=answer)
    found = severance_sum(book, service)
    action = Action.RECORD if handover_done else None
    answer = book.answer("HND-03", service.last_day, found.working, action=action)
    return Severance(due=True, amount=found.amount, held=not handover_done, doubts=found.doubts, answer=answer)


def severance_sum(book: RuleBook, service: Service) -> SeveranceSum:
    """N × the average month, whether or not it is due (LCL 47, IR 27).

    The average counts the months there are, never below the local minimum wage. Above three times the local average it
    is cut to that, and N to twelve. Raises NoRule, ValueError without wages or if the last day precedes the first.
    """
    rule, day = book.rule("HND-03", service.last_day), service.last_day
    months = months_of_severance(service.hired_on, day, rule.number("half_year_months"))
    base = average_wage(service.wages, rule.number("average_months"))
    doubts = [Doubt.SERVICE_BEFORE_2008] if service.hired_on < _LAW_SINCE else []
    workings = [base.working]
    minimum = minimum_wage(book, day, base.together.currency)
    if minimum is None:
        doubts.append(Doubt.MINIMUM_WAGE_UNKNOWN)
    elif base.month < minimum:
        workings.append(f"max({figure(base.month)}, {figure(minimum)}) = {figure(minimum)}")
        base = AverageWage(minimum)
    local = local_average_wage(book, day, base.together.currency)
    if local is None:
        doubts.append(Doubt.LOCAL_AVERAGE_UNKNOWN)
    elif (most := local * (factor := rule.decimal("wage_cap_factor"))) < base.month:
        workings.append(f"min({figure(base.month)}, {figure(factor)} × {figure(local)}) = {figure(most)}")
        longest = rule.number("capped_years")
        workings.append(f"min({figure(months)}, {longest}) = {figure(min(months, Decimal(longest)))}")
        base, months = AverageWage(most), min(months, Decimal(longest))
    workings.append(f"{figure(months)} × {figure(base.month)} = {figure(base.times(months))}")
    return SeveranceSum(months, base, tuple(doubts), "; ".join(workings))


def months_of_severance(hired_on: date, last_day: date, half_year_months: int) -> Decimal:
    """One for each year; from half a year on one more, below it half a one (LCL 47). The last day counts.

    Raises ValueError if the last day precedes the first.
    """
    end = last_day + timedelta(days=1)
    if end <= hired_on:
        raise ValueError(f"nobody leaves on {last_day} who is hired on {hired_on}")
    served = full_months(hired_on, end)
    years, rest = divmod(served, 12)
    if rest >= half_year_months:
        return Decimal(years + 1)
    is_whole = rest == 0 and add_months(hired_on, served) == end
    return Decimal(years) if is_whole else years + Decimal("0.5")
