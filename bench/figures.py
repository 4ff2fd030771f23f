"""(h) Figures of a company of a million orders, beside the barest SQL that reads the same rows, on both databases."""

import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, text

from bench.lists import postgresql
from bench.report import Figure, Table
from bench.trade import LEAVER, trade
from domain.desk.loss import Thresholds
from domain.desk.turnover import twelve_months_until
from models.database import connect, reading, table, utc_now, writing
from models.desk import after, commission, figures, files, insight, outcomes, preview
from models.desk.after import Departed
from models.desk.scopes import everybody
from models.desk.trail_tables import PortfolioEntry
from models.schema import upgrade
from models.tables import Employee

QUICK = 100_000
ROUNDS = 3
CASE = "0" * 32
ZONE = "Asia/Shanghai"
YEAR = (
    "SELECT currency, sum(total) FROM sales_order WHERE placed_at >= :since "
    "AND state IN ('confirmed', 'in_progress', 'delivered', 'completed') GROUP BY currency"
)
OWN = "SELECT state, count(*), sum(total) FROM sales_order WHERE owner = :owner GROUP BY state"
CUSTOMERS = "SELECT owner, count(*) FROM customer GROUP BY owner"
LINES = "SELECT l.* FROM order_line l JOIN sales_order o ON o.id = l.order_id WHERE o.owner = :owner"


async def measure(*, quick: bool, orders: int = 1_000_000) -> list[Table]:
    orders = min(orders, QUICK) if quick else orders
    with tempfile.TemporaryDirectory(prefix="wanbi-bench-") as folder:
        found = [_on("SQLite", f"sqlite:///{Path(folder) / 'wanbi.db'}", orders)]
    with postgresql() as (url, _):
        found.append(_on("PostgreSQL", url, orders))
    return found


def _on(kind: str, url: str, orders: int) -> Table:
    engine = connect(url)
    upgrade(engine)
    trade(engine, orders)
    today = figures.today()
    of = Departed(CASE, LEAVER, utc_now() - timedelta(days=230), today - timedelta(days=200), ZONE)
    _take_portfolio(engine, of)
    year = twelve_months_until(today)
    since = {"since": year.starts(ZONE).strftime("%Y-%m-%d %H:%M:%S.000000") if kind == "SQLite" else year.starts(ZONE)}
    half = {**since, "since": _half(of.last_day, kind)}
    owner = {"owner": LEAVER}
    recently = insight.since(today, 90)
    measured: tuple[tuple[str, Callable[[Any], Any], str, dict[str, Any]], ...] = (
        ("dry run of the one who holds most", partial(_dry_run, today=today), YEAR, since),
        ("what came after a departure", partial(_after, of=of, today=today), YEAR, half),
        ("turnover by head", lambda s: insight.concentration(s, everybody, year), YEAR, since),
        ("completeness of all files", lambda s: files.by_owner(s, everybody, recently), CUSTOMERS, {}),
        ("commission, all lines of one", lambda s: commission.lines(s, LEAVER, of.last_day), LINES, owner),
    )
    rows = [
        Figure(
            name, _taken(engine, ask) * 1e3, _taken(engine, partial(_bare, statement=bare, values=values)) * 1e3, "ms"
        )
        for name, ask, bare, values in measured
    ]
    engine.dispose()
    return Table(f"(h) figures on {kind}, {orders:,} orders", rows, ("Wanbi", "bare SQL"))


def _dry_run(session: Any, today: date) -> None:
    preview.holdings(session, session.get_one(Employee, LEAVER), utc_now(), today)


def _after(session: Any, of: Departed, today: date) -> None:
    found = outcomes.outcomes(session, of, today, Thresholds())
    found.windows()
    found.receivers()
    after.orders(session, of)
    after.communications(session, of)
    after.defaulted(session, of)


def _bare(session: Any, statement: str, values: dict[str, Any]) -> None:
    session.connection().execute(text(statement), values).all()


def _taken(engine: Engine, ask: Callable[[Any], Any]) -> float:
    """Seconds of the quickest of a few rounds: the machine does other things, too."""
    rounds = []
    for _ in range(ROUNDS):
        with reading(engine) as session:
            began = time.perf_counter()
            ask(session)
            rounds.append(time.perf_counter() - began)
    return min(rounds)


def _half(last_day: date, kind: str) -> Any:
    """From half a year before the windows on: as many orders as both years' windows hold."""
    starts = twelve_months_until(last_day + timedelta(days=180)).starts(ZONE)
    return starts.strftime("%Y-%m-%d %H:%M:%S.000000") if kind == "SQLite" else starts


def _take_portfolio(engine: Engine, of: Departed) -> None:
    """Everything that the leaver holds, given to one of ten receivers."""
    with writing(engine) as session:
        connection = session.connection()
        held = connection.execute(text("SELECT id FROM customer WHERE owner = :owner"), {"owner": LEAVER}).scalars()
        common = {"case_id": CASE, "kind": "customer", "holder": LEAVER, "state": "accepted", "reason": ""}
        common |= {"at": of.arrived_at, "updated_at": of.arrived_at, "version": 1}
        rows = [
            {**common, "record_id": one, "customer_id": one, "receiver": f"e-s{number % 10 + 1}"}
            for number, one in enumerate(held)
        ]
        connection.execute(insert(table(PortfolioEntry)), rows)
