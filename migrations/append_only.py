"""Tables that only grow: the database itself refuses to change or delete their rows.

Adding a column leaves the triggers alone. A migration that makes SQLite copy such a table (`batch_alter_table` with
anything but `add_column`) drops them with the old table, so it has to call `protect` again at its end.
"""

from collections.abc import Sequence

from alembic import op

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only: {verb} refused'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation';
END $$
"""
_POSTGRESQL = "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} EXECUTE FUNCTION refuse_change()"


def protect(table: str) -> None:
    """Makes `table` append-only."""
    if op.get_bind().dialect.name == "sqlite":
        statements = [_SQLITE.format(table=table, verb=verb) for verb in ("update", "delete")]
    else:
        statements = [_POSTGRESQL.format(table=table, verb=verb) for verb in ("update", "delete", "truncate")]
        statements.insert(0, _POSTGRESQL_FUNCTION)
    for statement in statements:
        op.execute(statement)


_SQLITE_ERASING = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} WHEN NOT ({erases})
BEGIN SELECT RAISE(ABORT, '{table} is append-only: update refused'); END
"""
_POSTGRESQL_ERASING = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW WHEN (NOT ({erases}))
EXECUTE FUNCTION refuse_change()
"""


def allow_erasing(table: str, *erased: str, kept: Sequence[str]) -> None:
    """Lets `table`, which is append-only, lose the content of a row (PIP-04): no other UPDATE gets through.

    `erased` says in SQL what the row's content is then; the columns `kept` stay as they are.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    same = "IS" if sqlite else "IS NOT DISTINCT FROM"
    conditions = [*erased, *(f'NEW."{column}" {same} OLD."{column}"' for column in kept)]
    op.execute(f"DROP TRIGGER {table}_no_update" + ("" if sqlite else f" ON {table}"))
    op.execute(
        (_SQLITE_ERASING if sqlite else _POSTGRESQL_ERASING).format(table=table, erases=" AND ".join(conditions))
    )


_SQLITE_KEEPING = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT EXISTS ({reason})
BEGIN SELECT RAISE(ABORT, '{table} is append-only: delete refused'); END
"""
_POSTGRESQL_KEEPING = """
CREATE FUNCTION {table}_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS ({reason}) THEN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, lower(TG_OP) USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$
"""
_POSTGRESQL_KEPT = (
    "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_keep()"
)


def keep_until(table: str, reason: str) -> None:
    """Lets a row of `table` go once the SELECT `reason`, which names it OLD, finds something; until then it stays."""
    protect(table)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"DROP TRIGGER {table}_no_delete")
        op.execute(_SQLITE_KEEPING.format(table=table, reason=reason))
        return
    op.execute(f"DROP TRIGGER {table}_no_delete ON {table}")
    op.execute(_POSTGRESQL_KEEPING.format(table=table, reason=reason))
    op.execute(_POSTGRESQL_KEPT.format(table=table))
