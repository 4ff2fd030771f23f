"""How figures are looked at: by role or by whoever leads, never of oneself, and each look is in the log of reads.

Reading and logging are two transactions: a figure of the whole company may take a second, and holds nobody up.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from pydantic import BaseModel, Field
from sqlalchemy import Engine, insert
from sqlmodel import Session, select

from domain.desk.access import Action
from domain.desk.amounts import from_minor
from domain.desk.records import RecordKind
from domain.errors import forbidden, not_found
from domain.timezones import local_date
from models.accounts import Caller
from models.database import reading, table, utc_now, writing
from models.desk import gate
from models.desk.scopes import Within, within
from models.desk.trail_tables import RecordRead
from models.desk.transactions import Seen
from models.law import NATIONAL, library
from models.tables import Employee

_READ = insert(table(RecordRead))


class Amount(BaseModel):
    """Money of one currency: exact, as text."""

    amount: Decimal = Field(examples=["18600.00"])
    currency: str = Field(examples=["CNY"])


def amount(minor: int, currency: str) -> Amount:
    """So many of the currency's smallest unit, as it is shown."""
    return Amount(amount=from_minor(minor, currency).amount, currency=currency)


def rounded(value: Fraction, places: int = 4) -> Decimal:
    """An exact figure as a decimal; rounded only here, where it is shown."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)


def shown_share(value: Fraction | None) -> Decimal | None:
    """A share as it is shown, to four places."""
    return None if value is None else rounded(value)


def zone() -> str:
    """The time zone whose days and months the company's figures are of."""
    return library().pack(NATIONAL).time_zone


def today(now: datetime | None = None) -> date:
    """The present day there."""
    return local_date(now or utc_now(), zone())


def look(engine: Engine, caller: Caller, purpose: str, ask: Callable[[Session, Within], Seen]) -> Seen:
    """What `ask` finds among the people within reach of the caller's figures, once it is logged. Raises Refusal."""
    with reading(engine) as session:
        scope = gate.reach(Action.READ_FIGURES, caller)
        seen = ask(session, within(session, scope))
    note(engine, caller, purpose, seen.records, seen.record_id)
    return seen


def note(
    engine: Engine, caller: Caller, purpose: str, records: int, about: str, kind: RecordKind = RecordKind.CUSTOMER
) -> None:
    """Logs a look at figures about somebody, before it is answered: nobody looks without a trace (S1.3)."""
    with writing(engine) as session:
        log = {"account": caller.account, "employee_id": caller.employee_id, "at": utc_now(), "purpose": purpose}
        log |= {"action": Action.READ_FIGURES.value, "kind": kind.value}
        session.connection().execute(_READ, {**log, "record_id": about, "records": records})


def other(session: Session, caller: Caller, mine: Within, number: str) -> Employee:
    """The employee with this staff number, within reach and not the caller. Raises Refusal."""
    found = session.exec(select(Employee).where(Employee.number == number, mine(Employee.id))).one_or_none()
    if found is None:
        raise not_found("employee.unknown", number=number)
    if found.id == caller.employee_id:
        raise forbidden("figures.not_of_oneself")
    return found
