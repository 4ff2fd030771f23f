"""The desk: files of customers, orders and money on their way in, and the mappings by which they are read."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from sqlmodel import Session

from api.deps import CallerDep, EngineDep, IdempotencyKey
from api.errors import Problem, documented
from api.routes.desk.common import Cursor, Limit, Purpose, asked, dumped
from api.routes.desk.files import FILE
from domain.desk.access import Action
from domain.desk.intake import ImportState
from domain.desk.records import RecordKind
from domain.errors import invalid
from models.desk.gate import Passage, Target
from models.desk.scopes import Within
from models.desk.tables import new_id
from models.desk.trail import sha256_of
from models.desk.transactions import AT_WORK, Seen, read, write
from models.desk.transactions import Request as Asked
from models.fields import Key
from models.intake import mappings, uploads, views
from models.intake.kinds import KINDS
from models.intake.mapping_bodies import MappingBody
from models.intake.tables import DeskImport, ImportMapping
from models.intake.views import FoundProblem, ImportLine, ImportView, MappingView, NewImport, PartLine, StartImport
from models.views import Page

router = APIRouter(prefix="/desk", tags=["desk: files in and out"])
ImportId = Annotated[Key, Path(examples=["019a3f5c2b7e4d1c8a90f3b2e6d75c41"])]
MappingName = Annotated[Key, Path(examples=["old-crm-customers"])]
PartNumber = Annotated[int, Path(ge=1, le=uploads.MOST_PARTS)]


@router.get("/mappings", summary="Mappings of files", responses=documented(401, 403, 422))
def list_mappings(caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK) -> list[MappingView]:
    """The newest version of each, by name."""

    def ask(session: Session, _: Within) -> Seen:
        found = [_mapping(row) for row in mappings.newest(session)]
        return Seen(found, len(found))

    found: list[MappingView] = read(engine, caller, Action.IMPORT_RECORDS, RecordKind.FILE, purpose, ask)
    return found


@router.put(
    "/mappings/{mapping}",
    summary="Save how files are read",
    responses=documented(400, 401, 403, 409, 413, 422),
)
def put_mapping(
    mapping: MappingName, body: MappingBody, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> MappingView:
    """A change is a new version; imports that began keep theirs. What is the newest version already makes none.

    Columns of the file that it does not name are left out. It is for files of the desk, and for those of
    `POST /imports/{kind}`, too.
    """

    def act(session: Session, _: Target, __: Passage) -> tuple[int, Any]:
        return dumped(200, _mapping(mappings.publish(session, mapping, body, caller.account)))

    request = asked(caller, key, f"PUT /desk/mappings/{mapping}", body)
    answer, _ = write(engine, request, Action.IMPORT_RECORDS, _file, act)
    return MappingView.model_validate(answer)


@router.get("/imports", summary="Files that came in", responses=documented(401, 403, 422))
def list_imports(
    caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK, limit: Limit = 50, cursor: Cursor = None
) -> Page[ImportLine]:
    """The newest first."""

    def ask(session: Session, _: Within) -> Seen:
        rows, after = views.imports(session, limit, cursor)
        return Seen(Page(items=[ImportLine.model_validate(row) for row in rows], next=after), len(rows))

    found: Page[ImportLine] = read(engine, caller, Action.IMPORT_RECORDS, RecordKind.FILE, purpose, ask)
    return found


@router.post(
    "/imports", status_code=201, summary="Announce a file", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def announce(
    body: NewImport, caller: CallerDep, engine: EngineDep, key: IdempotencyKey, response: Response
) -> ImportView:
    """CSV (UTF-8 or GB18030) or Excel (.xlsx) of up to 1 GiB. Then send its parts, and start it.

    `purpose` is what the records are loaded for; it stands in the log of reads when they are.
    """
    if body.kind not in KINDS:
        raise invalid("mapping.unknown_kind", files=body.kind, known=", ".join(KINDS))

    def act(session: Session, target: Target, passage: Passage) -> tuple[int, Any]:
        mapping = mappings.chosen(session, body.mapping, body.kind)
        row = DeskImport(
            id=target.record_id,
            mapping_version=mapping.version if mapping else None,
            state=ImportState.RECEIVING.value,
            created_at=passage.now,
            created_by=caller.account,
            **body.model_dump(),
        )
        session.add(row)
        session.flush()
        return dumped(201, _view(session, row))

    answer, _ = write(engine, asked(caller, key, "POST /desk/imports", body), Action.IMPORT_RECORDS, _file, act)
    response.headers["location"] = f"/api/v1/desk/imports/{answer['id']}"
    return ImportView.model_validate(answer)


@router.post(
    "/files/imports/{import_id}/{part}",
    summary="Send a part of a file",
    responses=documented(400, 401, 403, 404, 409, 413, 415, 422),
    openapi_extra=FILE,
)
async def send_part(
    import_id: ImportId, part: PartNumber, file: Request, caller: CallerDep, engine: EngineDep, key: IdempotencyKey
) -> PartLine:
    """The body is the part itself, 8 MiB at most (`split -b 8M`). Parts are numbered from 1, and may come in any order.

    The same part again changes nothing: after an interruption, look which parts have come, and send the others.
    """
    if file.headers.get("content-type", "").strip().lower().startswith("multipart/"):
        raise Problem(415, "api.send_the_file_itself")
    content = await file.body()
    if len(content) > uploads.LARGEST_PART:
        raise Problem(413, "desk_import.part_too_large", limit=uploads.LARGEST_PART)

    def act(session: Session, _: Target, __: Passage) -> tuple[int, Any]:
        row = uploads.put_part(session, import_id, part, content)
        return dumped(200, PartLine(number=row.number, size=row.size, sha256=row.sha256))

    name = f"POST /desk/files/imports/{import_id}/{part}"
    request = Asked(caller, key, name, {"sha256": sha256_of(content)})
    answer, _ = await run_in_threadpool(write, engine, request, Action.IMPORT_RECORDS, _file, act)
    return PartLine.model_validate(answer)


@router.get("/imports/{import_id}", summary="How far a file got", responses=documented(401, 403, 404, 422))
def read_import(import_id: ImportId, caller: CallerDep, engine: EngineDep, purpose: Purpose = AT_WORK) -> ImportView:
    """Its state, what was read of it, what would become or has become of its rows."""

    def ask(session: Session, _: Within) -> Seen:
        return Seen(_view(session, uploads.known(session, import_id)), record_id=import_id)

    found: ImportView = read(engine, caller, Action.IMPORT_RECORDS, RecordKind.FILE, purpose, ask)
    return found


@router.get(
    "/imports/{import_id}/problems", summary="What is wrong with a file", responses=documented(401, 403, 404, 422)
)
def list_problems(
    import_id: ImportId,
    caller: CallerDep,
    engine: EngineDep,
    purpose: Purpose = AT_WORK,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[FoundProblem]:
    """By row, column and reason, in both languages; the first ten thousand, warnings among them."""

    def ask(session: Session, _: Within) -> Seen:
        uploads.known(session, import_id)
        rows, after = views.problems(session, import_id, limit, cursor)
        return Seen(Page(items=rows, next=after), len(rows), import_id)

    found: Page[FoundProblem] = read(engine, caller, Action.IMPORT_RECORDS, RecordKind.FILE, purpose, ask)
    return found


@router.post(
    "/imports/{import_id}/start",
    summary="Have a file checked, or loaded",
    responses=documented(400, 401, 403, 404, 409, 413, 422),
)
def start(
    import_id: ImportId,
    body: Annotated[StartImport, Body()],
    caller: CallerDep,
    engine: EngineDep,
    key: IdempotencyKey,
) -> ImportView:
    """A worker does it; ask how far it got. All or nothing: a file with a problem writes nothing.

    After a `dry_run` start it again without. A record that is there keeps its owner; an order, a receivable, a payment
    or a communication stays wholly as it is. Loading a file again changes nothing.
    """

    def act(session: Session, _: Target, __: Passage) -> tuple[int, Any]:
        return dumped(200, _view(session, uploads.start(session, import_id, caller.account, dry_run=body.dry_run)))

    request = asked(caller, key, f"POST /desk/imports/{import_id}/start", body)
    answer, _ = write(engine, request, Action.IMPORT_RECORDS, _file, act)
    return ImportView.model_validate(answer)


@router.post(
    "/imports/{import_id}/cancel", summary="Give a file up", responses=documented(400, 401, 403, 404, 409, 413, 422)
)
def cancel(import_id: ImportId, caller: CallerDep, engine: EngineDep, key: IdempotencyKey) -> ImportView:
    """What was stored of it goes. A file that is being written is not given up: it is loaded wholly, or not at all.

    Files that nobody started or mended for a week go by themselves.
    """

    def act(session: Session, _: Target, passage: Passage) -> tuple[int, Any]:
        return dumped(200, _view(session, uploads.cancel(session, import_id, passage.now)))

    request = Asked(caller, key, f"POST /desk/imports/{import_id}/cancel", None)
    answer, _ = write(engine, request, Action.IMPORT_RECORDS, _file, act)
    return ImportView.model_validate(answer)


def _file(_: Session, __: Within) -> Target:
    return Target(RecordKind.FILE, record_id=new_id(), new=True)


def _view(session: Session, row: DeskImport) -> ImportView:
    parts = [PartLine(number=n, size=size, sha256=digest) for n, size, digest in uploads.parts(session, row.id)]
    found = {"left_out": row.left_out or [], "reasons": views.reasons(session, row.id), "parts": parts}
    return ImportView.model_validate({**row.model_dump(), **found})


def _mapping(row: ImportMapping) -> MappingView:
    return MappingView(
        name=row.name,
        version=row.version,
        published_at=row.published_at,
        published_by=row.published_by,
        body=MappingBody.model_validate(row.body),
    )
