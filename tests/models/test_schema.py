"""The migrated database is exactly what models/tables.py says, on both databases, and its evidence can only grow."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from models import certificate_tables, employment, schema, tables
from models.database import connect, writing
from models.desk import commission_tables, figure_tables, order_tables, portfolio_tables, trail_tables
from models.evidence import tables as evidence_tables
from models.log import tables as log_tables
from models.signing import attempt_tables
from tests.builders import ARRIVAL

METADATA = tables.FactRow.metadata
assert employment.FreezeBasis.metadata is METADATA
assert order_tables.SalesOrder.metadata is trail_tables.RecordRead.metadata is METADATA
assert portfolio_tables.CustomerCapacity.metadata is METADATA
assert certificate_tables.IssuedCertificate.metadata is METADATA
assert attempt_tables.SigningAttempt.metadata is METADATA
assert commission_tables.CommissionEntry.metadata is figure_tables.WeeklyFigure.metadata is METADATA
assert log_tables.LogLeaf.metadata is evidence_tables.EvidenceBundle.metadata is METADATA


def test_the_migrations_make_exactly_the_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_the_migrations_make_the_same_primary_keys(engine: Engine) -> None:
    inspector = inspect(engine)
    for table in METADATA.sorted_tables:
        made = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert made == [column.name for column in table.primary_key], table.name


def test_an_empty_database_is_not_current_and_a_migrated_one_is(empty_url: str) -> None:
    engine = connect(empty_url)
    before = schema.is_current(engine)
    schema.upgrade(engine)
    assert (before, schema.is_current(engine)) == (False, True)
    engine.dispose()


def test_migrating_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as session:
        session.add(tables.Department(key="sales", name_zh="销售", name_en="Sales"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM department")).scalar() == 1


def test_two_processes_may_migrate_at_once(empty_url: str) -> None:
    problems: list[BaseException] = []

    def migrate() -> None:
        engine = connect(empty_url)
        try:
            schema.upgrade(engine)
        except BaseException as problem:
            problems.append(problem)
        engine.dispose()

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


async def test_waiting_ends_when_the_database_is_brought_up_to_date(empty_url: str) -> None:
    engine = connect(empty_url)
    upgrade = threading.Thread(target=schema.upgrade, args=(engine,))
    upgrade.start()
    await schema.wait_until_current(engine)
    assert schema.is_current(engine)
    upgrade.join()
    engine.dispose()


@pytest.fixture
def evidence(engine: Engine) -> Engine:
    with writing(engine) as session:
        session.add(
            tables.FactRow(
                case_id="c1", seq=1, kind="CaseOpened", at=ARRIVAL, data={}, previous="0", hash="1", recorded_at=ARRIVAL
            )
        )
        session.add(
            tables.Document(
                id="d1", case_id="c1", kind="record", media_type="text/plain", sha256="0", content=b"x", at=ARRIVAL
            )
        )
        session.flush()
        session.add(tables.Seal(document_id="d1", statement="{}", mac="m", at=ARRIVAL))
        issued = certificate_tables.IssuedCertificate(
            serial="a1", kind="seal", sha256="0", issued_at=ARRIVAL, not_after=ARRIVAL
        )
        session.add(issued)
        session.flush()
        session.add(certificate_tables.RevokedCertificate(serial="a1", at=ARRIVAL, reason="superseded"))
        receipt = certificate_tables.AnchorReceipt(sha256="0", anchor="a", at=ARRIVAL, content=b"x", media_type="b")
        session.add(receipt)
    return engine


@pytest.mark.law("EVD-03", "EVD-04", "PIP-08")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE fact SET kind = 'CaseClosed'",
        "DELETE FROM fact",
        "UPDATE document SET sha256 = '1'",
        "DELETE FROM document WHERE id = 'd2' OR id = 'd1'",
        "UPDATE seal SET mac = 'n'",
        "DELETE FROM seal",
        "UPDATE issued_certificate SET evidence_sha256 = '1'",
        "DELETE FROM revoked_certificate",
        "UPDATE revoked_certificate SET reason = 'unspecified'",
        "DELETE FROM anchor_receipt",
    ],
)
def test_the_database_itself_refuses_to_change_evidence(evidence: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), writing(evidence) as session:
        session.execute(text(statement))
    with evidence.connect() as connection:
        kinds = connection.execute(text("SELECT kind FROM fact")).scalars().all()
        hashes = connection.execute(text("SELECT sha256 FROM document")).scalars().all()
    assert (kinds, hashes) == (["CaseOpened"], ["0"])


def test_a_new_column_can_be_added_to_the_ledger_without_losing_its_guard(evidence: Engine) -> None:
    with evidence.begin() as connection:
        connection.execute(text("ALTER TABLE fact ADD COLUMN origin VARCHAR"))
    with pytest.raises(DBAPIError, match="append-only"), writing(evidence) as session:
        session.execute(text("UPDATE fact SET origin = 'x'"))


def test_logins_from_before_are_lowered_but_for_those_that_would_become_one(empty_url: str) -> None:
    engine = connect(empty_url)
    schema.upgrade(engine, "0002")
    logins = ("Zhao.Min", "LIN.XIAO", "lin.xiao", "wang")
    with writing(engine) as session:
        for login in logins:
            session.add(tables.Account(id=f"a-{login}", login=login, name=login, password_hash="-"))
    schema.upgrade(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT login FROM account")).scalars().all()
    engine.dispose()
    assert sorted(found) == ["LIN.XIAO", "lin.xiao", "wang", "zhao.min"]
