"""A small company on a real Temporal server: its database, its scripted systems, its workers and its cases."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from activities.access import AccessActivities
from activities.assembly import access_activities, plain, proofs
from activities.casework import CaseActivities
from activities.connectors.pdf_signing import PdfSigning
from activities.files import DatabaseFiles
from activities.papers import DatabasePapers
from config import Settings
from domain.people import Actor
from models import decision_bodies as d
from models import decisions
from models.codec import EncryptionCodec, PatientPayloadConverter, converter, ring
from models.database import utc_now, writing
from models.desk.portfolio import DatabasePortfolios
from models.ledger import DatabaseLedger
from models.messages import StartCase
from models.people import DatabasePeople
from models.planner import DatabasePlanner
from models.proofs import Proofs
from models.tables import Account
from pades.office import Office
from tests import builders as b
from tests.pades.builders import office
from tests.workflows.running_case import WITHIN, Refused, RunningCase, eventually, name_of
from tests.workflows.scripted import LedgerThatMayBeAway, ScriptedSystem, ScriptedSystems
from typesetting.typesetter import Typesetter
from worker import access_worker, case_worker
from workflows import ids
from workflows.offboarding import Offboarding
from workflows.options import TASK_QUEUE

__all__ = ["WITHIN", "Refused", "RunningCase", "World", "eventually", "in_the_open", "world"]


@dataclass
class World:
    temporal: WorkflowEnvironment
    engine: Engine
    config: Settings
    own_store: bool
    encrypted: bool
    systems: ScriptedSystems
    ledger: LedgerThatMayBeAway
    proofs: Proofs
    office: Office = field(default_factory=office)
    cases: list[RunningCase] = field(default_factory=list)
    workflow_task_timeout: timedelta | None = None
    """After four fifths of it the SDK ends a workflow task that waits for a local activity, and begins another."""
    client: Client = field(init=False)
    _workers: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def resign(self, arrived_at: datetime | None = None, **notice: Any) -> RunningCase:
        """A notice arrives (now, unless said otherwise) and its case starts."""
        case_id = f"c{uuid.uuid4().hex[:12]}"
        arrived = arrived_at or utc_now()
        b.notice(self.engine, case_id, arrived, **notice)
        start = StartCase(case_id=case_id, employee_id="e-lin", arrived_at=arrived, registered_by=b.HR.account)
        handle = await self.client.start_workflow(
            Offboarding.run,
            start,
            id=ids.workflow_id(case_id),
            task_queue=TASK_QUEUE,
            task_timeout=self.workflow_task_timeout,
        )
        case = RunningCase(self, case_id, handle)
        self.cases.append(case)
        return case

    def prove(self, case_id: str, by: Actor, body: d.Body, *, fresh: bool = True, at: datetime | None = None) -> str:
        """The proof that the API would issue to that person for exactly this decision."""
        name = name_of(body)
        token, _ = self.proofs.issue(
            case_id, name, by.account, decisions.digest(name, by, body), at or utc_now(), fresh=fresh
        )
        return token

    def close_account(self, *accounts: str) -> None:
        """These people have left; nobody tells the cases."""
        with writing(self.engine) as session:
            for account in accounts:
                session.get_one(Account, account).active = False

    async def restart(self, **settings: Any) -> None:
        """A deploy: the worker processes end, and others begin with these settings changed."""
        await self.stop()
        await self.start(self.config.model_copy(update=settings))
        for case in self.cases:
            case.handle = self.client.get_workflow_handle_for(Offboarding.run, case.handle.id)

    async def start(self, config: Settings) -> None:
        """Begins to work on both queues."""
        self.config = config
        self.client = _client(self.temporal, config, encrypted=self.encrypted)
        await self._workers.enter_async_context(case_worker(self.client, self._light_steps(), max_cached_cases=50))
        await self._workers.enter_async_context(access_worker(self.client, self._effects()))

    async def stop(self) -> None:
        """Ends the workers; what they are doing they finish."""
        await self._workers.aclose()

    async def close(self) -> None:
        """Ends everything, so that the next test's workers inherit nothing."""
        for system in self.systems:
            system.go_on()
        self.ledger.away = False
        for case in self.cases:
            for handle in (case.handle, case.aftercare):
                with suppress(RPCError):  # not every case has come to its aftercare
                    await handle.terminate()
        await self.stop()

    def _effects(self) -> list[Callable[..., Any]]:
        return (
            access_activities(self.engine, self.config)
            if self.own_store
            else [AccessActivities(self.systems).apply_access]
        )

    def _light_steps(self) -> list[Callable[..., Any]]:
        typesetter = Typesetter()
        steps = CaseActivities(
            DatabasePlanner(self.engine),
            self.ledger,
            DatabasePeople(self.engine),
            PdfSigning(self.engine, self.config.employer, self.office, typesetter),
            DatabasePapers(self.engine, self.config.employer),
            DatabaseFiles(self.engine, self.config.employer),
            DatabasePortfolios(self.engine),
        )
        return steps.all()


def in_the_open() -> DataConverter:
    """The converter of everything here, without the encryption."""
    return replace(pydantic_data_converter, payload_converter_class=PatientPayloadConverter)


def _client(temporal: WorkflowEnvironment, config: Settings, *, encrypted: bool) -> Client:
    codec = EncryptionCodec(ring(plain(config.payload_keys)), config.payload_key)
    connection = temporal.client.config()
    connection["data_converter"] = converter(codec) if encrypted else in_the_open()
    return Client(**connection)


@asynccontextmanager
async def world(
    temporal: WorkflowEnvironment,
    engine: Engine,
    folder: Path,
    *,
    own_store: bool = False,
    encrypted: bool = True,
    **template: Any,
) -> AsyncIterator[World]:
    """A company with its workers, until the block ends; `own_store`: with Wanbi's own entitlements as its systems."""
    b.company(engine, **template)
    config = b.settings(folder)
    here = World(
        temporal,
        engine,
        config,
        own_store,
        encrypted,
        ScriptedSystems(() if own_store else (ScriptedSystem(name, rights) for name, rights in b.SYSTEMS.items())),
        LedgerThatMayBeAway(DatabaseLedger(engine, proofs(config))),
        proofs(config),
    )
    await here.start(config)
    try:
        yield here
    finally:
        await here.close()
