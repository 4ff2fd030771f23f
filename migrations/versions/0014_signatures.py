"""The handover record is signed revision by revision."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import allow_erasing, protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "record_revision",
        sa.Column("document_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("added", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"]),
        sa.PrimaryKeyConstraint("document_id", "number"),
    )
    protect("record_revision")
    kept = ("document_id", "number", "field", "account", "evidence", "seen", "sha256", "at")
    allow_erasing("record_revision", "length(NEW.added) = 0", kept=kept)
