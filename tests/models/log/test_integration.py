"""Every fact enters the log once, in order, whoever is interrupted; the database lets nobody take one out."""

import threading

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from models import facts, schema
from models.database import connect, reading, table, writing
from models.log import checking, integration, nodes, tree
from models.log.tables import QueuedFact
from tests.builders import ARRIVAL
from tests.models.log.facts import add_facts, hashes, leaves, tamper
from tests.models.log.test_tree import plain_root


def queued(engine: Engine) -> int:
    with reading(engine) as session:
        return int(session.execute(select(func.count()).select_from(table(QueuedFact))).scalar_one())


def root(engine: Engine) -> bytes:
    with reading(engine) as session:
        return nodes.root(session, nodes.size(session))


def problems(engine: Engine) -> list[str]:
    with reading(engine) as session:
        return list(checking.problems(session, ()))


def test_facts_enter_the_log_in_the_order_in_which_they_were_written(with_facts: Engine) -> None:
    assert queued(with_facts) == 9
    assert integration.integrate(with_facts) == 9
    assert leaves(with_facts) == [(case, seq) for case in ("c1", "c2", "c3") for seq in (1, 2, 3)]
    assert (queued(with_facts), integration.integrate(with_facts)) == (0, 0)
    assert root(with_facts) == plain_root(hashes(with_facts))
    assert problems(with_facts) == []


@pytest.mark.parametrize("at_once", [1, 2, 4, 9, 100])
def test_the_log_is_the_same_in_however_many_steps_it_was_made(with_facts: Engine, at_once: int) -> None:
    while integration.integrate_some(with_facts, at_once):
        pass
    add_facts(with_facts, "c1", 2, first=4)
    integration.integrate(with_facts)
    assert leaves(with_facts)[9:] == [("c1", 4), ("c1", 5)]
    assert root(with_facts) == plain_root(hashes(with_facts))
    assert problems(with_facts) == []


def test_a_step_that_is_cut_short_leaves_nothing_and_is_done_again(with_facts: Engine) -> None:
    class Killed(Exception):
        pass

    def killed(_: object) -> None:
        raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integration, "delete", killed)
        with pytest.raises(Killed):
            integration.integrate(with_facts)
    assert (leaves(with_facts), queued(with_facts)) == ([], 9)
    assert integration.integrate(with_facts) == 9


def test_several_at_once_take_every_fact_in_once(with_facts: Engine) -> None:
    taken: list[int] = []

    def work() -> None:
        while count := integration.integrate_some(with_facts, 2):
            taken.append(count)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(5):
        add_facts(with_facts, f"d{n}", 2)
    for thread in threads:
        thread.join()
    integration.integrate(with_facts)
    assert len(leaves(with_facts)) == len(set(leaves(with_facts))) == 19
    assert root(with_facts) == plain_root(hashes(with_facts))
    assert problems(with_facts) == []


def test_a_fact_whose_write_is_rolled_back_does_not_wait(with_facts: Engine) -> None:
    with writing(with_facts) as session:
        facts.append_foreign(session, "c1", "PaperDelivered", "", {}, ARRIVAL)
        assert session.execute(select(func.count()).select_from(table(QueuedFact))).scalar_one() == 10
        session.rollback()
    assert queued(with_facts) == 9


@pytest.mark.law("EVD-03")
def test_the_database_lets_no_fact_be_taken_from_the_queue_before_it_is_in_the_log(with_facts: Engine) -> None:
    for statement in ("DELETE FROM fact_queue", "UPDATE fact_queue SET seq = 9"):
        with pytest.raises(DBAPIError, match="append-only"), writing(with_facts) as session:
            session.execute(text(statement))
    assert queued(with_facts) == 9


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize("name", ["log_leaf", "log_node"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET place = place + 1000"])
def test_the_database_itself_refuses_to_change_the_log(with_facts: Engine, name: str, statement: str) -> None:
    integration.integrate(with_facts)
    with pytest.raises(DBAPIError, match="append-only"), writing(with_facts) as session:
        session.execute(text(statement.format(name)))


def test_facts_from_before_the_log_enter_it_by_the_time_they_were_recorded(empty_url: str) -> None:
    engine = connect(empty_url)
    schema.upgrade(engine, "0012")
    for n, case_id in enumerate(("c2", "c1", "c3")):
        add_facts(engine, case_id, 2)
        _recorded(engine, case_id, n)
    schema.upgrade(engine)
    integration.integrate(engine)
    assert leaves(engine) == [(case, seq) for case in ("c2", "c1", "c3") for seq in (1, 2)]
    assert problems(engine) == []
    add_facts(engine, "c2", 1, first=3)
    integration.integrate(engine)
    assert leaves(engine)[-1] == ("c2", 3)
    engine.dispose()


def _recorded(engine: Engine, case_id: str, hour: int) -> None:
    at = f"2026-11-24 0{hour}:00:00" + (".000000" if engine.dialect.name == "sqlite" else "+00")
    change = "UPDATE fact SET recorded_at = :at WHERE case_id = :case"
    tamper(
        engine,
        "fact",
        change if engine.dialect.name == "sqlite" else change.replace(":at", "CAST(:at AS timestamptz)"),
        at=at,
        case=case_id,
    )


def test_a_proof_reads_as_many_hashes_as_the_tree_has_levels(engine: Engine) -> None:
    add_facts(engine, "c1", 1000)
    integration.integrate(engine)
    asked: list[int] = []
    with reading(engine) as session:
        for ranges in (tree.inclusion(333, 1000), tree.consistency(333, 1000)):
            asked.append(len(tree.needed(ranges)))
            assert len(nodes.proof(session, ranges)) == len(ranges)
    assert max(asked) < 25
