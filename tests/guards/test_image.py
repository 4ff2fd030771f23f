"""The image holds what its commands need, and nothing that must stay outside."""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.guards.production import RAW, ROOT, WANBI, make_env, resolved


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder /app of the image: what .dockerignore lets through."""
    folder = tmp_path_factory.mktemp("image")
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        source, target = ROOT / line[1:], folder / line[1:]
        if line.startswith("!") and source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif line.startswith("!"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = resolved(RAW, make_env(tmp_path_factory.mktemp("env")))["services"]
    return found


@pytest.mark.parametrize("name", sorted(WANBI))
def test_commands_name_modules_and_files_that_the_image_holds(
    name: str, services: dict[str, dict[str, Any]], image: Path
) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    default = json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
    command: list[str] = services[name].get("command", default)
    for part in command + services[name].get("healthcheck", {}).get("test", []):
        if part.endswith((".py", ".json")):
            assert (image / part).is_file(), part
        elif module := re.fullmatch(r"((api|commands)\.\w+)(:app)?", part):
            assert (image / module[1].replace(".", "/")).with_suffix(".py").is_file(), part


def test_every_process_finds_what_it_imports_in_the_image(image: Path) -> None:
    modules = "worker, api.main, commands.setup"
    done = subprocess.run(
        [sys.executable, "-c", f"import {modules}"], cwd=image, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"name what is missing in .dockerignore:\n{done.stderr}"


def test_the_image_holds_neither_tests_nor_secrets(image: Path) -> None:
    assert not (image / "tests").exists()
    assert not list(image.rglob(".env*")) + list(image.rglob("secrets.env")) + list(image.rglob("*.db"))


def test_our_image_carries_the_version_of_the_project_and_the_python_of_the_dockerfile(
    services: dict[str, dict[str, Any]],
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    built = services["wanbi-api"]
    assert built["image"] == f"wanbi:{project['version']}"
    assert f"ARG PYTHON_IMAGE={built['build']['args']['PYTHON_IMAGE']}\n" in (ROOT / "Dockerfile").read_text()
