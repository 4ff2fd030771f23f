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
from models.intake import keeping, notes, settling, staging, uploads
from models.intake.claims import LEASE, Claim, take
from models.intake.job import MOST_TRIES, work_off
from models.intake.tables import DeskImport, ImportPart, ImportProblem, ImportRow
from models.tables import Account
from tests.models.intake.files import (
    ADMINISTRATOR,
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
from models.intake import settling, staging
from models.intake.claims import Claim, take
from models.intake.desk import Desk
from models.intake.job import work_off
url, place, name, at = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
engine, seen = connect(url), 0
owner = {"staging": staging, "settling": settling, "Desk": Desk}[place]
before = getattr(owner, name)
def dies(*given, **named):
    global seen
    seen += 1
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*given, **named)
setattr(owner, name, dies)
work_off(Claim(engine, take(engine, "dead", utc_now()), "dead"))
"""


def dies(engine: Engine, step: str, at: int) -> int:
    """Another process works on what waits, and is killed at that call of that step; its exit code."""
    url = engine.url.render_as_string(hide_password=False)
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", DIES, url, *step.split("."), str(at)]
    return subprocess.run(command, cwd=root, check=False).returncode


@pytest.mark.parametrize(
    ("step", "at"),
    [
        ("staging.stage_some", 1),
        ("staging.stage_some", 2),
        ("staging.note", 3),
        ("settling.count", 1),
        ("settling.count", 3),
        ("settling.end", 1),
        ("Desk.flush", 1),
        ("Desk.flush", 3),
    ],
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
    work_off(Claim(company, import_id, "next"))
    row = imported(company, import_id)
    assert (row.state, row.rows_read, row.rows_valid, row.rows_checked) == ("done", 3600, 3600, 3600)
    assert counts(row) == (1200, 0, 0, 0)
    assert (count(company, SalesOrder), count(company, OrderLine)) == (1200, 3600)


def test_a_worker_that_was_overtaken_writes_nothing_more(company: Engine) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    assert take(company, "slow", utc_now()) == import_id
    assert take(company, "next", utc_now() + LEASE) == import_id
    work_off(Claim(company, import_id, "slow"))
    assert (imported(company, import_id).state, count(company, Customer)) == ("queued", 0)
    work_off(Claim(company, import_id, "next"))
    assert (imported(company, import_id).state, count(company, Customer)) == ("done", 2)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_file_that_takes_longer_to_write_than_a_lease_is_taken_by_nobody_else(company: Engine) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    assert take(company, "slow", utc_now()) == import_id
    with writing(company) as session:
        Claim(company, import_id, "slow").held(session)
        assert take(company, "next", utc_now() + 2 * LEASE) is None


def test_a_worker_that_is_told_to_stop_lets_go_at_once_and_another_goes_on_there(company: Engine) -> None:
    import_id = announce(company, "customers", MANY)
    steps = iter([False] * 3 + [True] * 10)
    assert take(company, "stopping", utc_now()) == import_id
    work_off(Claim(company, import_id, "stopping", lambda: next(steps)))
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
    monkeypatch.setattr(notes, "MOST_KEPT", 3)
    row = load(company, "customers", MANY.replace("n-lin", "n-moon"))
    assert (row.problems, len(found_problems(company, row.id))) == (2500, 3)


def test_a_file_of_too_many_rows_is_refused(company: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MOST_ROWS", 2000)
    row = load(company, "customers", MANY)
    assert (row.state, found_problems(company, row.id)[0].code) == ("has_problems", "too_many_rows")


def test_a_file_that_was_checked_is_loaded_without_being_sent_again(company: Engine) -> None:
    checked = load(company, "customers", CUSTOMERS, dry_run=True)
    with writing(company) as session:
        uploads.start(session, checked.id, ADMINISTRATOR, dry_run=False)
    work(company)
    assert (imported(company, checked.id).state, count(company, Customer)) == ("done", 2)


def test_a_file_whose_references_were_missing_is_tried_again(company: Engine) -> None:
    row = load(company, "contacts", FILES["contacts"])
    assert row.problems == 3
    load(company, "customers", CUSTOMERS)
    with writing(company) as session:
        uploads.start(session, row.id, ADMINISTRATOR, dry_run=False)
    work(company)
    again = imported(company, row.id)
    assert (again.state, again.problems, count(company, ImportProblem)) == ("done", 0, 0)


def test_nothing_of_a_file_stays_when_it_is_through(company: Engine) -> None:
    for kind in ("customers", "contacts"):
        load(company, kind, FILES[kind])
    with writing(company) as session:
        uploads.cancel(session, announce(company, "carriers", FILES["carriers"]), utc_now())
    while keeping.tidy(company, utc_now()):
        pass
    assert (count(company, ImportPart), count(company, ImportRow)) == (0, 0)


def test_what_was_said_of_a_file_ends_a_week_after_it(company: Engine) -> None:
    waiting = load(company, "customers", CUSTOMERS + "C3,x,n-nobody,,active\n")
    later = utc_now() + keeping.KEPT + timedelta(minutes=1)
    while keeping.give_up_forgotten(company, later) or keeping.tidy(company, later):
        pass
    assert count(company, ImportProblem) == 1, "given up a moment ago"
    while keeping.tidy(company, later + 2 * keeping.KEPT):
        pass
    assert (count(company, ImportProblem), count(company, ImportRow), count(company, ImportPart)) == (0, 0, 0)
    left = imported(company, waiting.id)
    assert (left.state, left.problems, left.purpose, left.kept) == ("cancelled", 1, "迁移", False)


def test_a_file_that_nobody_started_goes_by_itself(company: Engine) -> None:
    waiting = announce(company, "customers", CUSTOMERS, dry_run=True)
    work(company)
    assert not keeping.give_up_forgotten(company, utc_now())
    assert keeping.give_up_forgotten(company, utc_now() + keeping.KEPT + timedelta(minutes=1))
    assert imported(company, waiting).state == "cancelled"


def test_a_customer_entered_while_the_file_was_checked_stays_and_is_told_of(
    company: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    before = settling.write

    def meanwhile(claim: Claim) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(settling, "write", before)
            load(company, "customers", CUSTOMERS.splitlines()[0] + "\nC2,上海东方,n-lin,上海,prospect\n")
        before(claim)

    monkeypatch.setattr(settling, "write", meanwhile)
    assert take(company, "w1", utc_now()) == import_id
    work_off(Claim(company, import_id, "w1"))
    assert counts(imported(company, import_id)) == (1, 0, 0, 1)
    assert one(company, Customer, number="C2").owner == "e-lin"


def test_a_file_that_workers_fail_at_again_and_again_is_said_not_to_go_on(
    company: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    with monkeypatch.context() as patch:
        patch.setattr(settling, "note_read", None)
        for turn in range(MOST_TRIES + 1):
            assert take(company, "w", utc_now() + turn * 2 * LEASE) == import_id
            with pytest.raises(TypeError):
                work_off(Claim(company, import_id, "w"))
    assert imported(company, import_id).state == "writing"
    assert take(company, "w", utc_now() + (MOST_TRIES + 1) * 2 * LEASE) == import_id
    work_off(Claim(company, import_id, "w"))
    assert said(company, import_id) == [(0, "", "could_not_go_on", str(MOST_TRIES))]
    with writing(company) as session:
        uploads.start(session, import_id, ADMINISTRATOR, dry_run=False)
    work(company)
    assert imported(company, import_id).state == "done"


def test_whoever_may_load_files_no_longer_when_it_is_written_loads_nothing(company: Engine) -> None:
    import_id = announce(company, "customers", CUSTOMERS)
    with writing(company) as session:
        session.get_one(Account, ADMINISTRATOR).active = False
    work(company)
    assert said(company, import_id) == [(0, "", "not_permitted", ADMINISTRATOR)]
    assert count(company, Customer) == 0


def test_the_lease_is_renewed_while_rows_that_were_staged_before_are_passed_over(
    company: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "_RENEWED_EVERY", 100)
    import_id = announce(company, "customers", MANY)
    stop = iter([False] * 3 + [True] * 10)
    assert take(company, "first", utc_now()) == import_id
    work_off(Claim(company, import_id, "first", lambda: next(stop)))
    steps: list[bool] = []

    def stops() -> bool:
        steps.append(False)
        return False

    assert take(company, "next", utc_now()) == import_id
    work_off(Claim(company, import_id, "next", stops))
    assert len(steps) > 2000 / 100
    assert imported(company, import_id).state == "done"


def test_so_many_rows_of_one_order_are_not_looked_at_together(company: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "MOST_TOGETHER", 2)
    load(company, "customers", MANY)
    row = load(company, "orders", ORDERS)
    assert (row.state, row.problems) == ("has_problems", 1200)
    assert said(company, row.id)[0] == (2, "", "too_many_together", "O00000")
