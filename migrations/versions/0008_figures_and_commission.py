"""Figures and commission: what was agreed and entered about order lines, what handovers missed, weeks of figures."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ONLY_GROW = ("commission_agreement", "commission_entry", "missed_item", "weekly_figure")


def upgrade() -> None:
    _commission()
    _figures()
    for table in _ONLY_GROW:
        protect(table)


def _commission() -> None:
    op.create_table(
        "commission_agreement",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("rate", sa.String()),
        sa.Column("successor_share", sa.String()),
        sa.Column("allows_deduction", sa.Boolean(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("publication", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("commission_agreement_by_employee", "commission_agreement", ["employee_id", "in_force_from"])
    op.create_table(
        "commission_entry",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger()),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("share", sa.String()),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"]),
        sa.ForeignKeyConstraint(["order_id", "position"], ["order_line.order_id", "order_line.position"]),
        sa.PrimaryKeyConstraint("id"),
    )
    unique = ["order_id", "position", "employee_id", "kind", "reference"]
    op.create_index("commission_entry_once", "commission_entry", unique, unique=True)
    op.create_index("commission_entry_by_employee", "commission_entry", ["employee_id", "order_id", "position"])


def _figures() -> None:
    op.create_table(
        "missed_item",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String()),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("missed_item_by_case", "missed_item", ["case_id", "at", "id"])
    op.create_table(
        "weekly_figure",
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employee_id"], ["employee.id"]),
        sa.PrimaryKeyConstraint("week", "figure", "employee_id"),
    )
    op.create_index("weekly_figure_by_employee", "weekly_figure", ["employee_id", "week", "figure"])
