"""A file is worked off once, whatever happens to whoever works on it; how far it got can be seen all the while."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import utc_now, writing
from models.desk.order_tables import OrderLine, SalesOrder
from models.desk.tables import Customer
from models.intake import job, uploads
from models.intake.job import LEASE, ImportJob, take
from models.intake.tables import DeskImport, ImportPart, ImportProblem, ImportRow
from tests.models.intake.files import (
    CUSTOMERS,
    FILES,
    announce,
    count,
    counts,
    found_problems,
    imported,
    load,
    one,
    said,
    work,
)

MANY = "number,name,owner\n" + "".join(f"C{n:05},客户{n},n-lin\n" for n in range(2500))
ORDERS = "number,customer,placed_at,state,product,quantity,unit_price\n" + "".join(
    f"O{n % 1200:05},C{n % 1200 % 7:05},2026-01-05,confirmed,P{n},1,{n}.50\n" for n in range(3600)
)
DIES = """
import os, signal, sys
from models.database import connect, utc_now
from models.intake import job
from models.intake.desk import Desk
url, step, at = sys.argv[1], sys.argv[2], int(sys.argv[3])
engine, seen = connect(url), 0
owner, name = (Desk, "flush") if step == "flush" else (job.ImportJob, step)
before = getattr(owner, name)
def dies(*given, **named):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*given, **named)
setattr(owner, name, dies)
import_id = job.take(engine, "dead", utc_now())
job.ImportJob(engine, import_id, "dead").run()
"""


def dies(engine: Engine, step: str, at: int) -> int:
    """Another process works on what waits, and is killed at that call of that step; its exit code."""
    url = engine.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[3]
    return subprocess.run([sys.executable, "-c", DIES, url, step, str(at)], cwd=root, check=False).returncode


@pytest.mark.parametrize(
    ("step", "at"),
    [("_stage_batch", 1), ("_stage_batch", 2), ("_note", 2), ("_count", 1), ("_count", 3), ("flush", 1), ("flush", 3)],
)
def test_a_killed_worker_s_file_is_finished_by_another_and_nothing_is_there_twice(
    company: Engine, step: str, at: int
) -> None:
    load(company, "customers", MANY)
    import_id = announce(company, "orders", ORDERS)
    assert dies(company, step, at) == -9
    assert count(company, SalesOrder) == 0, "nothing half loaded"
    assert take(company, "early", utc_now()) is None, "it belongs to the dead one until its lease is over"
    assert take(company, "next", utc_now() + LEASE) == import_id
    ImportJob(company, import_id, "next").run()
    row = imported(company, import_id)
    assert (row.state, row.rows_read, row.rows_valid, row.rows_checked) == ("done", 3600, 3600, 3600)
    assert counts(row) == (1200, 0, 0, 0)
    assert (count(company, SalesOrder), count(company, OrderLine)) == (1200, 3600)


def test_a_worker_that_was_overtaken_writes_nothing_more(company: Engine) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    assert take(company, "slow", utc_now()) == import_id
    assert take(company, "next", utc_now() + LEASE) == import_id
    ImportJob(company, import_id, "slow").run()
    assert (imported(company, import_id).state, count(company, Customer)) == ("queued", 0)
    ImportJob(company, import_id, "next").run()
    assert (imported(company, import_id).state, count(company, Customer)) == ("done", 2)


def test_a_worker_that_is_told_to_stop_lets_go_at_once_and_another_goes_on_there(company: Engine) -> None:
    import_id = announce(company, "customers", MANY)
    steps = iter([False] * 3 + [True] * 10)
    assert take(company, "stopping", utc_now()) == import_id
    ImportJob(company, import_id, "stopping", lambda: next(steps)).run()
    half = imported(company, import_id)
    assert (half.state, half.rows_read) == ("reading", 2000)
    work(company)
    assert counts(imported(company, import_id)) == (2500, 0, 0, 0)


def test_a_file_sent_in_many_parts_is_the_same_file(company: Engine) -> None:
    row = load(company, "customers", CUSTOMERS.encode("gb18030"), part=7)
    assert (row.state, one(company, Customer, number="C1").name) == ("done", "宁波海潮国际货运有限公司")


def test_a_file_that_is_not_the_one_announced_is_refused(company: Engine) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    with writing(company) as session:
        session.get_one(DeskImport, import_id).sha256 = "0" * 64
    work(company)
    assert said(company, import_id) == [(0, "", "another_file", "")]


def test_a_file_with_more_problems_than_anybody_reads_keeps_the_first_and_counts_all(
    company: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "MOST_PROBLEMS_KEPT", 3)
    row = load(company, "customers", MANY.replace("n-lin", "n-moon"))
    assert (row.problems, len(found_problems(company, row.id))) == (2500, 3)


def test_a_file_of_too_many_rows_is_refused(company: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "MOST_ROWS", 2000)
    row = load(company, "customers", MANY)
    assert (row.state, found_problems(company, row.id)[0].code) == ("has_problems", "too_many_rows")


def test_a_file_that_was_checked_is_loaded_without_being_sent_again(company: Engine) -> None:
    checked = load(company, "customers", CUSTOMERS, dry_run=True)
    with writing(company) as session:
        uploads.start(session, checked.id, dry_run=False)
    work(company)
    assert (imported(company, checked.id).state, count(company, Customer)) == ("done", 2)


def test_a_file_whose_references_were_missing_is_tried_again(company: Engine) -> None:
    row = load(company, "contacts", FILES["contacts"])
    assert row.problems == 3
    load(company, "customers", CUSTOMERS)
    with writing(company) as session:
        uploads.start(session, row.id, dry_run=False)
    work(company)
    again = imported(company, row.id)
    assert (again.state, again.problems, count(company, ImportProblem)) == ("done", 0, 0)


def test_nothing_of_a_file_stays_when_it_is_through(company: Engine) -> None:
    for kind in ("customers", "contacts"):
        load(company, kind, FILES[kind])
    with writing(company) as session:
        uploads.cancel(session, announce(company, "carriers", FILES["carriers"]))
    while uploads.tidy(company):
        pass
    assert (count(company, ImportPart), count(company, ImportRow)) == (0, 0)


def test_a_file_that_nobody_started_goes_by_itself(company: Engine) -> None:
    waiting = announce(company, "customers", CUSTOMERS, dry_run=True)
    work(company)
    assert uploads.give_up_forgotten(company, utc_now()) == 0
    assert uploads.give_up_forgotten(company, utc_now() + uploads.KEPT + timedelta(minutes=1)) == 1
    assert imported(company, waiting).state == "cancelled"


def test_a_customer_entered_while_the_file_was_checked_stays_and_is_told_of(
    company: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    before = ImportJob._write

    def meanwhile(self: ImportJob) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(ImportJob, "_write", before)
            load(company, "customers", CUSTOMERS.splitlines()[0] + "\nC2,上海东方,n-lin,上海,prospect\n")
        before(self)

    monkeypatch.setattr(ImportJob, "_write", meanwhile)
    assert take(company, "w1", utc_now()) == import_id
    ImportJob(company, import_id, "w1").run()
    assert counts(imported(company, import_id)) == (1, 0, 0, 1)
    assert one(company, Customer, number="C2").owner == "e-lin"
