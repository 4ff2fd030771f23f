"""(j) A file of a million customers, CSV and Excel, from its parts to records of the desk; beside a bare bulk insert.

The worker is a process of its own, so that its memory can be told. The bare one reads the same CSV and inserts what it
says, a thousand rows a statement, in one transaction: no check, no history, nothing to resume.
"""

import csv
import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import select

from bench.lists import postgresql
from bench.report import Figure, Table
from domain.desk.keys import name_key
from models.database import connect, reading, table, utc_now, writing
from models.desk.tables import Customer, new_id
from models.intake import uploads
from models.intake.tables import DeskImport
from models.schema import upgrade
from models.sheets import excel_writer
from models.sheets.csv_writer import csv_text
from models.tables import Account, Department, Employee

QUICK = 20_000
HEADER = ("number", "name", "owner", "industry", "region", "city", "source", "status")
AT_ONCE = 1000
WORKER = r"""
import json, re, sys, time
from pathlib import Path
from models.database import connect, utc_now
from models.intake.claims import Claim, take
from models.intake.job import work_off
engine, began = connect(sys.argv[1]), time.perf_counter()
work_off(Claim(engine, take(engine, "bench", utc_now()), "bench"))
seconds = time.perf_counter() - began
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])  # getrusage counts the parent's, too
print(json.dumps({"seconds": seconds, "megabytes": peak / 1024}))
"""


async def measure(*, quick: bool, rows: int = 1_000_000) -> list[Table]:
    rows = min(rows, QUICK) if quick else rows
    with tempfile.TemporaryDirectory(prefix="wanbi-bench-") as name:
        folder = Path(name)
        files = {"CSV": folder / "customers.csv", "Excel": folder / "customers.xlsx"}
        _write(files["CSV"], lambda: csv_text(HEADER, _rows(rows)))
        sheets = [excel_writer.Table("customers", HEADER, _rows(rows))]
        written = _write(files["Excel"], lambda: excel_writer.workbook(sheets))
        found = [_on("SQLite", [f"sqlite:///{folder / f'{number}.db'}" for number in range(3)], files, rows)]
        with postgresql() as urls:
            found.append(_on("PostgreSQL", urls, {"CSV": files["CSV"]}, rows))
    out = [Figure("Excel, written", rows / written, unit="rows/s")]
    return [*found, Table(f"(j) a workbook of {rows:,} rows of {len(HEADER)} columns", out)]


def _on(kind: str, urls: Sequence[str], files: dict[str, Path], rows: int) -> Table:
    """The bare rows, and then each file, into a database of its own."""
    figures = []
    bare = rows / _bare(_company(urls[0]), files["CSV"])
    for (name, file), url in zip(files.items(), urls[1:], strict=True):
        engine = _company(url)
        _announce(engine, file)
        engine.dispose()
        told = subprocess.run([sys.executable, "-c", WORKER, url], check=True, capture_output=True, text=True)
        found = json.loads(told.stdout.splitlines()[-1])
        _require_done(url)
        figures.append(Figure(f"{name}, checked and loaded", rows / found["seconds"], bare, "rows/s"))
        figures.append(Figure(f"{name}, the worker's memory at its peak", found["megabytes"], unit="MB"))
    return Table(f"(j) {rows:,} customers of {len(HEADER)} columns from a file, on {kind}", figures)


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    for number in range(count):
        name = f"宁波海潮国际货运有限公司{number}"
        yield f"C{number:08}", name, f"S{number % 200}", "logistics", "CN-ZJ", "宁波", "展会", "active"


def _write(file: Path, pieces: Callable[[], Iterator[bytes]]) -> float:
    began = time.perf_counter()
    with file.open("wb") as out:
        out.writelines(pieces())
    return time.perf_counter() - began


def _company(url: str) -> Engine:
    """An empty desk with two hundred people."""
    upgrade(engine := connect(url))
    with writing(engine) as session:
        session.add(Department(key="sales", name_zh="销售部", name_en="Sales"))
        session.add(Account(id="a-admin", login="admin", password_hash="-", name="IT", roles=["administrator"]))
        session.flush()
        since = utc_now().date()
        session.add_all(
            Employee(id=f"e{n}", number=f"S{n}", name="x", department="sales", job="x", hired_on=since)
            for n in range(200)
        )
    return engine


def _announce(engine: Engine, file: Path) -> None:
    content = file.read_bytes()
    kept: dict[str, Any] = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    with writing(engine) as session:
        row = DeskImport(
            kind="customers",
            purpose="bench",
            state="receiving",
            created_at=utc_now(),
            created_by="a-admin",
            **kept,
        )
        session.add(row)
        session.flush()
        for number, start in enumerate(range(0, len(content), uploads.LARGEST_PART), 1):
            uploads.put_part(session, row.id, number, content[start : start + uploads.LARGEST_PART])
        session.flush()
        uploads.start(session, row.id, "a-admin", dry_run=False)


def _require_done(url: str) -> None:
    engine = connect(url)
    with reading(engine) as session:
        row = session.exec(select(DeskImport)).one()
        assert (row.state, row.inserted) == ("done", row.rows_read), (row.state, row.problems)
    engine.dispose()


def _bare(engine: Engine, file: Path) -> float:
    began, now = time.perf_counter(), utc_now()
    stamped = {"created_at": now, "created_by": "a-admin", "updated_at": now, "version": 1, "department": "sales"}
    statement = insert(table(Customer))
    with file.open(encoding="utf-8-sig", newline="") as text, writing(engine) as session:
        rows = csv.DictReader(text)
        while some := list(islice(rows, AT_ONCE)):
            made = [
                {**row, **stamped, "id": new_id(), "owner": f"e{row['owner'][1:]}", "name_key": name_key(row["name"])}
                for row in some
            ]
            session.connection().execute(statement, made)
    engine.dispose()
    return time.perf_counter() - began
