"""The check that operators run sees the chains and the log across them, and a tree head that somebody kept outside."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from commands.verify_facts import log_problems
from models.database import reading
from models.log import heads, integration
from models.log.keys import RingSigner
from tests.builders import ARRIVAL, KEY
from tests.databases import database_url, engine, postgres, sqlite_template
from tests.models.log.facts import add_facts, tamper

__all__ = ["database_url", "engine", "postgres", "sqlite_template"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SIGNER = RingSigner({"k1": KEY}, "k1")


@pytest.fixture
def held(engine: Engine, tmp_path: Path) -> Path:
    """A tree head of four facts, kept in a file outside."""
    add_facts(engine, "c1", 4)
    integration.integrate(engine)
    heads.sign(engine, SIGNER, ARRIVAL)
    with reading(engine) as session:
        head, _ = heads.head(session, 4)
        (tmp_path / "head.json").write_bytes(head.content)
    return tmp_path / "head.json"


def test_a_log_in_order_has_no_problems_and_continues_the_head_that_was_kept(engine: Engine, held: Path) -> None:
    add_facts(engine, "c2", 1)
    assert log_problems(engine, SIGNER.known, held) == (4, [])


@pytest.mark.law("EVD-03")
def test_a_log_that_was_rolled_back_with_everything_in_it_is_found_by_the_head_that_was_kept(
    engine: Engine, held: Path
) -> None:
    tamper(engine, "tree_head", "DELETE FROM tree_head")
    tamper(engine, "log_leaf", "DELETE FROM log_leaf WHERE place > 1")
    tamper(engine, "log_node", "DELETE FROM log_node WHERE (place + 1) * (1 << level) > 2")
    tamper(engine, "fact", "DELETE FROM fact WHERE seq > 2")
    assert log_problems(engine, SIGNER.known) == (2, [])
    assert log_problems(engine, SIGNER.known, held) == (2, ["the log was cut: 2 entries, and 4 were signed"])


def test_a_head_that_is_none_is_a_problem(engine: Engine, held: Path, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"{}")
    for path in (tmp_path / "other", tmp_path / "missing"):
        _, problems = log_problems(engine, SIGNER.known, path)
        assert len(problems) == 1
