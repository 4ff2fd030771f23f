"""Where something is measured: a private instance with the company of the benchmarks, and the bare worker beside it."""

import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from bench.company import Company
from bench.http import Caller
from commands.instance import Instance
from models.database import connect

NAMESPACE = "wanbi"
STOP_WITHIN = 30.0


@dataclass
class Grounds:
    instance: Instance
    engine: Engine
    client: Client
    """Without encryption: the bare workflow's client. It can also fast-forward any case."""
    bare: subprocess.Popen[bytes]

    def caller(self) -> Caller:
        """A new connection to the API."""
        return Caller(self.instance.url)

    def skipper(self) -> TimeSkipper:
        return TimeSkipper(self.client, config=TimeSkippingConfig(enabled=False, disable_propagation=True))

    def start_bare(self) -> None:
        """Starts the worker of the smallest workflow."""
        address = f"127.0.0.1:{self.instance.temporal_port}"
        self.bare = subprocess.Popen([sys.executable, "-m", "bench.smallest", address, NAMESPACE])

    def kill_bare(self) -> None:
        self.bare.kill()
        self.bare.wait(STOP_WITHIN)


@asynccontextmanager
async def grounds(
    company: Company, *, fast_forwardable: bool = True, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Grounds]:
    """Everything runs until the block ends, and leaves nothing behind."""
    with (
        tempfile.TemporaryDirectory(prefix="wanbi-bench-", ignore_cleanup_errors=True) as folder,
        Instance(
            Path(folder), fast_forwardable=fast_forwardable, settings={"WANBI_LOG_LEVEL": "WARNING", **(settings or {})}
        ) as instance,
    ):
        engine = connect((settings or {}).get("WANBI_DATABASE_URL") or f"sqlite:///{Path(folder) / 'wanbi.db'}")
        company.found(engine)
        client = await Client.connect(f"127.0.0.1:{instance.temporal_port}", namespace=NAMESPACE)
        here = Grounds(instance, engine, client, bare=None)  # type: ignore[arg-type]  # started in the next line
        here.start_bare()
        try:
            yield here
        finally:
            here.kill_bare()
            engine.dispose()
