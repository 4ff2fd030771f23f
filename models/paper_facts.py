"""What the company's records say for the papers of one departure. All SQL of the papers is here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from domain.claims import Deduction
from domain.law.rulebook import RuleBook
from domain.law.severance import Termination
from domain.obligations import Payment
from domain.timezones import local_date
from models.employment import EmploymentTerms
from models.law import library
from models.legal_facts import termination_of
from models.messages import PaperOrder
from models.tables import Account, ConnectedSystem, Department, Employee, Notice, SystemRight

AROUND_MIDNIGHT = timedelta(minutes=10)


class NotOnFile(LookupError):
    """The company's records lack somebody or something without whom no paper can be made."""


@dataclass(frozen=True)
class Suspended:
    """Rights in one system that a supplementary agreement suspends, by their names."""

    zh: str
    en: str
    rights_zh: tuple[str, ...]
    rights_en: tuple[str, ...]


@dataclass(frozen=True)
class PaperFacts:
    employee: Employee
    terms: EmploymentTerms | None
    """None if nothing of the contract is on file."""
    department: Department
    contact: Account
    """Who answers for the case in HR, and whom requests go to."""
    arrived_on: date
    """Where the law counts days."""
    issued_on: date
    last_day: date
    suspended: tuple[Suspended, ...]
    book: RuleBook
    """The law as the case is pinned to it, if the paper reckons by it."""
    termination: Termination | None
    payments: tuple[Payment, ...]
    deductions: tuple[Deduction, ...]
    reply_until: date | None
    names: Mapping[str, str]
    """Of whoever decided a deduction, by account."""


def gather(session: Session, order: PaperOrder) -> PaperFacts:
    """Raises NotOnFile."""
    notice = session.get(Notice, order.case_id)
    employee = session.get(Employee, order.employee_id)
    if notice is None or employee is None:
        raise NotOnFile(f"no notice or employee for case {order.case_id}")
    terms = session.get(EmploymentTerms, employee.id)
    book = library().book(terms.region if terms else "", pinned=order.book)
    zone = book.national.time_zone
    return PaperFacts(
        employee=employee,
        terms=terms,
        department=session.get_one(Department, employee.department),
        contact=session.get_one(Account, notice.registered_by),
        arrived_on=local_date(notice.arrived_at, zone),
        issued_on=_issued_on(order, zone),
        last_day=order.last_day,
        suspended=_suspended(session, order.frozen),
        book=book,
        termination=termination_of(notice),
        payments=order.payments,
        deductions=order.deductions,
        reply_until=order.reply_until,
        names=_names(session, {one.decided_by for one in order.deductions}),
    )


def _names(session: Session, accounts: set[str]) -> dict[str, str]:
    rows = session.exec(select(Account.id, Account.name).where(col(Account.id).in_(accounts))).all()
    return dict(rows)


def _suspended(session: Session, frozen: tuple[tuple[str, str], ...]) -> tuple[Suspended, ...]:
    """By system, in the order given; what has no name any more goes by its key."""
    keys = tuple(dict.fromkeys(system for system, _ in frozen))
    systems = session.exec(select(ConnectedSystem).where(col(ConnectedSystem.key).in_(keys))).all()
    rights = session.exec(select(SystemRight).where(col(SystemRight.system).in_(keys))).all()
    named = {s.key: (s.name_zh, s.name_en) for s in systems}
    names = {(r.system, r.right): (r.name_zh, r.name_en) for r in rights}
    found = []
    for key in keys:
        mine = [names.get((system, right), (right, right)) for system, right in frozen if system == key]
        zh, en = named.get(key, (key, key))
        found.append(Suspended(zh, en, tuple(name for name, _ in mine), tuple(name for _, name in mine)))
    return tuple(found)


def _issued_on(order: PaperOrder, zone: str) -> date:
    """A paper made at midnight, when the last day ends, bears the date of that day (CRT-01)."""
    just_before = local_date(order.now - AROUND_MIDNIGHT, zone)
    return just_before if just_before == order.last_day else local_date(order.now, zone)
