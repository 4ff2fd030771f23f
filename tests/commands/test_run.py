"""One foreground command: alone on its data folder, on free ports, with nothing left of an earlier run."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import guide, run, temporal_server
from commands.instance import free_ports
from tests.builders import settings

SLEEPER = "import signal; print('there', flush=True); signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('there', flush=True); signal.pause()"
ON_LINUX = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")


@pytest.fixture
def left_behind(tmp_path: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes of an earlier run of this data folder: one that listens to SIGTERM and one that does not."""
    found = [process_of(tmp_path, code) for code in (SLEEPER, DEAF)]
    yield found
    for process in found:
        process.kill()
        process.wait()
        process.communicate()


def process_of(data: Path, code: str) -> subprocess.Popen[str]:
    environment = {**os.environ, run.MARK: str(data.resolve())}
    process = subprocess.Popen(
        [sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    return process


@ON_LINUX
def test_what_an_earlier_run_left_behind_is_ended(
    tmp_path: Path, left_behind: list[subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "PATIENCE", 0.5)
    pids = {process.pid for process in left_behind}
    assert set(run.marked(tmp_path)) == pids
    assert run.end_leftovers(tmp_path) == 2
    assert [process.wait(10) for process in left_behind] == [-15, -9]


@ON_LINUX
def test_processes_of_another_data_folder_are_left_alone(
    tmp_path: Path, left_behind: list[subprocess.Popen[str]]
) -> None:
    assert run.end_leftovers(tmp_path / "other") == 0
    assert [process.poll() for process in left_behind] == [None, None]


@ON_LINUX
def test_who_kills_what_keeps_a_process_alive_has_all_begun_anew(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    script = tmp_path / "first_is_killed.py"
    script.write_text(
        f"import os, pathlib, signal\n"
        f"begun = pathlib.Path({str(begun)!r})\n"
        f"if not begun.exists():\n"
        f"    begun.touch()\n"
        f"    os.kill(os.getpid(), signal.SIGKILL)\n"
        f"print('living', flush=True)\n",
        encoding="utf-8",
    )
    (tmp_path / "Procfile").write_text(f"one: exec python {script}\n", encoding="utf-8")
    code = (
        f"import pathlib, sys; from commands import run; data = pathlib.Path({str(tmp_path)!r}); "
        "run.PROCFILE = str(data / 'Procfile'); sys.exit(run.honcho(data))"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert "all begin anew" in ended.stdout
    assert "living" in ended.stdout
    assert ended.returncode == 1, "it has ended without anybody asking for it"


def test_a_data_folder_has_one_run_at_a_time(tmp_path: Path) -> None:
    other = (
        "import sys; from pathlib import Path; from commands import run\n"
        "try:\n    run.alone(Path(sys.argv[1])).__enter__()\n"
        "except run.CannotRun as refusal:\n    print(refusal)\n"
    )

    def attempt() -> str:
        done = subprocess.run(
            [sys.executable, "-c", other, str(tmp_path)], cwd=run.ROOT, capture_output=True, text=True, check=True
        )
        return done.stdout

    with run.alone(tmp_path):
        assert "another run uses" in attempt()
    assert attempt() == ""


def test_a_port_that_is_taken_is_named_with_its_setting(tmp_path: Path) -> None:
    port, temporal, ui, metrics = free_ports(4)
    config = settings(tmp_path, port=port, temporal_port=temporal, temporal_ui_port=ui, worker_metrics_port=metrics)
    run.require_free_ports(config)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", ui))
        taken.listen()
        with pytest.raises(run.CannotRun, match=f"port {ui} is taken: set WANBI_TEMPORAL_UI_PORT"):
            run.require_free_ports(config)


def test_the_dev_server_keeps_its_data_in_wal_and_shows_decrypted_payloads(tmp_path: Path) -> None:
    command = temporal_server.command(settings(tmp_path, port=8123, temporal_port=7300, temporal_ui_port=8300))
    assert command[command.index("--db-filename") + 1] == str(tmp_path / "temporal.db")
    assert "journal_mode=wal" in command
    assert "http://127.0.0.1:8123/codec" in command
    assert [command[command.index(name) + 1] for name in ("--port", "--http-port", "--ui-port", "--metrics-port")] == [
        "7300",
        "7310",
        "8300",
        "9300",
    ]


def test_a_clock_can_be_moved_forward_in_a_demo_only(tmp_path: Path) -> None:
    skipping = "frontend.WorkflowTimeSkippingEnabled=true"
    config = settings(tmp_path)
    assert skipping in temporal_server.command(config.model_copy(update={"environment": "demo"}))
    assert skipping not in temporal_server.command(config.model_copy(update={"environment": "production"}))


def test_the_guide_names_the_addresses_of_this_instance(tmp_path: Path) -> None:
    shown = guide.guide(settings(tmp_path, port=8123, temporal_ui_port=8300))
    assert "http://127.0.0.1:8123/docs" in shown
    assert "http://127.0.0.1:8300/namespaces/wanbi" in shown
    assert "{" not in shown.replace('{"', "").replace("${", "")
