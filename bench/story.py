"""The standard case from registration to its end: over HTTP, and bare. Both stories make the same moves.

5 departments, 5 systems, 3 signatures, 5 digests, 1 grant; items handed over and accepted in one decision each. Both
callers look at the case ten times a second where they have to wait for it, and skip the waiting of the case itself.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from temporalio.client import WorkflowHandle

from activities.post import MAIL_FOLDER
from bench import company as c
from bench.grounds import Grounds
from bench.http import Caller
from bench.smallest import TASK_QUEUE, Decision, Smallest, Start
from commands.signing_key import code_in, sign_record
from models.calendars import working_calendar
from models.database import utc_now

DIGESTS = 5
GRANT_HOURS = 1
NOTICE = timedelta(days=30)
REST = timedelta(days=60)
"""Longer than any case still has to live after its digests."""
LOOK_EVERY = 0.1
WITHIN = 60.0
"""Seconds after which something awaited counts as never coming."""


def digests(arrived_at: datetime) -> list[datetime]:
    """When the digests of a case that arrived then go out."""
    calendar = working_calendar("Asia/Shanghai", arrived_at)
    found = [arrived_at]
    for _ in range(DIGESTS):
        found.append(calendar.opening_after(found[-1], c.REMIND_EVERY))
    return found[1:]


async def skip(here: Grounds, handle: WorkflowHandle[Any, Any], duration: timedelta) -> None:
    """Lets the case live through `duration`, or to its end."""
    async with asyncio.timeout(WITHIN):
        await here.skipper().fast_forward(handle, duration)


async def until(reached: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(WITHIN):
        while not await reached():  # noqa: ASYNC110  # the other side is another process
            await asyncio.sleep(LOOK_EVERY)


class HttpCase:
    """One case through the API."""

    def __init__(self, here: Grounds, caller: Caller, number: int) -> None:
        self._here = here
        self._caller = caller
        self._number = number
        self.case_id = ""

    @property
    def handle(self) -> WorkflowHandle[Any, Any]:
        return self._here.client.get_workflow_handle(f"offboarding-{self.case_id}")

    async def register(self) -> None:
        leaver = f"n-{c.leaver(self._number)}"
        body = {"employee_number": leaver, "channel": "system", "text": "我辞职。", "receiver": c.RECEIVER}
        self.case_id = (await self._caller.post("/cases", c.token(c.HR), body))["case_id"]

    async def read(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._caller.get(f"/cases/{self.case_id}", c.token(c.HR))
        return found

    async def until_stage(self, *stages: str) -> None:
        async def reached() -> bool:
            return (await self.read())["stage"] in stages

        await until(reached)

    async def decide(self, by: str, what: str, **body: Any) -> None:
        await self._caller.post(f"/cases/{self.case_id}/{what}", c.token(by), body)

    async def assign_receiver(self, receiver: str) -> None:
        """Can be repeated for ever, and is never refused."""
        await self.decide(c.WITNESS, "assign-receiver", items=c.ITEMS, receiver=receiver)

    async def live(self) -> None:
        """From registration to completion. Raises Unexpected if anything was refused."""
        leaver = c.leaver(self._number)
        await self.register()
        await self.until_stage("handing_over")
        await self.decide(
            leaver, "request-grant", system=c.SYSTEMS[1], rights=["change"], reason="x", hours=GRANT_HOURS
        )
        await self.decide(c.SECURITY, "decide-grant", grant="g1", answer="accept")
        await self.decide(leaver, "hand-over-items", items=c.ITEMS, note="all of it")
        await self.decide(c.RECEIVER, "decide-items", items=c.ITEMS, answer="accept")
        now = utc_now()
        await skip(self._here, self.handle, digests(now)[-1] + timedelta(hours=1) - now)
        for department in c.DEPARTMENTS:
            await self.decide(c.clerk(department), "decide-clearance", department=department, verdict="approve")
        sha256 = await self._record()
        for party in (leaver, c.RECEIVER, c.WITNESS):
            await asyncio.to_thread(self._sign, party)
        await self.decide(c.HR, "approve-seal", sha256=sha256, answer="accept", password=c.PASSWORD)
        await self.until_stage("awaiting_last_day")
        await skip(self._here, self.handle, REST)
        await self.until_stage("completed")

    def _sign(self, party: str) -> None:
        letters = self._here.instance.data / MAIL_FOLDER
        headers = {"authorization": f"Bearer {c.token(party)}"}
        with httpx.Client(base_url=f"{self._here.instance.url}/api/v1", headers=headers, timeout=60) as client:
            sign_record(client, self.case_id, password=c.PASSWORD, read_code=lambda intent: code_in(letters, intent))

    async def _record(self) -> str:
        found: list[str] = []

        async def presented() -> bool:
            record = (await self.read())["case"]["record"]
            found.extend([record["sha256"]] if record else [])
            return bool(found)

        await until(presented)
        return found[0]


class BareCase:
    """One smallest workflow through the Temporal client."""

    def __init__(self, here: Grounds, number: int, *, warnings: int = 0) -> None:
        self._here = here
        self._leaver = c.leaver(number)
        self._warnings = warnings
        self.handle: WorkflowHandle[Any, Any]

    async def register(self) -> None:
        began = utc_now()
        hours = [(at - began) / timedelta(hours=1) for at in digests(began)]
        hours += [24 * (29 - number) for number in range(self._warnings, 0, -1)]
        start = Start(
            self._leaver,
            c.RECEIVER,
            c.WITNESS,
            c.SECURITY,
            messages=hours,
            grant_hours=GRANT_HOURS,
            last_day=NOTICE / timedelta(hours=1),
        )
        self.handle = await self._here.client.start_workflow(
            Smallest.run, start, id=f"smallest-{uuid.uuid4().hex}", task_queue=TASK_QUEUE
        )

    async def until_stage(self, stage: str) -> None:
        async def reached() -> bool:
            return bool(await self.handle.query(Smallest.where) == stage)

        await until(reached)

    async def decide(self, by: str, what: str, content: str = "") -> None:
        await self.handle.execute_update(Smallest.decide, Decision(what, by, content))

    async def assign_receiver(self, receiver: str) -> None:
        await self.decide(c.WITNESS, "assign_receiver", receiver)

    async def live(self) -> None:
        """From the start to the end."""
        await self.register()
        await self.until_stage("handing_over")
        await self.decide(self._leaver, "request_grant")
        await self.decide(c.SECURITY, "decide_grant")
        await self.decide(self._leaver, "hand_over_items")
        await self.decide(c.RECEIVER, "decide_items")
        now = utc_now()
        await skip(self._here, self.handle, digests(now)[-1] + timedelta(hours=1) - now)
        for clerk in ("sales", "finance", "service", "it", "administration"):
            await self.decide(clerk, clerk)
        await self.until_stage("signing")
        for party in (self._leaver, c.RECEIVER, c.WITNESS):
            await self.decide(party, f"sign:{party}")
        await self.until_stage("awaiting_last_day")
        await skip(self._here, self.handle, REST)
        assert await self.handle.result() == "completed"
