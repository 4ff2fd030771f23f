"""A trading company at its desk: who sells, who leads, whose customers there are, and a freeze that can fall."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from activities.connectors.entitlements import EntitlementConnector
from domain.desk import access
from domain.desk.access import Right
from domain.desk.keys import mail_key, name_key, phone_key
from domain.people import Role
from domain.rights import Operation
from models.database import reading, utc_now, writing
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.tables import Contact, Customer
from models.messages import AccessOrder
from models.tables import Account, CaseView, ConnectedSystem, Employee, Entitlement, FactRow, Notice, SystemRight
from tests import builders
from tests.api.rows import START, opened_case, write_case

RIGHTS = tuple(value for value in vars(access).values() if isinstance(value, Right))
SELLERS = ("lin", "zhou", "wang", "sales-head")
"""`lin` and `zhou` work for `wang`, who works for `sales-head`."""
LINE = {"product": "FCL-40HQ", "name": "整柜海运", "quantity": "2", "unit_price": "18600.00"}
CONTACT = {"name": "王芳", "phone": "+86 138-0013-8000", "mail": "Wang.Fang@Example.com", "message_id": "wangfang"}


def trade(engine: Engine) -> None:
    """Gives everybody in sales, finance and customer service their rights, and one customer of each seller."""
    with writing(engine) as session:
        for right in RIGHTS:
            if session.get(SystemRight, (right.system, right.right)) is None:
                _system(session, right.system)
                session.add(
                    SystemRight(
                        system=right.system,
                        right=right.right,
                        name_zh=right.right,
                        name_en=right.right,
                        frozen_on_notice="view" not in right.right,
                    )
                )
        session.flush()
        for name in (*SELLERS, "finance-clerk", "customer_service-clerk"):
            entitle(session, f"e-{name}", *RIGHTS)
        session.get_one(Account, "a-finance-clerk").roles = [Role.FINANCE]
        session.get_one(Account, "a-customer_service-clerk").roles = [Role.CUSTOMER_SERVICE]
        for name in SELLERS:
            add_customer(session, f"c-{name}", name)


def _system(session: Session, key: str) -> None:
    if session.get(ConnectedSystem, key) is None:
        session.add(ConnectedSystem(key=key, name_zh=key, name_en=key, connector="wanbi"))
        session.flush()


def entitle(session: Session, employee: str, *rights: Right) -> None:
    for right in rights:
        if session.get(Entitlement, (employee, right.system, right.right)) is None:
            session.add(
                Entitlement(employee_id=employee, system=right.system, right=right.right, changed_at=builders.ARRIVAL)
            )


def add_customer(session: Session, customer_id: str, owner: str, **values: Any) -> None:
    """A customer with one contact `p-…`, one open order `o-…` and one open receivable `r-…`, all its owner's."""
    name = values.pop("name", f"客户{customer_id}")
    suffix = customer_id.removeprefix("c-")
    common: dict[str, Any] = {"customer_id": customer_id, "owner": f"e-{owner}", "updated_at": START}
    session.add(
        Customer(
            id=customer_id,
            number=f"N-{suffix}",
            name=name,
            name_key=name_key(name),
            status="active",
            owner=f"e-{owner}",
            department="sales",
            created_at=START,
            created_by="a-hr",
            updated_at=START,
            **values,
        )
    )
    session.flush()
    contact: dict[str, Any] = {
        **CONTACT,
        "phone_key": phone_key(CONTACT["phone"]),
        "mail_key": mail_key(CONTACT["mail"]),
    }
    session.add(
        Contact(
            id=f"p-{suffix}", customer_id=customer_id, created_at=START, created_by="a-hr", updated_at=START, **contact
        )
    )
    session.add(
        SalesOrder(
            id=f"o-{suffix}",
            number=f"O-{suffix}",
            department="sales",
            origin_owner=f"e-{owner}",
            placed_by=f"a-{owner}",
            placed_at=START,
            state="draft",
            state_at=START,
            currency="CNY",
            total=100,
            **common,
        )
    )
    session.flush()
    session.add(
        Receivable(
            id=f"r-{suffix}",
            number=f"R-{suffix}",
            order_id=f"o-{suffix}",
            currency="CNY",
            amount=10_000,
            issued_on=START.date(),
            due_on=START.date() + timedelta(days=30),
            state="open",
            created_at=START,
            created_by="a-hr",
            **common,
        )
    )
    session.flush()


def gives_notice(engine: Engine) -> str:
    """`lin` has resigned: the case stands in the read model, and nothing is frozen yet."""
    case = opened_case(engine)
    with writing(engine) as session:
        session.get_one(Notice, case.case_id).open_for = "e-lin"
    write_case(engine, case)
    with writing(engine) as session:
        session.get_one(CaseView, case.case_id).stage = "handing_over"
    return case.case_id


def set_rights(
    engine: Engine, case_id: str, operation: Operation, revision: int, *left: str, system: str = "erp"
) -> datetime:
    """What the case's own order does to the rights of `lin` in a system: `left` are all that stay. When it did so."""
    EntitlementConnector(engine).freeze(
        AccessOrder(
            case_id=case_id,
            employee_id="e-lin",
            system=system,
            operation=operation,
            held=(),
            desired=left,
            revision=revision,
            wanted_since=utc_now(),
            key=f"{case_id}:access:{system}:{revision}",
        )
    )
    with reading(engine) as session:
        query = select(Entitlement.changed_at).where(Entitlement.employee_id == "e-lin", Entitlement.system == system)
        return max(session.exec(query).all())


def freeze(engine: Engine, case_id: str) -> datetime:
    """The freeze falls; when it did."""
    return set_rights(engine, case_id, Operation.FREEZE, 1, "view_orders")


def grant(engine: Engine, case_id: str) -> None:
    """A temporary grant gives the taking of orders back."""
    set_rights(engine, case_id, Operation.GRANT, 2, "view_orders", "create_orders")


def facts(engine: Engine, case_id: str, kind: str) -> list[FactRow]:
    with reading(engine) as session:
        query = select(FactRow).where(FactRow.case_id == case_id, FactRow.kind == kind)
        return list(session.exec(query.order_by(col(FactRow.seq))).all())


def leaves(engine: Engine, name: str) -> None:
    """The employee is gone."""
    with writing(engine) as session:
        session.get_one(Employee, f"e-{name}").active = False
