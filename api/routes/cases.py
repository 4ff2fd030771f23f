"""Cases: register a resignation, find cases, read one."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session

from activities.starter import mark_started, was_started
from api.deps import CallerDep, EngineDep, GatewayDep, HrDep, IdempotencyKey, ReviewDep, SettingsDep
from api.errors import documented
from api.gateway import workflow_of
from domain.case import Stage
from domain.errors import forbidden, not_found
from domain.law.endings import Ending
from domain.law.notice_facts import Channel, Intent
from domain.people import Role
from models import law_views, queries
from models.accounts import Caller
from models.database import reading, utc_now
from models.fields import Instant, Key
from models.forms import CASE_ID, SAID, TEXT
from models.idempotency import once, request_digest
from models.law_views import LawAnswer
from models.legal_facts import Departure
from models.messages import StartCase
from models.queries import CaseFilter
from models.resignations import Registration, register
from models.tables import CaseView
from models.views import CaseDetail, CaseLine, Page
from models.visibility import RESTRICTED, concerns, mentioned, relations, sees_everything, visible

router = APIRouter(prefix="/cases", tags=["cases"])
CaseId = Annotated[str, Path(pattern=CASE_ID, examples=["5b0d6c0c5a2b5f6f9e0c8d7e6f5a4b3c"])]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]
READ_STORED = (Role.COUNSEL, Role.AUDITOR)
SEES_ALL = (Role.HR, Role.COUNSEL, Role.AUDITOR, Role.ADMINISTRATOR, Role.ENGINEER)


class RegisterResignation(BaseModel):
    """A resignation notice that has arrived. Nobody approves it: it takes effect by arriving (NOT-01, NOT-07)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"employee_number": "S1001", "channel": "email", "text": "本人因个人原因提出辞职。"}]
        },
    )

    employee_number: Key
    arrived_at: Instant | None = None
    """When it reached the company; absent: now. It starts the notice period."""
    channel: Channel
    text: Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=SAID)]
    requested_last_day: date | None = None
    """A later last day, if the notice names one; with `mutual`, the day agreed on."""
    ending: Ending = Ending.RESIGNATION
    """How the employment ends: each way has its own road in the law (GET /law/rules, NOT-01 to NOT-05)."""
    grounds: Annotated[tuple[Key, ...], Field(max_length=20)] = ()
    """With `employer_fault`: which of the grounds of NOT-03."""
    initiator: Literal["", "employee", "employer"] = ""
    """With `mutual`: who proposed to part; it decides about severance."""
    agreement: Annotated[str, StringConstraints(max_length=200, pattern=TEXT)] = ""
    """With `mutual`: where the signed agreement is filed."""
    intent: Intent = Intent.NOTICE
    """What the letter is (NOT-10). "I apply, please approve" may be an offer to part by agreement: that is registered
    as `mutual` once both sides have signed. A notice needs nobody's approval."""
    not_fault_because: Annotated[str, StringConstraints(max_length=500, pattern=TEXT)] = ""
    """If the text sounds like the employer's fault (NOT-03) and is none: why. It is recorded, and you answer for it."""
    receiver: Key | None = None
    """The first receiver, by staff number or account; absent: the manager."""


class Registered(BaseModel):
    case_id: str
    stage: str
    arrived_at: datetime
    last_day: date
    started: bool
    """False: the notice is recorded, and the engine takes the case on as soon as it is back."""
    warnings: list[LawAnswer] = []
    """What a person has to see before going on, such as a clause of the contract that does not bind."""


@router.post(
    "", status_code=201, summary="Register a resignation", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
async def register_resignation(
    body: RegisterResignation,
    caller: HrDep,
    engine: EngineDep,
    gateway: GatewayDep,
    review: ReviewDep,
    key: IdempotencyKey,
    response: Response,
) -> Registered:
    """Written down at once and for ever, also while the engine is away. HR only; one open case a person."""
    now = utc_now()

    def act(session: Session) -> tuple[int, Any]:
        arrived = body.arrived_at or now
        departure = Departure(
            arrived_at=arrived,
            ending=body.ending,
            wished_last_day=body.requested_last_day,
            grounds=body.grounds,
            initiator=body.initiator,
            agreement=body.agreement,
            intent=body.intent,
            text=body.text,
            not_fault_because=body.not_fault_because,
            written=body.channel is not Channel.ORAL,
        )
        wanted = Registration(body.employee_number, departure, body.channel, body.text, body.receiver or "")
        row, judged = register(session, caller, key, wanted, now, review)
        answer = Registered(
            case_id=row.case_id,
            stage=row.stage,
            arrived_at=arrived,
            last_day=row.last_day,
            started=False,
            warnings=law_views.all_shown(judged.warnings),
        )
        return 201, {**answer.model_dump(mode="json"), "employee_id": row.employee_id}

    digest = request_digest("POST /cases", body.model_dump(mode="json"))
    (_, stored), replayed = await run_in_threadpool(once, engine, caller.account, key, digest, act)
    message = StartCase(
        case_id=stored["case_id"],
        employee_id=stored["employee_id"],
        arrived_at=stored["arrived_at"],
        registered_by=caller.account,
    )
    started = replayed and await run_in_threadpool(was_started, engine, message.case_id)
    if not started and (started := await gateway.start(message)):
        await run_in_threadpool(mark_started, engine, message.case_id)
    response.headers["location"] = f"/api/v1/cases/{message.case_id}"
    if replayed:
        response.headers["idempotency-replayed"] = "true"
    return Registered.model_validate({**stored, "started": started})


@router.get("", summary="Find cases", responses=documented(401, 422))
def find_cases(
    caller: CallerDep,
    engine: EngineDep,
    stage: Annotated[list[Stage] | None, Query(description="Any of these stages")] = None,
    department: Annotated[Key | None, Query(description="The leaver's department")] = None,
    is_open: Annotated[bool | None, Query(alias="open")] = None,
    overdue: Annotated[bool, Query(description="Somebody is late, or a system does not follow")] = False,
    mine: Annotated[bool, Query(description="Only cases in which I take part")] = False,
    sort: Annotated[Literal["last_day", "-last_day", "arrived_at", "-arrived_at"], Query()] = "last_day",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CaseLine]:
    """Whoever may not see all cases sees those in which he or she takes part."""
    wanted = CaseFilter(
        stages=tuple(s.value for s in stage or ()),
        department=department,
        open=is_open,
        overdue=overdue,
        participant=caller.account if mine or not caller.has(*SEES_ALL) else None,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )
    with reading(engine) as session:
        rows, after = queries.cases(session, wanted, limit, cursor)
    reads_stored = caller.has(*READ_STORED)
    return Page(items=[_line(row, name, named=reads_stored or not row.restricted) for row, name in rows], next=after)


@router.get("/{case_id}", summary="Read a case", responses=documented(401, 404, 422))
def read_case(case_id: CaseId, caller: CallerDep, engine: EngineDep, settings: SettingsDep) -> CaseDetail:
    """The part that the person asking may see; `relations` says why."""
    with reading(engine) as session:
        row, name, of = seen(session, case_id, caller)
        shown = visible(row.snapshot, of, caller.account)
        tasks = [
            {"key": t.key, "kind": t.kind, "subject": t.subject, "account": t.account, "due_at": t.due_at}
            for t in queries.tasks_of_case(session, case_id)
            if sees_everything(of) or t.account == caller.account
        ]
        people = queries.names(session, mentioned(shown) | {str(t["account"]) for t in tasks})
    url = None
    if caller.has(Role.ENGINEER, Role.HR, Role.ADMINISTRATOR):
        workflow = workflow_of(case_id, row.snapshot)
        url = f"{settings.temporal_ui_url}/namespaces/{settings.temporal_namespace}/workflows/{workflow}"
    return CaseDetail(
        **_line(row, name, named=RESTRICTED not in of).model_dump(),
        version=row.version,
        relations=list(of),
        case=shown,
        law=law_views.of_case(shown) if sees_everything(of) else [],
        tasks=tasks,
        people=people,
        temporal_url=url,
    )


def require_concerned(session: Session, case_id: str, caller: Caller) -> None:
    """Raises Refusal unless the case is some business of theirs; does not load it."""
    found = queries.part_in(session, caller.account, case_id)
    if found is None or not concerns(caller, *found):
        raise not_found("case.unknown")


def seen(
    session: Session, case_id: str, caller: Caller, *, whole: bool = False
) -> tuple[CaseView, str, tuple[str, ...]]:
    """The case's row, the leaver's name, and what the person is to it. Raises Refusal: not theirs is not there."""
    found = queries.case_view(session, case_id)
    if found is None:
        raise not_found("case.unknown")
    row, name = found
    of = relations(caller, row.snapshot, queries.takes_part(session, caller.account, case_id))
    if whole and RESTRICTED in of:
        raise forbidden("case.restricted")
    if not of or (whole and not sees_everything(of)):
        raise not_found("case.unknown")
    return row, name, of


def _line(row: CaseView, name: str, *, named: bool) -> CaseLine:
    late = row.next_due_at is not None and row.next_due_at < utc_now()
    return CaseLine(
        case_id=row.case_id,
        employee_id=row.employee_id if named else "",
        name=name if named else "",
        restricted=row.restricted,
        department=row.department,
        stage=row.stage,
        arrived_at=row.arrived_at,
        last_day=row.last_day,
        open=row.open,
        overdue=row.open and (late or row.failing),
        failing=row.failing,
    )
