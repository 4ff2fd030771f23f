"""Takes the facts that wait into the log: some at a time, in the order of the queue, each once, all or none.

Whoever writes facts does not wait for it: the database queues a fact in the transaction that writes it, and no more.
"""

from sqlalchemy import Engine, delete, exists, insert, select, text
from sqlmodel import Session

from models.database import table, writing
from models.log import nodes, tree
from models.log.tables import QueuedFact
from models.tables import FactRow

AT_ONCE = 1000
"""A transaction that others wait for, on SQLite, has to be short: some 30 ms."""
_LOCK = 7_461_110_219
"""Key of PostgreSQL's advisory lock: one grows or signs the log at a time."""
_QUEUE, _FACT = table(QueuedFact), table(FactRow)


def hold(session: Session) -> None:
    """Keeps everybody else from growing or signing the log until the transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def integrate(engine: Engine) -> int:
    """Takes in everything that waits now; returns how many facts. May be cut short anywhere and done again."""
    whole = 0
    while taken := integrate_some(engine, AT_ONCE):
        whole += taken
        if taken < AT_ONCE:
            break
    return whole


def integrate_some(engine: Engine, limit: int) -> int:
    """Takes in up to `limit` facts in one transaction; returns how many."""
    with writing(engine) as session:
        hold(session)
        same = (_FACT.c.case_id == _QUEUE.c.case_id) & (_FACT.c.seq == _QUEUE.c.seq)
        query = select(_QUEUE.c.id, _QUEUE.c.case_id, _QUEUE.c.seq, _FACT.c.hash).join_from(_QUEUE, _FACT, same)
        rows = session.execute(query.order_by(_QUEUE.c.id).limit(limit)).all()
        if not rows:
            return 0
        first = nodes.size(session)
        grown = tree.grown(first, nodes.frontier(session, first), (bytes.fromhex(row.hash) for row in rows))
        leaves = [{"place": place, "case_id": r.case_id, "seq": r.seq} for place, r in enumerate(rows, first)]
        completed = [{"level": level, "place": place, "hash": digest} for (level, place), digest in grown]
        connection = session.connection()
        connection.execute(insert(nodes.LEAF), leaves)
        connection.execute(insert(nodes.NODE), completed)
        there = (nodes.LEAF.c.case_id == _QUEUE.c.case_id) & (nodes.LEAF.c.seq == _QUEUE.c.seq)
        connection.execute(delete(_QUEUE).where(_QUEUE.c.id <= rows[-1].id, exists().where(there)))
        return len(rows)
