"""A record that is signed over HTTP. Temporal is played by the rules themselves (`world.Engineer`)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Engine

from pades.office import Office
from tests import builders
from tests.api.house import serving
from tests.api.signing.world import ORIGIN, Engineer, Founded, Record, presented
from tests.pades import builders as paper


@pytest.fixture
def office() -> Office:
    return paper.office()


@pytest.fixture
def engineer(company: Engine, office: Office) -> Engineer:
    """Not async, as nobody who makes documents is: they wait for time stamps in a loop of their own."""
    return presented(company, office)


@pytest_asyncio.fixture
async def record(company: Engine, office: Office, engineer: Engineer, tmp_path: Path) -> AsyncIterator[Record]:
    """In a demo, so that mailed codes are found in a folder."""
    config = builders.settings(tmp_path, environment="demo", public_url=ORIGIN)
    async with serving(company, config, engineer) as api:
        api.app.state.trust = Founded(office)
        yield Record(api, office, engineer)
