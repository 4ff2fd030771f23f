"""The database fixtures, and a company with a desk that is still empty."""

import pytest
from sqlalchemy import Engine

from domain.people import Role
from models.database import writing
from models.tables import Account
from tests import builders
from tests.databases import database_url, empty_url, engine, postgres, sqlite_template
from tests.models.intake.files import ADMINISTRATOR

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture
def company(engine: Engine) -> Engine:
    """A database with the builders' company in it."""
    builders.company(engine)
    with writing(engine) as session:
        roles = [Role.ADMINISTRATOR.value]
        session.add(Account(id=ADMINISTRATOR, login="admin", password_hash="-", name="admin", roles=roles))
    return engine
