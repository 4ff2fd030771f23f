"""Real data that nobody here wrote goes in as its files are, by the mappings beside this file."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from models.database import reading, writing
from models.desk.order_tables import OrderLine, SalesOrder
from models.desk.tables import Carrier, Contact, Customer
from models.tables import Account, Department, Employee
from tests.models.intake import northwind
from tests.models.intake.files import ADMINISTRATOR, count, counts, load
from tests.models.intake.northwind import FILES, FOLDER, MARGARET, load_everything, mapping, table

pytestmark = northwind.needed


@pytest.fixture
def traders(engine: Engine) -> Engine:
    """The company with everything in it."""
    with writing(engine) as session:
        session.add(Department(key="sales", name_zh="销售部", name_en="Sales"))
        session.add(Account(id=ADMINISTRATOR, login="admin", password_hash="-", name="IT", roles=["administrator"]))
    load_everything(engine)
    return engine


def amount(line: dict[str, str]) -> Decimal:
    price, discount = (
        Decimal(line[name]).quantize(Decimal("0.01"), ROUND_HALF_UP) for name in ("unit_price", "discount")
    )
    return (price * int(line["quantity"]) * (1 - discount)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_everything_is_there_with_its_managers_owners_and_lines(traders: Engine) -> None:
    assert [count(traders, model) for model in (Customer, Contact, Carrier, SalesOrder, OrderLine)] == [
        len(table(name)) for name in ("customers", "customers", "shippers", "orders", "order_details")
    ]
    with reading(traders) as session:
        managers = dict(session.exec(select(Employee.number, Employee.manager)).all())
        names = dict(session.exec(select(Employee.number, Employee.name)).all())
    assert managers == {row["employee_id"]: row["reports_to"] or None for row in table("employees")}
    assert names[MARGARET] == "Margaret Peacock"


def test_everybody_s_turnover_is_what_the_files_add_up_to(traders: Engine) -> None:
    sellers = {row["order_id"]: row["employee_id"] for row in table("orders")}
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    for line in table("order_details"):
        wanted[sellers[line["order_id"]]] += amount(line)
    with reading(traders) as session:
        query = (
            select(Employee.number, func.sum(SalesOrder.total))
            .join(SalesOrder, col(SalesOrder.owner) == col(Employee.id))
            .group_by(Employee.number)
        )
        found = {number: Decimal(total) / 100 for number, total in session.exec(query).all()}
    assert found == wanted
    assert max(found, key=lambda number: found[number]) == MARGARET


def test_what_was_shipped_is_completed_and_the_rest_is_open(traders: Engine) -> None:
    with reading(traders) as session:
        states = Counter(session.exec(select(SalesOrder.state)).all())
    open_ones = sum(not row["shipped_date"] for row in table("orders"))
    assert states == {"completed": len(table("orders")) - open_ones, "confirmed": open_ones}


def test_loading_it_all_again_changes_nothing(traders: Engine) -> None:
    for kind, name in FILES.items():
        row = load(traders, kind, (FOLDER / f"{name}.csv").read_bytes(), mapping=mapping(kind))
        assert (row.state, *counts(row)[:2], row.held_back) == ("done", 0, 0, 0), kind
