"""The database's structure and its versions: brings a database up to date, says whether it is."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import structlog
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from models.database import connect

MIGRATIONS = Path(__file__).parent.parent / "migrations"
_ONE_AT_A_TIME = 7_461_110_218
"""Key of PostgreSQL's advisory lock; any number that nobody else in the database uses."""
_ASK_EVERY = 0.5
"""Seconds."""
log = structlog.get_logger("schema")


def upgrade(engine: Engine, version: str = "head") -> None:
    """Brings the database to the newest version, wholly or not at all. Several may try at once; one does it."""
    with engine.execution_options(writing=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        command.upgrade(_config(connection), version)


def is_current(engine: Engine) -> bool:
    """True if the database has the structure that this code expects. Raises DBAPIError if it can't be reached."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_heads()
    return set(found) == set(ScriptDirectory.from_config(_config()).get_heads())


async def wait_until_current(engine: Engine) -> None:
    """Returns as soon as the database is there and up to date; says once what it waits for."""
    told = False
    while not await asyncio.to_thread(_is_current_now, engine):
        if not told:
            log.info("schema.waiting", hint="python -m commands.setup brings the database up to date")
            told = True
        await asyncio.sleep(_ASK_EVERY)


def _is_current_now(engine: Engine) -> bool:
    try:
        return is_current(engine)
    except DBAPIError:
        return False


def write_revision(message: str) -> Path:
    """Writes the migration that leads from the newest version to `models.tables`; a person reads and mends it."""
    number = len(list((MIGRATIONS / "versions").glob("[0-9]*.py"))) + 1
    with TemporaryDirectory() as folder:
        engine = connect(f"sqlite:///{folder}/empty.db")
        upgrade(engine)
        with engine.begin() as connection:
            made = command.revision(_config(connection), message, autogenerate=True, rev_id=f"{number:04d}")
        engine.dispose()
    if made is None or isinstance(made, list):
        raise RuntimeError("Alembic wrote no single migration")
    return Path(made.path)


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
