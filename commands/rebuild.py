"""Makes ledger and read model anew from the workflows, for instance after the database came back from a backup.

`python -m commands.rebuild [--closed]`, while workers run. Every open case is asked for its state and facts; what the
database lacks is written. Rights in connected systems are read back too, and put right where they differ from what the
case wants. Prints what it did; exit code 1 if something is left that a person has to look at.
"""

import argparse
import asyncio
import sys
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, or_
from sqlmodel import col, select
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

import logs
from activities.access import act
from activities.assembly import ConfiguredConnectors, plain
from activities.files import DatabaseFiles
from commands.running_cases import NoAnswer, NoWorkflow, ask, known_to_temporal
from config import settings
from domain.case import Case
from domain.rights import SystemAccess
from models.database import connect, reading
from models.messages import AccessOrder
from models.restore import Restored, Told, bring_in_line
from models.tables import CaseView, Notice
from temporal_client import reach_temporal
from typesetting.typesetter import Typesetter
from workflows.ids import effect_key

AT_ONCE = 10
SETTLES_WITHIN = 10.0
"""Seconds after which a difference that does not move is none of a write under way."""
_LOOK_AGAIN = 1.0


@dataclass
class Report:
    """What was done, counted, and what is left for a person."""

    done: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def add(self, restored: Restored) -> None:
        self.done["cases"] += 1
        self.done[f"rows {restored.row}"] += 1
        self.done["facts added"] += restored.facts_added
        self.done["facts voided"] += restored.facts_voided
        if not restored.notice_there:
            self.problems.append(f"case {restored.case_id}: the text of its notice is lost; keep the original with it")


async def rebuild(
    client: Client, engine: Engine, connectors: ConfiguredConnectors, files: DatabaseFiles, *, closed: bool = False
) -> Report:
    """Goes through all cases, some at a time."""
    in_temporal = await known_to_temporal(client, closed=closed)
    in_database = await asyncio.to_thread(_open_in_database, engine)
    report, at_once = Report(), asyncio.Semaphore(AT_ONCE)

    async def one(case_id: str) -> None:
        async with at_once:
            try:
                told, restored = await _restore(client, engine, files, report, case_id)
            except (NoAnswer, NoWorkflow) as problem:
                report.problems.append(str(problem))
                return
            report.add(restored)
            for access in told.case.systems:
                if access.verified and access.revision:
                    await asyncio.to_thread(_put_right, connectors, told.case, access, report)

    await asyncio.gather(*(one(case_id) for case_id in sorted({*in_temporal, *in_database})))
    return report


async def _restore(
    client: Client, engine: Engine, files: DatabaseFiles, report: Report, case_id: str
) -> tuple[Told, Restored]:
    """Asks until the answer can be written: a difference may be a write under way."""
    told, waited = await ask(client, case_id), 0.0
    report.done["files erased again"] += await asyncio.to_thread(files.erase_again, told.case)
    while True:
        restored = await asyncio.to_thread(bring_in_line, engine, told, settled=waited >= SETTLES_WITHIN)
        if restored is not None:
            return told, restored
        await asyncio.sleep(_LOOK_AGAIN)
        again = await ask(client, case_id)
        told, waited = again, waited + _LOOK_AGAIN if again == told else 0.0


def _put_right(connectors: ConfiguredConnectors, case: Case, access: SystemAccess, report: Report) -> None:
    """A system that the case believes verified is looked at again; if it differs, it is told once more."""
    order = AccessOrder(
        case_id=case.case_id,
        employee_id=case.employee_id,
        system=access.system,
        operation=access.operation,
        held=access.held,
        desired=access.desired,
        revision=access.revision,
        wanted_since=access.wanted_since,
        key=effect_key(case.case_id, f"{access.system}:again-{uuid.uuid4().hex}", access.revision),
    )
    try:
        connector = connectors.of(access.system)
        if set(connector.read_back(order)) == set(access.desired):
            report.done["systems right"] += 1
            return
        act(connector, order)
        if set(connector.read_back(order)) == set(access.desired):
            report.done["systems put right"] += 1
            return
        problem = "shows other rights than the case wants"
    except ApplicationError as error:
        problem = str(error)
    report.problems.append(f"case {case.case_id}, system {access.system}: {problem}")


def _open_in_database(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(
            session.exec(
                select(Notice.case_id)
                .join(CaseView, col(CaseView.case_id) == col(Notice.case_id), isouter=True)
                .where(col(Notice.started_at).is_not(None), or_(col(Notice.open_for).is_not(None), col(CaseView.open)))
            ).all()
        )


async def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m commands.rebuild", description=__doc__)
    parser.add_argument("--closed", action="store_true", help="also cases that ended and that Temporal still knows")
    wanted = parser.parse_args(arguments)
    config = settings()
    logs.configure("WARNING", sys.stderr)
    engine = connect(config.url)
    connectors = ConfiguredConnectors(engine, plain(config.webhook_secrets))
    files = DatabaseFiles(engine, config.employer, Typesetter(config.fonts))
    report = await rebuild(await reach_temporal(config), engine, connectors, files, closed=wanted.closed)
    for what, count in sorted(report.done.items()):
        print(f"{what}: {count}")
    for problem in report.problems:
        print(f"PROBLEM {problem}")
    await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
