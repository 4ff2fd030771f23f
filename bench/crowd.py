"""Fills the read model with cases of the same shape as a real one, in bulk. Most are closed, as in a real company."""

import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, Connection, Engine, Integer, MetaData, String, Table, insert, literal, select
from sqlalchemy.types import Boolean, Date
from sqlmodel import SQLModel

from bench import statistics
from bench.company import leaver
from models.database import UtcDateTime, utc_now

OPEN_IN = 8
"""One case in so many is open, and every other one of these is overdue."""
PEOPLE = 1_000
_STAGES = ("handing_over", "handing_over", "signing", "awaiting_last_day")

_shapes = Table(
    "bench_shape",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("case_id", String),
    Column("employee_id", String),
    Column("stage", String),
    Column("open", Boolean),
    Column("arrived_at", UtcDateTime),
    Column("last_day", Date),
    Column("closed_at", UtcDateTime),
    Column("next_due_at", UtcDateTime),
)


def crowd(engine: Engine, case_id: str, cases: int) -> None:
    """Copies the case `case_id`, with its tasks, participants and messages, until there are so many cases."""
    with engine.execution_options(writing=True).begin() as connection:
        _shapes.create(connection)
        connection.execute(insert(_shapes), [_shape(number) for number in range(1, cases)])
        for name in ("case_view", "participant", "task", "notification"):
            _copy(connection, SQLModel.metadata.tables[name], case_id)
        _shapes.drop(connection)
    statistics.gather(engine)


def _shape(number: int) -> dict[str, Any]:
    """Open cases arrived within the last month; closed ones are spread over the years before."""
    now = utc_now()
    running = number % OPEN_IN == 0
    overdue = number % (2 * OPEN_IN) == 0
    days = number % 29 if running else 60 + number % 1500
    arrived = now - timedelta(days=days, seconds=number % 86_400)
    stage = _STAGES[number // OPEN_IN % len(_STAGES)] if running else "completed"
    return {
        "number": number,
        "case_id": uuid.uuid5(uuid.NAMESPACE_OID, f"bench {number}").hex,
        "employee_id": f"e-{leaver(number % PEOPLE)}",
        "stage": stage,
        "open": running,
        "arrived_at": arrived,
        "last_day": (arrived + timedelta(days=30)).date(),
        "closed_at": None if running else arrived + timedelta(days=31),
        "next_due_at": (now + timedelta(days=-1 if overdue else 5)) if running else None,
    }


def _copy(connection: Connection, table: Table, case_id: str) -> None:
    """One statement a table: whatever `_shapes` knows of a column comes from there, the rest from the real case."""
    names = [column.name for column in table.columns if not (table.name == "notification" and column.name == "id")]
    values = [_value(table, name) for name in names]
    rows = select(*values).select_from(table.join(_shapes, literal(True))).where(table.c.case_id == case_id)
    if table.name == "task":
        rows = rows.where(_shapes.c.open)
    connection.execute(insert(table).from_select(names, rows))


def _value(table: Table, name: str) -> Any:
    if table.name == "notification" and name == "key":
        return _shapes.c.case_id + literal(":") + table.c.key
    return _shapes.c[name] if name in _shapes.c else table.c[name]
