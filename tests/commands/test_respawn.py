"""A process of `make run` that dies is begun anew; only one that can't live takes the run with it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

SLEEPER = "import os, signal; print(os.getpid(), flush=True); signal.pause()"


def respawning(*command: str, pause: float = 0.05) -> subprocess.Popen[str]:
    code = (
        f"import sys; from commands import respawn; respawn.PAUSE = {pause}; sys.exit(respawn.keep_alive(sys.argv[1:]))"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, sys.executable, "-c", *command], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[str]]:
    process = respawning(SLEEPER)
    yield process
    process.terminate()
    process.communicate(timeout=20)


def next_pid(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    return int(process.stdout.readline())


def test_a_process_that_is_killed_is_begun_anew(sleeper: subprocess.Popen[str]) -> None:
    first = next_pid(sleeper)
    os.kill(first, signal.SIGKILL)
    assert next_pid(sleeper) != first
    assert sleeper.poll() is None


def test_a_stop_ends_the_process_and_begins_no_other(sleeper: subprocess.Popen[str]) -> None:
    pid = next_pid(sleeper)
    sleeper.terminate()
    assert sleeper.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_ends_well_has_ended() -> None:
    process = respawning("print(1)")
    assert process.communicate(timeout=20)[0] == "1\n"
    assert process.returncode == 0


def test_a_process_that_dies_again_and_again_is_given_up_with_its_exit_code() -> None:
    process = respawning("print(1); raise SystemExit(3)", pause=0.0)
    assert process.communicate(timeout=20)[0] == "1\n" * 5
    assert process.returncode == 3
