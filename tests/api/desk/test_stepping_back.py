"""A receiver who gives notice: what was proposed to them is to be assigned anew, and those who assign are told."""

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from models.database import reading, writing
from models.desk.stepping_back import RECEIVER_LEAVES
from models.desk.tables import Customer
from models.facts import verify
from models.queries import all_facts
from models.tables import Employee, NotificationRow
from tests.api.desk.handover import accept, assign, departure, entries, set_stage
from tests.api.desk.trade import facts
from tests.api.house import Api


@pytest.fixture
def case_id(company: Engine) -> str:
    with writing(company) as session:
        session.get_one(Employee, "e-zhou").manager = "n-wang"
    return departure(company)


async def zhou_resigns(api: Api) -> None:
    answer = await api.person("hr").register(employee_number="n-zhou", receiver="a-wang")
    assert answer.status_code == 201, answer.text


def told(engine: Engine, kind: str) -> set[str]:
    with reading(engine) as session:
        return set(session.exec(select(NotificationRow.account).where(NotificationRow.kind == kind)).all())


async def test_what_was_proposed_goes_back_and_what_was_accepted_stays(api: Api, case_id: str) -> None:
    await accept(api, case_id, "c-north")
    await zhou_resigns(api)
    found = entries(api.engine, case_id)
    assert {one for one, row in found.items() if row.receiver == "e-zhou"} == {"c-north", "o-north", "r-north"}
    assert (found["c-lin"].state, found["c-lin"].because, found["c-lin"].version) == ("proposed", "nobody", 3)
    (fact,) = facts(api.engine, case_id, RECEIVER_LEAVES)
    assert (fact.data["customer"], fact.data["order"], fact.data["receivable"]) == (2, 2, 2)
    assert told(api.engine, "portfolio_unassigned") == {"a-wang", "a-hr"}
    with reading(api.engine) as session:
        assert session.get_one(Customer, "c-north").owner == "e-zhou"
        assert verify(case_id, all_facts(session, case_id)).problems == ()
    answer = await assign(api.person("wang"), case_id, "sales-head")
    assert [share["entries"] for share in answer.json()["receivers"]] == [6]


async def test_witness_and_hr_hear_of_the_items_that_the_leaver_is_to_receive(api: Api, case_id: str) -> None:
    await zhou_resigns(api)
    assert told(api.engine, "receiver_leaving") == {"a-wang", "a-hr"}


async def test_what_is_over_is_left_as_it_is(api: Api, case_id: str) -> None:
    set_stage(api.engine, case_id, "completed_with_gaps")
    before = {one: row.receiver for one, row in entries(api.engine, case_id).items()}
    await zhou_resigns(api)
    assert {one: row.receiver for one, row in entries(api.engine, case_id).items()} == before
    assert told(api.engine, "portfolio_unassigned") == set()
