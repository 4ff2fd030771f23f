"""Tables that only grow: the database itself refuses to change or delete their rows.

Adding a column leaves the triggers alone. A migration that makes SQLite copy such a table (`batch_alter_table` with
anything but `add_column`) drops them with the old table, so it has to call `protect` again at its end.
"""

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
