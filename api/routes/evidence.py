"""What a case can be proved by: the notice as it arrived, the chain of facts, and documents byte for byte."""

from base64 import b64encode
from datetime import datetime
from mimetypes import guess_extension
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel

from api.deps import AuditorDep, CallerDep, EngineDep
from api.errors import documented
from api.routes.cases import CaseId, Cursor, seen
from domain.errors import forbidden, not_found
from models import facts, queries
from models.database import reading, utc_now
from models.deliveries import note_delivery
from models.forms import DOCUMENT_ID
from models.signing.revisions import own_evidence
from models.tables import Document, Notice
from models.views import ChainCheck, FactLine, NoticeOnFile, Page
from models.visibility import (
    ERASE_CERTIFICATE,
    RESTRICTED,
    may_read,
    may_read_notice,
    paper_kind,
    visible,
    visible_fact,
)
from texts import DEFAULT, text
from typesetting.typesetter import MEDIA_TYPE

router = APIRouter(prefix="/cases/{case_id}", tags=["evidence"])
Limit = Annotated[int, Query(ge=1, le=200)]
_SHOWS_AND_DOES_NOTHING = "default-src 'none'; style-src 'unsafe-inline'"


@router.get("/notice", summary="The notice as it arrived", responses=documented(401, 403, 404, 422))
def read_notice(case_id: CaseId, caller: CallerDep, engine: EngineDep) -> NoticeOnFile:
    """For the leaver, HR, counsel and auditors: text, channel and instants, exactly as they were recorded."""
    with reading(engine) as session:
        _, _, of = seen(session, case_id, caller)
        if RESTRICTED in of:
            raise forbidden("case.restricted")
        notice = session.get(Notice, case_id) if may_read_notice(of) else None
        if notice is None:
            raise not_found("document.unknown")
        names = queries.names(session, {notice.registered_by})
    return NoticeOnFile(**notice.model_dump(), registered_by_name=names.get(notice.registered_by, ""))


@router.get("/facts", summary="The evidence chain of a case", responses=documented(401, 403, 404, 422))
def read_facts(
    case_id: CaseId, caller: CallerDep, engine: EngineDep, limit: Limit = 100, cursor: Cursor = None
) -> Page[FactLine]:
    """Everything that happened, in order, each entry carrying the hash of its predecessor.

    `hash` is the SHA-256 of `{case_id, seq, number, kind, at, by, data, previous}` in canonical JSON (RFC 8785), with
    `at` in UTC (`+00:00`): anybody can recompute it.

    The witness sees that something was paid or deducted, and not what: `data` is empty there. Likewise that the law
    was asked about the notice's grounds, and not what they are.
    """
    with reading(engine) as session:
        _, _, of = seen(session, case_id, caller, whole=True)
        rows, after = queries.facts(session, case_id, limit, cursor)
        names = queries.names(session, {row.by for row in rows if row.by})
    lines = [FactLine(**row.model_dump(exclude={"case_id"}), by_name=names.get(row.by, "")) for row in rows]
    for line in lines:
        line.data = visible_fact(line.kind, line.data, of)
    return Page(items=lines, next=after)


@router.get("/chain", summary="Recompute the evidence chain", responses=documented(401, 403, 404, 422))
def check_chain(case_id: CaseId, caller: AuditorDep, engine: EngineDep) -> ChainCheck:
    """Every hash anew from the first fact on; `problems` names what is missing or was changed."""
    with reading(engine) as session:
        seen(session, case_id, caller, whole=True)
        report = facts.verify(case_id, queries.all_facts(session, case_id))
    return ChainCheck(
        case_id=case_id,
        facts=report.facts,
        head=report.head,
        intact=not report.problems,
        problems=list(report.problems),
    )


class DocumentLine(BaseModel):
    id: str
    kind: str
    media_type: str
    sha256: str
    at: datetime


@router.get("/documents", summary="Documents of a case", responses=documented(401, 404, 422))
def list_documents(case_id: CaseId, caller: CallerDep, engine: EngineDep) -> list[DocumentLine]:
    """Those that the person asking may read: the handover record, if he or she signs it, and papers meant for them."""
    with reading(engine) as session:
        row, _, of = seen(session, case_id, caller)
        shown = visible(row.snapshot, of, caller.account)
        rows = queries.documents(session, case_id)
        own = own_evidence(session, case_id, caller.account)
    return [
        DocumentLine.model_validate(row, from_attributes=True)
        for row in rows
        if may_read(row.id, row.kind, of, shown, own=row.sha256 in own)
    ]


@router.get(
    "/documents/{document_id}",
    summary="The exact bytes of a document",
    response_class=Response,
    responses={
        200: {"content": {"application/json": {}, MEDIA_TYPE: {}}, "description": "The document, byte for byte"},
        **documented(401, 403, 404, 422),
    },
)
def read_document(
    case_id: CaseId,
    document_id: Annotated[str, Path(pattern=DOCUMENT_ID)],
    caller: CallerDep,
    engine: EngineDep,
) -> Response:
    """`Repr-Digest` carries their SHA-256; it is the hash that the parties sign.

    The first time that the leaver reads the own certificate is noted as proof of its delivery.
    """
    with reading(engine) as session:
        row, _, of = seen(session, case_id, caller)
        shown = visible(row.snapshot, of, caller.account)
        document = session.get(Document, document_id)
        own = document is not None and document.sha256 in own_evidence(session, case_id, caller.account)
    if RESTRICTED in of and document is not None and document.kind != ERASE_CERTIFICATE:
        raise forbidden("case.restricted")
    if document is None or document.case_id != case_id or not may_read(document_id, document.kind, of, shown, own=own):
        raise not_found("document.unknown")
    if not document.content:
        raise not_found("document.erased")
    if "leaver" in of:
        note_delivery(engine, document, caller.account, utc_now())
    return Response(document.content, media_type=document.media_type, headers=_headers(document))


def _headers(document: Document) -> dict[str, str]:
    paper = paper_kind(document.kind)
    if paper is not None:
        return shown_headers(document.sha256, text(f"paper_kind.{paper.value}", DEFAULT), document.media_type)
    return {"repr-digest": repr_digest(document.sha256)}


def shown_headers(sha256: str, name: str, media_type: str) -> dict[str, str]:
    """For a document of ours that is to be shown and saved under this name.

    Papers of earlier versions are HTML: those run and load nothing.
    """
    extension = guess_extension(media_type.partition(";")[0]) or ""
    headers = {
        "repr-digest": repr_digest(sha256),
        "content-disposition": f"inline; filename*=UTF-8''{quote(f'{name}{extension}', safe='')}",
    }
    if media_type.startswith("text/"):
        headers["content-security-policy"] = _SHOWS_AND_DOES_NOTHING
    return headers


def repr_digest(sha256: str) -> str:
    """In the form of RFC 9530."""
    return f"sha-256=:{b64encode(bytes.fromhex(sha256)).decode()}:"
