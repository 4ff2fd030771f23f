"""(e) Worker memory for each open case; and a killed worker's time until it has served a decision on all of them."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import psutil

from bench import company as c
from bench.grounds import grounds
from bench.report import Figure, Table
from bench.story import BareCase, HttpCase

LANES = 8
"""So many cases are dealt with at a time."""
WARM_UP = 2 * LANES
Case = HttpCase | BareCase


async def measure(*, quick: bool, open_cases: int) -> list[Table]:
    cases = min(open_cases, 60) if quick else open_cases
    settings = {"WANBI_MAX_CACHED_CASES": str(2 * cases)}
    async with grounds(c.Company(leavers=cases + WARM_UP), settings=settings) as here:
        callers = [here.caller() for _ in range(LANES)]
        ours = [HttpCase(here, callers[number % LANES], number) for number in range(cases + WARM_UP)]
        bare = [BareCase(here, number) for number in range(cases + WARM_UP)]
        our_memory = await _grown(ours, here.instance.process_id("worker"))
        bare_memory = await _grown(bare, here.bare.pid)
        here.instance.kill("worker")
        ours_served = await _served(ours, lambda: here.instance.start("worker"))
        here.kill_bare()
        bare_served = await _served(bare, here.start_bare)
        for caller in callers:
            caller.close()
    figures = [
        Figure("worker's memory for each open case", our_memory / cases / 1024, bare_memory / cases / 1024, "KB"),
        Figure("new worker to a decision on each case", ours_served, bare_served, "s"),
    ]
    return [Table(f"(e) {cases:,} open cases", figures, notes=("memory is resident (RSS); the worker was killed -9",))]


async def _grown(cases: Sequence[Case], process_id: int) -> int:
    """Bytes by which the worker grew while all but the first few cases were opened."""
    await _each(cases[:WARM_UP], _open)
    before = psutil.Process(process_id).memory_info().rss
    await _each(cases[WARM_UP:], _open)
    return int(psutil.Process(process_id).memory_info().rss) - before


async def _open(case: Case) -> None:
    await case.register()
    await case.until_stage("handing_over")


async def _served(cases: Sequence[Case], start_worker: Callable[[], None]) -> float:
    """Seconds from the worker's start until a decision was carried out in every case."""
    began = time.perf_counter()
    start_worker()
    await _each(cases, lambda case: case.assign_receiver(c.OTHER_RECEIVER))
    return time.perf_counter() - began


async def _each(cases: Sequence[Case], act: Callable[[Case], Awaitable[None]]) -> None:
    async def lane(first: int) -> None:
        for case in cases[first::LANES]:
            await act(case)

    await asyncio.gather(*(lane(first) for first in range(LANES)))
