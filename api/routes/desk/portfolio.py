"""The handover per customer: what a leaver held, who receives it, and what they answer."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from activities.papers import introduction_letter
from api.deps import CallerDep, EngineDep, IdempotencyKey, SettingsDep
from api.errors import documented
from api.routes.cases import CaseId
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, dumped, person
from api.routes.evidence import shown_headers
from domain.desk.access import Action
from domain.desk.assignment import AssignedBecause
from domain.desk.records import OPEN_ENTRIES, EntryState, RecordKind
from models.accounts import Caller
from models.database import utc_now, writing
from models.desk import handover_people, introductions, people, portfolio_decisions, portfolio_lists
from models.desk.portfolio_bodies import AssignEntries, DecideEntries
from models.desk.portfolio_lists import EntryFilter
from models.desk.portfolio_views import (
    EntriesAssigned,
    EntriesDecided,
    EntryLine,
    KindProgress,
    PortfolioPage,
    Share,
)
from models.desk.reading import known_customers
from models.desk.trail_tables import PortfolioEntry
from models.desk.transactions import AT_WORK, Seen, note_read
from models.documents import store
from models.fields import Key
from models.idempotency import once, request_digest
from models.tables import Employee
from models.templates import PortfolioKind
from models.visibility import INTRODUCTION
from texts import DEFAULT, text
from typesetting.typesetter import MEDIA_TYPE, Typesetter

router = APIRouter(prefix="/cases/{case_id}/portfolio", tags=["portfolio"])


@router.get("", summary="What is handed over by customer", responses=documented(401, 404, 422))
def read_portfolio(
    case_id: CaseId,
    caller: CallerDep,
    engine: EngineDep,
    kind: Annotated[PortfolioKind | None, Query()] = None,
    state: Annotated[EntryState | None, Query()] = None,
    receiver: Annotated[Key | None, Query(description="Staff number")] = None,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PortfolioPage:
    """Receivers see what they receive, departments what they look after; who sees the whole case sees all entries.

    A customer's number and name are shown to its receiver, to HR in charge, and to whoever reaches it at the desk; that
    is logged.
    """
    with writing(engine) as session:
        part = handover_people.part_of(session, case_id, caller)
        whose = people.id_of(session, receiver) if receiver else None
        wanted, reach = EntryFilter(kind, state, whose), known_customers(session, caller)
        rows, after = portfolio_lists.entries(session, case_id, part, reach, wanted, limit, cursor)
        items = [_line(*row) for row in rows]
        told = sum(item.customer_name is not None for item in items)
        if told:
            note_read(session, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, Seen(None, told))
        states = portfolio_lists.progress(session, case_id, part)
    counts = [
        KindProgress(
            kind=kind,
            total=sum(found.values()),
            open=sum(found.get(state, 0) for state in OPEN_ENTRIES),
            states=found,
        )
        for kind, found in states.items()
    ]
    return PortfolioPage(counts=counts, items=items, next=after)


@router.post(
    "/assignments",
    summary="Say who receives",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def assign(
    case_id: CaseId,
    body: AssignEntries,
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
    response: Response,
) -> EntriesAssigned:
    """For the witness, HR and the leaver's manager. Among several receivers the rule chooses for each customer.

    First who has customers in its region, then in its industry, then who looks after the fewest; nobody gets more than
    there is room for (`POST /desk/capacities`), unless `override_reason` says why. Orders and receivables go with
    their customer, unless they are named by themselves.
    """

    def act(session: Session) -> tuple[int, Any]:
        found = portfolio_decisions.assign(session, case_id, caller, body, utc_now())
        staff = people.by_id(session, found.receivers)
        shares = [Share(receiver=person(staff[one]), entries=count) for one, count in found.receivers.items()]
        return dumped(200, EntriesAssigned(receivers=shares, unassigned=found.unassigned))

    answer = _once(engine, caller, key, f"POST /cases/{case_id}/portfolio/assignments", body, act, response)
    return EntriesAssigned.model_validate(answer)


@router.post(
    "/decisions",
    summary="Accept, refuse, introduce, confirm, waive or reopen entries",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def decide(
    case_id: CaseId,
    body: DecideEntries,
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
    response: Response,
) -> EntriesDecided:
    """All of the entries, or none. The receiver accepts or refuses; an accepted customer is the receiver's at once.

    `introduce`: the customer was written to and has not answered. `confirm`: it has, or the receiver has been in
    contact; only then is a customer done. `waive` and `reopen` are for the witness and HR. An entry that somebody has
    changed since it was read changes nothing (409).
    """

    def act(session: Session) -> tuple[int, Any]:
        found = portfolio_decisions.decide(session, case_id, caller, body, utc_now())
        return dumped(
            200,
            EntriesDecided(
                step=body.step,
                customers=found[RecordKind.CUSTOMER],
                orders=found[RecordKind.ORDER],
                receivables=found[RecordKind.RECEIVABLE],
            ),
        )

    answer = _once(engine, caller, key, f"POST /cases/{case_id}/portfolio/decisions", body, act, response)
    return EntriesDecided.model_validate(answer)


@router.get(
    "/customers/{customer_id}/introduction",
    summary="A letter that introduces the receiver to a customer",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {}}, "description": "The letter in Chinese and English, on A4"},
        **documented(401, 404, 409, 422),
    },
)
def introduce(
    case_id: CaseId,
    customer_id: RecordId,
    caller: CallerDep,
    engine: EngineDep,
    settings: SettingsDep,
    purpose: Purpose = AT_WORK,
) -> Response:
    """Once the receiver has accepted. The same letter however often it is asked for; it is kept with the case.

    `Repr-Digest` carries its SHA-256. Nothing in it says that somebody leaves, or why. Once it was sent, say so:
    `introduce`.
    """
    with writing(engine) as session:
        part = handover_people.part_of(session, case_id, caller)
        reach = known_customers(session, caller)
        facts = introductions.gather(session, case_id, customer_id, part, reach)
        content = introduction_letter(facts, settings.employer, Typesetter(settings.fonts))
        document = store(session, case_id, INTRODUCTION, MEDIA_TYPE, content, facts.accepted_at)
        note_read(session, caller, Action.READ_CUSTOMERS, RecordKind.CUSTOMER, purpose, Seen(None, 1, customer_id))
    headers = shown_headers(document.sha256, text("introduction.file", DEFAULT), MEDIA_TYPE)
    return Response(content, media_type=MEDIA_TYPE, headers=headers)


def _once(engine: Any, caller: Caller, key: str, name: str, body: Any, act: Any, response: Response) -> Any:
    """The answer to a write, the remembered one if it was given before."""
    digest = request_digest(name, body.model_dump(mode="json"))
    (_, answer), replayed = once(engine, caller.account, key, digest, act)
    if replayed:
        response.headers["idempotency-replayed"] = "true"
    return answer


def _line(entry: PortfolioEntry, number: str | None, name: str | None, receiver: Employee | None) -> EntryLine:
    return EntryLine(
        **entry.model_dump(include={"kind", "state", "reason", "updated_at", "accepted_at", "version"}),
        record=entry.record_id,
        customer=entry.customer_id,
        number=number,
        customer_name=name,
        receiver=person(receiver) if receiver else None,
        because=AssignedBecause(entry.because) if entry.because else None,
    )
