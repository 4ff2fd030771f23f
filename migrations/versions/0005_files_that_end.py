"""Files that end: only stored first, then texts and facts lose their content while their hashes stay (PIP-04)."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import allow_erasing

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_view") as there:
        there.add_column(sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("case_view") as there:
        there.alter_column("restricted", server_default=None)
    kept = ("case_id", "seq", "number", "kind", "at", "previous", "hash", "recorded_at")
    allow_erasing("fact", """NEW."by" = ''""", r"""CAST(NEW."data" AS TEXT) = '{"erased"\:true}'""", kept=kept)
    of_document = ("id", "case_id", "kind", "media_type", "sha256", "at")
    allow_erasing("document", """LENGTH(NEW."content") = 0""", kept=of_document)
    allow_erasing("seal", """NEW."statement" = ''""", kept=("document_id", "mac", "at"))
