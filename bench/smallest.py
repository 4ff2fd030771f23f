"""The smallest workflow that takes the steps of a standard case, and nothing else: what Wanbi is measured against.

Same people decide the same things, the same systems are told and read back, the same messages and papers go out.
There is no ledger, no read model, no proof of who decides, no encryption, no search attribute, and nothing can be
changed, sent back, withdrawn or escalated. `python -m bench.smallest ADDRESS NAMESPACE` runs its worker.
"""

import asyncio
import signal
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

TASK_QUEUE = "smallest"
PATIENCE = timedelta(seconds=20)
STICKY = timedelta(seconds=2)
CACHED = 2000
RIGHTS: dict[tuple[str, str], tuple[str, ...]] = {}
"""The rights of a person in a system, as that system knows them."""


@dataclass
class Start:
    """Hours count from the start; `messages` are the digests (and warnings, if there are any)."""

    leaver: str
    receiver: str
    witness: str
    security: str
    messages: list[float]
    grant_hours: float
    last_day: float


@dataclass
class Plan:
    systems: list[str]
    clerks: list[str]


@dataclass
class Order:
    person: str
    system: str
    rights: list[str]


@dataclass
class Decision:
    what: str
    by: str
    content: str = ""


@activity.defn
async def make_plan(person: str) -> Plan:
    """Systems and approvers."""
    return Plan(["crm", "erp", "mail", "wiki", "chat"], ["sales", "finance", "service", "it", "administration"])


@activity.defn
async def apply_access(order: Order) -> list[str]:
    """Sets a person's rights in one system and reads them back."""
    RIGHTS[order.person, order.system] = tuple(order.rights)
    return list(RIGHTS[order.person, order.system])


@activity.defn
async def send_digest(person: str, asked: list[str]) -> None:
    """Reminds those who are asked."""


@activity.defn
async def make_record(person: str) -> str:
    """The document's hash."""
    return "0" * 64


@activity.defn
async def issue_paper(person: str, kind: str) -> str:
    """A paper's hash."""
    return "0" * 64


@activity.defn
async def seal_record(sha256: str) -> None:
    """Closes the document."""


@activity.defn
async def now() -> str:
    """When a timer's effect was there."""
    return datetime.now(UTC).isoformat()


@workflow.defn(name="smallest")
class Smallest:
    @workflow.init
    def __init__(self, start: Start) -> None:
        self.start = start
        self.plan = Plan([], [])
        self.receiver = start.receiver
        self.stage = "opening"
        self.asked: dict[str, str] = {}
        """What is to be decided, and by whom."""

    @workflow.run
    async def run(self, start: Start) -> str:
        self.plan = await _do(make_plan, start.leaver)
        await self._in_every_system("view")
        await _do(issue_paper, start.leaver, "privacy_notice")
        self.asked = {clerk: clerk for clerk in self.plan.clerks}
        self.asked |= {"hand_over_items": start.leaver, "request_grant": start.leaver}
        self.stage = "handing_over"
        beside = asyncio.gather(self._send_messages(), self._grant())
        await workflow.wait_condition(lambda: not self.asked)
        record = await _do(make_record, start.leaver)
        parties = (start.leaver, self.receiver, start.witness)
        self.asked = {f"sign:{party}": party for party in parties}
        self.stage = "signing"
        await workflow.wait_condition(lambda: not self.asked)
        await _do(seal_record, record)
        self.stage = "awaiting_last_day"
        await self._until(start.last_day)
        await beside
        await self._in_every_system()
        await _do(issue_paper, start.leaver, "certificate")
        self.stage = "completed"
        return self.stage

    @workflow.query
    def where(self) -> str:
        return self.stage

    @workflow.update
    def decide(self, decision: Decision) -> str:
        if decision.what == "assign_receiver":
            self.receiver = decision.content
            return self.stage
        del self.asked[decision.what]
        if decision.what == "hand_over_items":
            self.asked["decide_items"] = self.receiver
        if decision.what == "request_grant":
            self.asked["decide_grant"] = self.start.security
        return self.stage

    @decide.validator
    def may_decide(self, decision: Decision) -> None:
        expected = self.start.witness if decision.what == "assign_receiver" else self.asked.get(decision.what)
        if decision.by != expected:
            raise ApplicationError("not asked", type="Refused", non_retryable=True)

    async def _in_every_system(self, *rights: str) -> None:
        await asyncio.gather(*(self._apply(system, *rights) for system in self.plan.systems))

    async def _apply(self, system: str, *rights: str) -> None:
        observed = await _do(apply_access, Order(self.start.leaver, system, list(rights)))
        if observed != list(rights):
            raise ApplicationError(f"{system} does not follow")

    async def _send_messages(self) -> None:
        for hours in self.start.messages:
            await self._until(hours)
            await _do(send_digest, self.start.leaver, sorted(self.asked))

    async def _grant(self) -> None:
        await workflow.wait_condition(lambda: "decide_grant" in self.asked)
        await workflow.wait_condition(lambda: "decide_grant" not in self.asked)
        await self._apply("erp", "change", "view")
        await workflow.sleep(timedelta(hours=self.start.grant_hours))
        await self._apply("erp", "view")

    async def _until(self, hours: float) -> None:
        await workflow.sleep(workflow.info().workflow_start_time + timedelta(hours=hours) - workflow.now())


@workflow.defn(name="one-timer")
class OneTimer:
    """A timer and one effect: as late as a timer has to be."""

    @workflow.run
    async def run(self, due: str) -> str:
        await workflow.sleep(datetime.fromisoformat(due) - workflow.now())
        written: str = await workflow.execute_local_activity(now, start_to_close_timeout=PATIENCE)
        return written


async def _do(step: Any, *given: Any) -> Any:
    return await workflow.execute_activity(step, args=given, start_to_close_timeout=PATIENCE)


def smallest_worker(client: Client) -> Worker:
    """With the options of Wanbi's own worker where they matter for speed."""
    return Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Smallest, OneTimer],
        activities=[make_plan, apply_access, send_digest, make_record, issue_paper, seal_record, now],
        max_cached_workflows=CACHED,
        sticky_queue_schedule_to_start_timeout=STICKY,
    )


async def main(address: str, namespace: str) -> None:
    """Runs until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with smallest_worker(await Client.connect(address, namespace=namespace)):
        await stop.wait()
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
