"""Monthly payments of a non-compete, and the day on which the employee may walk away from it (NC-03, NC-05)."""

from dataclasses import dataclass
from datetime import date

from domain.law import months_owed
from domain.law.answers import LegalAnswer
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.workings import figure
from domain.money import Money


@dataclass(frozen=True)
class Payment:
    due: date
    amount: Money
    paid_on: date | None = None
    excused: bool = False
    """True if it stays unpaid for a reason on the employee's side, such as a closed bank account."""


@dataclass(frozen=True)
class Schedule:
    payments: tuple[Payment, ...]
    ends: date
    """The last day of the restriction."""
    total: Money
    answer: LegalAnswer


@dataclass(frozen=True)
class Arrears:
    """The timers of payments that are outstanding, should nothing more be paid; None for what does not come."""

    warn_on: date | None
    escalate_on: date | None
    rescission_from: date | None
    """The first day on which the employee may rescind; a payment made later does not take that away by itself."""
    answer: LegalAnswer


def schedule(book: RuleBook, last_day: date, months: int, monthly: Money) -> Schedule:
    """One payment for each month of the restriction, each due at that month's end, counted from the last day (NC-03).

    Raises NoRule, ValueError for less than one month.
    """
    if months < 1:
        raise ValueError(f"a non-compete lasts a month at least, not {months}")
    amount = monthly.to_cents()
    payments = tuple(Payment(due, amount) for due in months_owed.due_days(last_day, months))
    whole = amount * months
    answer = book.answer("NC-03", last_day, f"{months} × {figure(amount)} = {figure(whole)}", action=Action.RECORD)
    return Schedule(payments, payments[-1].due, whole, answer)


def arrears(book: RuleBook, last_day: date, payments: tuple[Payment, ...]) -> Arrears:
    """When unpaid months let the employee rescind, and when the employer hears of them before (NC-05, SPC-1 38).

    The warning comes on the first day of arrears, the escalation as `months_owed.escalate_on` says. Raises NoRule.
    """
    rule = book.rule("NC-05", last_day)
    count = rule.number("unpaid_months")
    rescission = months_owed.rescission_from(payments, count)
    most = max((months for _, months in months_owed.arrears(payments)), default=0)
    working = f"{most} < {count}" if rescission is None else f"{most} ≥ {count}: {rescission.isoformat()}"
    action = None if most else Action.RECORD
    answer = book.answer("NC-05", last_day, working, action=action)
    first = min((payment.due for payment in payments if payment.paid_on is None and not payment.excused), default=None)
    if first is None:
        return Arrears(None, None, rescission, answer)
    escalation = months_owed.escalate_on(first, rescission, rule.number("escalate_days"))
    return Arrears(months_owed.overdue_on(first), escalation, rescission, answer)
