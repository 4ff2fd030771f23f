"""What people may ask about a final settlement, and how the question becomes the facts that the domain settles."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from api.law_questions import (
    CURRENCY,
    Day,
    PositiveSum,
    Question,
    Reference,
    Region,
    Share,
    Sum,
    one_of_both,
    service_of,
)
from domain.errors import invalid
from domain.law.averages import AverageWage, average_wage
from domain.law.bonus import BonusFinding, year_end_bonus
from domain.law.commission import assess_commission
from domain.law.deductions import WageMonth
from domain.law.exposure import Exposure, unpaid_after_order
from domain.law.leave import LeaveAccount, counted_days
from domain.law.order_lines import CommissionLine, Condition, Receivable
from domain.law.payment_orders import Arrears, OrderFinding, refusal_to_pay
from domain.law.rulebook import RuleBook
from domain.law.settlement import Leaving
from domain.law.severance import Service, Termination
from domain.money import nothing
from models.fields import Key
from models.forms import HALF_DAYS
from models.legal_facts import Records

HalfDays = Annotated[str, StringConstraints(pattern=HALF_DAYS)]


class LeaveOfTheYear(Question):
    """Annual leave in the year of the last day."""

    entitlement: Annotated[int, Field(ge=0, le=366)]
    taken: HalfDays = "0"
    average_wage: Sum | None = None
    """The average month without overtime pay; absent: that of `wages`."""
    normal_pay_paid: bool = True
    """The days were worked and paid as wage anyway, as with a monthly salary: 200 % are then left to pay."""


class Receipts(Question):
    """What the customer owes for an order, and what has come in."""

    total: PositiveSum
    received: Sum


class OrderLine(Question):
    """Commission of one order."""

    id: Key
    commission: Sum
    condition: Condition = Condition.NONE
    agreed_in: Reference = ""
    receivable: Receipts | None = None
    condition_met: bool = False
    share: Share | None = "1"
    """The leaver's agreed part; null if it was never agreed."""
    paid: Sum | None = None
    contested: bool = False

    @property
    def line(self) -> CommissionLine:
        """Raises Refusal if payment on collection comes without what is to be collected."""
        if self.condition is Condition.COLLECTION and self.receivable is None:
            raise invalid("settlement.receivable_needed", line=self.id)
        due = self.receivable
        return CommissionLine(
            id=self.id,
            commission=self.commission.money,
            condition=self.condition,
            agreed_in=self.agreed_in,
            receivable=Receivable(due.total.money, due.received.money) if due else None,
            condition_met=self.condition_met,
            share=None if self.share is None else Decimal(self.share),
            paid=self.paid.money if self.paid else None,
            contested=self.contested,
        )


class YearEndBonus(Question):
    """A bonus for a period that the leaver does not finish."""

    amount: Sum
    days_worked: Annotated[int, Field(ge=0, le=366)]
    days_of_period: Annotated[int, Field(ge=1, le=366)]


class OrderToPay(Question):
    """An official order to pay (责令支付) that has arrived and is not followed yet."""

    unpaid: PositiveSum
    """Pay that it wants paid to this person."""
    months: Annotated[int, Field(ge=0, le=600)]
    """So many months of this person's pay."""
    workers: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    """Everybody to whom it says that pay is owed, this person included."""
    unpaid_in_all: PositiveSum | None = None
    """Pay that it wants paid to all of them; absent: to this person alone."""

    def found(self, book: RuleBook, on: date) -> tuple[Exposure, OrderFinding]:
        """What comes on top if it stays unpaid, and whether that is a crime. Raises NoRule, Refusal."""
        unpaid = self.unpaid.money
        in_all = self.unpaid_in_all.money if self.unpaid_in_all else unpaid
        if in_all < unpaid:
            raise invalid("settlement.less_to_all_than_to_one")
        arrears = Arrears(unpaid, self.months, self.workers, in_all)
        return unpaid_after_order(book, on, unpaid), refusal_to_pay(book, on, arrears)


class AskAboutSettlement(Question):
    """What is owed when the employment ends?"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "termination": "resignation",
                    "hired_on": "2021-03-01",
                    "last_day": "2026-12-23",
                    "wages": [{"amount": "18500.00"}, {"amount": "21340.50"}],
                    "unpaid_wages": {"amount": "13875.00", "currency": "CNY"},
                    "leave": {"entitlement": 10, "taken": "6.5"},
                    "commission": [{"id": "SO-2611", "commission": {"amount": "4200.00"}}],
                    "region": "CN-SH",
                },
                {"employee_number": "S1001", "unpaid_wages": {"amount": "13875.00"}, "handover_done": True},
            ]
        }
    )

    employee_number: Key | None = None
    """HR and legal counsel only: what is not given here comes from this person's records and open case."""
    region: Region | None = None
    termination: Termination | None = None
    hired_on: Day | None = None
    last_day: Day | None = None
    wages: Annotated[tuple[Sum, ...], Field(min_length=1, max_length=12)] | None = None
    """Wage due in each of the last months, newest last, commission included."""
    unpaid_wages: Sum | None = None
    """Wages up to the last day that payroll has not paid, without commission. No record says it."""
    leave: LeaveOfTheYear | None = None
    handover_done: bool = False
    commission: Annotated[tuple[OrderLine, ...], Field(max_length=500)] = ()
    bonus: YearEndBonus | None = None
    order: OrderToPay | None = None

    def leaving(self, book: RuleBook, records: Records | None) -> Leaving:
        """The facts of the ending. Raises Refusal naming what is missing or does not fit; NoRule."""
        known = self._known(records)
        missing = sorted(name for name, value in known.items() if value is None)
        if missing:
            raise invalid("settlement.facts_missing", facts=", ".join(missing))
        service = service_of(known["hired_on"], known["last_day"], known["wages"])
        unpaid: Sum = known["unpaid_wages"]
        lines = tuple(one.line for one in self.commission)
        month = WageMonth(unpaid.money, nothing(CURRENCY))
        return Leaving(
            termination=known["termination"],
            service=service,
            unpaid_wages=unpaid.money,
            leave=_leave(known["leave"], service),
            handover_done=self.handover_done,
            commission=assess_commission(book, service.last_day, lines, month, service.last_day) if lines else None,
            bonus=_bonus(book, service.last_day, self.bonus) if self.bonus else None,
        )

    def _known(self, records: Records | None) -> dict[str, Any]:
        """Everything that a settlement needs, given or on file; None for what is neither."""
        wages = tuple(one.money for one in self.wages) if self.wages else None
        known = {
            "termination": self.termination,
            "hired_on": self.hired_on,
            "last_day": self.last_day,
            "wages": wages,
            "unpaid_wages": self.unpaid_wages,
            "leave": self.leave,
        }
        if records is None:
            return known
        average = one_of_both(None, records.terms.average_wage)
        on_file = {
            "termination": records.termination,
            "hired_on": records.employee.hired_on,
            "last_day": records.last_day,
            "wages": (average,) if average else None,
            "leave": _leave_on_file(records),
        }
        return {name: on_file.get(name) if value is None else value for name, value in known.items()}


def _leave(given: LeaveOfTheYear, service: Service) -> LeaveAccount:
    own = AverageWage(given.average_wage.money) if given.average_wage else None
    return LeaveAccount(
        hired_on=service.hired_on,
        entitlement=given.entitlement,
        taken=Decimal(given.taken),
        wage=own or average_wage(service.wages),
        normal_pay_paid=given.normal_pay_paid,
    )


def _leave_on_file(records: Records) -> LeaveOfTheYear | None:
    """None for no days at all: that is what a file without leave leaves behind, and nobody's leave may get lost so."""
    days, taken = counted_days(records.terms.leave_days), records.terms.leave_taken
    return LeaveOfTheYear.model_construct(entitlement=days, taken=str(taken)) if days else None


def _bonus(book: RuleBook, on: date, asked: YearEndBonus) -> BonusFinding:
    if asked.days_worked > asked.days_of_period:
        raise invalid("settlement.more_days_than_the_period", worked=asked.days_worked, period=asked.days_of_period)
    return year_end_bonus(book, on, asked.amount.money, asked.days_worked, asked.days_of_period)
