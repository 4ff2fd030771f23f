"""Makes the plan of a case from the company's data as it stands when the case opens."""

from dataclasses import dataclass, field
from datetime import date

from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from activities.failures import PersonMustAct
from domain.errors import Refusal
from domain.law import aftercare, foreign, freeze, non_compete, notice, payments
from domain.law.answers import LegalAnswer
from domain.law.averages import AverageWage
from domain.law.endings import Ending
from domain.law.notice_facts import Channel
from domain.law.rulebook import RuleBook
from domain.law.rules import Review
from domain.money import Money
from domain.people import Role, Text
from domain.plan import ItemPlan, NonCompetePlan, Plan, SystemPlan
from domain.timezones import local_date
from domain.working_days import WorkingCalendar
from models.approvers import People, clearances
from models.calendars import working_calendar
from models.database import reading
from models.employment import EmploymentTerms
from models.industries import choices
from models.industries.packs import GENERAL
from models.law import library
from models.legal_facts import Departure, bases_of, notice_facts, termination_of, terms_of
from models.messages import StartCase
from models.tables import (
    ConnectedSystem,
    Employee,
    Entitlement,
    Notice,
    SystemRight,
    Template,
)
from models.templates import TemplateBody, applies

_BODY: TypeAdapter[TemplateBody] = TypeAdapter(TemplateBody)


@dataclass(frozen=True)
class DatabasePlanner:
    """Fulfils the port `Planner` with the database and the rule packs in force."""

    engine: Engine
    review: Review = field(default_factory=Review)

    def plan(self, start: StartCase, supposed: Notice | None = None) -> Plan:
        """Raises PersonMustAct if something that only a person can supply is missing.

        `supposed` is a notice that nobody has given, for the question what would be planned if it were.
        """
        with reading(self.engine) as session:
            employee = session.get(Employee, start.employee_id)
            row = supposed or session.get(Notice, start.case_id)
            if employee is None or row is None:
                raise PersonMustAct(f"no employee or notice for case {start.case_id}")
            people = People(session)
            leaver = people.of_employee(employee.id)
            if leaver is None:
                raise PersonMustAct("the leaver has no account: open one")
            template, version, body = self._template(session, employee)
            witness = people.manager_of(employee) or people.head_of(employee.department, leaver) or row.registered_by
            calendar = working_calendar(employee.time_zone, start.arrived_at)
            terms = terms_of(session, employee.id)
            book = library().book(terms.region, self.review)
            judged = self._judged(book, employee, terms, row, calendar)
            arrived_on = local_date(start.arrived_at, book.national.time_zone)
            return Plan(
                leaver=leaver,
                hr=row.registered_by,
                witness=witness,
                receiver=row.receiver or witness,
                security=people.with_role(Role.SECURITY, without=leaver),
                department=employee.department,
                calendar=calendar,
                template=template,
                template_version=version,
                earliest_last_day=judged.earliest_last_day,
                last_day=judged.last_day,
                law=judged.law,
                systems=_systems(session, employee.id),
                items=tuple(
                    ItemPlan(i.id, Text(*i.title), Text(*i.criterion), i.category, i.proof) for i in body.items
                ),
                clearances=clearances(session, body, people, leaver, witness),
                policy=body.policy,
                ending=Ending(row.ending),
                freeze=freeze.judge(
                    book, arrived_on, bases_of(session, employee.id), commission_share=terms.commission_share
                ),
                book=book.pinned,
                non_compete=_non_compete(book, arrived_on, terms),
                aftercare=aftercare.plan(book, judged.last_day),
                settlement=payments.plan(
                    book, judged.last_day, calendar, termination_of(row), _wage_on_file(book, terms)
                ),
                counsel=people.with_role(Role.COUNSEL, without=leaver),
                seal_keepers=people.with_role(Role.SEAL_KEEPER, without=leaver),
                notice_sha256=row.text_sha256,
                notice_template=book.find(foreign.RULE, arrived_on) is not None,
                hired_on=employee.hired_on,
                portfolio=True,
                portfolio_grows=True,
            )

    def _judged(
        self, book: RuleBook, employee: Employee, terms: EmploymentTerms, row: Notice, calendar: WorkingCalendar
    ) -> notice.NoticeAnswer:
        departure = Departure(
            arrived_at=row.arrived_at,
            ending=Ending(row.ending),
            wished_last_day=row.requested_last_day,
            grounds=tuple(row.grounds),
            initiator=row.initiator,
            agreement=row.agreement,
            text=row.text,
            not_fault_because=row.not_fault_because,
            written=row.channel != Channel.ORAL,
        )
        try:
            return notice.judge(book, notice_facts(employee, terms, departure), calendar.holidays)
        except Refusal as refusal:  # the contract's terms on file have changed since the notice was registered
            raise PersonMustAct(f"the law refuses this notice: {refusal}") from refusal

    def _template(self, session: Session, employee: Employee) -> tuple[str, int, TemplateBody]:
        rows = session.exec(select(Template).order_by(col(Template.key), col(Template.version).desc())).all()
        chosen = choices.in_force(session)
        newest: dict[str, Template] = {}
        for row in rows:
            newest.setdefault(row.key, row)
        fitting = [
            (rank, row, body)
            for row in newest.values()
            if (chosen is None or row.industry in (chosen.industry, GENERAL))
            and (rank := applies(body := _BODY.validate_python(row.body), employee.job, employee.department))
        ]
        if not fitting:
            raise PersonMustAct(f"no checklist template fits job {employee.job!r}: publish one")
        _, row, body = max(fitting, key=lambda found: (found[0], found[1].key))
        return row.key, row.version, body


def _systems(session: Session, employee_id: str) -> tuple[SystemPlan, ...]:
    rows = session.exec(
        select(Entitlement.system, Entitlement.right, SystemRight.frozen_on_notice, SystemRight.protects_data)
        .join(ConnectedSystem, col(ConnectedSystem.key) == col(Entitlement.system))
        .join(
            SystemRight,
            (col(SystemRight.system) == col(Entitlement.system)) & (col(SystemRight.right) == col(Entitlement.right)),
            isouter=True,
        )
        .where(Entitlement.employee_id == employee_id, col(Entitlement.active))
        .order_by(col(Entitlement.system), col(Entitlement.right))
    ).all()
    held: dict[str, list[str]] = {}
    frozen: dict[str, list[str]] = {}
    limited: dict[str, list[str]] = {}
    for system, right, freezes, protects in rows:
        held.setdefault(system, []).append(right)
        if freezes:
            frozen.setdefault(system, []).append(right)
        if freezes and protects:
            limited.setdefault(system, []).append(right)
    return tuple(
        SystemPlan(s, tuple(rights), tuple(frozen.get(s, ())), tuple(limited.get(s, ()))) for s, rights in held.items()
    )


def _wage_on_file(book: RuleBook, terms: EmploymentTerms) -> Money | None:
    """The least that is on file of a month's wage: what is above it is commission, which a payslip proves (PAY-03)."""
    known = [Money(wage, book.national.currency) for wage in (terms.monthly_wage, terms.average_wage) if wage]
    return min(known, key=lambda wage: wage.amount, default=None)


def _non_compete(book: RuleBook, on: date, terms: EmploymentTerms) -> NonCompetePlan | None:
    """What goes beyond the longest time does not bind, and is told (NC-02); None also where no such law is known."""
    if not terms.non_compete_months:
        return None
    longest, release = book.find("NC-02", on), book.find("NC-06", on)
    if longest is None or release is None:
        return None
    months = min(terms.non_compete_months, longest.number("max_months"))
    return NonCompetePlan(months, release.number("months"), _against_non_compete(book, on, terms))


def _against_non_compete(book: RuleBook, on: date, terms: EmploymentTerms) -> tuple[LegalAnswer, ...]:
    if book.find("NC-08", on) is None:
        return ()
    wage, monthly = terms.average_wage or terms.monthly_wage, terms.non_compete_monthly
    agreement = non_compete.NonCompete(
        months=terms.non_compete_months,
        monthly=Money(monthly, book.national.currency) if monthly else None,
        penalty=None,
        knew_secrets=terms.keeps_secrets,
    )
    average = AverageWage(Money(wage, book.national.currency)) if wage else None
    return tuple(finding.answer for finding in non_compete.check(book, on, agreement, average))
