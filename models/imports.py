"""Loading a company's own data from files (S7.1): checked wholly before anything is written, all or nothing per file.

The order of `KINDS` is the order in which files are loaded: each kind refers to those before it. Loading a file again
changes nothing.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models import import_contracts, import_loads, import_rights
from models.accounts import hash_password, password_matches
from models.database import reading, utc_now
from models.import_files import Parsed
from models.import_files import parse as parse_file
from models.import_loads import Load
from models.import_problems import Problem
from models.import_rows import (
    AccountRow,
    AcknowledgementRow,
    BasisRow,
    DepartmentRow,
    EmployeeRow,
    EntitlementRow,
    RightRow,
    Row,
    SystemRow,
    TemplateRow,
    TermsRow,
)
from models.intake.mapping_bodies import MappingBody
from models.tables import Account

MOST_PASSWORDS = 500
"""New passwords in one file: each takes a noticeable part of a second to hash."""
MOST_PROBLEMS_SHOWN = 1000
_ONE_AT_A_TIME = 7_461_110_219
"""Key of PostgreSQL's advisory lock: two imports at once would both insert the same new row."""


@dataclass(frozen=True)
class Kind:
    shape: type[Row]
    natural_key: tuple[str, ...]
    load: Callable[[Load[Any]], None]


KINDS: Mapping[str, Kind] = {
    "departments": Kind(DepartmentRow, ("key",), import_loads.departments),
    "employees": Kind(EmployeeRow, ("number",), import_loads.employees),
    "accounts": Kind(AccountRow, ("login",), import_loads.accounts),
    "systems": Kind(SystemRow, ("key",), import_rights.systems),
    "rights": Kind(RightRow, ("system", "right"), import_rights.rights),
    "entitlements": Kind(EntitlementRow, ("employee_number", "system", "right"), import_rights.entitlements),
    "terms": Kind(TermsRow, ("employee_number",), import_contracts.terms),
    "bases": Kind(BasisRow, ("key",), import_contracts.bases),
    "acknowledgements": Kind(AcknowledgementRow, ("basis", "employee_number"), import_contracts.acknowledgements),
    "templates": Kind(TemplateRow, ("key",), import_loads.templates),
}


class ImportReport(BaseModel):
    """What a file did, or, if it has problems or was only checked, what it would have done."""

    model_config = ConfigDict(frozen=True)

    kind: str = Field(examples=["employees"])
    dry_run: bool = False
    rows: int = Field(default=0, description="Rows that could be read")
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    held_back: int = Field(default=0, description="Rights that a case governs, or of people who have left: not touched")
    problems: list[Problem] = Field(default=[], description="If there is any, nothing was written")
    warnings: list[Problem] = []
    problems_left_out: int = Field(default=0, description="How many more there are than are listed")
    closed_accounts: list[str] = Field(default=[], description="Accounts that this import closed")

    @property
    def ok(self) -> bool:
        return not self.problems


def run(
    engine: Engine,
    kind: str,
    content: bytes,
    *,
    dry_run: bool = False,
    mapping: MappingBody | None = None,
    importer: str | None = None,
) -> ImportReport:
    """Checks a file and, unless it has problems or only a dry run is wanted, loads it in one transaction.

    `importer`: the employee who loads it, and can't change anything about themselves by it.
    """
    parsed = parse(kind, content, mapping)
    if parsed.problems:
        return _report(kind, parsed, dry_run, parsed.problems)
    hashes = new_hashes(engine, parsed)
    with Session(engine.execution_options(writing=True)) as session, session.begin() as transaction:
        report = load(session, kind, parsed, hashes=hashes, importer=importer)
        if dry_run or not report.ok:
            transaction.rollback()
    return report.model_copy(update={"dry_run": dry_run})


def parse(kind: str, content: bytes, mapping: MappingBody | None = None) -> Parsed[Any]:
    """The rows of a file, or what is wrong with it. Raises KeyError for an unknown kind."""
    wanted = KINDS[kind]
    parsed = parse_file(wanted.shape, wanted.natural_key, content, mapping)
    passwords = [n for n, row in parsed.rows.items() if isinstance(row, AccountRow) and row.password]
    if len(passwords) > MOST_PASSWORDS:
        first_left_over = passwords[MOST_PASSWORDS]
        problem = Problem(row=first_left_over, column="password", code="too_many_passwords", limit=str(MOST_PASSWORDS))
        return Parsed(problems=(*parsed.problems, problem))
    return parsed


def load(
    session: Session,
    kind: str,
    parsed: Parsed[Any],
    *,
    hashes: Mapping[str, str] | None = None,
    importer: str | None = None,
) -> ImportReport:
    """Writes parsed rows in the caller's transaction; writes nothing if they refer to something that is not there."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    work = Load(session, parsed, utc_now(), hashes or {}, importer)
    KINDS[kind].load(work)
    work.finish()
    if work.problems:
        return _report(kind, parsed, False, tuple(work.problems))
    return ImportReport(
        kind=kind,
        rows=len(parsed.rows),
        inserted=work.inserted,
        updated=work.updated,
        unchanged=work.unchanged,
        held_back=work.held_back,
        warnings=work.warnings[:MOST_PROBLEMS_SHOWN],
        closed_accounts=work.closed_accounts,
    )


def new_hashes(engine: Engine, parsed: Parsed[Any]) -> dict[str, str]:
    """Hashes for the passwords of an account file, by login; none for a password that the account has already."""
    wanted = {
        row.login: row.password.get_secret_value()
        for row in parsed.rows.values()
        if isinstance(row, AccountRow) and row.password
    }
    if not wanted:
        return {}
    with reading(engine) as session:
        rows = session.exec(
            select(Account.login, Account.password_hash).where(col(Account.login).in_(list(wanted)))
        ).all()
    present = dict(rows)

    def hashed(login: str) -> str | None:
        same = login in present and password_matches(present[login], wanted[login])
        return None if same else hash_password(wanted[login])

    with ThreadPoolExecutor(max_workers=2) as threads:  # Argon2 lets other threads run
        made = zip(wanted, threads.map(hashed, wanted), strict=True)
        return {login: text for login, text in made if text is not None}


def _report(kind: str, parsed: Parsed[Any], dry_run: bool, problems: tuple[Problem, ...]) -> ImportReport:
    return ImportReport(
        kind=kind,
        dry_run=dry_run,
        rows=len(parsed.rows),
        problems=list(problems[:MOST_PROBLEMS_SHOWN]),
        problems_left_out=max(0, len(problems) - MOST_PROBLEMS_SHOWN),
    )
