"""The desk: files of customers and beside communications, by their SHA-256. Filed once, never changed."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import Problem, documented
from api.routes.desk.common import Cursor, Limit, Purpose, RecordId, added_to, dumped
from api.routes.evidence import repr_digest
from domain.desk.access import Action
from domain.desk.records import DocumentKind, RecordKind
from models.desk import customers, trail, transactions
from models.desk.bodies import CustomerName
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.trail import Paper
from models.desk.trail_bodies import FileName
from models.desk.trail_tables import CommunicationAttachment, CustomerDocument
from models.desk.trail_views import CustomerDocumentLine, Filed
from models.desk.transactions import AT_WORK, Seen, read, write
from models.fields import Key, Sha256
from models.forms import MEDIA_TYPE
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: files"])
FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
THE_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, byte for byte"}
}
_TO_FILE = {DocumentKind.QUOTATION: Action.ISSUE_QUOTATION, DocumentKind.CONTRACT: Action.CHANGE_CUSTOMER}
"""What it is to file a document that binds the company; any other merely adds to the history."""
MediaType = Annotated[str, Header(alias="Content-Type", max_length=100, pattern=MEDIA_TYPE, include_in_schema=False)]


@router.post(
    "/files/communications/{communication_id}",
    status_code=201,
    summary="Add a file to a communication",
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=FILE,
)
async def attach(
    communication_id: RecordId,
    file: Request,
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
    name: Annotated[FileName, Query()],
    media_type: MediaType = "application/octet-stream",
) -> Filed:
    """The body is the file itself. The same file is kept once, under its SHA-256."""
    content = await _content(file, media_type)

    def find(session: Session, mine: Within) -> Target:
        row = trail.communication(session, mine, communication_id)
        return Target(RecordKind.COMMUNICATION, row, row.id, row.customer_id)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        sha256 = trail.keep(session, content, passage.now)
        if session.get(CommunicationAttachment, (target.record_id, sha256)) is None:
            session.add(
                CommunicationAttachment(
                    communication_id=target.record_id,
                    sha256=sha256,
                    name=name,
                    media_type=media_type,
                    at=passage.now,
                    by=caller.account,
                )
            )
        return dumped(201, Filed(id=target.record_id, sha256=sha256, size=len(content)))

    stands_for = {"name": name, "media_type": media_type, "sha256": trail.sha256_of(content)}
    request = transactions.Request(caller, key, f"POST /desk/files/communications/{communication_id}", stands_for)
    answer, _ = await run_in_threadpool(write, engine, request, Action.ADD_TO_HISTORY, find, act)
    return Filed.model_validate(answer)


@router.get(
    "/files/communications/{communication_id}/{sha256}",
    summary="A file beside a communication",
    response_class=Response,
    responses={**THE_FILE, **documented(401, 403, 404, 422)},
)
def read_attachment(
    communication_id: RecordId, sha256: Sha256, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK
) -> Response:
    """Byte for byte, to be saved and not to be shown by a browser."""

    def ask(session: Session, mine: Within) -> Seen:
        row = trail.communication(session, mine, communication_id)
        return Seen(_download(session, trail.attachment(session, row.id, sha256)), record_id=row.customer_id)

    found: Response = read(engine, caller, Action.READ_HISTORY, RecordKind.COMMUNICATION, purpose, ask)
    return found


@router.get(
    "/customers/{customer_id}/documents",
    summary="Contracts, quotations, technical documents",
    responses=documented(401, 403, 404, 422),
)
def list_documents(
    customer_id: RecordId,
    caller: CallerDep,
    engine: EngineDep,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CustomerDocumentLine]:
    """The newest first; those of its duplicates among them."""

    def ask(session: Session, mine: Within) -> Seen:
        row, _ = customers.customer(session, mine, customer_id)
        rows, after = trail.documents(session, customers.family(session, row.id), limit, cursor)
        items = [CustomerDocumentLine(**document.model_dump(), by_name=name) for document, name in rows]
        return Seen(Page(items=items, next=after), len(items), row.id)

    found: Page[CustomerDocumentLine] = read(engine, caller, Action.READ_HISTORY, RecordKind.DOCUMENT, purpose, ask)
    return found


@router.post(
    "/files/customers/{customer_id}",
    status_code=201,
    summary="File a document of a customer",
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=FILE,
)
async def file_document(
    customer_id: RecordId,
    file: Request,
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
    kind: Annotated[DocumentKind, Query()],
    title: Annotated[CustomerName, Query()],
    name: Annotated[FileName, Query(description="What the file is called")],
    order: Annotated[Key | None, Query(description="Id of the order that it belongs to")] = None,
    media_type: MediaType = "application/octet-stream",
) -> Filed:
    """The body is the file itself. A document is never changed; a new version is a new document.

    A quotation takes the right to issue one, a contract the right to change customers; anything else may be filed by
    whoever may add to the history.
    """
    content = await _content(file, media_type)

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        paper = Paper(kind, title, name, media_type, content)
        row = trail.file(session, target.record_id, target.row, paper, order, caller.account, passage)
        return dumped(201, Filed(id=row.id, sha256=row.sha256, size=len(content)))

    stands_for = {"kind": kind, "title": title, "name": name, "order": order, "media_type": media_type}
    request = transactions.Request(
        caller, key, f"POST /desk/files/customers/{customer_id}", {**stands_for, "sha256": trail.sha256_of(content)}
    )
    find = added_to(customer_id, RecordKind.DOCUMENT)
    action = _TO_FILE.get(kind, Action.ADD_TO_HISTORY)
    answer, _ = await run_in_threadpool(write, engine, request, action, find, act)
    return Filed.model_validate(answer)


@router.get(
    "/files/documents/{document_id}",
    summary="A document of a customer",
    response_class=Response,
    responses={**THE_FILE, **documented(401, 403, 404, 422)},
)
def read_document(document_id: RecordId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK) -> Response:
    """Byte for byte, to be saved and not to be shown by a browser; `Repr-Digest` carries its SHA-256."""

    def ask(session: Session, mine: Within) -> Seen:
        row = trail.document(session, mine, document_id)
        return Seen(_download(session, row), record_id=row.customer_id)

    found: Response = read(engine, caller, Action.READ_HISTORY, RecordKind.DOCUMENT, purpose, ask)
    return found


async def _content(file: Request, media_type: str) -> bytes:
    if media_type.lower().startswith("multipart/"):
        raise Problem(415, "api.send_the_file_itself")
    return await file.body()


def _download(session: Session, file: CustomerDocument | CommunicationAttachment) -> Response:
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "content-security-policy": "default-src 'none'; sandbox",
        "repr-digest": repr_digest(file.sha256),
    }
    return Response(trail.content(session, file.sha256), media_type=file.media_type, headers=headers)
