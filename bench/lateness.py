"""(f) How late timers are on a server whose clock nobody touches: warnings of the last day, beside a bare timer."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import col, select
from temporalio import activity
from temporalio.client import Client

from activities.assembly import access_activities, case_activities
from bench import company as c
from bench.grounds import Grounds, grounds
from bench.report import Table, latencies
from bench.smallest import TASK_QUEUE, OneTimer
from bench.story import until
from config import Settings
from domain.timezones import local_date, zone
from models.database import reading, utc_now, writing
from models.messages import MadePlan, StartCase
from models.planner import DatabasePlanner
from models.tables import CaseView, FactRow, Notice
from temporal_client import connect_temporal
from worker import access_worker, case_worker
from workflows.starter import start

APART = timedelta(milliseconds=250)
"""Between two instants that are due: nobody is late because of a crowd."""
OPENED_WITHIN = timedelta(seconds=0.8)
"""Time to open one case and set one bare timer. One at a time: a timer counts from the end of its workflow task."""


@dataclass(frozen=True)
class ScriptedPlanner:
    """The real plan, but each case warns of its last day at an instant that is known beforehand."""

    real: DatabasePlanner
    due: Mapping[str, datetime]

    @activity.defn
    def make_plan(self, given: StartCase) -> MadePlan:
        found, due = self.real.plan(given), self.due[given.case_id]
        place = _where_it_is_noon(due)
        opens_at = due.astimezone(zone(place)).time()
        plan = replace(
            found,
            calendar=replace(found.calendar, zone=place, opens_at=opens_at),
            policy=replace(found.policy, last_day_warnings=((found.last_day - local_date(due, place)).days,)),
        )
        return MadePlan(plan=plan)


async def measure(*, quick: bool) -> list[Table]:
    timers = 20 if quick else 60
    async with grounds(c.Company(leavers=timers), fast_forwardable=False) as here:
        first = utc_now() + timedelta(seconds=10) + timers * OPENED_WITHIN
        due = {f"{number:032x}": first + number * APART for number in range(timers)}
        async with _serving(here, due) as client:
            bare = []
            for number, (case_id, at) in enumerate(due.items()):
                await _open_case(here, client, case_id, number)
                bare.append(await _set_bare_timer(here, at))
            assert utc_now() < first, "every timer was set before the first was due"
            await until(lambda: _all_warned(here, timers))
            ours = [(at - due[case_id]).total_seconds() for case_id, at in _warned(here).items()]
            late = [await timer() for timer in bare]
    title = f"(f) lateness of {timers} timers, from the instant due until the effect is written"
    return [Table(title, latencies("lateness", ours, late, (50, 99)))]


@asynccontextmanager
async def _serving(here: Grounds, due: Mapping[str, datetime]) -> AsyncIterator[Client]:
    """Wanbi's own worker with the scripted planner in the place of the instance's; its client."""
    here.instance.kill("worker")
    config = Settings(
        _env_file=here.instance.data / "secrets.env",
        data=here.instance.data,
        temporal_address=f"127.0.0.1:{here.instance.temporal_port}",
    )
    client = await connect_temporal(config)
    steps = [step for step in case_activities(here.engine, config) if step.__name__ != "make_plan"]
    scripted = ScriptedPlanner(DatabasePlanner(here.engine), due).make_plan
    async with (
        case_worker(client, [scripted, *steps], max_cached_cases=config.max_cached_cases),
        access_worker(client, access_activities(here.engine, config)),
    ):
        yield client


async def _open_case(here: Grounds, client: Client, case_id: str, number: int) -> None:
    employee, now = f"e-{c.leaver(number)}", utc_now()
    with writing(here.engine) as session:
        session.add(
            Notice(
                case_id=case_id,
                employee_id=employee,
                arrived_at=now,
                recorded_at=now,
                channel="system",
                text="我辞职。",
                text_sha256="0" * 64,
                registered_by=c.HR,
            )
        )
    await start(client, StartCase(case_id=case_id, employee_id=employee, arrived_at=now))
    await until(lambda: _handing_over(here, case_id))


async def _handing_over(here: Grounds, case_id: str) -> bool:
    with reading(here.engine) as session:
        row = session.get(CaseView, case_id)
        return row is not None and row.stage == "handing_over"


async def _all_warned(here: Grounds, cases: int) -> bool:
    return len(_warned(here)) == cases


def _warned(here: Grounds) -> dict[str, datetime]:
    """When the warning of each case was written."""
    with reading(here.engine) as session:
        facts = select(FactRow.case_id, FactRow.recorded_at).where(FactRow.kind == "LastDayWarned")
        return dict(session.exec(facts.order_by(col(FactRow.case_id))).all())


async def _set_bare_timer(here: Grounds, due: datetime) -> Callable[[], Awaitable[float]]:
    """Sets it; what is returned waits for it, and says how many seconds late it was."""
    handle = await here.client.start_workflow(
        OneTimer.run, due.isoformat(), id=f"timer-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
    )

    async def late() -> float:
        return (datetime.fromisoformat(await handle.result()) - due).total_seconds()

    return late


def _where_it_is_noon(instant: datetime) -> str:
    """A time zone in which no day begins within hours of `instant`. The names' signs are POSIX's: west is plus."""
    return f"Etc/GMT{instant.astimezone(UTC).hour - 12:+d}"
