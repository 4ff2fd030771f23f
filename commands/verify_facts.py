"""Recomputes the evidence chain of every case, and the log across them:
`python -m commands.verify_facts [--with-workflows] [--head FILE] [case …]`.

With workflows, the facts that stand are also compared with those that each case's workflow tells; that alone shows
facts cut off at the end of a chain. `--head`: a tree head that somebody kept outside; the log has to continue it. Named
cases are looked at alone, without the log. Exit code 1 if anything is wrong.
"""

import argparse
import asyncio
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import col, select
from temporalio.client import Client

import logs
from activities.assembly import tree_signer
from commands.running_cases import NoAnswer, NoWorkflow, ask
from config import settings
from models import facts
from models.database import connect, reading
from models.facts import ChainReport
from models.log import checking, nodes
from models.log.nodes import LogBroken
from models.tables import CaseView, FactRow
from temporal_client import reach_temporal
from verifier import heads

_LOOKS = 5
_LOOK_AGAIN = 1.0
"""Seconds: a difference that goes away was a write under way."""


@dataclass
class Result:
    """What was looked at, and what is wrong."""

    cases: int = 0
    facts: int = 0
    compared: int = 0
    problems: list[str] = field(default_factory=list)


def log_problems(engine: Engine, keys: Collection[str], held: Path | None = None) -> tuple[int, list[str]]:
    """How many entries the log has, and what is wrong with it: by itself, and beside a tree head kept outside."""
    with reading(engine) as session:
        problems = list(checking.problems(session, keys))
        if held is not None:
            try:
                checking.require_continues(session, heads.from_file(held.read_bytes(), keys))
            except LogBroken as broken:
                problems += broken.problems
            except (OSError, ValueError) as error:
                problems.append(f"{held}: {error}")
        return nodes.size(session), problems


def chains(engine: Engine, case_ids: Sequence[str] = ()) -> Iterator[ChainReport]:
    """What each case's chain shows, recomputed from its first fact to its last."""
    for case_id in case_ids or _all_cases(engine):
        yield facts.verify(case_id, _rows(engine, case_id))


async def compare(client: Client, engine: Engine, case_id: str) -> tuple[str, ...]:
    """How a case's standing facts differ from those that its workflow tells. Raises NoAnswer or NoWorkflow."""
    differences: tuple[str, ...] = ()
    for _ in range(_LOOKS):
        told = await ask(client, case_id)
        differences = facts.differences(await asyncio.to_thread(_rows, engine, case_id), told.facts)
        if not differences:
            break
        await asyncio.sleep(_LOOK_AGAIN)
    return differences


async def check(engine: Engine, client: Client | None, case_ids: Sequence[str] = ()) -> Result:
    """Goes through the cases given, or all; without a client the chains alone are checked."""
    result = Result()
    for report in chains(engine, case_ids):
        problems = list(report.problems) if report.facts else ["there is no fact of it"]
        if client is not None:
            with suppress(NoWorkflow):  # Temporal keeps closed cases for a while only
                try:
                    problems += await compare(client, engine, report.case_id)
                    result.compared += 1
                except NoAnswer as silent:
                    problems.append(str(silent))
        result.cases += 1
        result.facts += report.facts
        result.problems += [f"case {report.case_id}: {problem}" for problem in problems]
    return result


def _rows(engine: Engine, case_id: str) -> Sequence[FactRow]:
    with reading(engine) as session:
        return session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))).all()


def _all_cases(engine: Engine) -> list[str]:
    with reading(engine) as session:
        with_facts = session.exec(select(FactRow.case_id).distinct()).all()
        with_row = session.exec(select(CaseView.case_id).where(CaseView.version > 0)).all()
    return sorted({*with_facts, *with_row})


async def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m commands.verify_facts", description=__doc__)
    parser.add_argument("--with-workflows", action="store_true")
    parser.add_argument("--head", type=Path)
    parser.add_argument("case", nargs="*")
    wanted = parser.parse_args(arguments)
    config = settings()
    logs.configure("WARNING", sys.stderr)
    engine = connect(config.url)
    client = await reach_temporal(config) if wanted.with_workflows else None
    result = await check(engine, client, wanted.case)
    entries = 0
    if not wanted.case:
        entries, broken = await asyncio.to_thread(log_problems, engine, tree_signer(config).known, wanted.head)
        result.problems += [f"log: {problem}" for problem in broken]
    for problem in result.problems:
        print(f"PROBLEM {problem}")
    looked_at = f"{result.cases} cases, {result.facts} facts, {result.compared} compared, {entries} in the log"
    print(f"{looked_at}, {len(result.problems)} problems")
    if client is not None:
        await asyncio.sleep(0.3)  # lets the SDK's native threads end before the interpreter does (sdk-python issue 300)
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
