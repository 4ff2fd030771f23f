"""What a settlement statement (结算单) says: each sum for itself, with the law and the working behind it (HND-04).

What no record says is a blank to be filled in, never zero. There is no field in which a waiver could stand.
"""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from domain.claims import Deduction
from domain.law.answers import LegalAnswer
from domain.law.averages import AverageWage
from domain.law.leave import LeaveAccount, counted_days, unused_leave
from domain.law.rulebook import RuleBook
from domain.law.rules import Action
from domain.law.settlement import LineKind
from domain.law.severance import Doubt, Service, Termination, severance
from domain.money import Money, total
from domain.obligations import Payment, PaymentKind


@dataclass(frozen=True)
class OnFile:
    """What the company's records say about the employment."""

    hired_on: date
    last_day: date
    termination: Termination | None
    """None: the notice leaves open how far severance depends on it."""
    average_wage: Money | None
    """Of the last twelve months, commission included."""
    leave_days: Decimal
    """Annual leave of the year; none is what a file without leave leaves behind, and counts as not known."""
    leave_taken: Decimal


@dataclass(frozen=True)
class StatementLine:
    kind: LineKind
    amount: Money | None
    """To the cent; None: no record says it."""
    due: date
    answer: LegalAnswer
    doubts: tuple[Doubt, ...] = ()
    """What the figure leaves open."""
    in_doubt: bool = False
    """Whether it is owed at all is not found yet."""
    deduction: Deduction | None = None
    """What was decided, for a line below zero."""


@dataclass(frozen=True)
class Statement:
    currency: str
    lines: tuple[StatementLine, ...]

    @property
    def stated(self) -> Money | None:
        """The sum of what is stated, blanks left out; None if all are."""
        amounts = [line.amount for line in self.lines if line.amount is not None]
        return total(amounts, self.currency) if amounts else None

    @property
    def complete(self) -> bool:
        """True if no line is a blank: then what is stated is the whole."""
        return all(line.amount is not None for line in self.lines)


def statement(
    book: RuleBook, on_file: OnFile, payments: tuple[Payment, ...], deductions: tuple[Deduction, ...] = ()
) -> Statement:
    """What is to be paid because of the ending, less what people have decided. Raises NoRule.

    Wages, commission and bonus of the last months are in the payroll and never in these records.
    """
    due = {payment.kind: payment.due for payment in payments}
    by, statute = due.get(PaymentKind.WAGES, on_file.last_day), RuleBook(book.national, review=book.review)
    lines = [
        _unknown(statute, LineKind.WAGES, "PAY-02", on_file, by),
        _unknown(book, LineKind.COMMISSION, "PAY-06", on_file, by),
        _unknown(book, LineKind.BONUS, "PAY-07", on_file, by),
        _leave(book, on_file, by),
    ]
    lines += [_severance(book, on_file, owed) for owed in payments if _is_severance(owed)]
    lines += [_decided(book, on_file, one, by) for one in deductions]
    return Statement(book.national.currency, tuple(lines))


def _decided(book: RuleBook, on_file: OnFile, one: Deduction, due: date) -> StatementLine:
    """Raises ValueError if nobody has decided it: nothing is ever deducted by itself (PAY-04)."""
    if one.amount is None or not one.decided_by:
        raise ValueError(f"nobody has decided deduction {one.id}")
    answer = book.answer("PAY-04", on_file.last_day, one.working, action=Action.RECORD)
    return StatementLine(LineKind.DECIDED_DEDUCTION, one.amount * -1, due, answer, deduction=one)


def _is_severance(payment: Payment) -> bool:
    """True if it is severance that counsel has not found to be not owed."""
    return payment.kind is PaymentKind.SEVERANCE and not payment.dismissed_because


def _unknown(book: RuleBook, kind: LineKind, rule: str, on_file: OnFile, due: date) -> StatementLine:
    return StatementLine(kind, None, due, book.answer(rule, on_file.last_day, "", action=Action.RECORD))


def _leave(book: RuleBook, on_file: OnFile, due: date) -> StatementLine:
    """Normal pay for those days is in the monthly wage, so that 200 % are left to pay (CRT-04)."""
    days = counted_days(on_file.leave_days)
    if on_file.average_wage is None or not days or on_file.hired_on > on_file.last_day:
        return _unknown(book, LineKind.UNUSED_LEAVE, "CRT-04", on_file, due)
    wage = AverageWage(on_file.average_wage)
    account = LeaveAccount(on_file.hired_on, days, on_file.leave_taken, wage, normal_pay_paid=True)
    found = unused_leave(book, on_file.last_day, account)
    return StatementLine(LineKind.UNUSED_LEAVE, found.payable, due, found.answer)


def _severance(book: RuleBook, on_file: OnFile, owed: Payment) -> StatementLine:
    average, termination = on_file.average_wage, on_file.termination
    if average is None or termination is None or on_file.hired_on > on_file.last_day:
        unknown = _unknown(book, LineKind.SEVERANCE, "HND-03", on_file, owed.due)
        return replace(unknown, in_doubt=termination is None)
    service = Service(on_file.hired_on, on_file.last_day, (average,))
    found = severance(book, termination, service, handover_done=owed.released_on is not None)
    return StatementLine(LineKind.SEVERANCE, found.amount, owed.due, found.answer, found.doubts)
