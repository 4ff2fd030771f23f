"""The register of certificates, what was revoked of them, and receipts of anchors."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issued_certificate",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate", sa.LargeBinary()),
        sa.Column("evidence_sha256", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_index("issued_certificate_by_kind", "issued_certificate", ["kind", "issued_at"])
    op.create_table(
        "revoked_certificate",
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["serial"], ["issued_certificate.serial"]),
        sa.PrimaryKeyConstraint("serial"),
    )
    op.create_table(
        "anchor_receipt",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("anchor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", "anchor"),
    )
    for table in ("issued_certificate", "revoked_certificate", "anchor_receipt"):
        protect(table)
