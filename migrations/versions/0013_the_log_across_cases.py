"""The log across all cases: every fact enters it, by a queue that the database itself fills; evidence bundles."""

import sqlalchemy as sa
from alembic import op

from migrations.append_only import keep_until, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_QUEUED_SQLITE = """
CREATE TRIGGER fact_is_queued AFTER INSERT ON fact
BEGIN INSERT INTO fact_queue (case_id, seq) VALUES (NEW.case_id, NEW.seq); END
"""
_QUEUED_POSTGRESQL = (
    """
CREATE FUNCTION queue_facts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO fact_queue (case_id, seq) SELECT case_id, seq FROM written ORDER BY case_id, seq;
    RETURN NULL;
END $$
""",
    """
CREATE TRIGGER fact_is_queued AFTER INSERT ON fact REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION queue_facts()
""",
)
_FACTS_OF_BEFORE = """
INSERT INTO fact_queue (case_id, seq) SELECT case_id, seq FROM fact
ORDER BY max(recorded_at) OVER (PARTITION BY case_id ORDER BY seq), case_id, seq
"""


def upgrade() -> None:
    _log()
    _bundles()
    op.execute(_FACTS_OF_BEFORE)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (_QUEUED_SQLITE,) if sqlite else _QUEUED_POSTGRESQL:
        op.execute(statement)
    for table in ("log_leaf", "log_node", "tree_head", "tree_head_stamp", "log_alarm"):
        protect(table)
    keep_until("fact_queue", "SELECT 1 FROM log_leaf WHERE log_leaf.case_id = OLD.case_id AND log_leaf.seq = OLD.seq")


def _log() -> None:
    op.create_table(
        "fact_queue",
        sa.Column("id", _PLACE, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "log_leaf",
        sa.Column("place", _PLACE, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("case_id", "seq", name="log_leaf_once"),
        sa.ForeignKeyConstraint(["case_id", "seq"], ["fact.case_id", "fact.seq"]),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tree_head",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "tree_head_stamp",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["size"], ["tree_head.size"]),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "log_alarm",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("log_alarm_by_at", "log_alarm", ["at", "id"])


def _bundles() -> None:
    op.create_table(
        "evidence_bundle",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("log_size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("evidence_bundle_by_case", "evidence_bundle", ["case_id", "at", "id"])
    op.create_table(
        "evidence_bundle_part",
        sa.Column("bundle_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bundle_id"], ["evidence_bundle.id"]),
        sa.PrimaryKeyConstraint("bundle_id", "number"),
    )
