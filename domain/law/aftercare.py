"""Which figures the law gives for the time after the last day, to be pinned to a case."""

from datetime import date

from domain.law import retention
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.obligations import AftercarePlan, DutyKind, DutyPlan


def plan(book: RuleBook, last_day: date) -> AftercarePlan | None:
    """The duties of CRT-02, CRT-03 and the region, the year of LIM-01, the arrears of NC-05.

    None where no such law is known. The list of the unemployed is due on the Regulation's seventh day, although the
    newer law grants fifteen (CRT-03).
    """
    transfer, lists = book.find("CRT-02", last_day), book.find("CRT-03", last_day)
    limitation, arrears = book.find("LIM-01", last_day), book.find("NC-05", last_day)
    if transfer is None or lists is None or limitation is None or arrears is None:
        return None
    unemployed, fund = lists.number("unemployed_days"), lists.number("housing_fund_days")
    archives, years = transfer.number("due_days"), limitation.number("years")
    filing = book.find("SH-02", last_day)
    months, wait = arrears.number("unpaid_months"), arrears.number("escalate_days")
    return AftercarePlan(
        duties=(
            DutyPlan(DutyKind.UNEMPLOYED_LIST, lists.id, unemployed),
            DutyPlan(DutyKind.ARCHIVES_AND_INSURANCE, transfer.id, archives, transfer.number("warn_days")),
            DutyPlan(DutyKind.HOUSING_FUND, lists.id, fund),
            *((DutyPlan(DutyKind.EXIT_FILING, filing.id, filing.number("filing_days")),) if filing else ()),
        ),
        arbitration_years=years,
        unpaid_months=months,
        escalate_days=wait,
        retention=retention.plan(book, last_day),
        law=(
            book.answer(transfer.id, last_day, f"+ P{archives}D"),
            book.answer(lists.id, last_day, f"+ P{unemployed}D, + P{fund}D"),
            *((book.answer(filing.id, last_day, f"+ P{filing.number('filing_days')}D"),) if filing else ()),
            book.answer(limitation.id, last_day, f"+ P{years}Y", action=Action.RECORD),
            book.answer(arrears.id, last_day, f"{months} × P1M, P{wait}D", action=Action.RECORD),
            *retention.answers(book, last_day),
        ),
    )
