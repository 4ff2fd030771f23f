"""The first schema, written out rather than taken from `models.tables`: it stays as it was when the tables move on."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import protect

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _systems()
    _cases()
    _evidence()
    for table in ("fact", "document", "seal"):
        protect(table)


def _people() -> None:
    """Departments, employees, accounts and how they sign in."""
    op.create_table(
        "department",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=True),
    )
    op.create_table(
        "employee",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("department", sa.String(), sa.ForeignKey("department.key"), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("manager", sa.String(), nullable=True),
        sa.Column("hired_on", sa.Date(), nullable=False),
        sa.Column("probation_until", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_employee_department", "employee", ["department"])
    op.create_table(
        "account",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("login", sa.String(), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), nullable=True, unique=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_table(
        "access_token",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("ix_access_token_account", "access_token", ["account"])
    op.create_table(
        "idempotent_request",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_idempotent_request_created_at", "idempotent_request", ["created_at"])


def _systems() -> None:
    """Connected systems and who may do what in them."""
    op.create_table(
        "connected_system",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
    )
    op.create_table(
        "system_right",
        sa.Column("system", sa.String(), sa.ForeignKey("connected_system.key"), primary_key=True),
        sa.Column("right", sa.String(), primary_key=True),
        sa.Column("name_zh", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("frozen_on_notice", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "entitlement",
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), primary_key=True),
        sa.Column("system", sa.String(), sa.ForeignKey("connected_system.key"), primary_key=True),
        sa.Column("right", sa.String(), primary_key=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
    )
    op.create_table(
        "effect",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_effect_case_id", "effect", ["case_id"])


def _cases() -> None:
    """Templates, notices, and the read model of the cases."""
    op.create_table(
        "checklist_template",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("industry", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("employee_id", sa.String(), sa.ForeignKey("employee.id"), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(), nullable=False),
        sa.Column("requested_last_day", sa.Date(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("registered_by", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_for", sa.String(), nullable=True, unique=True),
    )
    op.create_index("ix_notice_employee_id", "notice", ["employee_id"])
    op.create_index("notice_waiting", "notice", ["started_at", "recorded_at"])
    op.create_table(
        "case_view",
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("employee_id", sa.String(), nullable=False),
        sa.Column("department", sa.String(), nullable=False),
        sa.Column("leaver", sa.String(), nullable=False),
        sa.Column("hr", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing", sa.Boolean(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("case_by_arrival", "case_view", ["arrived_at", "case_id"])
    op.create_index("case_by_department_arrival", "case_view", ["department", "arrived_at", "case_id"])
    op.create_index("case_by_department_last_day", "case_view", ["department", "last_day", "case_id"])
    op.create_index("case_by_last_day", "case_view", ["last_day", "case_id"])
    op.create_index("case_by_open_arrival", "case_view", ["open", "arrived_at", "case_id"])
    op.create_index("case_by_open_last_day", "case_view", ["open", "last_day", "case_id"])
    op.create_index("case_by_stage_arrival", "case_view", ["stage", "arrived_at", "case_id"])
    op.create_index("case_by_stage_last_day", "case_view", ["stage", "last_day", "case_id"])
    op.create_table(
        "participant",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    op.create_index("participant_by_arrival", "participant", ["account", "arrived_at", "case_id"])
    op.create_index("participant_by_case", "participant", ["case_id"])
    op.create_index("participant_by_last_day", "participant", ["account", "last_day", "case_id"])
    op.create_index("participant_by_open_arrival", "participant", ["account", "open", "arrived_at", "case_id"])
    op.create_index("participant_by_open_last_day", "participant", ["account", "open", "last_day", "case_id"])
    op.create_table(
        "task",
        sa.Column("account", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("has_due", sa.Boolean(), nullable=False),
    )
    op.create_index("task_by_case", "task", ["case_id"])
    op.create_index("task_inbox", "task", ["account", "due_at", "case_id", "key"])
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("account", sa.String(), sa.ForeignKey("account.id"), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_error", sa.String(), nullable=False),
    )
    op.create_index("notification_inbox", "notification", ["account", "id"])
    op.create_index("notification_mail", "notification", ["mail", "mail_at"])


def _evidence() -> None:
    """What is never changed again, and the proofs that were used."""
    op.create_table(
        "fact",
        sa.Column("case_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("fact_by_number", "fact", ["case_id", "number"])
    op.create_table(
        "used_proof",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_document_case_id", "document", ["case_id"])
    op.create_table(
        "seal",
        sa.Column("document_id", sa.String(), sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
