"""A real instance loses its newest data to a backup: verification shows it, the rebuild mends it."""

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from commands.cast import Cast
from commands.instance import Instance

WITHIN = 60.0
"""Seconds."""


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[Instance]:
    with Instance(tmp_path / "data") as running:
        yield running


@pytest.fixture
def cast(instance: Instance) -> Iterator[Cast]:
    people = Cast(instance)
    yield people
    people.leave()


def command(instance: Instance, module: str, *arguments: str) -> tuple[int, list[str]]:
    """Exit code and lines of one of our commands, run beside the instance."""
    done = subprocess.run(
        [sys.executable, "-m", f"commands.{module}", *arguments],
        env=instance.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


def resigned(cast: Cast, number: str) -> str:
    """A case whose freeze is read back."""
    body = {"employee_number": number, "channel": "email", "text": "本人提出辞职。"}
    case_id: str = cast.hr.post("/cases", body, expect=201)["case_id"]
    ends = time.monotonic() + WITHIN
    while cast.hr.get(f"/cases/{case_id}")["stage"] != "handing_over":
        assert time.monotonic() < ends
        time.sleep(0.1)
    return case_id


def rights(cast: Cast) -> list[str]:
    """What the salesperson may do now."""
    return [line["right"] for line in cast.hr.get(f"/employees/{cast.salesperson}/entitlements") if line["active"]]


def back_up(data: Path) -> Path:
    with closing(sqlite3.connect(data / "wanbi.db")) as live, closing(sqlite3.connect(data / "backup.db")) as copy:
        live.backup(copy)
    return data / "backup.db"


def restore(instance: Instance, backup: Path) -> None:
    """Worker and API stop, the database is as it was, and they start again."""
    for name in ("api", "worker"):
        instance.kill(name)
    for end in ("", "-wal", "-shm"):
        (instance.data / f"wanbi.db{end}").unlink(missing_ok=True)
    shutil.copy(backup, instance.data / "wanbi.db")
    for name in ("worker", "api"):
        instance.start(name)
    instance.wait_ready()


def test_a_restored_database_is_brought_in_line_with_the_workflows(instance: Instance, cast: Cast) -> None:
    assert cast.hr.get("/cases")["items"] == []
    before_any = back_up(instance.data)
    case_id = resigned(cast, cast.salesperson)
    assert command(instance, "verify_facts", "--with-workflows")[0] == 0
    frozen = rights(cast)
    facts = cast.workflow_facts(case_id)
    restore(instance, before_any)

    code, said = command(instance, "verify_facts", "--with-workflows", case_id)
    assert code == 1
    assert f"PROBLEM case {case_id}: there is no fact of it" in said
    code, said = command(instance, "rebuild")
    assert code == 1
    assert f"facts added: {len(facts)}" in said
    assert "rows made: 1" in said
    assert [line for line in said if line.startswith("PROBLEM")] == [
        f"PROBLEM case {case_id}: the text of its notice is lost; keep the original with it"
    ]

    assert command(instance, "verify_facts", "--with-workflows")[0] == 0
    assert command(instance, "rebuild")[0] == 0
    assert rights(cast) == frozen
    assert cast.hr.get(f"/cases/{case_id}")["stage"] == "handing_over"
    assert cast.hr.post("/cases", {"employee_number": cast.salesperson, "channel": "email", "text": "x"}, expect=409)
