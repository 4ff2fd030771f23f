"""The API on fresh databases: `api` with Temporal away, `workerless` with it, `living` with a worker as well.

Tests choose one database with `@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)`.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

import worker
from activities.assembly import plain
from models import accounts
from models.codec import EncryptionCodec, converter, ring
from tests import builders
from tests.api.house import CHEAP, CHEAP_HASH, Api, EngineAway, outsiders, serving
from tests.databases import database_url, engine, postgres, sqlite_template
from tests.trust import trust

__all__ = ["database_url", "engine", "postgres", "sqlite_template"]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords are hashed as in production, but for what an attacker would have to pay."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_HASHER", CHEAP)
        patch.setattr(accounts, "_NOBODY", CHEAP_HASH)
        yield


@pytest.fixture
def company(engine: Engine) -> Engine:
    """A database with the builders' company in it, and a person of every role."""
    builders.company(engine)
    outsiders(engine)
    return engine


@pytest_asyncio.fixture
async def api(company: Engine, tmp_path: Path) -> AsyncIterator[Api]:
    """The API while Temporal is away: everything that needs only the database."""
    async with serving(company, builders.settings(tmp_path), EngineAway()) as here:
        here.app.state.trust = trust(company)
        yield here


@pytest_asyncio.fixture
async def temporal(temporal_server: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Client]:
    """A client of the real server; cases that still run at the end are terminated."""
    config = builders.settings(tmp_path)
    codec = EncryptionCodec(ring(plain(config.payload_keys)), config.payload_key)
    settings: dict[str, Any] = {**temporal_server.client.config(), "data_converter": converter(codec)}
    client = Client(**settings)
    yield client
    async for execution in client.list_workflows("ExecutionStatus='Running'"):
        await client.get_workflow_handle(execution.id).terminate()


@pytest_asyncio.fixture
async def workerless(company: Engine, tmp_path: Path, temporal: Client) -> AsyncIterator[Api]:
    """The API with Temporal, and no worker that would do anything."""
    where = {"temporal_address": temporal.service_client.config.target_host, "temporal_namespace": temporal.namespace}
    async with serving(company, builders.settings(tmp_path, **where), temporal) as here:
        yield here


@pytest_asyncio.fixture
async def living(workerless: Api, temporal: Client) -> AsyncIterator[Api]:
    """The API with Temporal and a worker that runs the cases."""
    keys = trust(workerless.engine)
    workerless.app.state.trust = keys
    workerless.app.state.settings = workerless.config.model_copy(update={"environment": "demo"})  # codes are found
    async with worker.running(temporal, workerless.engine, workerless.config, keys):
        yield workerless
