"""Commission: the ledger by order line, what was agreed and entered, and the assessment of a leaver's (S4.4, N10)."""

import hashlib
from datetime import date
from typing import Annotated, Any

import rfc8785
from fastapi import APIRouter, Depends, Path, Query
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey, Requires, ReviewDep
from api.errors import documented
from api.routes.cases import CaseId
from api.routes.desk.common import Cursor, Limit, dumped
from api.routes.law import law_of_the_day
from domain.desk.commission import EntryKind
from domain.desk.records import RecordKind
from domain.errors import conflict, forbidden, not_found
from domain.law.rulebook import RuleBook
from domain.law.rules import Review
from domain.people import Role
from domain.timezones import local_date
from models.accounts import Caller
from models.database import reading, utc_now
from models.desk import commission, commission_agreements, commission_entries, figures
from models.desk.commission_assessment import assess
from models.desk.commission_bodies import AssessCommission, ConfirmAgreement, NewAgreement, NewEntries
from models.desk.commission_ledger import ledger
from models.desk.commission_views import (
    AgreementAdded,
    AgreementView,
    AssessmentFiled,
    CommissionAssessmentView,
    CommissionLedger,
    EntriesAdded,
)
from models.desk.gate import tell_case
from models.fields import Key
from models.idempotency import once, request_digest
from models.law import library
from models.legal_facts import terms_of
from models.projection import from_snapshot
from models.tables import CaseView, Document, Employee
from models.visibility import COMMISSION_ASSESSMENT

router = APIRouter(tags=["commission"])
READERS = (Role.FINANCE, Role.HR, Role.COUNSEL)
ASSESSED = "CommissionAssessed"
AgreesDep = Annotated[Caller, Depends(Requires(Role.HR, Role.COUNSEL))]
ConfirmsDep = Annotated[Caller, Depends(Requires(Role.COUNSEL))]


@router.get(
    "/employees/{number}/commission",
    summary="Somebody's commission by order line",
    responses=documented(401, 403, 404, 422),
)
def read_commission(
    number: Annotated[Key, Path()],
    caller: CallerDep,
    engine: EngineDep,
    review: ReviewDep,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CommissionLedger:
    """For finance, HR and legal counsel; everybody sees the own, also after leaving.

    Every order line of orders that the person won or finishes: what it earns, on what condition, what was paid, and
    what is payable now. It is reckoned from orders, receipts and entries each time it is read, so that a receipt
    counts the moment it is entered.
    """
    with reading(engine) as session, law_of_the_day():
        person = commission_entries.employee(session, number)
        _require_business(caller, person.id)
        book = library().book(terms_of(session, person.id).region, review)
        found = ledger(session, book, person, None, figures.today(), limit, cursor)
    figures.note(engine, caller, f"commission of {number}", len(found.items), person.id, RecordKind.ORDER)
    return found


@router.post(
    "/employees/{number}/commission/entries",
    status_code=201,
    summary="Enter what was paid or agreed about order lines",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def enter_commission(
    number: Annotated[Key, Path()], body: NewEntries, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> EntriesAdded:
    """For finance and HR; whose commission it is may enter that a line is contested. All entries or none.

    What was entered wrongly is taken back by an entry of the kind `reversed`, with the reason; both stay on record. Pay
    above what is payable needs a reason, too.
    """

    def act(session: Session) -> tuple[int, Any]:
        person = commission_entries.employee(session, number)
        own = caller.employee_id == person.id
        contests = own and all(one.kind is EntryKind.CONTESTED for one in body.entries)
        if not contests and (own or not caller.has(Role.FINANCE, Role.HR)):
            raise forbidden("commission.not_yours_to_enter")
        return dumped(201, commission_entries.enter(session, person, body, caller.account))

    digest = request_digest(f"POST /employees/{number}/commission/entries", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return EntriesAdded.model_validate(answer)


@router.get(
    "/commission/agreements", summary="What was agreed about commission", responses=documented(401, 403, 404, 422)
)
def list_agreements(
    caller: CallerDep,
    engine: EngineDep,
    employee: Annotated[Key | None, Query(description="Staff number: this person's and the policies")] = None,
) -> list[AgreementView]:
    """For finance, HR and legal counsel; everybody sees the own and the policies, also after leaving.

    The newest first; none is ever changed, a later one takes its place.
    """
    with reading(engine) as session:
        if not caller.has(*READERS):
            employee = _own_number(session, caller, employee)
            if employee is None:
                return []
        return commission_agreements.agreements(session, employee)


@router.post(
    "/commission/agreements",
    status_code=201,
    summary="File an agreement about commission",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def add_agreement(body: NewAgreement, caller: AgreesDep, engine: EngineDep, key: IdempotencyKey) -> AgreementAdded:
    """For HR and legal counsel, never about oneself. It holds for orders placed from its first day on, never for
    earlier ones; and what is entered later than an order never makes that order's commission less, or wait.

    The latter holds until legal counsel has confirmed the signed paper, before the notice (`…/confirm`; PAY-04,
    PAY-06: the company has to prove what makes wages less). Whoever is leaving is told. A policy, which is for
    everybody, is for whoever enters it only once it was confirmed.

    A condition that was not agreed, or stands in a policy made without the proofs of article 4, binds nobody: the line
    is then payable without it.
    """
    digest = request_digest("POST /commission/agreements", body.model_dump(mode="json"))

    def act(session: Session) -> tuple[int, Any]:
        return dumped(201, commission_agreements.agree(session, body, caller, utc_now()))

    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return AgreementAdded.model_validate(answer)


@router.post(
    "/commission/agreements/{agreement_id}/confirm",
    status_code=201,
    summary="Confirm that an agreement about commission was signed",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def confirm_agreement(
    agreement_id: Annotated[Key, Path()],
    body: ConfirmAgreement,
    caller: ConfirmsDep,
    engine: EngineDep,
    key: IdempotencyKey,
) -> AgreementView:
    """For legal counsel who did not enter it, never about oneself, once, and not after the notice.

    From then on it binds for orders placed since it was signed and in force, also those placed before it was entered.
    """
    digest = request_digest(f"POST /commission/agreements/{agreement_id}/confirm", body.model_dump(mode="json"))

    def act(session: Session) -> tuple[int, Any]:
        return dumped(201, commission_agreements.confirm(session, agreement_id, body, caller))

    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return AgreementView.model_validate(answer)


@router.get(
    "/cases/{case_id}/commission", summary="The leaver's commission by order line", responses=documented(401, 404, 422)
)
def read_commission_of_case(
    case_id: CaseId,
    caller: CallerDep,
    engine: EngineDep,
    review: ReviewDep,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> CommissionLedger:
    """As `GET /employees/{number}/commission`, by the law to which the case is pinned.

    What came in after the last day stands apart: it keeps accruing, and is paid in the cycle after each receipt.
    """
    with reading(engine) as session, law_of_the_day():
        view, person = _case(session, case_id, caller)
        book = _book(view, review)
        found = ledger(session, book, person, view.last_day, _today(book), limit, cursor)
    figures.note(engine, caller, f"commission in case {case_id}", len(found.items), person.id, RecordKind.ORDER)
    return found


@router.post(
    "/cases/{case_id}/commission/assessment",
    status_code=201,
    summary="What could at most be defended as a deduction?",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def assess_commission_of_case(
    case_id: CaseId,
    body: AssessCommission,
    caller: AgreesDep,
    engine: EngineDep,
    review: ReviewDep,
    key: IdempotencyKey,
) -> AssessmentFiled:
    """For HR and legal counsel, never about oneself. Works out and puts on file; deducts nothing and decides nothing.

    Every unsettled line with its status and law; for each claim the gates as they stand, the evidence pinned by its
    hash, and the highest amount that a person could defend once the leaver was told in writing and heard (PAY-03,
    PAY-04). What is defensible goes on as `propose`, which is the content of `POST …/propose-deduction`: there the
    leaver replies, and somebody else decides. Whatever is not proposed is paid in full.
    """

    def act(session: Session) -> tuple[int, Any]:
        view, person = _case(session, case_id, caller)
        if person.id == caller.employee_id:
            raise forbidden("commission.own_assessment")
        if view.snapshot.get("plan") is None:
            raise conflict("commission.not_planned_yet")
        book = _book(view, review)
        lines = commission.lines(session, person.id, view.last_day)
        noticed = commission.noticed_on(session, {person.id}).get(person.id)
        with law_of_the_day():
            made = assess(session, book, case_id, caller.account, lines, body, view.last_day, noticed, _today(book))
        return dumped(201, _filed(session, made))

    digest = request_digest(f"POST /cases/{case_id}/commission/assessment", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return AssessmentFiled.model_validate(answer)


def _filed(session: Session, made: CommissionAssessmentView) -> AssessmentFiled:
    """The assessment's exact bytes as a document; the chain names it by its hash, and tells nobody the figures."""
    now, content = utc_now(), rfc8785.dumps(made.model_dump(mode="json"))
    sha256 = hashlib.sha256(content).hexdigest()
    document_id = f"{made.case_id}-{sha256[:16]}"
    if session.get(Document, document_id) is None:
        session.add(
            Document(
                id=document_id,
                case_id=made.case_id,
                kind=COMMISSION_ASSESSMENT,
                media_type="application/json",
                sha256=sha256,
                content=content,
                at=now,
            )
        )
        session.flush()
    data = {"document": document_id, "sha256": sha256, "claims": len(made.claims), "rule": "PAY-04"}
    tell_case(session, made.case_id, ASSESSED, made.assessed_by, data, now)
    return AssessmentFiled(document_id=document_id, sha256=sha256, assessment=made)


def _case(session: Session, case_id: str, caller: Caller) -> tuple[CaseView, Employee]:
    """The case and its leaver. Raises Refusal: for whom it is no business, it is not there."""
    view = session.get(CaseView, case_id)
    if view is None or not (caller.has(*READERS) or caller.employee_id == view.employee_id):
        raise not_found("case.unknown")
    return view, session.get_one(Employee, view.employee_id)


def _own_number(session: Session, caller: Caller, asked: str | None) -> str | None:
    """The caller's staff number, if they have one. Raises Refusal if they ask for somebody else's."""
    own = session.get(Employee, caller.employee_id) if caller.employee_id else None
    number = own.number if own else None
    if asked not in (None, number):
        raise forbidden("api.role_needed", roles=", ".join(READERS))
    return number


def _require_business(caller: Caller, employee_id: str) -> None:
    if not caller.has(*READERS) and caller.employee_id != employee_id:
        raise forbidden("api.role_needed", roles=", ".join(READERS))


def _book(view: CaseView, review: Review) -> RuleBook:
    """The law to which the case is pinned; before it is planned, the newest."""
    case = from_snapshot(view.snapshot)
    return library().book(review=review, pinned=case.plan.book if case.plan else None)


def _today(book: RuleBook) -> date:
    return local_date(utc_now(), book.national.time_zone)
