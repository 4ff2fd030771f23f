"""A private instance on free ports with its own data folder: three real processes. For demo, benchmarks and tests."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import httpx

TEMPORAL = Path(sysconfig.get_path("scripts")) / "temporal"
START_WITHIN = 90.0
"""Seconds; a machine under load may need many."""
STOP_WITHIN = 30.0
FIRST_PORT, LAST_PORT = 20_000, 32_000
TIME_SKIPPING = (
    "--dynamic-config-value",
    "frontend.WorkflowTimeSkippingEnabled=true",
    "--dynamic-config-value",
    'history.timerProcessorMaxTimeShift="10ms"',
)


class DidNotStart(RuntimeError):
    """A process ended or did not answer in time; the message shows the end of its log."""


def free_ports(count: int) -> list[int]:
    """Free ports, all different, below those that outgoing connections get: nobody takes them by chance."""
    found: list[int] = []
    while len(found) < count:
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in found:
                found.append(port)
    return found


class Instance:
    """`with Instance(folder) as instance:` — Temporal, worker and API run until the block ends.

    `fast_forwardable` lets tests and the demo skip a case's waiting; never used by `make run` in production.
    """

    def __init__(self, data: Path, *, fast_forwardable: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self.data = data
        self._skipping = TIME_SKIPPING if fast_forwardable else ()
        port, self.temporal_port, ui, http, metrics, worker_metrics = free_ports(6)
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._temporal_ports = (ui, http, metrics)
        self.environment = {
            **os.environ,
            "WANBI_DATA": str(data),
            "WANBI_PORT": str(port),
            "WANBI_TEMPORAL_ADDRESS": f"127.0.0.1:{self.temporal_port}",
            "WANBI_TEMPORAL_UI_URL": f"http://127.0.0.1:{ui}",
            "WANBI_WORKER_METRICS_PORT": str(worker_metrics),
            **(settings or {}),
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> "Instance":
        self.data.mkdir(parents=True, exist_ok=True)
        try:
            self.start("temporal")
            self._set_up()
            self.start("worker")
            self.start("api")
            self.wait_ready()
        except BaseException:
            self.stop_all()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop_all()

    def start(self, name: str) -> None:
        """Starts one of `temporal`, `worker`, `api`; its output goes to a log file in the data folder."""
        with (self.data / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(  # noqa: S603  # our own fixed commands
                self._command(name), env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def kill(self, name: str) -> None:
        """kill -9: nothing of the process gets a chance to tidy up."""
        process = self._running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(STOP_WITHIN)

    def process_id(self, name: str) -> int:
        """The process id of a running part."""
        return self._running[name].pid

    def wait_ready(self) -> None:
        """Returns when the API, its database and the engine answer. Raises DidNotStart."""
        ends = time.monotonic() + START_WITHIN
        while time.monotonic() < ends:
            for name, process in self._running.items():
                if process.poll() is not None:
                    raise DidNotStart(f"{name} ended with {process.returncode}:\n{self._end_of_log(name)}")
            with suppress(httpx.HTTPError, ValueError):
                answer = httpx.get(f"{self.url}/health/ready", timeout=5).json()
                if answer.get("database") and answer.get("engine"):
                    return
            time.sleep(0.1)
        raise DidNotStart(f"no answer within {START_WITHIN:.0f} s:\n{self._end_of_log('api')}")

    def stop_all(self) -> None:
        """Stops what runs, gently first."""
        for name in ("api", "worker", "temporal"):
            process = self._running.pop(name, None)
            if process is None:
                continue
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_WITHIN)

    def _set_up(self) -> None:
        done = subprocess.run(  # our own fixed command
            [sys.executable, "-m", "commands.setup"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_WITHIN,
        )
        if done.returncode:
            raise DidNotStart(f"set-up ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _command(self, name: str) -> list[str]:
        if name == "worker":
            return [sys.executable, "worker.py"]
        if name == "api":
            serve = ["--host", "127.0.0.1", "--port", str(self._port), "--no-access-log"]
            return [sys.executable, "-m", "uvicorn", "api.main:app", *serve]
        ui, http, metrics = self._temporal_ports
        return temporal_command(self.data, self.temporal_port, ui, http, metrics, *self._skipping)

    def _end_of_log(self, name: str) -> str:
        path = self.data / f"{name}.log"
        return path.read_text(errors="replace")[-3000:] if path.exists() else ""


def temporal_command(data: Path, port: int, ui: int, http: int, metrics: int, *extra: str) -> list[str]:
    """The Temporal dev server on one SQLite file with WAL, which survives kill -9."""
    return [
        str(TEMPORAL),
        *("server", "start-dev", "--ip", "127.0.0.1", "--log-level", "error", "--ui-disable-news-fetch"),
        *("--port", str(port), "--ui-port", str(ui), "--http-port", str(http), "--metrics-port", str(metrics)),
        *("--db-filename", str(data / "temporal.db")),
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal"),
        *extra,
    ]
