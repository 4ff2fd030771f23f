"""The dry run: what a departure would orphan, before anybody has resigned (N8)."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session, select

from activities.failures import PersonMustAct
from api.deps import CallerDep, EngineDep, ReviewDep
from api.errors import documented
from api.law_answers import FreezeView, NoticeView, freeze_view, notice_view
from api.law_questions import AskAboutFreeze
from api.routes.desk.common import person
from api.routes.law import RECORDS_ARE_FOR
from domain.errors import Refusal
from domain.law import exposure, freeze
from domain.law.rules import Review
from domain.plan import Plan
from domain.timezones import local_date
from models import queries
from models.database import reading, utc_now
from models.desk import figures, preview
from models.desk.preview_views import AskedDepartment, ChecklistPreview, Holdings
from models.desk.scopes import Within
from models.desk.transactions import Seen
from models.desk.views import Person
from models.fields import Key
from models.law import library
from models.legal_facts import Departure, records_of
from models.messages import StartCase
from models.planner import DatabasePlanner
from models.resignations import judge
from models.tables import Employee, Notice
from texts import LANGUAGES, text

router = APIRouter(tags=["figures"])


class Silence(BaseModel):
    """Why the law gives no answer, or refuses this road."""

    code: str
    messages: dict[str, str]


class LawPreview(BaseModel):
    """What the law would say to a resignation that arrives now; nothing of it is pinned."""

    notice: NoticeView | None
    notice_refused: Silence | None
    freeze: FreezeView


class DeparturePreview(BaseModel):
    """What the departure of this person would orphan, as everything stands at `as_of`."""

    employee: Person
    department: str
    as_of: datetime
    open_case: str | None
    """The departure that is already under way."""
    holdings: Holdings
    checklist: ChecklistPreview | None
    checklist_problem: str
    """Why no case could be planned today, and what a person has to do about it; empty if one could."""
    law: LawPreview | None
    """For HR and legal counsel only: it is answered from contract and wages."""


@router.get(
    "/employees/{number}/departure-preview",
    summary="What would this person's departure orphan?",
    responses=documented(401, 403, 404, 422),
)
def preview_departure(
    number: Annotated[Key, Path()], caller: CallerDep, engine: EngineDep, review: ReviewDep
) -> DeparturePreview:
    """A dry run, of anybody who is there, resigned or not. It changes nothing, and the person is not told.

    For HR, legal counsel, auditors and whoever leads the person; nobody asks it of themselves. Turnover is that of the
    customers whom the person holds now, over the last twelve months, whoever took the orders: orders that were
    confirmed, by the day they were placed, cancelled and defaulted ones left out.
    """
    now = utc_now()

    def ask(session: Session, mine: Within) -> Seen:
        employee = figures.other(session, caller, mine, number)
        held = preview.holdings(session, employee, now, figures.today(now))
        case_id = session.exec(select(Notice.case_id).where(Notice.open_for == employee.id)).one_or_none()
        return Seen((employee, held, case_id), held.customers.customers, employee.id)

    employee, held, case_id = figures.look(engine, caller, f"departure preview of {number}", ask).answer
    checklist, problem = _checklist(engine, review, employee, now, caller.account)
    law = _law(engine, review, employee, now) if caller.has(*RECORDS_ARE_FOR) else None
    return DeparturePreview(
        employee=person(employee),
        department=employee.department,
        as_of=now,
        open_case=case_id,
        holdings=held,
        checklist=checklist,
        checklist_problem=problem,
        law=law,
    )


def _checklist(
    engine: Engine, review: Review, employee: Employee, now: datetime, registered_by: str
) -> tuple[ChecklistPreview | None, str]:
    """By the planner that plans real cases, from a notice that nobody has given."""
    supposed = Notice(
        case_id="",
        employee_id=employee.id,
        arrived_at=now,
        recorded_at=now,
        channel="",
        text="",
        text_sha256="",
        registered_by=registered_by,
    )
    start = StartCase(case_id="", employee_id=employee.id, arrived_at=now)
    try:
        plan = DatabasePlanner(engine, review).plan(start, supposed)
    except PersonMustAct as problem:
        return None, str(problem)
    with reading(engine) as session:
        return _shown(session, plan), ""


def _shown(session: Session, plan: Plan) -> ChecklistPreview:
    asked = {account for clearance in plan.clearances for level in clearance.levels for account in level}
    names = queries.names(session, {plan.witness, *plan.security, *plan.counsel, *asked})

    def named(accounts: tuple[str, ...]) -> list[str]:
        return [names.get(account, account) for account in accounts]

    return ChecklistPreview(
        template=plan.template,
        version=plan.template_version,
        items=[item.id for item in plan.items],
        departments=[
            AskedDepartment(
                department=clearance.department,
                levels=[named(level) for level in clearance.levels],
                quorum=clearance.quorum,
            )
            for clearance in plan.clearances
        ],
        witness=names.get(plan.witness, plan.witness),
        security=named(plan.security),
        counsel=named(plan.counsel),
    )


def _law(engine: Engine, review: Review, employee: Employee, now: datetime) -> LawPreview:
    with reading(engine) as session:
        records = records_of(session, employee.number)
        notice, refused = None, None
        try:
            notice = notice_view(judge(session, records.employee, Departure(arrived_at=now), review))
        except Refusal as refusal:
            said = {language: text(f"refusal.{refusal.code}", language, **refusal.params) for language in LANGUAGES}
            refused = Silence(code=refusal.code, messages=said)
    book = library().book(records.terms.region, review)
    arrived_on = local_date(now, book.national.time_zone)
    question = AskAboutFreeze(arrived_on=arrived_on, employee_number=employee.number)
    bases, commission = question.judged_by(records)
    service = question.service(records)
    answer = freeze.judge(book, arrived_on, bases, commission_share=commission)
    cost = exposure.unlawful_freeze(book, service) if service else None
    return LawPreview(notice=notice, notice_refused=refused, freeze=freeze_view(answer, cost))
