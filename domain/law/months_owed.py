"""Months of a non-compete's compensation: when each is due, and what follows if it stays unpaid (NC-03, NC-05).

One calculation for questions, which read the law's figures in the rule book, and for cases, which are pinned to theirs.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol

from domain.law.periods import add_months


class Month(Protocol):
    """What counts of a month's compensation."""

    @property
    def due(self) -> date: ...
    @property
    def paid_on(self) -> date | None: ...
    @property
    def excused(self) -> bool:
        """True if it stays unpaid for a reason on the employee's side, such as a closed bank account."""


def due_days(last_day: date, months: int) -> tuple[date, ...]:
    """The end of each month of the restriction, counted from the last day (NC-03).

    A month without that day ends on its last one.
    """
    return tuple(add_months(last_day, month) for month in range(1, months + 1))


def overdue_on(due: date) -> date:
    """The first day of arrears."""
    return due + timedelta(days=1)


def unpaid(month: Month, day: date) -> bool:
    """True if it is overdue that morning, for a reason on the employer's side."""
    return month.due < day and not month.excused and (month.paid_on is None or month.paid_on >= day)


def arrears(months: Sequence[Month]) -> Iterator[tuple[date, int]]:
    """Each day on which a month falls overdue, and how many are unpaid then, should nothing more be paid."""
    late = [month for month in months if unpaid(month, overdue_on(month.due))]
    for day in sorted(overdue_on(month.due) for month in late):
        yield day, sum(unpaid(month, day) for month in late)


def rescission_from(months: Sequence[Month], unpaid_months: int) -> date | None:
    """The first day on which the employee may rescind: when so many months are overdue (NC-05, SPC-1 38).

    Months need not follow each other; one that was paid late before the last of them fell due does not count. A payment
    made later does not take the right away by itself. None if the day does not come.
    """
    return next((day for day, count in arrears(months) if count >= unpaid_months), None)


def escalate_on(due: date, rescission: date | None, escalate_days: int) -> date:
    """So many days after a month was due, and in any case before the right to rescind which it leads to (NC-05).

    What courts count later is thereby on the safe side.
    """
    day = due + timedelta(days=escalate_days)
    if rescission is not None and due < rescission:
        day = min(day, rescission - timedelta(days=1))
    return max(day, overdue_on(due))
