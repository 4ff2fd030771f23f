"""The company in which the workflow's tests happen."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine
from temporalio.testing import WorkflowEnvironment

from models.database import connect
from tests.databases import sqlite_template
from tests.workflows.audit import audit
from tests.workflows.world import World, world

__all__ = ["sqlite_template"]


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of the present schema."""
    shutil.copy(sqlite_template, tmp_path / "wanbi.db")
    engine = connect(f"sqlite:///{tmp_path / 'wanbi.db'}")
    yield engine
    engine.dispose()


@pytest_asyncio.fixture(name="world")
async def _world(
    request: pytest.FixtureRequest, temporal_server: WorkflowEnvironment, database: Engine, tmp_path: Path
) -> AsyncIterator[World]:
    """A company of its own for each test; every case that ran in it is audited at the end.

    `@pytest.mark.parametrize("world", [{...}], indirect=True)` gives it another template or other systems.
    """
    async with world(temporal_server, database, tmp_path, **getattr(request, "param", {})) as here:
        yield here
        for case in here.cases:
            await audit(case)
