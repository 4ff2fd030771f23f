"""Writes parsed rows: first checks what they refer to, then brings the tables in line, by natural key."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic

from sqlmodel import Session, SQLModel, col, insert, select

from models.accounts import end_all_tokens
from models.import_files import Parsed, R
from models.import_problems import Code, Problem, shown
from models.import_rows import (
    AccountRow,
    DepartmentRow,
    EmployeeRow,
    TemplateRow,
)
from models.tables import (
    Account,
    Department,
    Employee,
    Template,
)

NO_PASSWORD = "-"  # noqa: S105  # no Argon2 hash, so no password ever matches it
_NEW_ACCOUNT = {"password_hash": NO_PASSWORD, "failed_sign_ins": 0}


@dataclass
class Load(Generic[R]):
    """One file on its way into the database, and what became of its rows."""

    session: Session
    parsed: Parsed[R]
    now: datetime
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Hashes of new passwords by login; made beforehand, because they take their time."""
    importer: str | None = None
    """The employee who loads the file: it changes nothing about them."""
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    held_back: int = 0
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    closed_accounts: list[str] = field(default_factory=list)
    _new: dict[type[SQLModel], list[Mapping[str, Any]]] = field(default_factory=dict)

    def complain(self, row: int, column: str, code: Code, value: object) -> None:
        self.problems.append(Problem(row=row, column=column, code=code, value=shown(column, value)))

    def settle(self, row: int, found: SQLModel | None, table: type[SQLModel], values: Mapping[str, Any]) -> bool:
        """Notes a new row, or changes those fields of the one there that differ; True if there is anything to write.

        What would change anything about whoever loads the file is a problem.
        """
        if self._own(found, values) and any(getattr(found, name, None) != value for name, value in values.items()):
            self.complain(row, "employee_number", "about_oneself", "")
            return False
        if found is None:
            self._new.setdefault(table, []).append(values)
            self.inserted += 1
            return True
        differing = {name for name, value in values.items() if getattr(found, name) != value}
        for name in differing:
            setattr(found, name, values[name])
        self.updated += bool(differing)
        self.unchanged += not differing
        return bool(differing)

    def _own(self, found: SQLModel | None, values: Mapping[str, Any]) -> bool:
        """Whether it is, or becomes, a row about whoever loads the file."""
        about = {values.get("employee_id"), getattr(found, "employee_id", None)}
        if isinstance(found, Employee):
            about.add(found.id)
        return self.importer is not None and self.importer in about

    def finish(self) -> None:
        """Writes what was noted: new rows as plain values: an object for each would take longer than all the rest."""
        self.session.flush()
        for table, rows in self._new.items():
            self.session.execute(insert(table), rows)

    def given(self, row: R, found: object, **values: Any) -> dict[str, Any]:
        """The row's values as the table names them: all for a new entry, else those whose column the file has."""
        own = {name: getattr(row, name) for name in type(row).model_fields}
        if found is not None:
            own = {name: value for name, value in own.items() if name in self.parsed.columns}
        return {**own, **values}


def departments(load: Load[DepartmentRow]) -> None:
    known = {row.key: row for row in load.session.exec(select(Department)).all()}
    numbers = set(load.session.exec(select(Employee.number)).all())
    for number, row in load.parsed.rows.items():
        if row.head and row.head not in numbers:
            warning = Problem(row=number, column="head", code="unknown_yet", value=row.head)
            load.warnings.append(warning)  # heads are employees, and employees need their departments first
        load.settle(number, known.get(row.key), Department, load.given(row, known.get(row.key)))


def employees(load: Load[EmployeeRow]) -> None:
    known = {row.number: row for row in load.session.exec(select(Employee)).all()}
    there = set(load.session.exec(select(Department.key)).all())
    managers = {number: row.manager for number, row in known.items()}
    if "manager" in load.parsed.columns:
        managers |= {row.number: row.manager for row in load.parsed.rows.values()}
    circles = _circles(managers)
    for number, row in load.parsed.rows.items():
        if row.department not in there:
            load.complain(number, "department", "unknown", row.department)
        if row.manager and row.manager not in known and row.manager not in managers:
            load.complain(number, "manager", "unknown", row.manager)
        if row.number in circles:
            load.complain(number, "manager", "managers_in_a_circle", row.manager)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        found = known.get(row.number)
        new = {} if found else {"id": uuid.uuid4().hex}
        load.settle(number, found, Employee, load.given(row, found, **new))


def accounts(load: Load[AccountRow]) -> None:
    known = {row.login: row for row in load.session.exec(select(Account)).all()}
    staff = {row.number: row.id for row in load.session.exec(select(Employee)).all()}
    holders = {row.employee_id: row.login for row in known.values() if row.employee_id}
    for number, row in load.parsed.rows.items():
        if row.employee_number is None:
            continue
        employee = staff.get(row.employee_number)
        if employee is None:
            load.complain(number, "employee_number", "unknown", row.employee_number)
        elif holders.setdefault(employee, row.login) != row.login:
            load.complain(number, "employee_number", "has_another_account", row.employee_number)
    if load.problems:
        return
    for number, row in load.parsed.rows.items():
        _settle_account(load, number, known.get(row.login), row, staff)


def _settle_account(
    load: Load[AccountRow], number: int, found: Account | None, row: AccountRow, staff: Mapping[str, str]
) -> None:
    values = load.given(row, found)
    values.pop("password", None)
    if "employee_number" in values:
        whose = values.pop("employee_number")
        values["employee_id"] = staff[whose] if whose else None
    if "roles" in values:
        values["roles"] = [role.value for role in row.roles]
    if row.login in load.hashes:
        values["password_hash"] = load.hashes[row.login]
        if found is not None:
            values |= {"failed_sign_ins": 0, "locked_until": None}  # as models.accounts.set_password does
    if found is None:
        load.settle(number, None, Account, {**_NEW_ACCOUNT, "id": uuid.uuid4().hex, **values})
        return
    before = (found.password_hash, found.roles, found.active)
    if load.settle(number, found, Account, values) and before != (found.password_hash, found.roles, found.active):
        end_all_tokens(load.session, found.id)
        if before[2] and not found.active:
            load.closed_accounts.append(found.id)


def templates(load: Load[TemplateRow]) -> None:
    there = set(load.session.exec(select(Department.key)).all())
    for number, row in load.parsed.rows.items():
        for department in dict.fromkeys((*row.body.departments, *(c.department for c in row.body.clearances))):
            if department not in there:
                load.complain(number, "body.department", "unknown", department)
    if load.problems:
        return
    versions = load.session.exec(select(Template).order_by(col(Template.key), col(Template.version))).all()
    newest = {row.key: row for row in versions}
    for row in load.parsed.rows.values():
        found, body = newest.get(row.key), row.body.model_dump(mode="json")
        if found is not None and (found.body, found.industry) == (body, row.industry):
            load.unchanged += 1
            continue
        version = found.version + 1 if found else 1
        published = Template(key=row.key, version=version, industry=row.industry, body=body, published_at=load.now)
        load.session.add(published)
        load.updated += bool(found)
        load.inserted += not found


def _circles(managers: Mapping[str, str | None]) -> set[str]:
    """One member of every circle in which people manage each other."""
    done: set[str] = set()
    found = set()
    for start in managers:
        path: dict[str, None] = {}
        person: str | None = start
        while person and person not in done and person not in path:
            path[person] = None
            person = managers.get(person)
        if person in path:
            found.add(person or start)
        done.update(path)
    return found
