"""The handover per customer: why an entry has its receiver, what people can look after, what cases must be told."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("portfolio_entry") as entries:
        entries.add_column(sa.Column("because", sa.String(), nullable=False, server_default=""))
        entries.add_column(sa.Column("accepted_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("portfolio_entry") as entries:
        entries.alter_column("because", server_default=None)
    op.drop_index("ownership_change_by_case", "ownership_change")
    op.create_index("ownership_change_by_case", "ownership_change", ["case_id", "record_id"])
    op.create_index("portfolio_entry_of_receiver", "portfolio_entry", ["case_id", "receiver", "kind", "record_id"])
    op.create_table(
        "customer_capacity",
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
    )
    op.create_table(
        "case_signal",
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("signal", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("case_signal_by_at", "case_signal", ["at"])
