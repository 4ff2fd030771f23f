"""A resignation arrives: recorded at once and for ever (NOT-07), whether or not the engine is there to take it on."""

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from domain.case import Case
from domain.errors import conflict, invalid, not_found
from domain.law import notice
from domain.law.notice import NoticeAnswer
from domain.law.rulebook import NoRule
from domain.law.rules import Review
from domain.timezones import local_date
from models import projection
from models.accounts import Caller
from models.calendars import working_calendar
from models.desk import stepping_back
from models.law import library
from models.legal_facts import Departure, notice_facts, terms_of
from models.messages import StartCase
from models.nominations import named, require_staying
from models.tables import Account, CaseView, Employee, Notice

_CASES = uuid.UUID("6f1d3e0a-41f2-5f0e-9a0b-3d5a2f7c9e11")
OLDEST_ARRIVAL = timedelta(days=60)


@dataclass(frozen=True)
class Registration:
    """What HR knows of a notice. It arrived when it reached the company, not when somebody opened it (NOT-07)."""

    employee_number: str
    departure: Departure
    channel: str
    text: str
    receiver: str


def case_id_for(account: str, key: str) -> str:
    """The case that this person's request with this idempotency key stands for."""
    return uuid.uuid5(_CASES, f"{account}:{key}").hex


def register(
    session: Session, by: Caller, key: str, registration: Registration, now: datetime, review: Review
) -> tuple[CaseView, NoticeAnswer]:
    """Writes the notice and an empty case down, and says what the law says of it.

    `review`: how far rules are trusted here. Raises Refusal; a resignation needs nobody's approval (NOT-01).
    """
    employee = session.exec(select(Employee).where(Employee.number == registration.employee_number)).one_or_none()
    if employee is None:
        raise not_found("resignation.unknown_employee", number=registration.employee_number)
    leaver = session.exec(select(Account).where(Account.employee_id == employee.id, col(Account.active))).one_or_none()
    if leaver is None:
        raise conflict("resignation.no_account", number=registration.employee_number)
    if leaver.id == by.account:
        raise conflict("resignation.own")
    receiver = _check(session, registration, leaver.id, now)
    departure = registration.departure
    judged = judge(session, employee, departure, review)
    open_case = session.exec(select(Notice.case_id).where(Notice.open_for == employee.id)).one_or_none()
    if open_case is not None:
        raise conflict("resignation.already_open", case=open_case)
    case = Case(case_id_for(by.account, key), employee.id, departure.arrived_at)
    session.add(
        Notice(
            case_id=case.case_id,
            employee_id=employee.id,
            arrived_at=departure.arrived_at,
            recorded_at=now,
            channel=registration.channel,
            text=registration.text,
            text_sha256=hashlib.sha256(registration.text.encode()).hexdigest(),
            requested_last_day=departure.wished_last_day,
            ending=departure.ending.value,
            grounds=list(departure.grounds),
            initiator=departure.initiator,
            agreement=departure.agreement,
            not_fault_because=departure.not_fault_because,
            receiver=receiver,
            registered_by=by.account,
            open_for=employee.id,
        )
    )
    row = projection.new_row(case, now)
    row.department, row.leaver, row.hr = employee.department, leaver.id, by.account
    row.last_day = judged.last_day
    row.snapshot = projection.to_snapshot(case)
    session.add(row)
    session.add_all(projection.participant(account, row) for account in (leaver.id, by.account))
    session.flush()
    stepping_back.step_back(session, leaver, now)
    return row, judged


def judge(session: Session, employee: Employee, departure: Departure, review: Review) -> NoticeAnswer:
    """When this notice ends the employment, by the law of the place where the person works. Raises Refusal."""
    terms = terms_of(session, employee.id)
    holidays = working_calendar(employee.time_zone, departure.arrived_at).holidays
    try:
        return notice.judge(library().book(terms.region, review), notice_facts(employee, terms, departure), holidays)
    except NoRule as silent:
        raise invalid("notice.no_law_for_that_day") from silent


def _check(session: Session, registration: Registration, leaver: str, now: datetime) -> str:
    """The receiver's account; empty if none is named. Raises Refusal."""
    departure = registration.departure
    if departure.arrived_at > now + timedelta(minutes=1):
        raise invalid("resignation.arrives_in_the_future")
    if departure.arrived_at < now - OLDEST_ARRIVAL:
        raise invalid("resignation.arrived_too_long_ago", days=OLDEST_ARRIVAL.days)
    wanted = departure.wished_last_day
    if wanted and wanted > local_date(now, "Asia/Shanghai") + timedelta(days=366):
        raise invalid("resignation.last_day_too_far")
    if registration.receiver:
        receiver = named(session, registration.receiver)
        if receiver is None or not receiver.active:
            raise not_found("resignation.unknown_receiver", account=registration.receiver)
        if receiver.id == leaver:
            raise invalid("item.leaver_cannot_receive")
        require_staying(session, receiver)
        return receiver.id
    return ""


def start_message(notice: Notice) -> StartCase:
    """What the workflow of this notice's case is started with."""
    return StartCase(
        case_id=notice.case_id,
        employee_id=notice.employee_id,
        arrived_at=notice.arrived_at,
        registered_by=notice.registered_by,
    )
