"""The company of the benchmarks: departments, systems, people who leave and people who decide, all signed in."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import SQLModel

from domain.people import Role
from models.accounts import hash_password
from models.database import utc_now, writing
from models.employment import EmploymentTerms, FreezeBasis
from models.industries.packs import GENERAL
from models.tables import (
    AccessToken,
    Account,
    ConnectedSystem,
    Department,
    Employee,
    Entitlement,
    SystemRight,
    Template,
)

PASSWORD = "a password of the benchmarks"
DEPARTMENTS = tuple(f"bench-{key}" for key in ("sales", "finance", "service", "it", "administration"))
SYSTEMS = tuple(f"bench-{key}" for key in ("crm", "erp", "mail", "wiki", "chat"))
RIGHTS = ("change", "export", "view")
FROZEN = ("change", "export")
ITEMS = ("customer_files", "open_orders", "receivables", "devices")
REMIND_EVERY = 2
"""Working days between two digests."""
HR, SECURITY, RECEIVER, OTHER_RECEIVER, WITNESS = (
    f"bench-{name}" for name in ("hr", "security", "receiver", "other", "witness")
)


def leaver(number: int) -> str:
    """Account of the person who leaves in case `number`; `e-` and `n-` before it: employee id and staff number."""
    return f"bench-leaver-{number}"


def clerk(department: str) -> str:
    """Account of the one approver of a department."""
    return f"{department}-clerk"


def token(account: str) -> str:
    """The bearer token of an account; nobody has to sign in while something is measured."""
    return f"bench-token-{account}"


@dataclass(frozen=True)
class Company:
    """`found` writes it. Without `warnings` a case's only messages in time are its digests."""

    leavers: int
    warnings: bool = False

    def found(self, engine: Engine) -> None:
        now = utc_now()
        with writing(engine) as session:
            rows = _by_table(self._rows())
            for table, values in rows.items():
                session.execute(insert(table), values)
            session.execute(
                insert(Template),
                [{"key": "bench", "version": 1, "industry": GENERAL, "body": self._template(), "published_at": now}],
            )

    def _rows(self) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
        for key in (*DEPARTMENTS, "bench-hr"):
            yield Department, {"key": key, "name_zh": key, "name_en": key}
        password = hash_password(PASSWORD)
        yield from _person(HR, "bench-hr", "officer", password, Role.HR)
        yield from _person(SECURITY, DEPARTMENTS[3], "security", password, Role.SECURITY)
        yield from _person(WITNESS, DEPARTMENTS[0], "manager", password)
        for account in (RECEIVER, OTHER_RECEIVER):
            yield from _person(account, DEPARTMENTS[0], "salesperson", password)
        for department in DEPARTMENTS:
            yield from _person(clerk(department), department, "clerk", password)
        for system in SYSTEMS:
            yield ConnectedSystem, {"key": system, "name_zh": system, "name_en": system, "connector": "wanbi"}
            for right in RIGHTS:
                frozen = right in FROZEN
                row = {"system": system, "right": right, "name_zh": right, "name_en": right}
                yield SystemRight, {**row, "frozen_on_notice": frozen, "protects_data": right == "export"}
        policy = {"key": "handbook", "kind": "policy", "title": "handbook", "in_force_from": date(2020, 1, 1)}
        proofs = {"full_pay": True, "procedure": "minutes", "publication": "intranet", "employee_id": None}
        yield FreezeBasis, {**policy, **proofs}
        for number in range(self.leavers):
            yield from _person(leaver(number), DEPARTMENTS[0], "leaver", password, manager=f"n-{WITNESS}")
            for system in SYSTEMS:
                for right in RIGHTS:
                    row = {"employee_id": f"e-{leaver(number)}", "system": system, "right": right}
                    yield Entitlement, {**row, "active": True, "changed_at": utc_now(), "changed_by": ""}

    def _template(self) -> dict[str, Any]:
        items = [
            {"id": key, "title": [key, key], "criterion": ["完成", "done"], "category": "customers", "proof": True}
            for key in ITEMS
        ]
        clocks = {"remind_every": REMIND_EVERY, "escalate_after": 60, "due_after": 60}
        clearances = [
            {"department": key, "title": [key, key], "levels": ["job:clerk"], **clocks} for key in DEPARTMENTS
        ]
        policy: dict[str, Any] = {} if self.warnings else {"last_day_warnings": []}
        return {"jobs": ["leaver"], "items": items, "clearances": clearances, "policy": policy}


def _person(
    account: str, department: str, job: str, password: str, *roles: Role, manager: str | None = None
) -> Iterator[tuple[type[SQLModel], dict[str, Any]]]:
    employee = {"id": f"e-{account}", "number": f"n-{account}", "name": account, "title": "", "active": True}
    employee |= {"department": department, "job": job, "manager": manager, "time_zone": "Asia/Shanghai"}
    yield Employee, {**employee, "hired_on": date(2020, 1, 1), "probation_until": None}
    yield EmploymentTerms, {"employee_id": f"e-{account}"}
    person = {"id": account, "login": account, "name": account, "email": f"{account}@example.com", "active": True}
    person |= {"password_hash": password, "employee_id": f"e-{account}", "roles": [role.value for role in roles]}
    yield Account, {**person, "language": "zh", "time_zone": "Asia/Shanghai", "failed_sign_ins": 0}
    digest = hashlib.sha256(token(account).encode()).hexdigest()
    begins, ends = utc_now(), utc_now() + timedelta(days=1)
    yield AccessToken, {"hash": digest, "account": account, "created_at": begins, "expires_at": ends}


def _by_table(
    rows: Iterator[tuple[type[SQLModel], dict[str, Any]]],
) -> dict[type[SQLModel], list[dict[str, Any]]]:
    """Rows in the order in which their tables first appear, so that what is referred to is written first."""
    found: dict[type[SQLModel], list[dict[str, Any]]] = {}
    for table, row in rows:
        found.setdefault(table, []).append(row)
    return found
