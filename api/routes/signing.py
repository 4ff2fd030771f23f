"""Signing the handover record with a key that never leaves the signer's browser: read, agree, confirm, sign.

The signature enters the document first; then the case decides that it counts, as it decides everything.
"""

from inspect import cleandoc
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, GatewayDep, IdempotencyKey, RoomDep
from api.errors import documented
from api.gateway import Gateway, NotRunning, StillDeciding
from api.routes.cases import CaseId, require_concerned, seen
from api.routes.decisions import Pending, not_running
from api.routes.evidence import repr_digest
from api.signing import beginning, ending, intents, views
from api.signing.beginning import Origin, Signer
from api.signing.bodies import Assertion, Consent, NewIntent, NewSignature, SignatureValue
from api.signing.confirmation import Shown
from api.signing.consent import terms
from api.signing.intents import Wish
from api.signing.room import Room
from api.signing.views import Begun, IntentView, SignatureList, SignedView
from domain.errors import Refusal, forbidden, not_found
from models.accounts import Caller
from models.database import reading, utc_now
from models.decisions import DECISIONS
from models.forms import INTENT_ID
from models.idempotency import remember, request_digest, reserve, veiled
from models.signing import attempts
from models.signing.attempt_tables import SigningAttempt
from models.signing.attempts import State
from models.visibility import RESTRICTED, visible

router = APIRouter(tags=["signing"])
IntentId = Annotated[str, Path(pattern=INTENT_ID, examples=["0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"])]
_SIGNING = documented(400, 401, 403, 404, 409, 413, 422, 429, 503)


@router.get("/signing/consent", summary="The terms of signing electronically", responses=documented(401))
def read_consent(caller: CallerDep) -> Consent:
    """To be shown before the first signature; `version` goes into the wish to sign. Whoever does not agree may refuse
    to sign and ask for paper."""
    return Consent(version=terms().version, text=dict(terms().messages))


@router.get(
    "/cases/{case_id}/record",
    summary="The handover record as it stands",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}}, "description": "With every signature so far, byte for byte"},
        304: {"description": "It is still the one that `If-None-Match` names"},
        **documented(401, 403, 404, 422),
    },
)
def read_record(
    case_id: CaseId,
    caller: CallerDep,
    engine: EngineDep,
    known: Annotated[str, Header(alias="If-None-Match", max_length=1000)] = "",
) -> Response:
    """A PDF; `ETag` is its SHA-256, which is what a signer wishes to sign. For whoever may read the record."""
    with reading(engine) as session:
        pdf, sha256 = views.record(session, _record(session, case_id, caller))
    headers = {"etag": f'"{sha256}"', "repr-digest": repr_digest(sha256)}
    if f'"{sha256}"' in known:
        return Response(status_code=304, headers=headers)
    shown = {"content-disposition": f'inline; filename="record-{sha256[:8]}.pdf"'}
    return Response(pdf, media_type="application/pdf", headers=headers | shown)


@router.get(
    "/cases/{case_id}/record/signatures",
    summary="Who has signed, and who is waited for",
    responses=documented(401, 403, 404, 422),
)
def read_signatures(case_id: CaseId, caller: CallerDep, engine: EngineDep) -> SignatureList:
    """`newest` is the SHA-256 of the record as it stands, `text` that of the text without signatures."""
    with reading(engine) as session:
        return views.signatures(session, _record(session, case_id, caller))


@router.post(
    "/cases/{case_id}/record/intents",
    status_code=201,
    summary="Wish to sign the record",
    responses=_SIGNING,
)
def wish_to_sign(
    case_id: CaseId,
    body: NewIntent,
    caller: CallerDep,
    room: RoomDep,
    key: IdempotencyKey,
    response: Response,
) -> IntentView:
    """Good for ten minutes and one signature; a new one takes the place of the one before.

    `content` is what will be confirmed, in canonical JSON (RFC 8785), `sha256` its hash. With `passkey` the device has
    to sign `challenge`, which is that hash; with `code` six digits are sent to the address on file.
    """
    with reading(room.engine) as session:
        require_concerned(session, case_id, caller)
    digest = request_digest(f"POST /cases/{case_id}/record/intents", body.model_dump(mode="json"))
    before = reserve(room.engine, caller.account, key, digest)
    if before is not None:
        response.headers["idempotency-replayed"] = "true"
        return IntentView.model_validate(before[1])
    wish = Wish(case_id, body.sha256, body.consent, body.method)
    attempt = intents.ask(room, caller, wish, utc_now())
    with reading(room.engine) as session:
        answer = views.intent(session, attempt, utc_now())
    remember(room.engine, caller.account, key, (201, answer.model_dump(mode="json")))
    return answer


@router.get(
    "/cases/{case_id}/record/intents/{intent_id}",
    summary="How far a wish to sign has got",
    responses=documented(401, 404, 422),
)
def read_intent(case_id: CaseId, intent_id: IntentId, caller: CallerDep, engine: EngineDep) -> IntentView:
    """One's own. Once confirmed, `begun` is there again for a page that was reloaded and still has its key."""
    with reading(engine) as session:
        attempt = attempts.own(session, case_id, caller.account, intent_id)
    attempts.settle(engine, attempt)
    with reading(engine) as session:
        return views.intent(session, attempts.own(session, case_id, caller.account, intent_id), utc_now())


@router.post(
    "/cases/{case_id}/record/intents/{intent_id}/signature",
    status_code=201,
    summary="Confirm, and get what is to be signed",
    responses=_SIGNING,
)
def begin_signature(
    case_id: CaseId,
    intent_id: IntentId,
    body: NewSignature,
    caller: CallerDep,
    room: RoomDep,
    key: IdempotencyKey,
    request: Request,
    response: Response,
) -> Begun:
    """The key is certified for this one signature, for thirty minutes; `evidence` is what was recorded of the will.

    Each confirmation is good once. 409 `signature.others_signed_meanwhile`: another party was faster; read the record
    again and begin anew.
    """
    digest = request_digest(f"POST /cases/{case_id}/record/intents/{intent_id}/signature", _veiled(body, key))
    before = reserve(room.engine, caller.account, key, digest)
    if before is not None:
        response.headers["idempotency-replayed"] = "true"
        return Begun.model_validate(before[1])
    shown = Shown(
        password=body.password.get_secret_value() if body.password else "",
        code=body.code or "",
        assertion=_assertion(body.assertion),
    )
    signer = Signer(caller, case_id, intent_id, body.public_key, shown, _origin(request))
    answer = views.begun(beginning.begin(room, signer, utc_now()))
    remember(room.engine, caller.account, key, (201, answer.model_dump(mode="json")))
    return answer


@router.put(
    "/cases/{case_id}/record/intents/{intent_id}/signature",
    summary="Put the signature into the record",
    responses={202: {"model": Pending, "description": cleandoc(Pending.__doc__ or "")}, **_SIGNING},
)
async def put_signature(
    case_id: CaseId,
    intent_id: IntentId,
    body: SignatureValue,
    caller: CallerDep,
    room: RoomDep,
    gateway: GatewayDep,
    key: IdempotencyKey,
) -> Any:
    """The record gets the signature with a trusted time and everything that is needed to check it later; then the case
    counts it. Repeating it repeats the answer. 202: the signature is in the record; the case will hear of it.

    409 `signature.others_signed_meanwhile`: nothing was written; read the record again and begin anew.
    """
    digest = request_digest(f"PUT /cases/{case_id}/record/intents/{intent_id}/signature", body.model_dump())
    await run_in_threadpool(reserve, room.engine, caller.account, key, digest)
    attempt = await run_in_threadpool(ending.end, room, caller, case_id, intent_id, body.value, utc_now())
    return await _counted(room, gateway, caller, attempt)


def _record(session: Session, case_id: str, caller: Caller) -> dict[str, Any]:
    """The record as the case tells the person of it. Raises Refusal if there is none for them."""
    row, _, of = seen(session, case_id, caller)
    if RESTRICTED in of:
        raise forbidden("case.restricted")
    told: dict[str, Any] | None = visible(row.snapshot, of, caller.account).get("record")
    if not told:
        raise not_found("document.unknown")
    return told


async def _counted(room: Room, gateway: Gateway, caller: Caller, attempt: SigningAttempt) -> SignedView | JSONResponse:
    """The answer as soon as the case has written the signature down. Raises Refusal if the case says no."""
    engine, case_id = room.engine, attempt.case_id
    if await run_in_threadpool(attempts.settle, engine, attempt) is not State.COUNTED:
        kind, decision = DECISIONS["sign_record"], attempts.decision_of(attempt)
        update_id = request_digest(caller.account, attempt.id)
        try:
            await gateway.decide(case_id, kind, caller.actor, decision, update_id, fresh=True)
        except StillDeciding:
            return JSONResponse(Pending(case_id=case_id).model_dump(), 202, {"retry-after": "2"})
        except NotRunning as error:
            raise await run_in_threadpool(not_running, engine, case_id) from error
        except Refusal:  # unless it was told meanwhile by somebody else
            if await run_in_threadpool(attempts.settle, engine, attempt) is not State.COUNTED:
                raise
        await run_in_threadpool(attempts.settle, engine, attempt)
    return await run_in_threadpool(views.signed, engine, attempt)


def _assertion(given: Assertion | None) -> dict[str, Any] | None:
    if given is None:
        return None
    return {**given.model_dump(), "rawId": given.id, "type": "public-key"}


def _veiled(body: NewSignature, key: str) -> dict[str, Any]:
    """The request for its digest, without what would open an account."""
    content = body.model_dump(mode="json", exclude={"password", "code"})
    secret = f"{body.code or ''}\n{body.password.get_secret_value() if body.password else ''}"
    return content | {"secret": veiled(secret, key)}


def _origin(request: Request) -> Origin:
    return Origin(request.client.host if request.client else "", request.headers.get("user-agent", ""))
