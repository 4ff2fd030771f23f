"""(k) From the notice's arrival to every right taken and read back: somebody with 10,000 customers beside one with ten.

End to end over HTTP: registration, plan, freeze in each connected system, read back, read model. The snapshot of all
those customers is written at the same time, on SQLite by the same one writer; the aim is on the time itself.
"""

import asyncio
import statistics as spread
import time

from sqlalchemy import insert

from bench import company as c
from bench import statistics
from bench.grounds import Grounds, grounds
from bench.portfolio import customer
from bench.report import Figure, Table
from bench.story import HttpCase
from models.database import writing
from models.desk.tables import Customer

MANY, FEW = 10_000, 10
SECOND = 1_000.0
LOOK_EVERY = 0.01


async def measure(*, quick: bool) -> list[Table]:
    rounds = 3 if quick else 7
    async with grounds(c.Company(leavers=2 * rounds + 1)) as here:
        held = [MANY if number < rounds else FEW for number in range(2 * rounds)]
        _sell(here, held)
        await _frozen_within(here, 2 * rounds)  # the first case of a worker pays for what all others find ready
        found = [await _frozen_within(here, number) for number in range(2 * rounds)]
    many, few = spread.median(found[:rounds]), spread.median(found[rounds:])
    figures = [
        Figure("notice to frozen, read back", many, few, "ms"),
        Figure("the same beside one second", many, SECOND, "ms", at_most=1.0),
    ]
    return [Table(f"(k) the freeze of somebody with {MANY:,} customers", figures, (f"{MANY:,}", f"{FEW}"))]


def _sell(here: Grounds, held: list[int]) -> None:
    first = 0
    with writing(here.engine) as session:
        for number, many in enumerate(held):
            rows = [customer(first + one, f"e-{c.leaver(number)}") for one in range(many)]
            session.execute(insert(Customer), rows)
            first += many
    statistics.gather(here.engine)


async def _frozen_within(here: Grounds, number: int) -> float:
    """Milliseconds."""
    case = HttpCase(here, here.caller(), number)
    began = time.perf_counter()
    await case.register()
    while not _read_back(await case.read()):  # noqa: ASYNC110  # the other side is another process
        await asyncio.sleep(LOOK_EVERY)
    return (time.perf_counter() - began) * 1e3


def _read_back(detail: dict) -> bool:  # type: ignore[type-arg]  # JSON
    systems = detail["case"].get("systems") or ()
    return bool(systems) and all(s["revision"] and s["revision"] == s["verified_revision"] for s in systems)
