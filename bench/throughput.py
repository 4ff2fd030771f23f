"""(b) Completed cases in a second through the API, beside the bare client driving the smallest workflow."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import psutil

from bench.company import Company
from bench.grounds import grounds
from bench.report import Figure, Table
from bench.story import BareCase, HttpCase

LANES = 8
"""So many cases live at a time."""


async def measure(*, quick: bool) -> list[Table]:
    blocks, size = (1, 16) if quick else (2, 20)
    async with grounds(Company(leavers=LANES + blocks * size)) as here:

        async def ours(number: int) -> None:
            caller = here.caller()
            await HttpCase(here, caller, number).live()
            caller.close()

        async def bare(number: int) -> None:
            await BareCase(here, number).live()

        temporal, worker, api = (here.instance.process_id(name) for name in ("temporal", "worker", "api"))
        our_cost, bare_cost = Cost((temporal, worker, api)), Cost((temporal, here.bare.pid))
        for block in range(-1, blocks):  # the first one only warms everything up
            numbers = range(LANES + block * size, LANES + (block + 1) * size) if block >= 0 else range(LANES)
            for live, cost in ((ours, our_cost), (bare, bare_cost)):
                await cost.of(live, numbers, counted=block >= 0)
    figures = [
        Figure("cases", our_cost.rate, bare_cost.rate, "/s", at_least=0.7),
        Figure("CPU of a case, server included", our_cost.cpu, bare_cost.cpu, "ms"),
    ]
    title = f"(b) throughput: {blocks * size} cases, {LANES} at a time, from registration to completion"
    return [Table(title, figures)]


class Cost:
    """What blocks of cases took: on the clock, and of the processors' time in these processes."""

    def __init__(self, process_ids: Sequence[int]) -> None:
        self._processes = [psutil.Process(number) for number in process_ids]
        self._cases = 0
        self._seconds = 0.0
        self._cpu_seconds = 0.0

    @property
    def rate(self) -> float:
        """Cases a second."""
        return self._cases / self._seconds

    @property
    def cpu(self) -> float:
        """Milliseconds a case."""
        return self._cpu_seconds / self._cases * 1e3

    async def of(self, live: Callable[[int], Awaitable[None]], numbers: Sequence[int], *, counted: bool) -> None:
        began, cpu = time.perf_counter(), self._used()
        waiting = iter(numbers)

        async def lane() -> None:
            for number in waiting:
                await live(number)

        await asyncio.gather(*(lane() for _ in range(LANES)))
        if counted:
            self._cases += len(numbers)
            self._seconds += time.perf_counter() - began
            self._cpu_seconds += self._used() - cpu

    def _used(self) -> float:
        return sum(sum(process.cpu_times()[:2]) for process in self._processes)
