"""A trading company of any size, from a seed: few customers buy much, few salespeople hold them, as it is in trade."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Engine, Table, insert

from bench import statistics
from domain.desk.keys import name_key
from models.database import table, utc_now
from models.desk.order_tables import OrderLine, Receivable, SalesOrder
from models.desk.tables import Contact, Customer
from models.desk.trail_tables import Communication
from models.tables import Account, Department, Employee

SEED, YEARS, BATCH = 20_261_123, 4, 20_000
SELLERS, TEAMS = 200, 20
STATES = (
    ("completed",) * 90
    + ("delivered", "in_progress", "in_progress", "confirmed", "quotation", "draft")
    + ("cancelled",) * 3
    + ("defaulted",)
)
LEAVER, MANAGER, HR = "e-s0", "a-m0", "a-hr"
"""The one who holds most, whoever leads them, and the one who may see everything."""


def trade(engine: Engine, orders: int) -> None:
    """Writes so many orders, one customer to a hundred of them, with what hangs on both. The database is empty."""
    chance, now = random.Random(SEED), utc_now()
    customers = max(1, orders // 100)
    owners = [_skewed(chance, SELLERS) for _ in range(customers)]
    for model, rows in (
        (Department, _departments()),
        (Employee, _staff()),
        (Account, _accounts()),
        (Customer, (_customer(number, owner, now) for number, owner in enumerate(owners))),
        (Contact, (_contact(number, now) for number in range(customers) if number % 7)),
        (SalesOrder, _orders(chance, owners, orders, now)),
        (OrderLine, (_line(number) for number in range(orders) if number % 5 == 0)),
        (Receivable, (_receivable(number, owners, now) for number in range(0, orders, 5))),
        (Communication, (_talk(number, owners, chance, now) for number in range(customers * 5))),
    ):
        _write(engine, table(model), rows)
    statistics.gather(engine)


def _write(engine: Engine, into: Table, rows: Iterator[dict[str, Any]]) -> None:
    with engine.execution_options(writing=True).begin() as connection:
        while some := list(islice(rows, BATCH)):
            connection.execute(insert(into), some)


def _skewed(chance: random.Random, count: int) -> int:
    """The smaller the number, the more often."""
    return min(count - 1, int(count * chance.random() ** 2.5))


def _departments() -> Iterator[dict[str, Any]]:
    for team in range(TEAMS):
        yield {"key": f"t{team}", "name_zh": f"t{team}", "name_en": f"t{team}"}


def _staff() -> Iterator[dict[str, Any]]:
    common = {"job": "salesperson", "title": "", "time_zone": "Asia/Shanghai", "active": True}
    hired = {"hired_on": utc_now().date() - timedelta(days=2000), "probation_until": None}
    for team in range(TEAMS):
        yield (
            {"id": f"e-m{team}", "number": f"m{team}", "name": f"m{team}", "department": f"t{team}"}
            | {"manager": None}
            | common
            | hired
        )
    for number in range(SELLERS):
        own = {"id": f"e-s{number}", "number": f"s{number}", "name": f"s{number}"}
        yield own | {"department": f"t{number % TEAMS}", "manager": f"m{number % TEAMS}"} | common | hired


def _accounts() -> Iterator[dict[str, Any]]:
    common = {"password_hash": "-", "email": "", "language": "zh", "time_zone": "Asia/Shanghai", "active": True}
    common |= {"failed_sign_ins": 0, "locked_until": None}
    yield {"id": HR, "login": "hr", "employee_id": None, "name": "hr", "roles": ["hr"]} | common
    for name in (*(f"m{n}" for n in range(TEAMS)), *(f"s{n}" for n in range(SELLERS))):
        yield {"id": f"a-{name}", "login": name, "employee_id": f"e-{name}", "name": name, "roles": []} | common


def _customer(number: int, owner: int, now: datetime) -> dict[str, Any]:
    name = f"客户{number:06d}贸易有限公司"
    return {
        "id": _customer_id(number),
        "number": f"C{number:07d}",
        "name": name,
        "name_key": name_key(name),
        "industry": "retail" if number % 3 else "",
        "region": "",
        "city": "",
        "address": "",
        "source": "",
        "status": "active",
        "owner": f"e-s{owner}",
        "department": f"t{owner % TEAMS}",
        "merged_into": None,
        "created_at": now - timedelta(days=365 * YEARS),
        "created_by": HR,
        "updated_at": now,
        "version": 1,
    }


def _contact(number: int, now: datetime) -> dict[str, Any]:
    texts = dict.fromkeys(("title", "mail", "message_id", "preferences"), "")
    made = {"created_at": now, "created_by": HR, "updated_at": now, "version": 1}
    phone = {"phone": f"138{number:08d}", "phone_key": f"138{number:08d}", "mail_key": None}
    own = {"id": f"p{number:07d}", "customer_id": _customer_id(number), "name": "王芳"}
    return own | texts | phone | made | {"is_primary": True, "active": True}


def _orders(chance: random.Random, owners: list[int], orders: int, now: datetime) -> Iterator[dict[str, Any]]:
    """In the order of their days; a tenth of the customers buys half of everything."""
    for number in range(orders):
        customer = _skewed(chance, len(owners))
        at = now - timedelta(days=365 * YEARS * (1 - (number + 1) / orders), seconds=60)
        owner = f"e-s{owners[customer]}"
        yield {
            "id": _order_id(number),
            "number": f"O{number:08d}",
            "customer_id": _customer_id(customer),
            "owner": owner,
            "department": f"t{owners[customer] % TEAMS}",
            "origin_owner": owner,
            "routed_because": "",
            "case_id": None,
            "placed_by": f"a-s{owners[customer]}",
            "placed_at": at,
            "incoming": False,
            "customer_reference": "",
            "state": STATES[number % len(STATES)],
            "state_at": at,
            "currency": "USD" if number % 20 == 0 else "CNY",
            "total": int(chance.lognormvariate(12, 1.2)),
            "promised_on": None,
            "carrier_id": None,
            "updated_at": at,
            "version": 1,
        }


def _line(number: int) -> dict[str, Any]:
    own = {"order_id": _order_id(number), "position": 1, "product": f"P{number % 500}", "name": "货"}
    return own | {"quantity": 1, "unit_price": 1, "discount": 0, "amount": 100_000, "commission_rate": "0.03"}


def _receivable(number: int, owners: list[int], now: datetime) -> dict[str, Any]:
    customer = number % len(owners)
    due = (now - timedelta(days=number % 365 - 60)).date()
    paid = number % 10 != 0
    return {
        "id": f"r{number:08d}",
        "number": f"R{number:08d}",
        "customer_id": _customer_id(customer),
        "order_id": _order_id(number),
        "owner": f"e-s{owners[customer]}",
        "currency": "CNY",
        "amount": 100_000,
        "paid": 100_000 if paid else 30_000,
        "issued_on": due - timedelta(days=60),
        "due_on": due,
        "state": "paid" if paid else "open",
        "paid_on": due if paid else None,
        "created_at": now,
        "created_by": HR,
        "updated_at": now,
        "version": 1,
    }


def _talk(number: int, owners: list[int], chance: random.Random, now: datetime) -> dict[str, Any]:
    customer = number % len(owners)
    at = now - timedelta(days=chance.expovariate(1 / 120))
    who = {"by": f"a-s{owners[customer]}", "employee_id": f"e-s{owners[customer]}"}
    own = {"id": f"k{number:08d}", "customer_id": _customer_id(customer), "contact_id": None, "order_id": None}
    kind = "follow_up" if number % 4 == 0 else "call"
    return own | who | {"kind": kind, "direction": "out", "at": at, "recorded_at": at, "summary": "…"}


def _customer_id(number: int) -> str:
    """Ids of neighbours lie apart, as those of customers that came over the years."""
    return f"c{number * 7919 % 10_000_019:08d}"


def _order_id(number: int) -> str:
    return f"o{number:09d}"
