"""Tables of what comes in from files: mappings by version, files on their way, the rows they are staged as."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from models.desk.tables import BY_CODE_POINT, new_id
from models.tables import instant

_KEPT: dict[str, Any] = {"sqlite_where": text("kept = 1"), "postgresql_where": text("kept = true")}


class ImportMapping(SQLModel, table=True):
    """How files of one kind are read; a version never changes."""

    __tablename__ = "import_mapping"
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    kind: str
    body: Any = Field(sa_column=Column(JSON, nullable=False))
    published_at: datetime = instant()
    published_by: str


class DeskImport(SQLModel, table=True):
    """A file on its way into the desk. The row stays as the record of it when file and staged rows have gone."""

    __tablename__ = "desk_import"
    id: str = Field(primary_key=True, default_factory=new_id)
    kind: str
    mapping: str | None = None
    mapping_version: int | None = None
    purpose: str
    sha256: str
    """Of the whole file."""
    size: int
    state: str
    """domain.desk.intake.ImportState."""
    dry_run: bool = True
    """What was asked for last: only to check, or to load."""
    created_at: datetime = instant()
    created_by: str
    started_at: datetime | None = instant(default=None)
    started_by: str | None = None
    """The account that answers for what the file changes."""
    finished_at: datetime | None = instant(default=None)
    lease: str | None = None
    """Who works on it."""
    lease_until: datetime | None = instant(default=None)
    kept: bool = True
    """Whether anything else than this row is still stored of the file."""
    tries: int = 0
    """How often somebody took the file since it last got on."""
    read_up_to: int = 0
    """The last row that is staged: where whoever takes over goes on."""
    checked_up_to: str | None = Field(default=None, sa_type=BY_CODE_POINT)
    """Likewise, the last place whose rows were compared with the desk."""
    columns: Any = Field(default=None, sa_column=Column(JSON))
    """Which of our columns the file has."""
    left_out: Any = Field(default=None, sa_column=Column(JSON))
    rows_read: int = 0
    rows_valid: int = 0
    rows_checked: int = 0
    problems: int = 0
    warnings: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    held_back: int = 0

    __table_args__ = (
        Index("desk_import_by_created", "created_at", "id"),
        Index("desk_import_by_state", "state", "lease_until"),
        Index("desk_import_kept", "state", **_KEPT),
    )


class ImportPart(SQLModel, table=True):
    """A piece of an uploaded file, in its order."""

    __tablename__ = "import_part"
    import_id: str = Field(primary_key=True, foreign_key="desk_import.id")
    number: int = Field(primary_key=True)
    sha256: str
    size: int
    content: bytes = Field(sa_type=LargeBinary)


class ImportRow(SQLModel, table=True):
    """A row that fits its shape, waiting until the whole file does."""

    __tablename__ = "import_row"
    import_id: str = Field(primary_key=True, foreign_key="desk_import.id")
    row: int = Field(primary_key=True)
    place: str = Field(sa_type=BY_CODE_POINT)
    """What rows are written together by: an order's number. Rows of one place lie together."""
    identity: str | None = Field(default=None, sa_type=BY_CODE_POINT)
    """What no two rows of a file may share; empty if they may."""
    content: str = Field(sa_type=Text)
    """JSON."""

    __table_args__ = (
        Index("import_row_by_place", "import_id", "place", "row"),
        Index("import_row_by_identity", "import_id", "identity"),
    )


class ImportProblem(SQLModel, table=True):
    """What is wrong with a file, up to a bound; how many there are in all, `DeskImport` counts."""

    __tablename__ = "import_problem"
    import_id: str = Field(primary_key=True, foreign_key="desk_import.id")
    position: int = Field(primary_key=True)
    warning: bool
    row: int
    column: str
    code: str
    value: str
    limit: str
    unit: str
