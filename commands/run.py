"""`make run`: sets up, then runs the Procfile under honcho in the foreground until Ctrl-C.

It also ends what an earlier run left behind when it was killed hard: processes that carry the mark of this very data
folder in their environment, and no others.
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from commands import setup
from commands.custodian import PROBLEMS
from config import DATA, Settings, settings

MARK = "WANBI_RUN_OF"
ROOT = Path(__file__).parent.parent
PROCFILE = "Procfile"
KILLED = range(129, 256)
"""Exit codes of a process that a signal ended."""
PATIENCE = 10.0
"""Seconds that a process gets to end by itself."""


class CannotRun(RuntimeError):
    """Something else is in the way; the message says what."""


def marked(data: Path) -> list[int]:
    """Processes that a run of this data folder started, each in a session of its own. Knows them on Linux only."""
    mark = f"{MARK}={data.resolve()}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or somebody else's
            pid = int(folder.name)
            if os.getsid(pid) != os.getsid(0) and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def end_leftovers(data: Path) -> int:
    """Ends marked processes, gently first; returns how many there were."""
    found = marked(data)
    ends = time.monotonic() + PATIENCE
    _signal(found, signal.SIGTERM)
    while marked(data) and time.monotonic() < ends:
        time.sleep(0.1)
    _signal(marked(data), signal.SIGKILL)
    while marked(data):
        time.sleep(0.1)
    return len(found)


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def require_free_ports(config: Settings) -> None:
    """Raises CannotRun if a port that the processes need is taken."""
    wanted = {
        config.port: "WANBI_PORT",
        config.temporal_port: "WANBI_TEMPORAL_PORT",
        config.temporal_port + 10: "WANBI_TEMPORAL_PORT (and ten above)",
        config.temporal_ui_port: "WANBI_TEMPORAL_UI_PORT",
        config.temporal_ui_port + 1000: "WANBI_TEMPORAL_UI_PORT (and a thousand above)",
        config.worker_metrics_port: "WANBI_WORKER_METRICS_PORT",
    }
    for port, name in wanted.items():
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", port))
            except OSError as error:
                raise CannotRun(f"port {port} is taken: set {name} to another one") from error


@contextmanager
def alone(data: Path) -> Iterator[None]:
    """Raises CannotRun if another run uses this data folder now. The lock ends with its holder, however that ends."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data / "run.lock").open("w") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotRun(f"another run uses {data}: stop it, or set WANBI_DATA to another folder") from error
        yield


@contextmanager
def owning_the_terminal() -> Iterator[None]:
    """Ctrl-C reaches this process and its helpers, not the `make` above, which would call a clean stop an error."""
    if not sys.stdin.isatty() or os.tcgetpgrp(0) != os.getpgrp():
        yield
        return
    before = os.getpgrp()
    for number in (signal.SIGTTOU, signal.SIGTSTP):
        signal.signal(number, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, before)


def honcho(data: Path) -> int:
    """Runs the Procfile to its end; 0 if a person ended it.

    Whoever kills one of the processes that honcho names has killed what keeps the real one alive: then all begin anew.
    """
    python = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{python}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    asked: list[int] = []
    running: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _: object) -> None:
        asked.append(number)
        for process in running:
            process.send_signal(signal.SIGTERM)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    command = [sys.executable, "-m", "honcho", "-e", os.devnull, "-f", PROCFILE, "start"]
    while True:
        # A session of its own: signals reach it through `stop` alone, once
        running[:] = [subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)]  # noqa: S603
        if asked:
            stop(signal.SIGTERM, None)
        code = running[0].wait()
        end_leftovers(data)
        if asked or code not in KILLED:
            return 0 if asked else code or 1
        print("a process was killed together with what keeps it alive: all begin anew", flush=True)


def main() -> int:
    """Exit code 0 after Ctrl-C or SIGTERM; else that of the process whose end ended the rest."""
    try:
        with alone(DATA), owning_the_terminal():
            if ended := end_leftovers(DATA):
                print(f"ended {ended} process(es) that an earlier run had left behind")
            setup.run(only="database")
            require_free_ports(settings())
            try:
                return honcho(DATA)
            finally:
                end_leftovers(DATA)
    except (CannotRun, setup.SecretsLost, ValueError, *PROBLEMS) as problem:
        print(f"make run: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    mark = str(DATA.resolve())
    if os.environ.get(MARK) != mark:  # /proc shows the environment with which a process began
        os.execve(sys.executable, [sys.executable, "-m", "commands.run"], {**os.environ, MARK: mark})  # noqa: S606
    sys.exit(main())
