"""Which figures the law gives for the time after the last day, to be pinned to a case."""

from datetime import date

from domain.law.rulebook import RuleBook
from domain.obligations import AftercarePlan, DutyKind, DutyPlan


def plan(book: RuleBook, last_day: date) -> AftercarePlan | None:
    """The duties of CRT-02 and CRT-03, the year of LIM-01, the arrears of NC-05; None where no such law is known.

    The list of the unemployed is due on the Regulation's seventh day, although the newer law grants fifteen (CRT-03).
    """
    transfer, lists = book.find("CRT-02", last_day), book.find("CRT-03", last_day)
    limitation, arrears = book.find("LIM-01", last_day), book.find("NC-05", last_day)
    if transfer is None or lists is None or limitation is None or arrears is None:
        return None
    return AftercarePlan(
        duties=(
            DutyPlan(DutyKind.UNEMPLOYED_LIST, lists.id, lists.number("unemployed_days")),
            DutyPlan(
                DutyKind.ARCHIVES_AND_INSURANCE,
                transfer.id,
                transfer.number("due_days"),
                transfer.number("warn_days"),
            ),
            DutyPlan(DutyKind.HOUSING_FUND, lists.id, lists.number("housing_fund_days")),
        ),
        arbitration_years=limitation.number("years"),
        unpaid_months=arrears.number("unpaid_months"),
        escalate_days=arrears.number("escalate_days"),
    )
