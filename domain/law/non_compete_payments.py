"""Monthly payments of a non-compete, and the day on which the employee may walk away from it (NC-03, NC-05)."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.law.answers import LegalAnswer
from domain.law.periods import add_months
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

    def is_unpaid_on(self, day: date) -> bool:
        """True if it is overdue that morning, for a reason on the employer's side."""
        return self.due < day and not self.excused and (self.paid_on is None or self.paid_on >= day)


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

    A month without that day ends on its last one. Raises NoRule, ValueError for less than one month.
    """
    if months < 1:
        raise ValueError(f"a non-compete lasts a month at least, not {months}")
    amount = monthly.to_cents()
    payments = tuple(Payment(add_months(last_day, month), amount) for month in range(1, months + 1))
    whole = amount * months
    answer = book.answer("NC-03", last_day, f"{months} × {figure(amount)} = {figure(whole)}", action=Action.RECORD)
    return Schedule(payments, payments[-1].due, whole, answer)


def arrears(book: RuleBook, last_day: date, payments: tuple[Payment, ...]) -> Arrears:
    """When unpaid months let the employee rescind: on the day after the third is overdue (NC-05, SPC-1 38).

    Months need not follow each other; one that was paid late before the third fell due does not count. The warning
    comes on the first day of arrears, the escalation sixty days after the due day and in any case before the right to
    rescind. What courts count later is thereby on the safe side. Raises NoRule.
    """
    rule = book.rule("NC-05", last_day)
    count, wait = rule.number("unpaid_months"), rule.number("escalate_days")
    mornings = sorted(payment.due + timedelta(days=1) for payment in payments)
    unpaid = [(day, sum(payment.is_unpaid_on(day) for payment in payments)) for day in mornings]
    rescission = next((day for day, months in unpaid if months >= count), None)
    most = max((months for _, months in unpaid), default=0)
    working = f"{most} < {count}" if rescission is None else f"{most} ≥ {count}: {rescission.isoformat()}"
    action = None if most else Action.RECORD
    answer = book.answer("NC-05", last_day, working, action=action)
    first = min((payment.due for payment in payments if payment.paid_on is None and not payment.excused), default=None)
    if first is None:
        return Arrears(None, None, rescission, answer)
    warning, escalation = first + timedelta(days=1), first + timedelta(days=wait)
    if rescission is not None and first < rescission:
        escalation = max(warning, min(escalation, rescission - timedelta(days=1)))
    return Arrears(warning, escalation, rescission, answer)
