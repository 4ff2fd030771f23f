"""Facts for tests of the log: chained as the ledger chains them."""

from datetime import timedelta

from sqlalchemy import Engine, text
from sqlmodel import select

from models import facts
from models.database import reading, writing
from models.log.tables import LogLeaf
from models.messages import NumberedFact
from models.tables import FactRow
from tests.builders import ARRIVAL


def add_facts(engine: Engine, case_id: str, count: int, first: int = 1) -> None:
    """Writes so many facts of the case, numbered from `first`, in one transaction."""
    told = [
        NumberedFact(number=n, kind="ItemsHandedOver", at=ARRIVAL + timedelta(minutes=n), by="a-lin", data={"n": n})
        for n in range(first, first + count)
    ]
    with writing(engine) as session:
        facts.append(session, case_id, told, ARRIVAL)


def leaves(engine: Engine) -> list[tuple[str, int]]:
    """Which facts are in the log, in its order."""
    with reading(engine) as session:
        return [(leaf.case_id, leaf.seq) for leaf in session.exec(select(LogLeaf).order_by(LogLeaf.place)).all()]  # type: ignore[arg-type]  # a column


def hashes(engine: Engine) -> list[bytes]:
    """What the log's leaves are made of, in its order."""
    with reading(engine) as session:
        found = {(row.case_id, row.seq): bytes.fromhex(row.hash) for row in session.exec(select(FactRow)).all()}
    return [found[place] for place in leaves(engine)]


def tamper(engine: Engine, table: str, *statements: str, **values: str) -> None:
    """What somebody does who owns the database: switches the table's guards off, and has a free hand."""
    with writing(engine) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys = ON"))
            guards = text(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t AND name LIKE '%_no_%'"
            )
            for name in session.execute(guards, {"t": table}).scalars().all():
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            session.execute(text(statement), values)
