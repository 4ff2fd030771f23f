"""Which payments the law asks for at the end of an employment, and by when, to be pinned to a case."""

from datetime import date

from domain.law.deductions import figures
from domain.law.gates import Gate
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.severance import Termination, is_due
from domain.law.wages import wages_due, wages_terms
from domain.law.workings import percent
from domain.money import Money
from domain.obligations import PaymentKind, PaymentPlan, SettlementPlan
from domain.working_days import Term, WorkingCalendar


def plan(
    book: RuleBook,
    last_day: date,
    calendar: WorkingCalendar,
    termination: Termination | None,
    wage_on_file: Money | None = None,
) -> SettlementPlan | None:
    """Wages with unused leave (PAY-02, CRT-04), and severance where the ending gives it (HND-03).

    `termination` is None if the notice leaves open whether severance is due: then it is asked for, and counsel may find
    that it is not owed. None where no such law is known.
    """
    leave, exposure = book.find("CRT-04", last_day), book.find("PAY-08", last_day)
    if book.find("PAY-02", last_day) is None or book.find("HND-03", last_day) is None:
        return None
    if leave is None or exposure is None:
        return None
    payments = [PaymentPlan(PaymentKind.WAGES, "PAY-02", wages_terms(book, last_day))]
    law = [
        *wages_due(book, last_day, calendar).answers,
        book.answer(leave.id, last_day, percent(leave.decimal("pay_factor")), action=Action.RECORD),
    ]
    if termination is None or is_due(termination):
        waiting = PaymentPlan(PaymentKind.SEVERANCE, "HND-03", (Term(0),), True, doubtful=termination is None)
        payments.append(waiting)
        law.append(
            book.answer("HND-03", last_day, "", reason="severance_in_doubt")
            if waiting.doubtful
            else book.answer("HND-03", last_day, "")
        )
    by = figures(book, last_day, book.national.currency) if _knows_deductions(book, last_day) else None
    if by is not None:
        law.append(book.answer("PAY-03", last_day, f"≤ {percent(by.cap)}", action=Action.RECORD))
        law.append(book.answer("PAY-04", last_day, ", ".join(by.gates), action=Action.RECORD))
        if book.find("GD-01", last_day) is not None:
            law.append(book.answer("GD-01", last_day, Gate.NOTIFIED, action=Action.RECORD))
    low, high = (percent(exposure.decimal(name)) for name in ("extra_low", "extra_high"))
    law.append(book.answer(exposure.id, last_day, f"{low} – {high}", action=Action.RECORD))
    return SettlementPlan(tuple(payments), tuple(law), by, wage_on_file)


def _knows_deductions(book: RuleBook, on: date) -> bool:
    return all(book.find(rule, on) is not None for rule in ("PAY-03", "PAY-04"))
