"""Builders for tests: settings, a small company, a case. Fixed values: failures read the same every time."""

import base64
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from commands.setup import RINGS
from config import Settings
from domain.people import Actor, Role
from models.database import writing
from models.employment import EmploymentTerms, FreezeBasis
from models.tables import (
    Account,
    ConnectedSystem,
    Department,
    Employee,
    Entitlement,
    Notice,
    SystemRight,
    Template,
)

KEY = base64.b64encode(b"k" * 32).decode()
ARRIVAL = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
COMPANY = "测试贸易有限公司"
SYSTEMS = {
    "crm": {"view_customers": False, "contact_customers": True, "export": True},
    "erp": {"view_orders": False, "create_orders": True, "change_orders": True},
    "mail": {"send": False, "mass_mail": True},
}
DEPARTMENTS = ("sales", "finance", "customer_service", "it", "administration")


def settings(data: Path, **values: Any) -> Settings:
    """Settings of a test installation; nothing is read from files."""
    rings = {f"{ring}_keys": {"k1": KEY} for ring in RINGS}
    names = {f"{ring}_key": "k1" for ring in RINGS}
    usual = {"environment": "test", "company_name": COMPANY, **rings, **names}
    return Settings(_env_file=None, data=data, **{**usual, **values})


def actor(name: str, *roles: Role) -> Actor:
    return Actor(f"a-{name}", roles)


LEAVER = actor("lin")
RECEIVER = actor("zhou")
WITNESS = actor("wang")
HR = actor("hr", Role.HR)
SECURITY = actor("sec", Role.SECURITY)
COUNSEL = actor("counsel", Role.COUNSEL)


def template_body(**changes: Any) -> dict[str, Any]:
    items = [
        {"id": key, "title": [key, key], "criterion": ["完成", "done"], "category": "customers", "proof": True}
        for key in ("customer_files", "open_orders", "receivables", "devices")
    ]
    clearances = [
        {
            "department": key,
            "title": [key, key],
            "levels": ["job:clerk", "head", "role:hr"],
            "remind_every": 2,
            "escalate_after": 4,
            "due_after": 8,
        }
        for key in DEPARTMENTS
    ]
    return {"jobs": [], "departments": [], "items": items, "clearances": clearances, **changes}


def company(engine: Engine, **template_changes: Any) -> None:
    """Six departments with a clerk and a head each, a sales team, HR, security and counsel; one template."""
    with writing(engine) as session:
        for key in (*DEPARTMENTS, "hr"):
            session.add(Department(key=key, name_zh=key, name_en=key, head=f"n-{key}-head"))
        session.flush()
        people: list[tuple[str, str, str, str | None, tuple[Role, ...]]] = [
            ("lin", "sales", "salesperson", "n-wang", ()),
            ("zhou", "sales", "salesperson", "n-wang", ()),
            ("wang", "sales", "manager", "n-sales-head", ()),
            ("hr", "hr", "officer", None, (Role.HR,)),
            ("sec", "it", "security", None, (Role.SECURITY,)),
            ("counsel", "administration", "counsel", None, (Role.COUNSEL,)),
        ]
        for key in (*DEPARTMENTS, "hr"):
            people.append((f"{key}-clerk", key, "clerk", f"n-{key}-head", ()))
            people.append((f"{key}-head", key, "head", None, ()))
        for name, department, job, manager, roles in people:
            session.add(
                Employee(
                    id=f"e-{name}",
                    number=f"n-{name}",
                    name=name,
                    department=department,
                    job=job,
                    manager=manager,
                    hired_on=date(2020, 1, 1),
                )
            )
            session.flush()
            session.add(EmploymentTerms(employee_id=f"e-{name}"))
            session.add(
                Account(
                    id=f"a-{name}",
                    login=name,
                    password_hash="-",
                    employee_id=f"e-{name}",
                    name=name,
                    email=f"{name}@example.com",
                    roles=[role.value for role in roles],
                )
            )
        for system, rights in SYSTEMS.items():
            session.add(ConnectedSystem(key=system, name_zh=system, name_en=system, connector="wanbi"))
            session.flush()
            for right, frozen in rights.items():
                session.add(
                    SystemRight(system=system, right=right, name_zh=right, name_en=right, frozen_on_notice=frozen)
                )
                session.add(Entitlement(employee_id="e-lin", system=system, right=right, changed_at=ARRIVAL))
        session.add(
            FreezeBasis(
                key="handbook",
                kind="policy",
                title="handbook 3",
                in_force_from=date(2020, 1, 1),
                procedure="minutes 12",
                publication="intranet 4",
            )
        )
        session.add(
            Template(
                key="general",
                version=1,
                industry="general",
                body=template_body(**template_changes),
                published_at=ARRIVAL,
            )
        )


def without_a_basis(engine: Engine) -> None:
    """The company has nothing that a freeze could rest on."""
    with writing(engine) as session:
        for basis in session.exec(select(FreezeBasis)).all():
            session.delete(basis)


def notice(engine: Engine, case_id: str, arrived_at: datetime, employee: str = "lin", **values: Any) -> None:
    """A resignation on file; the HR officer registered it, `zhou` receives."""
    text = "我辞职。"
    with writing(engine) as session:
        session.add(
            Notice(
                case_id=case_id,
                employee_id=f"e-{employee}",
                arrived_at=arrived_at,
                recorded_at=arrived_at,
                channel="system",
                text=text,
                text_sha256=hashlib.sha256(text.encode()).hexdigest(),
                registered_by="a-hr",
                **{"receiver": "a-zhou", "open_for": f"e-{employee}-{case_id}", **values},
            )
        )
