"""A log with facts in it: plain rows, a few cases, and everything that signs and stamps in tests."""

import pytest
from sqlalchemy import Engine

from models.log.keys import RingSigner
from tests.authority import Authority
from tests.builders import KEY
from tests.databases import database_url, empty_url, engine, postgres, sqlite_template
from tests.models.log.facts import add_facts

__all__ = ["database_url", "empty_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture
def signer() -> RingSigner:
    return RingSigner({"k1": KEY}, "k1")


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def with_facts(engine: Engine) -> Engine:
    """Nine facts of three cases, none of them in the log yet."""
    for case_id in ("c1", "c2", "c3"):
        add_facts(engine, case_id, 3)
    return engine
