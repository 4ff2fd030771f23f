"""A bundle that is all right, made once; tests work on copies."""

import pytest

from tests.authority import Authority
from tests.verifier.made import Made, made
from verifier.bundle import Trust


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def trust(authority: Authority) -> Trust:
    return Trust(authority.fingerprint)


@pytest.fixture
def case(authority: Authority) -> Made:
    return made(authority)


@pytest.fixture(scope="session")
def bundle(authority: Authority) -> bytes:
    return made(authority).packed()
