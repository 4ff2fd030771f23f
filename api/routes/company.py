"""The company's own data: staff and their rights, checklist templates, imports."""

import hashlib
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from api.deps import EngineDep, GatewayDep, HrOrAdministratorDep, IdempotencyKey
from api.errors import Problem, documented
from api.routes.accounts import people_left
from domain.errors import invalid, not_found
from domain.people import Role
from models import imports, queries
from models.database import reading, utc_now
from models.fields import Key
from models.idempotency import Answer, once, remember, request_digest, reserve
from models.intake import mappings
from models.intake.mapping_bodies import MappingBody
from models.tables import Department, Employee, Template
from models.templates import TemplateBody
from models.views import EmployeeLine, EntitlementLine, Page

router = APIRouter(tags=["company"])
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]

TEMPLATE_EXAMPLE = {
    "jobs": ["salesperson"],
    "departments": [],
    "items": [
        {
            "id": "customer_files",
            "title": ["客户档案", "Customer files"],
            "criterion": ["接收人逐户核对并确认", "The receiver has checked every customer"],
            "category": "customers",
            "proof": True,
        }
    ],
    "clearances": [
        {
            "department": "finance",
            "title": ["财务部确认", "Finance clearance"],
            "levels": ["job:accountant", "head", "role:hr"],
            "quorum": 1,
            "remind_every": 2,
            "escalate_after": 4,
            "due_after": 10,
            "portfolio": ["receivable"],
            "categories": ["receivables"],
        }
    ],
}


class ImportKind(StrEnum):
    """What a file holds. Load them in this order: each refers to those before it."""

    DEPARTMENTS = "departments"
    EMPLOYEES = "employees"
    ACCOUNTS = "accounts"
    SYSTEMS = "systems"
    RIGHTS = "rights"
    ENTITLEMENTS = "entitlements"
    TERMS = "terms"
    BASES = "bases"
    ACKNOWLEDGEMENTS = "acknowledgements"
    TEMPLATES = "templates"


FOR_ADMINISTRATORS = (ImportKind.ACCOUNTS, ImportKind.SYSTEMS, ImportKind.RIGHTS, ImportKind.ENTITLEMENTS)
FILE = {
    "text/csv": {
        "schema": {"type": "string"},
        "example": "key,name_zh,name_en,head\nsales,销售部,Sales,S1000\n",
    },
    "application/json": {
        "schema": {"type": "array", "items": {"type": "object"}},
        "example": [{"key": "sales", "industry": "logistics", "body": TEMPLATE_EXAMPLE}],
    },
}


class TemplateVersion(BaseModel):
    """A published checklist template. Running cases keep the version with which they began."""

    key: str
    version: int
    industry: str
    body: TemplateBody


@router.get("/employees", summary="The staff", responses=documented(401, 403, 422))
def employees(
    caller: HrOrAdministratorDep, engine: EngineDep, limit: Limit = 50, cursor: Cursor = None
) -> Page[EmployeeLine]:
    """By employee number."""
    with reading(engine) as session:
        rows, after = queries.employees(session, limit, cursor)
    return Page(items=[EmployeeLine.model_validate(row, from_attributes=True) for row in rows], next=after)


@router.get(
    "/employees/{number}/entitlements", summary="A person's rights by system", responses=documented(401, 403, 404, 422)
)
def entitlements(
    number: Annotated[Key, Path()], caller: HrOrAdministratorDep, engine: EngineDep
) -> list[EntitlementLine]:
    """What Wanbi's own entitlement store says now; the customer desk obeys it."""
    with reading(engine) as session:
        employee = session.exec(select(Employee).where(Employee.number == number)).one_or_none()
        if employee is None:
            raise not_found("employee.unknown", number=number)
        rows = queries.entitlements(session, employee.id)
    return [
        EntitlementLine(
            system=row.system,
            right=row.right,
            active=row.active,
            frozen_on_notice=bool(frozen),
            changed_at=row.changed_at,
        )
        for row, frozen in rows
    ]


@router.get("/templates", summary="Checklist templates, all versions", responses=documented(401, 403))
def templates(caller: HrOrAdministratorDep, engine: EngineDep) -> list[TemplateVersion]:
    """By key, the newest version of each first."""
    with reading(engine) as session:
        rows = queries.templates(session)
    return [TemplateVersion.model_validate(row, from_attributes=True) for row in rows]


@router.post(
    "/templates/{template}",
    status_code=201,
    summary="Publish the next version of a checklist template",
    responses=documented(400, 401, 403, 409, 413, 422),
)
def publish_template(
    template: Annotated[Key, Path()],
    body: Annotated[TemplateBody, Body(examples=[TEMPLATE_EXAMPLE])],
    caller: HrOrAdministratorDep,
    engine: EngineDep,
    key: IdempotencyKey,
    industry: Annotated[Key, Query()] = "general",
) -> TemplateVersion:
    """Versions never change; running cases keep theirs."""

    def act(session: Session) -> tuple[int, Any]:
        for department in (*body.departments, *(clearance.department for clearance in body.clearances)):
            if session.get(Department, department) is None:
                raise invalid("template.unknown_department", department=department)
        newest = session.exec(select(func.max(col(Template.version))).where(Template.key == template)).one() or 0
        content = body.model_dump(mode="json")
        session.add(Template(key=template, version=newest + 1, industry=industry, body=content, published_at=utc_now()))
        return 201, {"key": template, "version": newest + 1, "industry": industry, "body": content}

    digest = request_digest(f"POST /templates/{template}?{industry}", body.model_dump(mode="json"))
    (_, answer), _ = once(engine, caller.account, key, digest, act)
    return TemplateVersion.model_validate(answer)


@router.post(
    "/imports/{kind}",
    summary="Load a CSV or Excel file (templates: JSON)",
    response_model=imports.ImportReport,
    responses=documented(400, 401, 403, 404, 413, 415, 422),
    openapi_extra={"requestBody": {"required": True, "content": FILE}},
)
async def load_file(
    kind: ImportKind,
    request: Request,
    caller: HrOrAdministratorDep,
    engine: EngineDep,
    gateway: GatewayDep,
    key: IdempotencyKey,
    dry_run: Annotated[bool, Query(description="Only check and report; problems are answered with 200, too")] = False,
    mapping: Annotated[Key | None, Query(description="Name of the mapping by which the file is read")] = None,
) -> JSONResponse:
    """All or nothing: a file with a problem changes nothing and is answered with 422 `import.has_problems`.

    Its `errors` name up to 1000 problems by row and column; so does the report of a `dry_run`, which is always a 200.
    References between rows and to other tables are checked only once every cell is right: a second run may name more.
    Excel (.xlsx) is taken, too; a `mapping` says how the file's own columns become ours (`PUT /desk/mappings`).
    A row that would change anything about whoever loads the file is a problem: somebody else has to load it.
    Repeating is harmless. What gives access (accounts, systems, rights, entitlements) is for administrators only.
    """
    if kind in FOR_ADMINISTRATORS and not caller.has(Role.ADMINISTRATOR):
        raise Problem(403, "api.role_needed", roles=Role.ADMINISTRATOR)
    if request.headers.get("content-type", "").strip().lower().startswith("multipart/"):
        raise Problem(415, "api.send_the_file_itself")
    content = await request.body()
    read_by = await run_in_threadpool(_mapping, engine, mapping, kind)
    stands_for = [hashlib.sha256(content).hexdigest(), read_by and read_by.model_dump(mode="json")]
    digest = request_digest(f"POST /imports/{kind}?{dry_run}", stands_for)
    before = await run_in_threadpool(reserve, engine, caller.account, key, digest)
    if before is not None:
        return _answered(before)
    report = await run_in_threadpool(
        imports.run, engine, kind.value, content, dry_run=dry_run, mapping=read_by, importer=caller.employee_id
    )
    if report.closed_accounts and not dry_run:
        await people_left(engine, gateway, report.closed_accounts)
    answer = 200 if report.ok or dry_run else 422, report.model_dump(mode="json")
    await run_in_threadpool(remember, engine, caller.account, key, answer)
    return _answered(answer)


def _mapping(engine: Engine, name: str | None, kind: str) -> MappingBody | None:
    with reading(engine) as session:
        row = mappings.chosen(session, name, kind)
        return None if row is None else MappingBody.model_validate(row.body)


def _answered(answer: Answer) -> JSONResponse:
    """What is remembered of a file is its report; a problem is put into words anew, in the language now asked for."""
    status, report = answer
    if status == 200:
        return JSONResponse(report)
    problems = report["problems"]
    errors = [(_place(found["row"], found["column"]), found["messages"]) for found in problems]
    count = len(problems) + report["problems_left_out"]
    raise Problem(status, "import.has_problems", errors=errors, count=count, shown=len(problems))


def _place(row: int, column: str) -> str:
    return ", ".join(part for part in (f"row {row}" if row else "file", column) if part)
