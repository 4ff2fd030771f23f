"""The law for people: what holds on a day in a place, and what it says to a notice, a freeze, a penalty, a settlement.

Questions change nothing: they are asked before anything is registered, and as often as anybody likes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Engine

from api.deps import CallerDep, EngineDep, ReviewDep
from api.errors import Problem, documented
from api.law_answers import (
    FreezeView,
    NoticeView,
    PenaltyView,
    SettlementView,
    freeze_view,
    notice_view,
    penalty_view,
    settlement_view,
)
from api.law_questions import AskAboutFreeze, AskAboutNotice, AskAboutPenalty, Day, Region
from api.law_views import RulesView, Section, TemplateView, rules_view, template_view
from api.settlement_questions import AskAboutSettlement
from domain.errors import invalid
from domain.law import exposure, freeze, notice, penalties
from domain.law.rulebook import NoRule, RuleBook
from domain.law.settlement import settle
from domain.people import Role
from domain.timezones import local_date
from models.accounts import Caller
from models.calendars import working_calendar
from models.database import reading, utc_now
from models.law import NATIONAL, library
from models.legal_facts import Records, records_of

router = APIRouter(prefix="/law", tags=["law"])
RECORDS_ARE_FOR = (Role.HR, Role.COUNSEL)
"""Who may have a question answered from a person's records."""


@router.get("/rules", summary="What the law says on a day in a place", responses=documented(401, 422))
def rules(
    caller: CallerDep,
    review: ReviewDep,
    on: Annotated[
        Day | None, Query(description="Absent: today, in the law's own time zone", examples=["2026-11-23"])
    ] = None,
    region: Annotated[
        Region, Query(description="ISO 3166-2; without a pack of its own: national law", examples=["CN-SH"])
    ] = "",
    section: Annotated[Section | None, Query(description="Only rules about this", examples=["notice"])] = None,
) -> RulesView:
    """Each rule with its statute, what it asks for, and what the software does about it here.

    `pack_action` is what the rule pack says, `action` what this installation makes of it. It is engineering, not legal
    advice.
    """
    book = library().book(region, review)
    return rules_view(book, region, on or local_date(utc_now(), book.national.time_zone), section)


@router.get("/templates", summary="Notice templates of other jurisdictions", responses=documented(401))
def foreign_templates(caller: CallerDep, review: ReviewDep) -> list[TemplateView]:
    """What a resignation elsewhere probably takes. Nobody has verified them: they warn and never refuse."""
    return [template_view(pack, review) for pack in library().templates()]


@router.post("/notice", summary="When would a notice end the employment?", responses=documented(400, 401, 413, 422))
def ask_about_notice(body: AskAboutNotice, caller: CallerDep, review: ReviewDep) -> NoticeView:
    """By the very rules that judge a registered notice, holidays included; what they refuse is a 422 here as well.

    Changes nothing, so it takes no Idempotency-Key. Engineering, not legal advice.
    """
    book = library().book(body.region, review)
    holidays = working_calendar(book.national.time_zone, body.arrived_at).holidays
    with law_of_the_day():
        return notice_view(notice.judge(book, body.facts, holidays))


@router.post("/freeze", summary="How far may rights be frozen?", responses=documented(400, 401, 403, 404, 413, 422))
def ask_about_freeze(body: AskAboutFreeze, caller: CallerDep, engine: EngineDep, review: ReviewDep) -> FreezeView:
    """From the notice on, by the best basis there is; and what a freeze without one may cost (N × average wage).

    With `employee_number` (HR and legal counsel only) the company's records fill in whatever is not given; without
    bases nothing carries a freeze. Changes nothing, so it takes no Idempotency-Key. Engineering, not legal advice.
    """
    records = _records(engine, caller, body.employee_number)
    book = library().book(_region(body.region, records), review)
    bases, share = body.judged_by(records)
    service = body.service(records)
    with law_of_the_day():
        answer = freeze.judge(book, body.arrived_on, bases, commission_share=share)
        return freeze_view(answer, exposure.unlawful_freeze(book, service) if service else None)


@router.post("/penalty", summary="What may a penalty clause ask for?", responses=documented(400, 401, 413, 422))
def ask_about_penalty(body: AskAboutPenalty, caller: CallerDep, review: ReviewDep) -> PenaltyView:
    """Of a leaver, for training, short notice, confidentiality or anything else; nothing is ever deducted by it.

    A non-compete's penalty is no part of the question. Changes nothing, so it takes no Idempotency-Key. Engineering,
    not legal advice.
    """
    book = library().book(body.region, review)
    require_encoded(book)
    training = body.trained()
    with law_of_the_day():
        found = penalties.judge(
            book, body.on, body.breach, body.agreed.money, training, employer_fault=body.employer_fault
        )
        return penalty_view(found)


@router.post(
    "/settlement",
    summary="What is owed when the employment ends?",
    responses=documented(400, 401, 403, 404, 413, 422),
)
def ask_about_settlement(
    body: AskAboutSettlement, caller: CallerDep, engine: EngineDep, review: ReviewDep
) -> SettlementView:
    """Line by line with rule and working; severance, unused leave, and the day on which wages are due.

    Ending, first and last day, wages, unpaid wages and leave are needed. With `employee_number` (HR and legal counsel
    only) the company's records and the open case fill in whatever is not given, but for unpaid wages: payroll knows
    them. Deductions are no part of the question. Changes nothing, so it takes no Idempotency-Key. Engineering, not
    legal advice.
    """
    records = _records(engine, caller, body.employee_number)
    book = library().book(_region(body.region, records), review)
    require_encoded(book)
    with law_of_the_day():
        leaving = body.leaving(book, records)
        last_day = datetime.combine(leaving.service.last_day, time(), UTC)
        order = body.order.found(book, leaving.service.last_day) if body.order else None
        return settlement_view(settle(book, leaving, working_calendar(book.national.time_zone, last_day)), order)


def require_encoded(book: RuleBook) -> None:
    """Raises Refusal unless it is mainland China's law: of other jurisdictions notices alone are known."""
    if book.national.name != NATIONAL:
        raise invalid("law.only_mainland_china", place=book.national.jurisdiction)


@contextmanager
def law_of_the_day() -> Iterator[None]:
    """The law may be silent on a day: that is an answer, and no failure."""
    try:
        yield
    except NoRule as silent:
        raise invalid("notice.no_law_for_that_day") from silent


def _records(engine: Engine, caller: Caller, number: str | None) -> Records | None:
    """The person's records; None if none were asked for. Raises Problem for whoever may not have them, Refusal."""
    if number is None:
        return None
    if not caller.has(*RECORDS_ARE_FOR):
        raise Problem(403, "api.role_needed", roles=", ".join(RECORDS_ARE_FOR))
    with reading(engine) as session:
        return records_of(session, number)


def _region(given: str | None, records: Records | None) -> str:
    if given is not None:
        return given
    return records.terms.region if records else ""
