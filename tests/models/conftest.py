"""The database fixtures, and the small company most tests here start from."""

import pytest
from sqlalchemy import Engine

from tests import builders
from tests.databases import database_url, empty_url, engine, postgres, sqlite_template
from tests.models.files import FILES, run

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture
def company(engine: Engine) -> Engine:
    """A database with the builders' company in it."""
    builders.company(engine)
    return engine


@pytest.fixture
def loaded(engine: Engine) -> Engine:
    """A database into which one file of each kind was loaded."""
    for kind, text in FILES.items():
        report = run(engine, kind, text)
        assert report.problems == []
        assert report.inserted == report.rows > 0
    return engine
