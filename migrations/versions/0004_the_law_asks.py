"""What the law asks: contract terms, what a freeze may rest on, how an employment ends, which rights protect data."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "employment_terms",
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("relation", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("contract_from", sa.Date()),
        sa.Column("contract_until", sa.Date()),
        sa.Column("monthly_wage", sa.String()),
        sa.Column("average_wage", sa.String()),
        sa.Column("commission_share", sa.String(), nullable=False),
        sa.Column("leave_days", sa.String(), nullable=False),
        sa.Column("leave_taken", sa.String(), nullable=False),
        sa.Column("keeps_secrets", sa.Boolean(), nullable=False),
        sa.Column("agreed_notice_days", sa.Integer(), nullable=False),
        sa.Column("non_compete_months", sa.Integer(), nullable=False),
        sa.Column("non_compete_monthly", sa.String()),
    )
    op.create_table(
        "freeze_basis",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), index=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("full_pay", sa.Boolean(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("publication", sa.String(), nullable=False),
    )
    op.create_table(
        "acknowledgement",
        sa.Column("basis", sa.String(), sa.ForeignKey("freeze_basis.key"), primary_key=True),
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("acknowledged_on", sa.Date(), nullable=False),
    )
    _add("notice", sa.Column("ending", sa.String(), nullable=False, server_default="resignation"))
    _add("notice", sa.Column("grounds", sa.JSON(), nullable=False, server_default="[]"))
    _add("notice", sa.Column("initiator", sa.String(), nullable=False, server_default=""))
    _add("notice", sa.Column("agreement", sa.String(), nullable=False, server_default=""))
    _add("notice", sa.Column("not_fault_because", sa.String(), nullable=False, server_default=""))
    _add("system_right", sa.Column("protects_data", sa.Boolean(), nullable=False, server_default=sa.false()))


def _add(table: str, column: sa.Column[Any]) -> None:
    """Rows that are there get the default; whoever writes new ones says what they are."""
    with op.batch_alter_table(table) as there:
        there.add_column(column)
    with op.batch_alter_table(table) as there:
        there.alter_column(column.name, server_default=None)
