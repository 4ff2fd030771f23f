"""The database fixtures, and a company with a desk that is still empty."""

import pytest
from sqlalchemy import Engine

from tests import builders
from tests.databases import database_url, empty_url, engine, postgres, sqlite_template

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture
def company(engine: Engine) -> Engine:
    """A database with the builders' company in it."""
    builders.company(engine)
    return engine
