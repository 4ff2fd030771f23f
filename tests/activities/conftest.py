"""The database fixtures for the tests of this folder, on SQLite and PostgreSQL; what is outside; a case."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from domain.case import Case
from tests.activities.mailbox import Clock, Mailbox, mail_server, open_case_of_lin
from tests.activities.target import Target, listening
from tests.databases import database_url, empty_url, engine, postgres, sqlite_template

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as box:
        yield box


@pytest.fixture
def case(engine: Engine) -> Case:
    return open_case_of_lin(engine)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def target() -> Iterator[Target]:
    with listening(Target()) as target:
        yield target
