"""What the API tells of files on their way into the desk."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlmodel import Session, col, func, select

from domain.desk.intake import ImportState
from models.decision_bodies import Body
from models.desk.paging import Paged, page
from models.fields import Key, Sha256
from models.forms import LINE
from models.import_problems import Code, Problem
from models.intake.mapping_bodies import MappingBody
from models.intake.tables import DeskImport, ImportProblem
from models.intake.uploads import LARGEST_FILE


class NewImport(Body):
    """Announces a file of customers, orders or money: its kind, how it is read, and what it is loaded for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "customers",
                    "purpose": "从旧CRM迁移客户档案",
                    "size": 48213,
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                }
            ]
        }
    )

    kind: Key
    """customers, contacts, carriers, orders, order_lines, receivables, payments, communications: in this order."""
    mapping: Key | None = None
    """Without one, the file's columns have our names."""
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=LINE)]
    size: Annotated[int, Field(ge=1, le=LARGEST_FILE)]
    """Bytes."""
    sha256: Sha256


class StartImport(Body):
    """Has the file checked, or loaded."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"dry_run": True}]})

    dry_run: bool = True


class PartLine(BaseModel):
    number: int
    size: int
    sha256: str


class Reason(BaseModel):
    """How often one thing is wrong with one column, or worth a warning."""

    column: str
    code: Code
    warning: bool
    count: int


class ImportView(BaseModel):
    """A file and how far it got. Counted are records: the rows of one order are one."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    mapping: str | None
    mapping_version: int | None
    purpose: str
    size: int
    sha256: str
    state: ImportState
    dry_run: bool
    created_at: datetime
    created_by: str
    started_at: datetime | None
    started_by: str | None = Field(description="Who answers for what the file changes")
    finished_at: datetime | None
    rows_read: int
    rows_valid: int
    rows_checked: int
    problems: int = Field(description="If there is any, nothing is written")
    warnings: int
    inserted: int = Field(description="New records; while only checking, those that would be")
    updated: int
    unchanged: int
    held_back: int = Field(description="Records that are there with other content, and stay as they are")
    left_out: list[str] = Field(description="Columns of the file that the mapping does not name")
    reasons: list[Reason] = Field(description="Problems and warnings by reason, of the first ten thousand")
    parts: list[PartLine] = Field(description="What has come of the file")


class ImportLine(BaseModel):
    """A file in the list."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    kind: str
    purpose: str
    state: ImportState
    dry_run: bool
    created_at: datetime
    created_by: str
    rows_read: int
    problems: int


class FoundProblem(Problem):
    """Something wrong with a file; a warning stops nothing."""

    warning: bool


class MappingView(BaseModel):
    """The newest version of a mapping."""

    name: str
    version: int
    published_at: datetime
    published_by: str
    body: MappingBody


def imports(session: Session, limit: int, cursor: str | None) -> Paged:
    """Rows of (DeskImport,), the newest first."""
    place = (col(DeskImport.created_at), col(DeskImport.id))
    return page(session, select(DeskImport), place, (datetime, str), limit, cursor, descending=True)


def problems(session: Session, import_id: str, limit: int, cursor: str | None) -> tuple[list[FoundProblem], str | None]:
    """What is wrong with a file, in the order in which it was found."""
    query = select(ImportProblem).where(ImportProblem.import_id == import_id)
    rows, after = page(session, query, (col(ImportProblem.position),), (int,), limit, cursor)
    return [_problem(row) for row in rows], after


def reasons(session: Session, import_id: str) -> list[Reason]:
    """What is wrong with a file, counted by reason, the most frequent first."""
    by = (ImportProblem.column, ImportProblem.code, ImportProblem.warning)
    query = select(*by, func.count()).where(ImportProblem.import_id == import_id).group_by(*map(col, by))
    found: list[Any] = list(session.exec(query.order_by(func.count().desc(), col(ImportProblem.code))).all())
    return [Reason(column=column, code=code, warning=warning, count=count) for column, code, warning, count in found]


def _problem(row: Any) -> FoundProblem:
    return FoundProblem(**row.model_dump(exclude={"import_id", "position"}))
