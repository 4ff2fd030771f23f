"""What the law asks about a person and a notice, read from the company's records."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from domain.errors import not_found
from domain.law import severance
from domain.law.endings import Ending, Relation
from domain.law.freeze import Basis, BasisKind
from domain.law.notice_facts import Intent, NoticeFacts
from domain.law.rules import Override, Review
from models.employment import Acknowledgement, EmploymentTerms, FreezeBasis
from models.tables import CaseView, Employee, Notice


@dataclass(frozen=True)
class Departure:
    """What a notice says of how the employment ends."""

    arrived_at: datetime
    ending: Ending = Ending.RESIGNATION
    wished_last_day: date | None = None
    grounds: tuple[str, ...] = ()
    initiator: str = ""
    agreement: str = ""
    intent: Intent = Intent.NOTICE
    text: str = ""
    not_fault_because: str = ""
    written: bool = True


def terms_of(session: Session, employee_id: str) -> EmploymentTerms:
    """The contract's terms; where none are on file, those of an ordinary full-time contract without figures."""
    return session.get(EmploymentTerms, employee_id) or EmploymentTerms(employee_id=employee_id)


def notice_facts(employee: Employee, terms: EmploymentTerms, departure: Departure) -> NoticeFacts:
    """The facts by which the notice is judged."""
    return NoticeFacts(
        arrived_at=departure.arrived_at,
        ending=departure.ending,
        relation=Relation(terms.relation),
        probation_until=employee.probation_until,
        wished_last_day=departure.wished_last_day,
        grounds=departure.grounds,
        initiator=departure.initiator,
        agreement=departure.agreement,
        intent=departure.intent,
        text=departure.text,
        not_fault_because=departure.not_fault_because,
        written=departure.written,
        agreed_notice_days=terms.agreed_notice_days,
        keeps_secrets=terms.keeps_secrets,
        contract_until=terms.contract_until,
        hired_on=employee.hired_on,
    )


def bases_of(session: Session, employee_id: str) -> tuple[Basis, ...]:
    """Everything that a freeze of this person's rights may rest on, in a stable order."""
    rows = session.exec(
        select(FreezeBasis)
        .where(or_(col(FreezeBasis.employee_id).is_(None), FreezeBasis.employee_id == employee_id))
        .order_by(col(FreezeBasis.key))
    ).all()
    mine = select(Acknowledgement).where(Acknowledgement.employee_id == employee_id)
    acknowledged = {row.basis: row.acknowledged_on for row in session.exec(mine).all()}
    return tuple(
        Basis(
            kind=BasisKind(row.kind),
            reference=row.title,
            in_force_from=row.in_force_from,
            full_pay=row.full_pay,
            procedure=row.procedure,
            publication=row.publication,
            acknowledged_on=acknowledged.get(row.key),
        )
        for row in rows
    )


@dataclass(frozen=True)
class Records:
    """What the company has on file about one person, as far as questions to the law need it."""

    employee: Employee
    terms: EmploymentTerms
    bases: tuple[Basis, ...]
    last_day: date | None
    """Of the open case; None without one."""
    termination: severance.Termination | None
    """Of the open case, as far as severance depends on it; None if the notice leaves it open."""


def records_of(session: Session, number: str) -> Records:
    """The records of the person with this employee number. Raises Refusal if there is none."""
    employee = session.exec(select(Employee).where(Employee.number == number)).one_or_none()
    if employee is None:
        raise not_found("employee.unknown", number=number)
    notice = session.exec(select(Notice).where(Notice.open_for == employee.id)).one_or_none()
    case = session.get(CaseView, notice.case_id) if notice else None
    return Records(
        employee=employee,
        terms=terms_of(session, employee.id),
        bases=bases_of(session, employee.id),
        last_day=case.last_day if case else None,
        termination=termination_of(notice) if notice else None,
    )


def termination_of(notice: Notice) -> severance.Termination | None:
    """How it ends, as far as severance depends on it.

    None: a contract runs out, and the notice does not say who declines to renew it.
    """
    match Ending(notice.ending), notice.initiator:
        case Ending.RESIGNATION, _:
            return severance.Termination.RESIGNATION
        case Ending.EMPLOYER_FAULT, _:
            return severance.Termination.EMPLOYER_FAULT
        case Ending.MUTUAL, "employer":
            return severance.Termination.MUTUAL_BY_EMPLOYER
        case Ending.MUTUAL, "employee":
            return severance.Termination.MUTUAL_BY_EMPLOYEE
    return None


def review(environment: str, overrides: Mapping[str, Mapping[str, str]]) -> Review:
    """How far rules are trusted here. Raises ValueError or KeyError if an override names nobody or no reason."""
    named = {rule: Override(by=given["by"], reason=given["reason"]) for rule, given in overrides.items()}
    return Review(production=environment == "production", overrides=named)
