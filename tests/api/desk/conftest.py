"""The company with customers at its desk."""

import pytest
from sqlalchemy import Engine

from tests.api.desk.trade import trade


@pytest.fixture
def company(company: Engine) -> Engine:
    """The builders' company, as it sells."""
    trade(company)
    return company
