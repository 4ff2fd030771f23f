"""docs/law.md says what packs and tests say, and every rule has a test."""

import re
from pathlib import Path

from commands.law_table import DOCUMENT, document, proofs
from domain.law import known
from models.law import library
from tests.guards.production import ROOT

PROVEN = proofs(ROOT / "tests")


def test_the_law_table_is_what_the_packs_and_the_tests_say() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == document(library(), PROVEN), "write it anew: python -m commands.law_table"


def test_every_rule_of_every_pack_has_a_test() -> None:
    assert {rule.id for pack in library().packs.values() for rule in pack.rules} - set(PROVEN) == set()


def test_tests_and_code_name_no_rule_that_the_software_does_not_know() -> None:
    prefixes = "|".join(sorted({rule.partition("-")[0] for rule in known.ALL}))
    named = re.compile(rf"\b(?:{prefixes})-\d\d\b")
    for folder in ("domain", "models", "workflows", "activities", "api", "commands"):
        for path in (ROOT / folder).rglob("*.py"):
            assert set(named.findall(path.read_text(encoding="utf-8"))) <= set(known.ALL), path
    assert set(PROVEN) <= set(known.ALL)


def test_a_test_is_found_by_its_marker_alone(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "import pytest\n"
        '@pytest.mark.law("NOT-01", "NOT-06")\n'
        '@pytest.mark.parametrize("day", [1])\n'
        "async def test_a(day): ...\n"
        'def test_b():\n    """NOT-01 in words."""\n'
        'class TestC:\n    @pytest.mark.law("NOT-01")\n    def test_c(self): ...\n',
        encoding="utf-8",
    )
    assert proofs(tmp_path) == {"NOT-01": ("test_a", "test_c"), "NOT-06": ("test_a",)}
