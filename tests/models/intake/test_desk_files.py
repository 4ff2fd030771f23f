"""Files of the desk are loaded wholly or not at all; a file loaded again changes nothing; what is there stays."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from domain.desk.access import CREATE_ORDERS
from domain.timezones import at_local
from models.database import reading, utc_now, writing
from models.desk.order_tables import OrderLine, OrderStateChange, Payment, Receivable, SalesOrder
from models.desk.tables import Carrier, Contact, Customer, OwnershipChange, RecordChange
from models.desk.trail_tables import Communication, RecordRead
from models.import_problems import form_of
from models.intake.kinds import KINDS
from models.tables import ConnectedSystem, Employee, Entitlement, Notice
from tests.builders import ARRIVAL
from tests.models.intake.files import (
    ADMINISTRATOR,
    CUSTOMERS,
    FILES,
    ORDERS,
    count,
    counts,
    found_problems,
    load,
    load_all,
    one,
    said,
)


def gives_notice(company: Engine) -> None:
    with writing(company) as session:
        session.add(
            Notice(
                case_id="case-1",
                employee_id="e-lin",
                arrived_at=ARRIVAL,
                recorded_at=ARRIVAL,
                channel="email",
                text="x",
                text_sha256="",
                registered_by="a-hr",
                open_for="e-lin",
            )
        )


TABLES = (Customer, Contact, Carrier, SalesOrder, OrderLine, OrderStateChange, Receivable, Payment, Communication)


def test_every_kind_is_loaded_with_what_it_refers_to(company: Engine) -> None:
    assert [(row.state, row.problems) for row in load_all(company)] == [("done", 0)] * len(FILES)
    customer, order = one(company, Customer, number="C1"), one(company, SalesOrder, number="O1")
    assert (customer.owner, customer.department, customer.name_key) == ("e-lin", "sales", "宁波海潮国际货运")
    assert (order.customer_id, order.owner, order.origin_owner) == (customer.id, "e-lin", "e-lin")
    assert order.placed_at == datetime(2026, 1, 4, 16, tzinfo=UTC), "the beginning of the day in Shanghai"
    assert order.total == 2 * 1_860_000 * 95 // 100 + 35_000
    assert one(company, SalesOrder, number="O2").owner == "e-lin", "the file names another owner than the customer's"
    assert one(company, SalesOrder, number="O2").total == 14_999, "rounded half up, once"
    assert one(company, OrderStateChange, order_id=order.id).to_state == "confirmed"
    assert one(company, Communication, customer_id=customer.id).employee_id == "e-lin"
    assert one(company, Contact, name="王芳").phone_key == "13800138000"


def test_a_receivable_is_paid_on_the_day_on_which_its_payments_reach_its_amount(company: Engine) -> None:
    load_all(company)
    paid = one(company, Receivable, number="R1")
    assert (paid.paid, paid.state, str(paid.paid_on)) == (3_569_000, "paid", "2026-02-01")


def test_loading_a_file_again_changes_nothing(company: Engine) -> None:
    first = load_all(company)
    before = [count(company, table) for table in TABLES]
    for row, again in zip(first, load_all(company), strict=True):
        assert (again.state, again.inserted, again.updated, again.held_back) == ("done", 0, 0, 0), row.kind
        assert again.unchanged == row.inserted
    assert [count(company, table) for table in TABLES] == before
    assert count(company, RecordChange) == 0


def test_a_file_with_a_problem_in_its_last_row_writes_nothing(company: Engine) -> None:
    row = load(company, "customers", CUSTOMERS + "C3,x,n-nobody,,active\n")
    assert (row.state, row.rows_read, row.rows_valid, row.problems) == ("has_problems", 3, 3, 1)
    assert said(company, row.id) == [(4, "owner", "unknown", "n-nobody")]
    assert count(company, Customer) == 0


def test_a_dry_run_counts_what_would_become_of_the_rows_and_writes_nothing(company: Engine) -> None:
    row = load(company, "customers", CUSTOMERS, dry_run=True)
    assert (row.state, counts(row)) == ("checked", (2, 0, 0, 0))
    assert count(company, Customer) == 0


def test_problems_of_cells_and_of_references_are_told_at_once(company: Engine) -> None:
    row = load(company, "customers", "number,name,owner\nC1,,n-lin\nC2,x,n-moon\nC3,x,n-lin\nC3,y,n-lin\n")
    assert said(company, row.id) == [
        (2, "name", "required", ""),
        (5, "number", "duplicate", "C3"),
        (3, "owner", "unknown", "n-moon"),
    ]


def test_what_is_wrong_is_said_in_both_languages_with_a_remedy(company: Engine) -> None:
    row = load(company, "customers", CUSTOMERS.replace("n-zhou", "n-moon"))
    (problem,) = found_problems(company, row.id)
    assert problem.messages == {
        "zh": "第 3 行 owner：“n-moon”不存在。请改正写法，或先导入它。",
        "en": "Row 3, owner: there is no “n-moon”. Correct it, or load what it names first.",
    }


def test_a_file_changes_fields_of_a_customer_and_keeps_what_they_said_but_never_the_owner(company: Engine) -> None:
    load_all(company)
    row = load(company, "customers", "number,name,owner,city\nC1,宁波海潮,n-lin,舟山\nC2,上海东方,n-lin,上海\n")
    assert (row.state, counts(row), row.warnings) == ("done", (0, 1, 0, 1), 1)
    assert said(company, row.id) == [(3, "owner", "stays_as_it_is", "n-lin")]
    customer = one(company, Customer, number="C1")
    assert (customer.city, customer.version, customer.status) == ("舟山", 2, "active")
    change = one(company, RecordChange, record_id=customer.id)
    assert change.changes == {"name": ["宁波海潮国际货运有限公司", "宁波海潮"], "city": ["宁波", "舟山"]}
    assert one(company, Customer, number="C2").owner == "e-zhou"
    assert count(company, OwnershipChange) == 0


def test_an_order_that_is_there_stays_as_it_is(company: Engine) -> None:
    load_all(company)
    row = load(company, "orders", ORDERS.replace("18600.00", "1.00"))
    assert (counts(row), said(company, row.id)) == ((0, 0, 1, 1), [(2, "number", "stays_as_it_is", "O1")])
    assert one(company, SalesOrder, number="O1").total == 3_569_000


def test_lines_may_come_in_a_file_of_their_own_and_make_the_total(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "orders", "number,customer,placed_at,state\nO1,C1,2026-01-05,confirmed\n")
    lines = "order,product,product_name,quantity,unit_price\nO1,A,第一,1,10\nO1,B,,2,2.5\n"
    assert counts(load(company, "order_lines", lines)) == (2, 0, 0, 0)
    assert one(company, SalesOrder, number="O1").total == 1500
    assert one(company, OrderLine, product="B").unit_price == Decimal("2.5")
    assert counts(load(company, "order_lines", lines)) == (0, 0, 2, 0)
    assert load(company, "order_lines", lines.replace("2.5", "3")).held_back == 1
    assert one(company, SalesOrder, number="O1").total == 1500


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "C1,2026-01-05,confirmed,THC",
            "C2,2026-01-05,confirmed,THC",
            (3, "customer", "differs_within_order", "C2"),
        ),
        ("FCL,2,", "FCL,,", (2, "", "line_incomplete", "")),
        ("2026/1/6 13:45", "2199-01-06", (4, "placed_at", "in_the_future", "2199-01-06T00:00:00+08:00")),
        ("2026/1/6 13:45", "2026-13-06", (4, "placed_at", "malformed", "2026-13-06")),
        ("completed", "gone", (4, "state", "not_allowed", "gone")),
        (",K1,\nO1", ",K9,\nO1", (3, "carrier", "differs_within_order", "K1")),
    ],
)
def test_orders_that_don_t_fit_are_refused(
    company: Engine, before: str, after: str, problem: tuple[int, str, str, str]
) -> None:
    for kind in ("customers", "carriers"):
        load(company, kind, FILES[kind])
    assert before in ORDERS
    row = load(company, "orders", ORDERS.replace(before, after))
    assert row.state == "has_problems"
    assert problem in said(company, row.id)
    assert count(company, SalesOrder) == 0


@pytest.mark.parametrize(
    ("kind", "before", "after", "problem"),
    [
        ("receivables", "C1,O1", "C2,O1", (2, "order", "not_of_this_customer", "O1")),
        ("receivables", "35690.00", "35690.005", (2, "amount", "too_fine", "35690.005")),
        ("receivables", "R1,C1,O1", "R1,C1,O9", (2, "order", "unknown", "O9")),
        ("payments", "R1,B-1", "R9,B-1", (2, "receivable", "unknown", "R9")),
        ("payments", "B-2", "B-1", (3, "reference", "duplicate", "R1/B-1")),
        ("communications", "王芳", "无名", (2, "contact", "unknown", "无名")),
        ("contacts", "C2,赵敏", "C9,赵敏", (4, "customer", "unknown", "C9")),
    ],
)
def test_what_refers_to_nothing_or_to_the_wrong_record_is_refused(
    company: Engine, kind: str, before: str, after: str, problem: tuple[int, str, str, str]
) -> None:
    for earlier, text in FILES.items():
        if earlier == kind:
            break
        load(company, earlier, text)
    assert before in FILES[kind]
    row = load(company, kind, FILES[kind].replace(before, after))
    assert (row.state, said(company, row.id)) == ("has_problems", [problem])


def test_no_file_carries_an_order_past_the_freeze_of_its_owner(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "carriers", FILES["carriers"])
    frozen_at = at_local(datetime(2026, 1, 6).date(), datetime.min.time(), "Asia/Shanghai")  # noqa: DTZ001
    gives_notice(company)
    with writing(company) as session:
        if session.get(ConnectedSystem, CREATE_ORDERS.system) is None:
            session.add(ConnectedSystem(key="erp", name_zh="x", name_en="x", connector="wanbi"))
            session.flush()
        right = {"employee_id": "e-lin", "system": CREATE_ORDERS.system, "right": CREATE_ORDERS.right}
        session.merge(Entitlement(**right, active=False, changed_at=frozen_at))
    row = load(company, "orders", ORDERS)
    assert said(company, row.id) == [(4, "owner", "owner_frozen", "n-lin")], "the one of the day before is history"
    assert count(company, SalesOrder) == 0


def test_a_duplicate_of_a_customer_stands_for_the_one_that_it_was_merged_into(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "carriers", FILES["carriers"])
    into = one(company, Customer, number="C1")
    with writing(company) as session:
        session.get_one(Customer, one(company, Customer, number="C2").id).merged_into = into.id
    load(company, "orders", ORDERS)
    assert one(company, SalesOrder, number="O2").customer_id == into.id


def test_a_customer_that_was_merged_into_another_stays_as_it_is(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    with writing(company) as session:
        found = session.exec(select(Customer).where(Customer.number == "C2")).one()
        found.merged_into = session.exec(select(Customer.id).where(Customer.number == "C1")).one()
    row = load(company, "customers", CUSTOMERS.replace("上海东方", "东方"))
    assert (counts(row), said(company, row.id)) == ((0, 0, 1, 1), [(3, "number", "stays_as_it_is", "C2")])


@pytest.mark.parametrize("gone", [True, False], ids=["has left", "is leaving"])
def test_whoever_leaves_or_has_left_gets_no_new_customers_but_their_history_comes_in(
    company: Engine, gone: bool
) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "carriers", FILES["carriers"])
    if gone:
        with writing(company) as session:
            session.get_one(Employee, "e-lin").active = False
    else:
        gives_notice(company)
    row = load(company, "customers", CUSTOMERS + "C3,新客户,n-lin,,prospect\n")
    assert said(company, row.id) == [(4, "owner", "owner_leaving", "n-lin")]
    assert load(company, "orders", ORDERS).state == "done", "placed before anything was frozen"


def test_a_customer_keeps_one_primary_contact(company: Engine) -> None:
    load(company, "customers", CUSTOMERS)
    load(company, "contacts", FILES["contacts"])
    load(company, "contacts", "customer,name,is_primary\nC1,李强,yes\n")
    with reading(company) as session:
        contacts = session.exec(select(Contact.name, Contact.is_primary, Contact.phone)).all()
    assert sorted(contacts) == sorted([("王芳", False, "138 0013 8000"), ("李强", True, ""), ("赵敏", False, "")])
    before = one(company, RecordChange, record_id=one(company, Contact, name="王芳").id)
    assert before.changes == {"is_primary": [True, False]}, "what changed is history, whoever changed it"


def test_who_loaded_what_for_which_purpose_is_in_the_log_of_reads(company: Engine) -> None:
    row = load(company, "customers", CUSTOMERS)
    logged = one(company, RecordRead, account=ADMINISTRATOR)
    assert (logged.action, logged.kind, logged.records, logged.purpose) == ("import_records", "customer", 2, "迁移")
    assert row.finished_at is not None
    assert row.finished_at - utc_now() < timedelta(minutes=1)


def test_records_entered_since_the_check_are_found_when_it_is_written(company: Engine) -> None:
    checked = load(company, "customers", CUSTOMERS, dry_run=True)
    load(company, "customers", CUSTOMERS)
    assert checked.inserted == 2
    assert counts(load(company, "customers", CUSTOMERS)) == (0, 0, 2, 0)


def test_every_column_that_can_be_malformed_has_a_form_to_write() -> None:
    free = {"title", "state", "status", "kind", "direction", "industry", "region"}
    columns = {name for kind in KINDS.values() for name in kind.shape.model_fields}
    assert {name for name in columns - free if form_of(name) == "documented"} == set()


def test_kinds_come_in_the_order_in_which_they_refer_to_each_other() -> None:
    order = list(KINDS)
    pairs = [("customers", "contacts"), ("carriers", "orders"), ("customers", "orders"), ("orders", "order_lines")]
    pairs += pairwise(("orders", "receivables", "payments"))
    assert all(order.index(first) < order.index(then) for first, then in pairs)
    assert order.index("contacts") < order.index("communications")
