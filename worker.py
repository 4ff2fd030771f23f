"""The worker process: settings, logs, Temporal client, workers for both task queues, mail, a graceful stop."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.worker import Worker

import logs
from activities import signature_teller
from activities.assembly import access_activities, case_activities, log_activities, proofs
from activities.importer import Importer
from activities.mail import MailDispatcher
from activities.schedules import keep_schedules
from activities.sealing import stamper
from activities.starter import keep_starting
from activities.teller import keep_telling
from activities.tidying import keep_tidy
from activities.trust import Trust, open_trust
from activities.weeks import keep_weeks
from config import Settings, settings
from models.database import connect
from models.schema import wait_until_current
from sandbox import workflow_runner
from temporal_client import connect_temporal, wait_for_namespace
from workflows.aftercare import Aftercare
from workflows.offboarding import Offboarding
from workflows.options import ACCESS_TASK_QUEUE, TASK_QUEUE
from workflows.tree_heads import TreeHeads

GRACE = timedelta(seconds=20)
STICKY = timedelta(seconds=2)
STEPS_AT_ONCE = 15
"""Ordinary steps, and as many local ones: together as many as the database has connections for (models.database)."""
EFFECTS_AT_ONCE = 32
log = structlog.get_logger("worker")


@asynccontextmanager
async def case_worker(
    client: Client, activities: Sequence[Callable[..., Any]], *, max_cached_cases: int
) -> AsyncIterator[None]:
    """Serves the workflows and their light steps."""
    with ThreadPoolExecutor(max_workers=2 * STEPS_AT_ONCE, thread_name_prefix="step") as threads:
        async with Worker(
            client,
            task_queue=TASK_QUEUE,
            workflows=[Offboarding, Aftercare, TreeHeads],
            activities=activities,
            activity_executor=threads,
            max_concurrent_activities=STEPS_AT_ONCE,
            max_concurrent_local_activities=STEPS_AT_ONCE,
            workflow_runner=workflow_runner(),
            max_cached_workflows=max_cached_cases,
            sticky_queue_schedule_to_start_timeout=STICKY,
            graceful_shutdown_timeout=GRACE,
        ):
            yield


@asynccontextmanager
async def access_worker(client: Client, activities: Sequence[Callable[..., Any]]) -> AsyncIterator[None]:
    """Serves the effects in connected systems, in threads of its own: one that hangs must not keep a case waiting."""
    with ThreadPoolExecutor(max_workers=EFFECTS_AT_ONCE, thread_name_prefix="effect") as threads:
        async with Worker(
            client,
            task_queue=ACCESS_TASK_QUEUE,
            activities=activities,
            activity_executor=threads,
            max_concurrent_activities=EFFECTS_AT_ONCE,
            graceful_shutdown_timeout=GRACE,
        ):
            yield


@asynccontextmanager
async def running(client: Client, engine: Engine, config: Settings, trust: Trust | None = None) -> AsyncIterator[None]:
    """Workers for the queues that this process serves, until the block ends.

    `trust`: what it signs and stamps with; by default what the installation has founded. Raises what `open_trust`
    raises.
    """
    async with AsyncExitStack() as stack:
        if config.worker_queues in ("all", "cases"):
            keys = await asyncio.to_thread(open_trust, config, engine) if trust is None else trust
            steps = case_activities(engine, config, keys.office)
            steps += log_activities(engine, config, stamper(keys))
            await stack.enter_async_context(case_worker(client, steps, max_cached_cases=config.max_cached_cases))
        if config.worker_queues in ("all", "access"):
            await stack.enter_async_context(access_worker(client, access_activities(engine, config)))
        yield


async def everything_is_there(config: Settings, engine: Engine) -> None:
    """Returns when Temporal knows the namespace and the database is up to date: nothing has to start in order."""
    await wait_for_namespace(config)
    await wait_until_current(engine)


async def unless_stopped(stop: asyncio.Event, waiting: Coroutine[Any, Any, None]) -> bool:
    """True as soon as `waiting` is over; False, and it is given up, if the process is to stop before."""
    tasks = asyncio.create_task(waiting), asyncio.create_task(stop.wait())
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    if tasks[0].done() and not tasks[0].cancelled():
        tasks[0].result()
    return not stop.is_set()


async def main() -> None:
    """Runs until SIGINT or SIGTERM, then lets running steps finish."""
    config = settings()
    logs.configure(config.log_level)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listen = "0.0.0.0" if config.environment == "production" else "127.0.0.1"  # noqa: S104  # scraped from outside
    engine = connect(config.url)
    if not await unless_stopped(stop, everything_is_there(config, engine)):
        return
    client = await connect_temporal(config, metrics_address=f"{listen}:{config.worker_metrics_port}")
    async with running(client, engine, config), asyncio.TaskGroup() as beside:
        if config.worker_queues in ("all", "cases"):
            beside.create_task(keep_schedules(client, timedelta(minutes=config.tree_head_minutes), stop))
            beside.create_task(keep_starting(engine, client, stop))
            beside.create_task(keep_telling(engine, client, stop))
            beside.create_task(signature_teller.keep_telling(engine, client, proofs(config), stop))
            beside.create_task(MailDispatcher(engine, config).run(stop))
            beside.create_task(keep_weeks(engine, stop))
            beside.create_task(keep_tidy(engine, timedelta(days=config.idempotency_days), stop))
            beside.create_task(Importer(engine).run(stop))
        log.info("worker.started", queues=config.worker_queues, namespace=config.temporal_namespace)
        await stop.wait()
        log.info("worker.stopping")
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)


if __name__ == "__main__":
    asyncio.run(main())
