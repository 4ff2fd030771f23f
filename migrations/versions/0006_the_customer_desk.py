"""The desk: customers, orders, receivables and conversations as the company's records; histories that only grow."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BY_CODE_POINT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
_MERGED = sa.text("merged_into IS NOT NULL")
_ONLY_GROW = (
    "customer_note",
    "ownership_change",
    "record_change",
    "order_state_change",
    "payment",
    "communication",
    "communication_attachment",
    "attachment",
    "customer_document",
    "record_read",
    "desk_attempt",
)


def upgrade() -> None:
    _files_and_logs()
    _customers()
    _orders()
    op.create_index("ix_employee_manager", "employee", ["manager"])
    for table in _ONLY_GROW:
        protect(table)


def _files_and_logs() -> None:
    op.create_table(
        "attachment",
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256"),
    )
    op.create_table(
        "carrier",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )

    op.create_table(
        "desk_attempt",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("right", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String()),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("case_id", sa.String()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("desk_attempt_by_at", "desk_attempt", ["at", "id"])
    op.create_index("desk_attempt_by_case", "desk_attempt", ["case_id", "at", "id"])
    op.create_index("desk_attempt_by_employee", "desk_attempt", ["employee_id", "at", "id"])

    op.create_table(
        "record_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String()),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("record_change_by_customer", "record_change", ["customer_id", "at", "id"])
    op.create_index("record_change_by_person", "record_change", ["by", "at"])
    op.create_index("record_change_by_record", "record_change", ["record_id", "at", "id"])

    op.create_table(
        "record_read",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("record_read_by_account", "record_read", ["account", "at", "id"])
    op.create_index("record_read_by_at", "record_read", ["at", "id"])
    op.create_index("record_read_by_employee", "record_read", ["employee_id", "action", "at"])
    op.create_index("record_read_by_record", "record_read", ["record_id", "at", "id"])


def _customers() -> None:
    op.create_table(
        "customer",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_key", _BY_CODE_POINT, nullable=False),
        sa.Column("industry", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("merged_into", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.key"],
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["employee.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("customer_by_department", "customer", ["department", "number"])
    op.create_index("customer_by_name", "customer", ["name_key", "id"])
    op.create_index("customer_by_owner", "customer", ["owner", "number"])
    op.create_index("customer_by_region", "customer", ["region", "number"])
    op.create_index("customer_by_status", "customer", ["status", "number"])
    op.create_index("customer_merged", "customer", ["merged_into"], sqlite_where=_MERGED, postgresql_where=_MERGED)

    op.create_table(
        "contact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("phone_key", sa.String()),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("mail_key", sa.String()),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("preferences", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contact_customer_id", "contact", ["customer_id"])
    op.create_index("ix_contact_mail_key", "contact", ["mail_key"])
    op.create_index("ix_contact_phone_key", "contact", ["phone_key"])

    op.create_table(
        "customer_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("customer_note_by_customer", "customer_note", ["customer_id", "at", "id"])

    op.create_table(
        "ownership_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("from_owner", sa.String(), nullable=False),
        sa.Column("to_owner", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.String()),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ownership_change_by_case", "ownership_change", ["case_id"])
    op.create_index("ownership_change_by_customer", "ownership_change", ["customer_id", "at", "id"])
    op.create_index("ownership_change_by_from", "ownership_change", ["from_owner", "at"])
    op.create_index("ownership_change_by_record", "ownership_change", ["record_id", "at", "id"])
    op.create_index("ownership_change_by_to", "ownership_change", ["to_owner", "at"])

    op.create_table(
        "portfolio_entry",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("receiver", sa.String()),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["holder"],
            ["employee.id"],
        ),
        sa.ForeignKeyConstraint(
            ["receiver"],
            ["employee.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "kind", "record_id"),
    )
    op.create_index("portfolio_entry_by_customer", "portfolio_entry", ["customer_id"])
    op.create_index("portfolio_entry_by_receiver", "portfolio_entry", ["receiver", "state", "case_id"])
    op.create_index("portfolio_entry_by_record", "portfolio_entry", ["kind", "record_id", "at"])
    op.create_index("portfolio_entry_by_state", "portfolio_entry", ["case_id", "state", "kind", "record_id"])


def _orders() -> None:
    op.create_table(
        "sales_order",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("origin_owner", sa.String(), nullable=False),
        sa.Column("routed_because", sa.String(), nullable=False),
        sa.Column("case_id", sa.String()),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incoming", sa.Boolean(), nullable=False),
        sa.Column("customer_reference", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("promised_on", sa.Date()),
        sa.Column("carrier_id", sa.String()),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier_id"],
            ["carrier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["department.key"],
        ),
        sa.ForeignKeyConstraint(
            ["origin_owner"],
            ["employee.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["employee.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_sales_order_carrier_id", "sales_order", ["carrier_id"])
    op.create_index("sales_order_by_customer", "sales_order", ["customer_id", "placed_at", "id"])
    op.create_index("sales_order_by_department", "sales_order", ["department", "placed_at", "id"])
    op.create_index("sales_order_by_origin", "sales_order", ["origin_owner", "placed_at", "id"])
    op.create_index("sales_order_by_owner", "sales_order", ["owner", "placed_at", "id"])
    op.create_index("sales_order_by_person", "sales_order", ["placed_by", "placed_at"])
    op.create_index("sales_order_by_placed", "sales_order", ["placed_at", "id"])
    op.create_index("sales_order_by_reference", "sales_order", ["customer_id", "customer_reference"])
    op.create_index("sales_order_by_state", "sales_order", ["state", "placed_at", "id"])
    op.create_index("sales_order_turnover", "sales_order", ["customer_id", "currency", "placed_at", "state", "total"])
    op.create_index(
        "sales_order_turnover_by_owner", "sales_order", ["owner", "currency", "placed_at", "state", "total"]
    )

    op.create_table(
        "communication",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String()),
        sa.Column("order_id", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"],
            ["employee.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("communication_by_at", "communication", ["at", "id"])
    op.create_index("communication_by_customer", "communication", ["customer_id", "at", "id"])
    op.create_index("communication_by_employee", "communication", ["employee_id", "at", "id"])
    op.create_index("ix_communication_order_id", "communication", ["order_id"])

    op.create_table(
        "customer_document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["attachment.sha256"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("customer_document_by_customer", "customer_document", ["customer_id", "at", "id"])
    op.create_index("ix_customer_document_order_id", "customer_document", ["order_id"])

    op.create_table(
        "order_line",
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("quantity", sa.String(), nullable=False),
        sa.Column("unit_price", sa.String(), nullable=False),
        sa.Column("discount", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("commission_rate", sa.String()),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.PrimaryKeyConstraint("order_id", "position"),
    )
    op.create_index("ix_order_line_product", "order_line", ["product"])

    op.create_table(
        "order_state_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("order_state_change_by_order", "order_state_change", ["order_id", "at", "id"])
    op.create_index("order_state_change_by_state", "order_state_change", ["to_state", "at"])

    op.create_table(
        "receivable",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("customer_id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String()),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["employee.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_receivable_order_id", "receivable", ["order_id"])
    op.create_index("receivable_by_customer", "receivable", ["customer_id", "due_on", "id"])
    op.create_index("receivable_by_due", "receivable", ["due_on", "id"])
    op.create_index("receivable_by_owner", "receivable", ["owner", "due_on", "id"])
    op.create_index("receivable_by_owner_state", "receivable", ["owner", "state", "due_on", "id"])
    op.create_index("receivable_by_state", "receivable", ["state", "due_on", "id"])

    op.create_table(
        "communication_attachment",
        sa.Column("communication_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["communication_id"],
            ["communication.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["attachment.sha256"],
        ),
        sa.PrimaryKeyConstraint("communication_id", "sha256"),
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("receivable_id", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receivable_id"],
            ["receivable.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("payment_by_day", "payment", ["received_on"])
    op.create_index("payment_once", "payment", ["receivable_id", "reference"], unique=True)
