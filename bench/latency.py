"""(c) One decision through HTTP beside a bare Update, one after the other in turn."""

import time
from collections.abc import Awaitable, Callable

from bench import company as c
from bench.grounds import grounds
from bench.report import Table, latencies
from bench.story import BareCase, HttpCase

WARM_UP = 20


async def measure(*, quick: bool) -> list[Table]:
    rounds = 60 if quick else 300
    async with grounds(c.Company(leavers=1)) as here:
        caller = here.caller()
        ours, bare = HttpCase(here, caller, 0), BareCase(here, 0)
        cases: tuple[HttpCase | BareCase, ...] = (ours, bare)
        for case in cases:
            await case.register()
            await case.until_stage("handing_over")
        over_http: list[float] = []
        bare_updates: list[float] = []
        for number in range(WARM_UP + rounds):
            receiver = (c.RECEIVER, c.OTHER_RECEIVER)[number % 2]
            over_http.append(await _timed(ours.assign_receiver, receiver))
            bare_updates.append(await _timed(bare.assign_receiver, receiver))
        caller.close()
    figures = latencies("decision", over_http[WARM_UP:], bare_updates[WARM_UP:], (50, 95, 99), at_most=1.5)
    return [Table(f"(c) latency of one decision ({rounds} in turn): over HTTP, beside a bare Update", figures)]


async def _timed(decide: Callable[[str], Awaitable[None]], receiver: str) -> float:
    began = time.perf_counter()
    await decide(receiver)
    return time.perf_counter() - began
