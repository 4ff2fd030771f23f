"""Who may know whom: the contracts of pyproject.toml, and what a workflow may drag in."""

import subprocess
import sys
from pathlib import Path

from tests.guards.production import ROOT

PACKAGES = ("domain", "models", "workflows", "activities", "api", "commands", "pades", "pki", "typesetting", "verifier")
HEAVY = ("sqlmodel", "sqlalchemy", "fastapi", "httpx", "jinja2", "structlog", "jwt", "typst")


def test_the_import_contracts_are_kept() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_workflows_load_neither_database_nor_network() -> None:
    """What the workflows drag in is passed through the sandbox unseen, or paid for once a case."""
    modules = ", ".join(sorted(f"workflows.{path.stem}" for path in (ROOT / "workflows").glob("[a-z]*.py")))
    code = f"import sys, {modules}; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_packages_export_nothing_by_themselves() -> None:
    """An `__init__.py` with imports would drag its whole package into whatever needs one module of it."""
    full = [str(path) for package in PACKAGES for path in (ROOT / package).rglob("__init__.py") if path.read_text()]
    assert full == []


def test_no_module_of_ours_hides_one_of_the_standard_library() -> None:
    """The sandbox passes names of the standard library through, so such a module would go unguarded."""
    ours = {path.stem for path in ROOT.glob("*.py")} | set(PACKAGES)
    assert ours & sys.stdlib_module_names == set()
