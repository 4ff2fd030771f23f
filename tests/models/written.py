"""Writes of a case as its workflow sends them, and what the ledger holds afterwards."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from activities.assembly import proofs
from domain import access, opening
from domain.case import Case
from domain.change import Notification
from domain.people import Actor
from models.database import reading, utc_now
from models.decision_bodies import Body
from models.decisions import digest
from models.ledger import DatabaseLedger
from models.messages import NumberedFact, Proof, RecordRequest, StartCase
from models.planner import DatabasePlanner
from models.tables import CaseView, FactRow
from tests import builders
from tests.builders import ARRIVAL

PROOFS = proofs(builders.settings(Path("unused")))


def ledger(engine: Engine) -> DatabaseLedger:
    return DatabaseLedger(engine, PROOFS)


def opened(engine: Engine, case_id: str = "c1", employee: str = "lin", **notice: Any) -> Case:
    """A case of the builders' company right after it was opened; nothing of it is written yet but the notice."""
    builders.notice(engine, case_id, ARRIVAL, employee, **notice)
    start = StartCase(case_id=case_id, employee_id=f"e-{employee}", arrived_at=ARRIVAL)
    plan = DatabasePlanner(engine).plan(start)
    case = Case(start.case_id, start.employee_id, start.arrived_at)
    return access.settle(opening.open_case(case, plan, ARRIVAL).case, ARRIVAL)


def facts(first: int, *kinds: str, by: str = "", **data: Any) -> tuple[NumberedFact, ...]:
    """Facts of these kinds, numbered from `first`, a minute apart."""
    return tuple(
        NumberedFact(number=n, kind=kind, at=ARRIVAL + timedelta(minutes=n), by=by, data=data)
        for n, kind in enumerate(kinds, first)
    )


def request(
    case: Case,
    version: int,
    told: Sequence[NumberedFact] = (),
    *,
    now: datetime | None = None,
    notifications: Sequence[Notification] = (),
    proof: Proof | None = None,
) -> RecordRequest:
    """A write; each version comes an hour after the one before unless `now` says otherwise."""
    return RecordRequest(
        case=case,
        version=version,
        now=now or ARRIVAL + timedelta(hours=version),
        facts=tuple(told),
        notifications=tuple(notifications),
        proof=proof,
    )


def proof(by: Actor, action: str, body: Body, case_id: str = "c1", *, fresh: bool = False) -> Proof:
    """What the API issued to that person for exactly this."""
    given = digest(action, by, body)
    token, _ = PROOFS.issue(case_id, action, by.account, given, utc_now(), fresh=fresh)
    return Proof(token=token, action=action, account=by.account, roles=by.roles, digest=given)


def chain(engine: Engine, case_id: str = "c1") -> list[FactRow]:
    """The case's facts, in order."""
    with reading(engine) as session:
        return list(session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))).all())


def view(engine: Engine, case_id: str = "c1") -> CaseView:
    """The case's row in the read model."""
    with reading(engine) as session:
        row = session.get(CaseView, case_id)
    assert row is not None
    return row
