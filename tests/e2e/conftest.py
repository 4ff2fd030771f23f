"""A real instance (Temporal server, worker, API, each a process) and the people of the sample company."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from commands.cast import Cast
from commands.instance import Instance


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """One private instance a module, with the sample company in it."""
    with Instance(tmp_path_factory.mktemp("instance") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def cast(instance: Instance) -> Iterator[Cast]:
    """The people of the sample company, signed in when first asked for."""
    people = Cast(instance)
    yield people
    people.leave()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty data folder for an instance of a test's own."""
    return tmp_path / "data"
