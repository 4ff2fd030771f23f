"""Human decisions over HTTP: one operation a kind, made from the table of kinds; and proofs for the Temporal CLI."""

import json
import re
from collections.abc import Callable
from inspect import cleandoc
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from sqlalchemy import Engine

from api.deps import CallerDep, EngineDep, GatewayDep, IdempotencyKey, SettingsDep
from api.errors import Problem, documented
from api.gateway import NotRunning, StillDeciding, workflow_of
from api.routes.cases import CaseId, require_concerned
from domain.errors import Refusal, conflict
from models import queries
from models.accounts import Caller, confirm_password
from models.database import reading
from models.decision_bodies import AssignReceiver, Body, SignRecord
from models.decision_examples import EXAMPLES
from models.decisions import DECISIONS, DecisionKind, DecisionResult
from models.forms import DECISION, TEXT, UNSEEN
from models.idempotency import is_used, request_digest, reserve
from models.nominations import NOMINATIONS, require_eligible, with_account
from models.passwords import GivenPassword
from texts import LANGUAGES, text

router = APIRouter(prefix="/cases/{case_id}", tags=["decisions"])


class Pending(BaseModel):
    """Not confirmed yet: the decision may or may not have taken effect.

    Repeat the request with the same Idempotency-Key, every `Retry-After` seconds, until it is answered. If you stop
    here, the decision may never be carried out.
    """

    case_id: str
    status: str = "pending"
    messages: dict[str, str] = Field(
        default_factory=lambda: {language: text("decision_pending", language) for language in LANGUAGES},
        description="The same in Chinese and English",
    )


def _input(kind: DecisionKind) -> type[BaseModel]:
    """The kind's body; where a fresh sign-in is asked for, with the person's password beside it."""
    fields: dict[str, Any] = {}
    if kind.fresh_sign_in:
        fields["password"] = (GivenPassword, ...)
    example = {**EXAMPLES[kind.name], **({"password": "wanbi-demo-2026"} if kind.fresh_sign_in else {})}
    made: type[BaseModel] = create_model(f"{kind.body.__name__}Input", __base__=kind.body, **fields)
    made.model_config = ConfigDict(**{**kind.body.model_config, "json_schema_extra": {"examples": [example]}})
    made.__doc__ = kind.summary
    made.model_rebuild(force=True)
    return made


def _operation(kind: DecisionKind) -> Callable[..., Any]:
    async def decide(
        case_id: CaseId,
        body: Any,
        caller: CallerDep,
        engine: EngineDep,
        gateway: GatewayDep,
        key: IdempotencyKey,
    ) -> Any:
        content = await run_in_threadpool(_named, engine, _content(kind, body))
        await run_in_threadpool(_admit, engine, caller, case_id, kind, body, content, key)
        update_id = request_digest(caller.account, key)
        try:
            return await gateway.decide(case_id, kind, caller.actor, content, update_id, fresh=kind.fresh_sign_in)
        except StillDeciding:
            return JSONResponse(Pending(case_id=case_id).model_dump(), 202, {"retry-after": "2"})
        except NotRunning as error:
            raise await run_in_threadpool(not_running, engine, case_id) from error

    decide.__name__ = kind.name
    decide.__annotations__["body"] = _input(kind)
    return decide


def _content(kind: DecisionKind, body: BaseModel) -> Body:
    content = kind.body.model_validate(body.model_dump(exclude={"password"}))
    _require_plain(content, "body")
    return content


def _named(engine: Engine, content: Body) -> Body:
    """The case knows people by their accounts, whoever asks may know them by their staff numbers."""
    if not isinstance(content, AssignReceiver):
        return content
    with reading(engine) as session:
        return with_account(session, content)


def _require_plain(content: Body, *place: str) -> None:
    """Raises RequestValidationError if a text holds what nobody can see.

    Here and not in the bodies' types: a case that runs must go on taking what it took before there was this rule.
    """
    texts = {name: said for name, said in content if isinstance(said, str)}
    hidden = [name for name, said in texts.items() if re.search(UNSEEN, said)]
    if hidden:
        kind, context = "string_pattern_mismatch", {"pattern": TEXT}
        raise RequestValidationError(
            [
                {"type": kind, "loc": (*place, name), "msg": kind, "input": texts[name], "ctx": context}
                for name in hidden
            ]
        )


def _admit(
    engine: Engine, caller: Caller, case_id: str, kind: DecisionKind, body: Any, content: Body, key: str
) -> None:
    """Raises Refusal unless the case is theirs, the key is free or theirs for this, and a needed password is right.

    Whoever the decision names has to be there, too; not when it is repeated: it may have been carried out long ago.
    """
    with reading(engine) as session:
        require_concerned(session, case_id, caller)
        if kind.body in NOMINATIONS and not is_used(session, caller.account, key):
            require_eligible(session, caller, case_id, content)
    if kind.fresh_sign_in:
        confirm_password(engine, caller.account, body.password.get_secret_value())
    digest = request_digest(f"{case_id}/{kind.name}", content.model_dump(mode="json"))
    reserve(engine, caller.account, key, digest)


def not_running(engine: Engine, case_id: str) -> Refusal:
    """Why no case takes the decision: it has ended, or the engine was away when it arrived and starts it soon."""
    with reading(engine) as session:
        found = queries.case_view(session, case_id)
    return conflict("case.not_open_yet" if found and found[0].open else "case.closed")


def _description(kind: DecisionKind) -> str:
    asked = " Asks for your password again." if kind.fresh_sign_in else ""
    named = " Whoever it names needs an open account (422 `account.nobody_there`)." if kind.body in NOMINATIONS else ""
    said = f"The case's own rules decide; its answer names the facts that were written.{asked}{named}"
    if kind.body is AssignReceiver:
        said += " `receiver` is a staff number or an account."
        said += " Nobody who is leaving can receive (409 `item.receiver_is_leaving`)."
    return f"{said} Temporal: `{kind.name}`."


_ELSEWHERE = (SignRecord,)
"""The signature has to be in the document first: api/routes/signing.py decides this one."""

for _kind in (kind for kind in DECISIONS.values() if kind.body not in _ELSEWHERE):
    router.add_api_route(
        f"/{_kind.name.replace('_', '-')}",
        _operation(_kind),
        methods=["POST"],
        summary=_kind.summary,
        description=_description(_kind),
        operation_id=_kind.name,
        response_model=DecisionResult,
        responses={
            202: {"model": Pending, "description": cleandoc(Pending.__doc__ or "")},
            **documented(400, 401, 403, 404, 409, 413, 422, *((429,) if _kind.fresh_sign_in else ()), 503),
        },
    )


class ProofRequest(BaseModel):
    """Which decision the proof shall be for, content included."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"decision": "decide_clearance", "body": {"department": "it", "verdict": "approve"}}]
        },
    )

    decision: Annotated[str, Field(pattern=DECISION)]
    body: dict[str, Any]
    password: GivenPassword | None = None
    """Needed for decisions that ask for a fresh sign-in (signatures)."""


class ProofAnswer(BaseModel):
    """A ready payload for Temporal's CLI or UI, good for one use within ten minutes."""

    workflow_id: str
    name: str
    """Name of the signal, and of the update."""
    input: dict[str, Any]
    commands: dict[str, str]
    expires_at: str


@router.post(
    "/decision-proofs",
    summary="A proof for deciding from the Temporal CLI or UI",
    responses=documented(400, 401, 403, 404, 409, 413, 422, 429),
)
async def prove(
    case_id: CaseId,
    body: ProofRequest,
    caller: CallerDep,
    engine: EngineDep,
    gateway: GatewayDep,
    settings: SettingsDep,
) -> ProofAnswer:
    """Nothing is decided yet. The proof is bound to this person, this case and exactly this content.

    Whoever the decision names is checked now: the case itself can't look accounts up.

    Of the `commands` paste `signal`. `update` decides just as well, but its answer is encrypted: without the codec
    server the CLI then ends with `payload encoding is not supported`, although the decision has taken effect; the
    case's facts show it.
    """
    kind = DECISIONS.get(body.decision)
    if kind is None:
        raise Problem(422, "api.unknown_decision", known=", ".join(DECISIONS))
    content, workflow = await run_in_threadpool(_provable, engine, caller, case_id, kind, body)
    decision, expires = gateway.prove(case_id, kind, caller.actor, content, fresh=kind.fresh_sign_in)
    payload = decision.model_dump(mode="json")
    given = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).replace("'", "'\\''")
    where = f"--address {settings.temporal_address} -n {settings.temporal_namespace} -w {workflow}"
    return ProofAnswer(
        workflow_id=workflow,
        name=kind.name,
        input=payload,
        commands={
            "signal": f"temporal workflow signal {where} --name {kind.name} --input '{given}'",
            "update": f"temporal workflow update execute {where} --name {kind.name} --input '{given}'",
        },
        expires_at=expires,
    )


def _provable(engine: Engine, caller: Caller, case_id: str, kind: DecisionKind, body: ProofRequest) -> tuple[Body, str]:
    """The checked content, and the workflow that takes it."""
    with reading(engine) as session:
        require_concerned(session, case_id, caller)
    if kind.fresh_sign_in:
        if body.password is None:
            raise Problem(422, "api.password_needed")
        confirm_password(engine, caller.account, body.password.get_secret_value())
    content = checked(kind, body.body)
    with reading(engine) as session:
        require_eligible(session, caller, case_id, content)
        found = queries.case_view(session, case_id)
    return content, workflow_of(case_id, found[0].snapshot if found else {})


def checked(kind: DecisionKind, content: dict[str, Any]) -> Body:
    """The content as the kind's body. Raises RequestValidationError, which becomes a problem naming every field."""
    try:
        made = kind.body.model_validate(content)
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("body", "body", *e["loc"])} for e in error.errors()]) from error
    _require_plain(made, "body", "body")
    return made
