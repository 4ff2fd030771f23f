"""(h) What somebody with 10,000 customers hands over: snapshot, assignment, acceptance, way back, on both databases.

Beside a quarter of it: the ratio says whether the work grows with the customers, and no faster.
"""

import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert

from bench import company as c
from bench import statistics
from bench.lists import postgresql
from bench.report import Figure, Table
from domain.case import Stage
from domain.people import Role
from models.accounts import Caller
from models.database import connect, utc_now, writing
from models.desk import assignments, portfolio_decisions
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.portfolio import DatabasePortfolios
from models.desk.portfolio_bodies import AssignEntries, DecideEntries
from models.desk.tables import Customer
from models.messages import PortfolioOrder
from models.schema import upgrade
from models.tables import CaseView

MANY, QUICK = 10_000, 2_000
PART = 4
REGIONS = 20
RECEIVERS = tuple(c.leaver(number) for number in range(1, 11))
ORDER = PortfolioOrder(case_id="b" * 32, employee_id=f"e-{c.leaver(0)}", receiver=RECEIVERS[0], hr=c.HR, now=utc_now())
HR = Caller(c.HR, c.HR, f"e-{c.HR}", (Role.HR,), "zh", "Asia/Shanghai")


async def measure(*, quick: bool) -> list[Table]:
    customers = QUICK if quick else MANY
    with tempfile.TemporaryDirectory(prefix="wanbi-bench-") as folder:
        urls = [f"sqlite:///{Path(folder) / f'{name}.db'}" for name in ("large", "small")]
        found = [_on("SQLite", urls[0], urls[1], customers)]
    with postgresql() as (one, other):
        found.append(_on("PostgreSQL", one, other, customers))
    return found


def _on(kind: str, large: str, small: str, customers: int) -> Table:
    ours, part = _handover(large, customers), _handover(small, customers // PART)
    figures = [Figure(name, ours[name] * 1e3, part[name] * 1e3, "ms", at_most=PART * 1.5) for name in ours]
    title = f"(h) the portfolio of {customers:,} customers, as many orders, half as many receivables, on {kind}"
    return Table(title, figures, (f"{customers:,}", f"{customers // PART:,}"))


def _handover(url: str, customers: int) -> dict[str, float]:
    """Seconds for each step."""
    engine = connect(url)
    _sell(engine, customers)
    portfolios = DatabasePortfolios(engine)
    staff = tuple(f"n-{name}" for name in RECEIVERS)
    found = {
        "snapshot": _timed(lambda: portfolios.take(ORDER)),
        "assignment to ten": _timed(
            lambda: _write(engine, portfolio_decisions.assign, AssignEntries(receivers=staff, also_proposed=True))
        ),
        "acceptance, 500 a call": _timed(lambda: _accept_all(engine)),
        "count": _timed(lambda: portfolios.count(ORDER.case_id)),
        "way back": _timed(lambda: portfolios.give_back(ORDER)),
    }
    engine.dispose()
    return found


def _accept_all(engine: Engine) -> None:
    with writing(engine) as session:
        entries = assignments.waiting(session, ORDER.case_id, also_proposed=True)
    for name in RECEIVERS:
        own = [e for e in entries if e.kind == "customer" and e.receiver == f"e-{name}"]
        receiver = Caller(name, name, f"e-{name}", (), "zh", "Asia/Shanghai")
        for begin in range(0, len(own), 500):
            named = [{"kind": e.kind, "record": e.record_id, "version": e.version} for e in own[begin : begin + 500]]
            body = DecideEntries.model_validate({"step": "accept", "entries": named})
            _write(engine, portfolio_decisions.decide, body, receiver)


def _write(engine: Engine, act: Callable[..., Any], body: Any, caller: Caller = HR) -> None:
    with writing(engine) as session:
        act(session, ORDER.case_id, caller, body, utc_now())


def _timed(step: Callable[[], Any]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def _sell(engine: Engine, customers: int) -> None:
    """The company, a case that hands over, and the leaver's customers; each receiver has one in two regions."""
    upgrade(engine)
    c.Company(leavers=len(RECEIVERS) + 1).found(engine)
    now = utc_now()
    sold: list[dict[str, Any]] = [customer(number, ORDER.employee_id) for number in range(customers)]
    own = [customer(customers + number, f"e-{name}") for number, name in enumerate(RECEIVERS)]
    common = {"currency": "CNY", "owner": ORDER.employee_id, "updated_at": now}
    placed = {"department": c.DEPARTMENTS[0], "origin_owner": ORDER.employee_id, "placed_by": c.leaver(0)}
    placed |= {"placed_at": now, "state_at": now, "state": "confirmed", "total": 100}
    due: dict[str, Any] = {"amount": 100, "issued_on": now.date(), "due_on": now.date() + timedelta(days=30)}
    due |= {"state": "open", "created_at": now, "created_by": c.HR}
    orders = [
        {"id": f"o{n:09}", "number": f"O{n}", "customer_id": f"c{n:09}", **common, **placed} for n in range(customers)
    ]
    bills = [
        {"id": f"r{n:09}", "number": f"R{n}", "customer_id": f"c{n:09}", **common, **due}
        for n in range(0, customers, 2)
    ]
    with writing(engine) as session:
        for table, rows in ((Customer, [*sold, *own]), (SalesOrder, orders), (Receivable, bills)):
            session.execute(insert(table), rows)
        session.add(
            CaseView(
                case_id=ORDER.case_id,
                employee_id=ORDER.employee_id,
                department=c.DEPARTMENTS[0],
                leaver=c.leaver(0),
                hr=c.HR,
                stage=Stage.HANDING_OVER.value,
                arrived_at=now,
                last_day=now.date(),
                version=1,
                snapshot={"case_id": ORDER.case_id, "employee_id": ORDER.employee_id},
                updated_at=now,
            )
        )
    statistics.gather(engine)


def customer(number: int, owner: str) -> dict[str, Any]:
    at = {"created_at": utc_now(), "updated_at": utc_now(), "created_by": c.HR}
    name = f"customer {number}"
    return {
        "id": f"c{number:09}",
        "number": f"C{number}",
        "name": name,
        "name_key": name,
        "region": f"region {number % REGIONS}",
        "status": "active",
        "owner": owner,
        "department": c.DEPARTMENTS[0],
        **at,
    }


def _hangs(letter: str, number: int) -> dict[str, Any]:
    return {"id": f"{letter}{number:09}", "number": f"{letter}{number}", "customer_id": f"c{number:09}"}
