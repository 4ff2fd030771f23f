"""What a database knows of its tables. A server finds it out by itself in a while; after a bulk load we ask for it."""

from sqlalchemy import Engine, text


def gather(engine: Engine) -> None:
    """Without it PostgreSQL plans for empty tables, and joins tens of thousands of rows one by one."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"))
