"""Files on their way into the desk: mappings by version, uploads in parts, staged rows, what is wrong with them."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_COUNTS = (
    "tries",
    "read_up_to",
    "rows_read",
    "rows_valid",
    "rows_checked",
    "problems",
    "warnings",
    "inserted",
    "updated",
    "unchanged",
    "held_back",
)


def upgrade() -> None:
    op.create_table(
        "import_mapping",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version"),
    )
    protect("import_mapping")
    op.create_table(
        "desk_import",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mapping", sa.String()),
        sa.Column("mapping_version", sa.Integer()),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("started_by", sa.String()),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("lease", sa.String()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("checked_up_to", _BY_CODE_POINT),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("columns", sa.JSON()),
        sa.Column("left_out", sa.JSON()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("desk_import_by_created", "desk_import", ["created_at", "id"])
    op.create_index("desk_import_by_state", "desk_import", ["state", "lease_until"])
    op.create_index(
        "desk_import_kept",
        "desk_import",
        ["state"],
        sqlite_where=sa.text("kept = 1"),
        postgresql_where=sa.text("kept = true"),
    )
    op.create_table(
        "import_part",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["desk_import.id"]),
        sa.PrimaryKeyConstraint("import_id", "number"),
    )
    op.create_table(
        "import_row",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("place", _BY_CODE_POINT, nullable=False),
        sa.Column("identity", _BY_CODE_POINT),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["desk_import.id"]),
        sa.PrimaryKeyConstraint("import_id", "row"),
    )
    op.create_index("import_row_by_place", "import_row", ["import_id", "place", "row"])
    op.create_index("import_row_by_identity", "import_row", ["import_id", "identity"])
    op.create_table(
        "import_problem",
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("warning", sa.Boolean(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("column", "code", "value", "limit", "unit")),
        sa.ForeignKeyConstraint(["import_id"], ["desk_import.id"]),
        sa.PrimaryKeyConstraint("import_id", "position"),
    )
