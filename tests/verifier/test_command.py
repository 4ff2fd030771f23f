"""The program as people start it: one line a check, the exit code is the verdict, nothing of the product is needed."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.production import ROOT
from verifier.bundle import Trust


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the verifier in it and nothing else of the project."""
    folder = tmp_path_factory.mktemp("alone")
    shutil.copytree(ROOT / "verifier", folder / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(folder: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = (sys.executable, "-m", "verifier", *arguments)
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)


def test_a_valid_bundle_ends_with_0_and_a_line_for_each_check(alone: Path, bundle: bytes, trust: Trust) -> None:
    (alone / "bundle.zip").write_bytes(bundle)
    done = run(alone, "bundle.zip", "--root", trust.root)
    lines = done.stdout.decode().splitlines()
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(line.startswith("通过 PASS") for line in lines[:-1])
    assert lines[-1].endswith(f"VALID: all {len(lines) - 1} checks passed")


def test_a_damaged_bundle_ends_with_1_and_says_where(alone: Path, bundle: bytes, trust: Trust) -> None:
    done = run(alone, "-", "--root", trust.root, given=bundle[:-30])
    assert (done.returncode, done.stderr) == (1, b"")
    assert "NOT VALID" in done.stdout.decode().splitlines()[-1]


def test_the_report_comes_as_json_too(alone: Path, bundle: bytes, trust: Trust) -> None:
    colons = ":".join(trust.root[n : n + 2].upper() for n in range(0, 64, 2))
    done = run(alone, "-", "--root", colons, "--json", given=bundle)
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["about"]["purpose"]) == (0, True, "仲裁")
    assert all(set(check) == {"zh", "en", "ok", "detail"} for check in report["checks"])


@pytest.mark.parametrize(
    "arguments", [(), ("bundle.zip",), ("bundle.zip", "--root", "123"), ("no-such-file.zip", "--root", "0" * 64)]
)
def test_whoever_starts_it_wrongly_gets_2(alone: Path, arguments: tuple[str, ...]) -> None:
    done = run(alone, *arguments)
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr


def test_beyond_its_memory_it_gives_up_without_a_verdict(alone: Path, bundle: bytes, trust: Trust) -> None:
    done = run(alone, "-", "--root", trust.root, "--memory", "2048", given=bundle)
    assert done.returncode == 0
