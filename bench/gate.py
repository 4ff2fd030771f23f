"""(g) The gate of the desk: an order written through it beside the same order without it, in turn, on both databases.

Without the gate means: nobody asks for the right and nothing is locked; the transaction, the key and the order stay.
"""

import tempfile
import time
import uuid
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine
from sqlmodel import Session

from bench import company as c
from bench.lists import postgresql
from bench.report import Table, latencies
from domain.desk.access import CREATE_ORDERS, Action
from domain.desk.records import RecordKind
from models.accounts import Caller
from models.database import connect, utc_now, writing
from models.desk import gate, order_changes
from models.desk.gate import Passage, Target
from models.desk.order_bodies import NewOrder
from models.desk.scopes import Within
from models.desk.tables import Customer, new_id
from models.desk.transactions import Request, write
from models.idempotency import Answer
from models.schema import upgrade
from models.tables import ConnectedSystem, Entitlement

WARM_UP = 50
SELLER = c.leaver(0)
CALLER = Caller(SELLER, SELLER, f"e-{SELLER}", (), "zh", "Asia/Shanghai")
LINE = {"product": "p", "name": "p", "quantity": "2", "unit_price": "18600.00"}
ORDER = NewOrder.model_validate({"customer": "bench", "lines": [LINE]})


async def measure(*, quick: bool) -> list[Table]:
    rounds = 300 if quick else 2000
    with tempfile.TemporaryDirectory(prefix="wanbi-bench-") as folder:
        found = [_on("SQLite", f"sqlite:///{Path(folder) / 'wanbi.db'}", rounds)]
    with postgresql() as (url, _):
        found.append(_on("PostgreSQL", url, rounds))
    return found


def _on(kind: str, url: str, rounds: int) -> Table:
    engine = connect(url)
    _found(engine)
    through: list[float] = []
    without: list[float] = []
    for number in range(WARM_UP + rounds):
        one = _timed(engine)
        with patch.object(gate, "standing_of", lambda *_, **__: None):
            other = _timed(engine)
        if number >= WARM_UP:
            through.append(one)
            without.append(other)
    engine.dispose()
    figures = latencies("order", through, without, (50, 95), at_most=1.1)
    return Table(f"(g) an order written on {kind} ({rounds} in turn)", figures, ("gate", "no gate"))


def _found(engine: Engine) -> None:
    """One seller with the right to take orders, and one customer."""
    upgrade(engine)
    c.Company(leavers=1).found(engine)
    now = utc_now()
    right = {"system": CREATE_ORDERS.system, "right": CREATE_ORDERS.right}
    with writing(engine) as session:
        session.add(ConnectedSystem(key=CREATE_ORDERS.system, name_zh="erp", name_en="erp", connector="wanbi"))
        session.flush()
        session.add(Entitlement(employee_id=CALLER.employee_id, changed_at=now, **right))
        customer = {"id": "bench", "number": "bench", "name": "bench", "name_key": "bench", "status": "active"}
        whose = {"owner": CALLER.employee_id, "department": c.DEPARTMENTS[0], "created_by": SELLER}
        session.add(Customer(**customer, **whose, created_at=now, updated_at=now))


def _timed(engine: Engine) -> float:
    """Seconds for one order."""

    def find(session: Session, mine: Within) -> Target:
        row, assigned = order_changes.ordering(session, mine, ORDER.customer, CALLER)
        return Target(RecordKind.ORDER, (row, assigned), new_id(), row.id, new=True)

    def act(session: Session, target: Target, passage: Passage) -> Answer:
        customer, assigned = target.row
        row = order_changes.place(session, target.record_id, customer, assigned, ORDER, SELLER, passage)
        return 201, {"id": row.id}

    request = Request(CALLER, uuid.uuid4().hex, "POST /desk/orders", {})
    began = time.perf_counter()
    write(engine, request, Action.PLACE_ORDER, find, act)
    return time.perf_counter() - began
