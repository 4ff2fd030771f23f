"""The handover per customer (N9): assigned, answered one by one or many at once, moved with all that hangs on it."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from activities.teller import untold
from domain.desk.records import EntryState
from models import queries
from models.database import reading, writing
from models.desk.order_tables import Receivable, SalesOrder
from models.desk.portfolio import DatabasePortfolios
from models.desk.tables import Customer, OwnershipChange
from models.facts import verify
from models.tables import CaseView, Notice
from tests.api.desk.handover import (
    ALL,
    accept,
    assign,
    changes,
    departure,
    entries,
    named,
    order_of,
    owners,
    set_stage,
    step,
    take,
)
from tests.api.desk.trade import add_customer, facts, gives_notice
from tests.api.house import Api, new_key, problem

OF_LIN = {"c-lin", "c-north", "c-south", "o-lin", "o-north", "o-south", "r-lin", "r-north", "r-south"}


@pytest.fixture
def case_id(company: Engine) -> str:
    return departure(company)


def states(engine: Engine, case_id: str) -> Counter[str]:
    return Counter(row.state for row in entries(engine, case_id).values())


def test_the_snapshot_is_all_that_the_leaver_holds_and_nothing_else(company: Engine) -> None:
    with writing(company) as session:
        add_customer(session, "c-twin", "lin")
        session.get_one(Customer, "c-twin").merged_into = "c-lin"
        session.get_one(SalesOrder, "o-twin").state = "quotation"
        session.get_one(Receivable, "r-twin").state = "paid"
    case_id = gives_notice(company)
    counts = take(company, case_id)
    found = entries(company, case_id)
    assert set(found) == {"c-lin", "o-lin", "r-lin", "o-twin"}
    assert found["o-twin"].customer_id == "c-lin", "what hangs on a duplicate goes with the original"
    assert {(row.holder, row.receiver, row.state) for row in found.values()} == {("e-lin", "e-zhou", "proposed")}
    assert {row.kind: row.because for row in found.values()} == {
        "customer": "only",
        "order": "customer",
        "receivable": "customer",
    }
    assert [(count.kind.value, count.total, count.open) for count in counts.counts] == [
        ("customer", 1, 1),
        ("order", 2, 2),
        ("receivable", 1, 1),
    ]


def test_taken_again_it_is_the_same_whatever_happened_in_between(company: Engine) -> None:
    case_id = gives_notice(company)
    first = take(company, case_id)
    with writing(company) as session:
        add_customer(session, "c-later", "lin")
    again = take(company, case_id)
    assert again == first
    assert "c-later" not in entries(company, case_id)


def test_of_a_case_that_is_being_withdrawn_nothing_is_taken_any_more(company: Engine) -> None:
    case_id = gives_notice(company)
    set_stage(company, case_id, "withdrawing")
    assert sum(count.total for count in take(company, case_id).counts) == 0


async def test_an_accepted_customer_moves_with_its_open_orders_and_receivables(api: Api, case_id: str) -> None:
    await accept(api, case_id, "c-north")
    found, now = entries(api.engine, case_id), owners(api.engine)
    assert {one: now[one] for one in ("c-north", "o-north", "r-north", "c-lin", "o-lin", "r-lin")} == {
        **dict.fromkeys(("c-north", "o-north", "r-north"), "e-zhou"),
        **dict.fromkeys(("c-lin", "o-lin", "r-lin"), "e-lin"),
    }
    assert (found["c-north"].state, found["o-north"].state, found["r-north"].state) == ("accepted", "done", "done")
    moved = changes(api.engine, case_id)
    assert [(c.kind, c.record_id, c.from_owner, c.to_owner, c.by) for c in moved] == [
        (kind, one, "e-lin", "e-zhou", "a-zhou")
        for kind, one in (("customer", "c-north"), ("order", "o-north"), ("receivable", "r-north"))
    ]
    with reading(api.engine) as session:
        order = session.get_one(SalesOrder, "o-north")
        assert (order.state, order.origin_owner, order.version) == ("draft", "e-lin", 2)
    (fact,) = facts(api.engine, case_id, "PortfolioAccepted")
    assert (fact.by, fact.data["customer"], fact.data["order"], fact.data["receivable"]) == ("a-zhou", 1, 1, 1)
    assert "c-north" not in str(fact.data)


async def test_a_hundred_are_answered_in_one_call_and_all_or_none(api: Api, case_id: str) -> None:
    zhou = api.person("zhou")
    stale = named(api.engine, case_id, *ALL)
    stale[1]["version"] = 99
    problem(await zhou.post(f"/cases/{case_id}/portfolio/decisions", {"step": "accept", "entries": stale}), 409)
    assert states(api.engine, case_id) == {"proposed": 9}
    answer = await step(zhou, api.engine, case_id, "accept", *ALL)
    assert answer.json() == {"step": "accept", "customers": 3, "orders": 3, "receivables": 3}
    assert states(api.engine, case_id) == {"accepted": 3, "done": 6}
    assert {owners(api.engine)[one] for one in OF_LIN} == {"e-zhou"}


async def test_a_repeated_key_answers_the_same_and_moves_nothing_twice(api: Api, case_id: str) -> None:
    zhou, key = api.person("zhou"), new_key()
    body = {"step": "accept", "entries": named(api.engine, case_id, "c-lin")}
    first, again = [await zhou.post(f"/cases/{case_id}/portfolio/decisions", body, key) for _ in range(2)]
    assert first.status_code == 200
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len(changes(api.engine, case_id)) == 3
    assert len(facts(api.engine, case_id, "PortfolioAccepted")) == 1
    problem(await zhou.post(f"/cases/{case_id}/portfolio/decisions", body), 409, "portfolio.changed_meanwhile")


async def test_two_decide_at_once_and_one_of_them_is_told_so(api: Api, case_id: str) -> None:
    """The receiver accepts from two windows while the witness waives: one decision stands, and nothing is doubled."""
    body = {"entries": named(api.engine, case_id, "c-lin")}
    path = f"/cases/{case_id}/portfolio/decisions"
    answers = await asyncio.gather(
        *(api.person("zhou").post(path, {**body, "step": "accept"}) for _ in range(4)),
        *(api.person("wang").post(path, {**body, "step": "waive", "reason": "closed down"}) for _ in range(4)),
    )
    codes = Counter(answer.status_code for answer in answers)
    assert codes == {200: 1, 409: 7}
    moved = len(changes(api.engine, case_id))
    assert (entries(api.engine, case_id)["c-lin"].state, moved) in (("accepted", 3), ("waived", 0))
    with reading(api.engine) as session:
        assert verify(case_id, queries.all_facts(session, case_id)).problems == ()


async def test_a_refused_customer_goes_back_to_be_assigned_and_the_next_receiver_gets_it(
    api: Api, case_id: str
) -> None:
    zhou = api.person("zhou")
    problem(await step(zhou, api.engine, case_id, "refuse", "c-north"), 422, "reason.required")
    await step(zhou, api.engine, case_id, "refuse", "c-north", reason="too far away")
    assert entries(api.engine, case_id)["c-north"].reason == "too far away"
    answer = await assign(api.person("wang"), case_id, "sales-head")
    assert answer.json()["unassigned"] == 0
    found = entries(api.engine, case_id)
    assert (found["c-north"].receiver, found["c-north"].state, found["c-north"].reason) == (
        "e-sales-head",
        "proposed",
        "",
    )
    assert (found["o-north"].receiver, found["o-north"].because) == ("e-sales-head", "customer")
    assert found["c-lin"].receiver == "e-zhou", "what awaits an answer stays where it is"
    await accept(api, case_id, "c-north", by="sales-head")
    assert owners(api.engine)["r-north"] == "e-sales-head"


async def test_an_order_assigned_by_itself_does_not_go_with_its_customer(api: Api, case_id: str) -> None:
    entry = named(api.engine, case_id, "o-lin")
    answer = await assign(api.person("wang"), case_id, "sales-head", entries=entry)
    assert answer.json()["receivers"][0]["entries"] == 1
    await assign(api.person("wang"), case_id, "zhou", also_proposed=True)
    assert entries(api.engine, case_id)["o-lin"].because == "apart"
    await accept(api, case_id, "c-lin")
    assert {one: owners(api.engine)[one] for one in ("c-lin", "o-lin", "r-lin")} == {
        "c-lin": "e-zhou",
        "o-lin": "e-lin",
        "r-lin": "e-zhou",
    }
    await accept(api, case_id, "o-lin", by="sales-head")
    assert owners(api.engine)["o-lin"] == "e-sales-head"


async def test_an_order_that_was_assigned_by_itself_and_refused_is_shared_out_again(api: Api, case_id: str) -> None:
    await assign(api.person("wang"), case_id, "sales-head", entries=named(api.engine, case_id, "o-lin"))
    await step(api.person("sales-head"), api.engine, case_id, "refuse", "o-lin", reason="no")
    answer = await assign(api.person("wang"), case_id, "zhou")
    assert [share["entries"] for share in answer.json()["receivers"]] == [1]
    await accept(api, case_id, "c-lin")
    assert owners(api.engine)["o-lin"] == "e-zhou", "it goes with its customer again"


async def test_the_rule_shares_customers_out_and_says_why(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        session.get_one(Customer, "c-sales-head").region = "north"
    answer = await assign(api.person("hr"), case_id, "zhou", "sales-head", also_proposed=True)
    assert answer.status_code == 200, answer.text
    found = entries(api.engine, case_id, kind="customer")
    assert {one: (row.receiver, row.because) for one, row in found.items()} == {
        "c-north": ("e-sales-head", "region"),
        "c-lin": ("e-sales-head", "fewest"),
        "c-south": ("e-zhou", "fewest"),
    }
    (fact,) = facts(api.engine, case_id, "PortfolioAssigned")
    assert (fact.data["receivers"], fact.data["shares"]) == (["e-sales-head", "e-zhou"], [6, 3])


async def test_nobody_gets_more_than_their_manager_says_unless_a_reason_is_stated(api: Api, case_id: str) -> None:
    wang = api.person("wang")
    problem(await wang.post("/desk/capacities", {"employee": "n-wang", "customers": 5}), 422, "portfolio.own_capacity")
    problem(await api.person("zhou").post("/desk/capacities", {"employee": "n-lin", "customers": 5}), 404)
    answer = await wang.post("/desk/capacities", {"employee": "n-zhou", "customers": 2})
    assert answer.json() == {"employee": {"number": "n-zhou", "name": "zhou"}, "customers": 4, "capacity": 2}
    answer = await assign(wang, case_id, "zhou", also_proposed=True)
    assert answer.json()["unassigned"] == 6
    found = entries(api.engine, case_id, kind="customer")
    assert Counter((row.receiver, row.because) for row in found.values()) == {
        ("e-zhou", "only"): 1,
        (None, "no_room"): 2,
    }
    two = named(api.engine, case_id, *(one for one, row in found.items() if row.receiver is None))
    problem(await assign(wang, case_id, "zhou", entries=two), 409, "portfolio.no_room")
    answer = await assign(wang, case_id, "zhou", entries=two, override_reason="only for March")
    assert answer.json()["unassigned"] == 0
    assert facts(api.engine, case_id, "PortfolioAssigned")[-1].data["override"] == "only for March"
    listed = (await wang.get("/desk/capacities")).json()["items"]
    assert {line["employee"]["number"]: (line["customers"], line["capacity"]) for line in listed}["n-zhou"] == (4, 2)
    await wang.post("/desk/capacities", {"employee": "n-zhou", "customers": None})
    assert (await assign(wang, case_id, "zhou", also_proposed=True)).json()["unassigned"] == 0


async def test_only_the_witness_hr_and_the_manager_assign_and_only_to_who_stays(api: Api, case_id: str) -> None:
    for name in ("lin", "zhou"):
        problem(await assign(api.person(name), case_id, "zhou"), 403, "portfolio.may_not_assign")
    problem(await assign(api.person("stranger"), case_id, "zhou"), 404, "case.unknown")
    wang = api.person("wang")
    problem(await assign(wang, case_id, "nobody"), 404, "portfolio.receiver_unknown")
    problem(await assign(wang, case_id, "lin"), 403, "portfolio.leaver_cannot_receive")
    with writing(api.engine) as session:
        session.get_one(Notice, case_id).open_for = "e-zhou"
    problem(await assign(wang, case_id, "zhou"), 409, "portfolio.receiver_is_leaving")


async def test_a_customer_is_done_only_when_it_knows_its_new_contact(api: Api, case_id: str) -> None:
    await accept(api, case_id, "c-lin", "c-north")
    zhou, wang = api.person("zhou"), api.person("wang")
    await step(wang, api.engine, case_id, "introduce", "c-lin")
    assert entries(api.engine, case_id)["c-lin"].state == EntryState.WAITING
    problem(await step(wang, api.engine, case_id, "confirm", "c-lin"), 403, "portfolio.only_receiver")
    await step(zhou, api.engine, case_id, "confirm", "c-lin", "c-north")
    assert states(api.engine, case_id) == {"proposed": 3, "done": 6}
    problem(await step(zhou, api.engine, case_id, "introduce", "o-lin"), 422, "portfolio.customers_only")


async def test_a_customer_that_will_not_have_its_receiver_is_assigned_anew_and_moves_on(api: Api, case_id: str) -> None:
    await accept(api, case_id, "c-lin")
    zhou = api.person("zhou")
    await step(zhou, api.engine, case_id, "introduce", "c-lin")
    await step(zhou, api.engine, case_id, "refuse", "c-lin", reason="the customer asks for somebody else")
    assert owners(api.engine)["c-lin"] == "e-zhou", "until somebody else accepts it is looked after"
    await assign(api.person("wang"), case_id, "sales-head")
    await accept(api, case_id, "c-lin", by="sales-head")
    assert {owners(api.engine)[one] for one in ("c-lin", "o-lin", "r-lin")} == {"e-sales-head"}


async def test_what_a_manager_gave_to_somebody_else_is_not_taken_away_by_an_acceptance(api: Api, case_id: str) -> None:
    body = {"customers": ["c-lin"], "to": "n-wang", "reason": "mine"}
    assert (await api.person("wang").post("/desk/customers/reassign", body)).status_code == 200
    problem(await step(api.person("zhou"), api.engine, case_id, "accept", "c-lin"), 409, "portfolio.moved_meanwhile")
    answer = await step(api.person("hr"), api.engine, case_id, "waive", "c-lin", reason="reassigned")
    assert answer.status_code == 200
    assert owners(api.engine)["c-lin"] == "e-wang"


async def test_who_is_leaving_as_well_accepts_nothing(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        session.get_one(Notice, case_id).open_for = "e-zhou"
    answer = await step(api.person("zhou"), api.engine, case_id, "accept", "c-lin")
    problem(answer, 409, "item.receiver_is_leaving")


@pytest.mark.parametrize("stage", ["withdrawing", "completed_with_gaps"])
async def test_once_the_case_is_over_nothing_is_decided_any_more(api: Api, case_id: str, stage: str) -> None:
    set_stage(api.engine, case_id, stage)
    answer = await step(api.person("zhou"), api.engine, case_id, "accept", "c-lin")
    problem(answer, 409, "portfolio.not_in_this_stage")
    problem(await assign(api.person("wang"), case_id, "zhou"), 409, "portfolio.not_in_this_stage")
    assert changes(api.engine, case_id) == []


async def test_the_case_is_to_be_told_when_a_kind_is_settled_or_opens_again_and_not_for_less(
    api: Api, case_id: str
) -> None:
    await accept(api, case_id, "c-lin")
    assert untold(api.engine) == []
    await accept(api, case_id, "c-north", "c-south")
    (mark,) = untold(api.engine)
    assert (mark.case_id, mark.signal) == (case_id, "recheck_portfolio")
    before = mark.at
    await step(api.person("hr"), api.engine, case_id, "reopen", "o-lin", reason="the goods came back")
    (mark,) = untold(api.engine)
    assert mark.at > before


async def test_a_withdrawal_gives_back_exactly_what_was_moved(api: Api, case_id: str) -> None:
    before = owners(api.engine)
    await accept(api, case_id, "c-lin", "c-north")
    zhou = api.person("zhou")
    await step(zhou, api.engine, case_id, "introduce", "c-lin")
    await step(zhou, api.engine, case_id, "refuse", "c-lin", reason="no")
    await assign(api.person("wang"), case_id, "sales-head")
    await accept(api, case_id, "c-lin", by="sales-head")
    set_stage(api.engine, case_id, "withdrawing")
    back = [DatabasePortfolios(api.engine).give_back(order_of(case_id)) for _ in range(2)]
    assert owners(api.engine) == before
    assert states(api.engine, case_id) == {"returned": 9}
    assert back[0] == back[1]
    assert [(count.kind.value, count.total) for count in back[0].counts] == [
        ("customer", 2),
        ("order", 2),
        ("receivable", 2),
    ]
    returns = [change for change in changes(api.engine, case_id) if change.to_owner == "e-lin"]
    assert len(returns) == 6
    assert {(change.by, change.reason) for change in returns} == {("a-hr", "resignation withdrawn")}


async def test_what_came_meanwhile_comes_back_with_the_customer_and_what_was_moved_on_by_hand_stays(
    api: Api, case_id: str
) -> None:
    await accept(api, case_id, "c-lin", "c-north")
    line = {"product": "x", "name": "x", "quantity": "1", "unit_price": "1"}
    placed = (await api.person("zhou").post("/desk/orders", {"customer": "c-lin", "lines": [line]})).json()
    body = {"customers": ["c-north"], "to": "n-wang", "reason": "mine"}
    await api.person("wang").post("/desk/customers/reassign", body)
    DatabasePortfolios(api.engine).give_back(order_of(case_id))
    now = owners(api.engine)
    assert (now["c-lin"], now[placed["id"]], now["c-north"], now["c-south"]) == ("e-lin", "e-lin", "e-wang", "e-lin")


async def test_ownership_is_history_and_every_change_names_the_case(api: Api, case_id: str) -> None:
    await accept(api, case_id, "c-lin")
    with reading(api.engine) as session:
        rows = session.exec(select(OwnershipChange)).all()
    assert {row.case_id for row in rows} == {case_id}


async def test_a_leaver_assigns_nothing_in_other_handovers(api: Api, case_id: str) -> None:
    with writing(api.engine) as session:
        session.get_one(Notice, case_id).open_for = "e-wang"
    answer = await assign(api.person("wang"), case_id, "zhou", also_proposed=True)
    problem(answer, 403, "portfolio.leaver_assigns_nothing")


async def test_where_nothing_waits_to_be_assigned_that_is_said(api: Api, case_id: str) -> None:
    problem(await assign(api.person("wang"), case_id, "sales-head"), 409, "portfolio.nothing_to_assign")


async def test_what_was_settled_stays_settled_once_the_record_is_sealed(api: Api, case_id: str) -> None:
    hr = api.person("hr")
    await step(hr, api.engine, case_id, "waive", "o-lin", "o-north", reason="no goods")
    assert (await step(hr, api.engine, case_id, "reopen", "o-north", reason="back")).status_code == 200
    with writing(api.engine) as session:
        row = session.get_one(CaseView, case_id)
        row.snapshot = {**row.snapshot, "record": {"sealed_at": "2026-12-01T00:00:00Z"}}
    problem(await step(hr, api.engine, case_id, "reopen", "o-lin", reason="back"), 409, "portfolio.record_sealed")
    assert entries(api.engine, case_id)["o-lin"].state == "waived"
