"""What a leaver comes to own after the snapshot joins the handover, by whatever road it came; nobody else gives any."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from activities.teller import untold
from domain.handover import KindCount
from domain.rights import Operation
from models.database import reading, utc_now, writing
from models.desk import joining
from models.desk.portfolio import DatabasePortfolios
from models.desk.tables import Customer
from models.facts import verify
from models.queries import all_facts
from models.tables import Account, Entitlement, NotificationRow
from tests.api.desk.handover import accept, assign, departure, entries, owners, set_stage, step, take
from tests.api.desk.trade import LINE, add_customer, facts, gives_notice, set_rights
from tests.api.house import Api, problem
from tests.models.intake import files

CLERK = "e-customer_service-clerk"
NEW = {"name": "华南新客户", "owner": "n-lin"}
ORDER = {"customer": "c-lin", "lines": [LINE]}
OWED = {"customer": "c-lin", "amount": "100.00", "issued_on": "2026-03-01", "due_on": "2026-03-31"}


@pytest.fixture
def case_id(company: Engine) -> str:
    return departure(company)


def counted(engine: Engine, case_id: str) -> list[KindCount]:
    return list(DatabasePortfolios(engine).count(case_id).counts)


def stray(engine: Engine, case_id: str) -> set[str]:
    """What `lin` owns beyond the entries."""
    return {one for one, owner in owners(engine).items() if owner == "e-lin"} - set(entries(engine, case_id))


async def test_nobody_enters_a_customer_for_somebody_who_leaves(api: Api, case_id: str) -> None:
    before = api.count(Customer)
    problem(await api.person("wang").post("/desk/customers", NEW), 409, "desk.owner_is_leaving")
    assert api.count(Customer) == before


async def test_a_customer_that_the_leaver_enters_under_a_grant_joins_and_is_proposed(api: Api, case_id: str) -> None:
    assert untold(api.engine) == []
    made = (await api.person("lin").post("/desk/customers", {"name": "华南新客户"})).json()["id"]
    row = entries(api.engine, case_id)[made]
    assert (row.kind, row.holder, row.receiver, row.state, row.because) == (
        "customer",
        "e-lin",
        "e-zhou",
        "proposed",
        "only",
    )
    (fact,) = facts(api.engine, case_id, joining.JOINED)
    assert (fact.by, fact.data["customer"], fact.data["order"], fact.data["receivers"]) == ("a-lin", 1, 0, ["e-zhou"])
    assert made not in str(fact.data), "facts name no record"
    assert [mark.case_id for mark in untold(api.engine)] == [case_id], "the case counts anew"
    with reading(api.engine) as session:
        told = session.exec(select(NotificationRow.kind).where(NotificationRow.account == "a-zhou")).all()
        assert "portfolio_proposed" in told
        assert verify(case_id, all_facts(session, case_id)).problems == ()
    await accept(api, case_id, made)
    assert owners(api.engine)[made] == "e-zhou"


async def test_an_order_of_the_leaver_under_a_grant_goes_where_its_customer_goes(api: Api, case_id: str) -> None:
    await assign(api.person("wang"), case_id, "sales-head", also_proposed=True)
    made = (await api.person("lin").post("/desk/orders", ORDER)).json()["id"]
    row = entries(api.engine, case_id)[made]
    assert (row.customer_id, row.receiver, row.because) == ("c-lin", "e-sales-head", "customer")
    await accept(api, case_id, "c-lin", by="sales-head")
    assert (owners(api.engine)[made], entries(api.engine, case_id)[made].state) == ("e-sales-head", "done")


async def test_an_order_that_nobody_else_can_take_stays_with_the_leaver_and_joins(api: Api, case_id: str) -> None:
    set_rights(api.engine, case_id, Operation.FREEZE, 1, "view_orders")
    with writing(api.engine) as session:
        can = select(Entitlement).where(Entitlement.right == "create_orders", Entitlement.employee_id != CLERK)
        for right in session.exec(can).all():
            right.active = False
    answer = await api.person("customer_service-clerk").post(
        "/desk/incoming-orders", {"customer_number": "N-lin", "lines": [LINE]}
    )
    assert answer.status_code == 201, answer.text
    made = answer.json()["id"]
    assert owners(api.engine)[made] == "e-lin"
    assert entries(api.engine, case_id)[made].receiver == "e-zhou"


async def test_a_receivable_of_the_leaver_that_is_posted_later_joins(api: Api, case_id: str) -> None:
    made = (await api.person("finance-clerk").post("/desk/receivables", OWED)).json()["id"]
    assert owners(api.engine)[made] == "e-lin"
    row = entries(api.engine, case_id)[made]
    assert (row.kind, row.receiver, row.because) == ("receivable", "e-zhou", "customer")


async def test_a_receivable_that_was_paid_and_is_owed_again_joins(api: Api, company: Engine) -> None:
    finance, path = api.person("finance-clerk"), "/desk/receivables/r-lin/payments"
    paid = {"amount": "100.00", "received_on": "2026-03-20", "reference": "1"}
    assert (await finance.post(path, paid)).status_code == 201
    case_id = departure(company)
    assert "r-lin" not in entries(company, case_id)
    assert (await finance.post(path, {**paid, "amount": "-100.00", "reference": "2"})).status_code == 201
    assert entries(company, case_id)["r-lin"].receiver == "e-zhou"


async def test_what_comes_to_the_leaver_with_a_merged_customer_joins(api: Api, case_id: str) -> None:
    body = {"into": "c-lin", "reason": "the same", "version": 1}
    assert (await api.person("wang").post("/desk/customers/c-zhou/merge", body)).status_code == 200
    found = entries(api.engine, case_id)
    assert "c-zhou" not in found, "a duplicate goes with its original"
    assert {found[one].customer_id for one in ("o-zhou", "r-zhou")} == {"c-lin"}
    assert stray(api.engine, case_id) == {"c-zhou"}


async def test_what_somebody_gets_who_stays_joins_nothing(api: Api, case_id: str) -> None:
    before = set(entries(api.engine, case_id))
    assert (await api.person("zhou").post("/desk/customers", {"name": "x"})).status_code == 201
    assert set(entries(api.engine, case_id)) == before
    assert untold(api.engine) == []


async def test_without_anybody_to_receive_witness_and_hr_hear_of_it(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        session.get_one(Account, "a-zhou").active = False
    made = (await api.person("lin").post("/desk/customers", {"name": "x"})).json()["id"]
    row = entries(api.engine, case_id)[made]
    assert (row.receiver, row.because) == (None, "nobody")
    with reading(api.engine) as session:
        query = select(NotificationRow.account).where(NotificationRow.kind == "portfolio_unassigned")
        assert set(session.exec(query).all()) == {"a-wang", "a-hr"}


async def test_a_count_finds_what_came_by_any_other_road(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        add_customer(session, "c-import", "lin")
    counts = {count.kind.value: (count.total, count.open) for count in counted(api.engine, case_id)}
    assert counts == {"customer": (4, 4), "order": (4, 4), "receivable": (4, 4)}
    assert {entries(api.engine, case_id)[one].receiver for one in ("c-import", "o-import", "r-import")} == {"e-zhou"}
    (fact,) = facts(api.engine, case_id, joining.JOINED)
    assert fact.by == ""
    assert counted(api.engine, case_id) == counted(api.engine, case_id)
    assert len(facts(api.engine, case_id, joining.JOINED)) == 1


async def test_whoever_writes_for_many_says_so_once(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        for number in range(3):
            add_customer(session, f"c-import{number}", "lin")
        add_customer(session, "c-other", "zhou")
        joining.join_everybody(session, "a-admin", utc_now())
    assert stray(api.engine, case_id) == set()
    (fact,) = facts(api.engine, case_id, joining.JOINED)
    assert (fact.by, fact.data["customer"]) == ("a-admin", 3)


async def test_what_a_file_brings_for_a_leaver_joins_with_it(api: Api, case_id: str) -> None:
    with reading(api.engine) as session:
        number = session.get_one(Customer, "c-lin").number
    file = f"number,customer,amount,issued_on,due_on\nR-NEW,{number},100.00,2026-03-01,2026-03-31\n"
    assert files.load(api.engine, "receivables", file).state == "done"
    assert stray(api.engine, case_id) == set()
    (fact,) = facts(api.engine, case_id, joining.JOINED)
    assert (fact.by, fact.data["receivable"]) == (files.ADMINISTRATOR, 1)


async def test_before_the_snapshot_the_case_is_only_told_to_count(api: Api, company: Engine) -> None:
    case_id = gives_notice(company)
    assert (await api.person("lin").post("/desk/customers", {"name": "x"})).status_code == 201
    assert entries(company, case_id) == {}
    assert [mark.case_id for mark in untold(company)] == [case_id]
    take(company, case_id)
    assert stray(company, case_id) == set()


@pytest.mark.parametrize("stage", ["withdrawing", "completed_with_gaps"])
async def test_once_the_handover_is_over_nothing_joins(api: Api, case_id: str, stage: str) -> None:
    set_stage(api.engine, case_id, stage)
    before = set(entries(api.engine, case_id))
    await api.person("lin").post("/desk/customers", {"name": "x"})
    assert set(entries(api.engine, case_id)) == before


async def test_what_was_waived_stays_waived(api: Api, case_id: str) -> None:
    await step(api.person("hr"), api.engine, case_id, "waive", "o-lin", reason="no goods")
    counted(api.engine, case_id)
    assert entries(api.engine, case_id)["o-lin"].state == "waived"
