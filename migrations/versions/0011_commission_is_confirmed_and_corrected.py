"""Commission: a second person confirms an agreement; what was entered wrongly is reversed, with a reason."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commission_confirmation",
        sa.Column("agreement_id", sa.String(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["agreement_id"], ["commission_agreement.id"]),
        sa.PrimaryKeyConstraint("agreement_id"),
    )
    protect("commission_confirmation")
    op.add_column("commission_entry", sa.Column("reason", sa.String()))
    op.add_column("commission_entry", sa.Column("reverses", sa.String()))
    op.create_index("commission_entry_reversed_once", "commission_entry", ["reverses"], unique=True)
