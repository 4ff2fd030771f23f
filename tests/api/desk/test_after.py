"""After a departure: who went on with the customers, what became of them, what was missed, how handovers go."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from domain.desk.turnover import following
from models.database import utc_now, writing
from models.desk import figures
from models.desk.order_tables import OrderStateChange
from models.desk.trail_tables import Attempt, PortfolioEntry
from models.tables import CaseView
from tests.api.desk.sales import acquire, ago, merge, sell, talk
from tests.api.desk.trade import facts, gives_notice
from tests.api.house import Api, new_key, problem
from tests.api.rows import add_cases, case_id
from tests.api.test_query_plans import statements

ZONE = "Asia/Shanghai"
SINCE = 40
"""Days since the last day: the window of 30 days is over, that of 90 is not."""


@dataclass
class Left:
    """`lin` has left; `c1` and `c2` went to `zhou`, `c3` to nobody yet."""

    engine: Engine
    case_id: str
    last_day: date

    def after(self, day: int) -> datetime:
        """Noon of that day after the last one."""
        days = following(self.last_day, day)
        return days.ends(ZONE) - timedelta(hours=12)

    def before(self, day: int) -> datetime:
        """The same noon a year before."""
        return following(self.last_day, day).a_year_before().ends(ZONE) - timedelta(hours=12)

    def sold(self, customer: str, before: int, after: int, day: int = 5, **values: Any) -> None:
        for minor, at in ((before, self.before(day)), (after, self.after(day))):
            if minor:
                sell(self.engine, customer, minor, at, **values)


@pytest.fixture
def left(company: Engine) -> Left:
    case = gives_notice(company)
    last_day = figures.today() - timedelta(days=SINCE)
    with writing(company) as session:
        view = session.get_one(CaseView, case)
        view.arrived_at, view.last_day = ago(SINCE + 30), last_day
        for name, receiver in (("c1", "e-zhou"), ("c2", "e-zhou"), ("c3", None)):
            acquire(session, name, "lin")
            session.add(
                PortfolioEntry(
                    case_id=case,
                    kind="customer",
                    record_id=name,
                    customer_id=name,
                    holder="e-lin",
                    receiver=receiver,
                    state="accepted" if receiver else "proposed",
                    at=view.arrived_at,
                    updated_at=view.arrived_at,
                )
            )
    return Left(company, case, last_day)


async def after(api: Api, left: Left, by: str = "hr", **params: Any) -> dict[str, Any]:
    answer = await api.person(by).get(f"/cases/{left.case_id}/after", **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def fates(api: Api, left: Left, **params: Any) -> dict[str, str | None]:
    """What became of each customer in the first window."""
    answer = await api.person("hr").get(f"/cases/{left.case_id}/after/customers", window=30, **params)
    assert answer.status_code == 200, answer.text
    return {one["customer"]["id"]: one["windows"][0]["fate"] for one in answer.json()["items"]}


async def test_turnover_is_compared_with_the_same_days_a_year_before_and_with_everybody_else(
    api: Api, left: Left
) -> None:
    """The others fell from 2,000.00 to 1,900.00. c1: 100 → 60, expected 95; c2: 100 → 0; c3: 0 → 10."""
    left.sold("c-zhou", 200_000, 190_000)
    left.sold("c1", 10_000, 6_000)
    left.sold("c2", 10_000, 0)
    left.sold("c3", 0, 1_000)
    found = await after(api, left)
    (window, *_) = found["windows"]
    (line,) = window["turnover"]
    assert line == {
        "before": {"amount": "200.00", "currency": "CNY"},
        "after": {"amount": "70.00", "currency": "CNY"},
        "expected": {"amount": "190.00", "currency": "CNY"},
        "effect": {"amount": "-120.00", "currency": "CNY"},
        "others_trend": "0.9500",
        "working": "70.00 − 200.00 × 0.9500 = −120.00",
    }
    assert await fates(api, left) == {"c1": "shrunken", "c2": "lost", "c3": "grown"}
    assert {fate: count for fate, count in window["fates"].items() if count} == {"shrunken": 1, "lost": 1, "grown": 1}
    nobody, zhou = found["receivers"]
    assert (nobody["receiver"], nobody["customers"], zhou["receiver"]["number"]) == (None, 1, "n-zhou")
    assert zhou["windows"][0]["turnover"][0]["after"]["amount"] == "60.00"


async def test_days_that_are_not_over_are_said_and_nothing_is_extrapolated(api: Api, left: Left) -> None:
    left.sold("c1", 10_000, 4_000, day=35)
    sell(left.engine, "c1", 90_000, left.before(80))
    short, middle, long = (await after(api, left))["windows"]
    assert [(w["days"], w["days_over"], w["complete"]) for w in (short, middle, long)] == [
        (30, 30, True),
        (90, SINCE - 1, False),
        (180, SINCE - 1, False),
    ]
    (line,) = middle["turnover"]
    assert (line["before"]["amount"], line["after"]["amount"]) == ("100.00", "40.00"), "as many days of both years"
    assert (middle["fates"], sum(short["fates"].values())) == ({}, 3)


async def test_before_the_last_day_nothing_is_compared(api: Api, left: Left) -> None:
    with writing(left.engine) as session:
        session.get_one(CaseView, left.case_id).last_day = figures.today()
    found = await after(api, left)
    assert [(w["days_over"], w["before_from"], w["turnover"]) for w in found["windows"]] == [(0, None, [])] * 3


async def test_days_begin_at_midnight_where_the_person_worked(api: Api, left: Left) -> None:
    ends = following(left.last_day, 1).starts(ZONE)
    sell(left.engine, "c1", 100, ends - timedelta(seconds=1))
    sell(left.engine, "c1", 7, ends)
    sell(left.engine, "c1", 5, following(left.last_day, 30).ends(ZONE) - timedelta(seconds=1))
    sell(left.engine, "c1", 1000, following(left.last_day, 30).ends(ZONE))
    (window, *_) = (await after(api, left))["windows"]
    assert window["turnover"][0]["after"]["amount"] == "0.12"


async def test_thresholds_are_the_askers(api: Api, left: Left) -> None:
    left.sold("c-zhou", 100, 100)
    left.sold("c1", 10_000, 6_000)
    left.sold("c2", 10_000, 9_000)
    assert await fates(api, left) == {"c1": "shrunken", "c2": "kept", "c3": "inactive"}
    moved = {"lost_below": "0.65", "kept_from": "0.7", "grown_from": "0.9"}
    assert await fates(api, left, **moved) == {"c1": "lost", "c2": "grown", "c3": "inactive"}
    assert list(await fates(api, left, fate="kept")) == ["c2"]
    path = f"/cases/{left.case_id}/after"
    problem(await api.person("hr").get(path, kept_from="2"), 422, "figures.thresholds")
    problem(await api.person("hr").get(f"{path}/customers", window=31), 422, "figures.no_such_window")


async def test_a_customer_of_two_currencies_is_counted_once_in_that_of_most_of_its_orders(api: Api, left: Left) -> None:
    left.sold("c1", 10_000, 0, currency="USD")
    left.sold("c1", 10_000, 10_000)
    (window, *_) = (await after(api, left))["windows"]
    assert [line["before"]["currency"] for line in window["turnover"]] == ["CNY", "USD"]
    assert sum(window["fates"].values()) == 3
    assert (await fates(api, left))["c1"] == "kept"


async def test_a_duplicate_counts_as_the_firm_and_no_firm_twice(api: Api, left: Left) -> None:
    left.sold("c1", 100, 100)
    left.sold("c-lin", 1_000, 0)
    merge(left.engine, "c-lin", "c1")
    merge(left.engine, "c2", "c1")
    found = await after(api, left)
    assert found["customers"] == 2
    assert found["windows"][0]["turnover"][0]["before"]["amount"] == "11.00"
    assert list(await fates(api, left)) == ["c1", "c3"]


async def test_orders_and_conversations_are_told_by_who_had_them_and_when(api: Api, left: Left) -> None:
    notice, later = ago(SINCE + 10), left.after(3)
    sell(left.engine, "c1", 100, notice, placed_by="a-lin")
    sell(left.engine, "c1", 200, later, placed_by="a-zhou")
    sell(left.engine, "c1", 300, later, placed_by="a-wang")
    sell(left.engine, "c1", 400, later, placed_by="a-machine", incoming=True)
    sell(left.engine, "c1", 500, ago(SINCE + 31), placed_by="a-lin")
    sell(left.engine, "c1", 600, notice, placed_by="a-lin", state="cancelled")
    sell(left.engine, "c-wang", 700, notice, placed_by="a-lin")
    talk(left.engine, "c1", notice, "lin")
    talk(left.engine, "c1", later, "lin")
    talk(left.engine, "c1", later, "zhou")
    talk(left.engine, "c-wang", later, "zhou")
    found = await after(api, left)
    assert [(o["period"], o["actor"], o["value"]["amount"]) for o in found["orders"]] == [
        ("notice", "leaver", "1.00"),
        ("afterwards", "receiver", "2.00"),
        ("afterwards", "other", "3.00"),
        ("afterwards", "customer", "4.00"),
    ]
    assert [(o["actor"], o["value"]["amount"]) for o in found["orders_elsewhere"]] == [("leaver", "7.00")]
    assert [(t["period"], t["actor"], t["communications"]) for t in found["communications"]] == [
        ("notice", "leaver", 1),
        ("afterwards", "leaver", 1),
        ("afterwards", "receiver", 1),
    ]


def tried(engine: Engine, case: str | None, outcome: str, at: datetime) -> None:
    with writing(engine) as session:
        session.add(
            Attempt(
                account="a-lin",
                employee_id="e-lin",
                at=at,
                action="place_order",
                system="erp",
                right="create_orders",
                kind="order",
                outcome=outcome,
                case_id=case,
            )
        )


def default(engine: Engine, customer: str, minor: int, at: datetime, **values: Any) -> None:
    order = sell(engine, customer, minor, ago(SINCE + 60), state="defaulted", **values)
    with writing(engine) as session:
        session.add(
            OrderStateChange(
                order_id=order, from_state="confirmed", to_state="defaulted", reason="缺货", at=at, by="a-wang"
            )
        )


async def test_blocked_attempts_and_those_under_a_grant_stand_apart(api: Api, left: Left) -> None:
    for outcome in ("refused", "refused", "granted"):
        tried(left.engine, left.case_id, outcome, ago(SINCE + 5))
    tried(left.engine, None, "refused", ago(SINCE + 5))
    found = (await after(api, left))["attempts"]
    assert [(one["action"], one["outcome"], one["attempts"]) for one in found] == [
        ("place_order", "granted", 1),
        ("place_order", "refused", 2),
    ]


async def test_defaults_count_from_the_notice_on_and_say_in_whose_time(api: Api, left: Left) -> None:
    default(left.engine, "c1", 100, ago(SINCE + 5))
    default(left.engine, "c1", 20, left.after(2))
    default(left.engine, "c1", 3, ago(SINCE + 31))
    default(left.engine, "c-wang", 4, left.after(2))
    found = await after(api, left)
    assert [(d["period"], d["value"]["amount"], d["reason"]) for d in found["defaulted"]] == [
        ("afterwards", "0.20", "缺货"),
        ("notice", "1.00", "缺货"),
    ]
    assert found["defaulted_value"] == [{"amount": "1.20", "currency": "CNY"}]


async def test_hr_counsel_auditors_and_whoever_leads_the_leaver_see_it_and_nobody_else(api: Api, left: Left) -> None:
    for name in ("hr", "counsel", "auditor", "wang", "sales-head"):
        await after(api, left, by=name)
    for path in (f"/cases/{left.case_id}/after", f"/cases/{left.case_id}/after/customers"):
        problem(await api.person("lin").get(path), 403, "figures.not_of_oneself")
        problem(await api.person("zhou").get(path), 404, "case.unknown")
        problem(await api.person("finance").get(path), 403, "api.role_needed")
    problem(await api.person("hr").get(f"/cases/{'0' * 32}/after"), 404, "case.unknown")


async def test_pages_of_customers_show_each_once(api: Api, left: Left) -> None:
    path = f"/cases/{left.case_id}/after/customers"
    first = (await api.person("hr").get(path, limit=2)).json()
    second = (await api.person("hr").get(path, limit=2, cursor=first["next"])).json()
    shown = [one["customer"]["id"] for page in (first, second) for one in page["items"]]
    assert (shown, second["next"]) == (["c1", "c2", "c3"], None)


async def test_it_takes_as_many_statements_for_many_customers_as_for_few(api: Api, left: Left) -> None:
    api.person("hr")
    left.sold("c1", 1, 1)
    with statements(api.engine) as few:
        await after(api, left)
    for number in range(8):
        with writing(left.engine) as session:
            acquire(session, f"x{number}", "lin")
            values: dict[str, Any] = {"case_id": left.case_id, "kind": "customer", "holder": "e-lin"}
            values |= {"record_id": f"x{number}", "customer_id": f"x{number}", "state": "proposed"}
            session.add(PortfolioEntry(**values, at=utc_now(), updated_at=utc_now()))
        left.sold(f"x{number}", 1, 1)
        default(left.engine, f"x{number}", 1, left.after(1))
    with statements(api.engine) as many:
        await after(api, left)
    assert len(many) == len(few)


MISSED = {"what": "对账方式没有交接", "item": "customer_files", "customer": "c1"}


def close(left: Left, stage: str = "completed") -> None:
    with writing(left.engine) as session:
        view = session.get_one(CaseView, left.case_id)
        view.stage, view.open, view.closed_at = stage, False, ago(SINCE - 1)


async def test_what_was_missed_is_told_once_the_case_has_closed_and_is_a_fact_of_it(api: Api, left: Left) -> None:
    path, key = f"/cases/{left.case_id}/missed-items", new_key()
    body = {**MISSED, "found_on": figures.today().isoformat()}
    problem(await api.person("hr").post(path, body), 409, "missed.not_handed_over_yet")
    close(left)
    first, again = [await api.person("zhou").post(path, body, key) for _ in range(2)]
    assert (first.status_code, first.json()) == (201, again.json())
    (fact,) = facts(api.engine, left.case_id, "MissedItemFound")
    assert (fact.by, fact.data["item"], fact.data["customer"]) == ("a-zhou", "customer_files", "c1")
    (shown,) = (await after(api, left))["missed"]
    assert (shown["what"], shown["customer"]["id"], shown["by_name"]) == (MISSED["what"], "c1", "zhou")


async def test_what_was_missed_is_told_by_hr_witness_and_receivers_and_of_what_was_there(api: Api, left: Left) -> None:
    close(left)
    path, body = f"/cases/{left.case_id}/missed-items", {**MISSED, "found_on": figures.today().isoformat()}
    for name in ("hr", "wang", "zhou"):
        assert (await api.person(name).post(path, body)).status_code == 201
    problem(await api.person("lin").post(path, body), 403, "missed.not_yours_to_tell")
    problem(await api.person("auditor").post(path, body), 403, "missed.not_yours_to_tell")
    problem(await api.person("stranger").post(path, body), 404, "case.unknown")
    hr = api.person("hr")
    problem(await hr.post(path, {**body, "item": "nothing"}), 404, "missed.item_unknown")
    problem(await hr.post(path, {**body, "customer": "c-wang"}), 404, "missed.customer_unknown")
    for day in (ago(SINCE + 40).date(), figures.today() + timedelta(days=1)):
        problem(await hr.post(path, {**body, "found_on": day.isoformat()}), 422, "missed.found_on")
    close(left, "withdrawn")
    problem(await hr.post(path, body), 409, "missed.not_handed_over_yet")


async def read_figures(api: Api, first: date, last: date, by: str = "hr", **params: Any) -> dict[str, Any]:
    answer = await api.person(by).get("/figures", first=first.isoformat(), last=last.isoformat(), **params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def handed_over(engine: Engine, number: int, arrived: datetime, sealed: datetime | None, closed: datetime) -> None:
    """A closed case of four items."""
    snapshot = {
        "employee_id": "e-zhou",
        "items": [{"id": str(n), "receiver": ""} for n in range(4)],
        "record": {"sealed_at": sealed.isoformat()} if sealed else None,
    }
    values: dict[str, Any] = {"stage": "completed", "open": False, "arrived_at": arrived, "closed_at": closed}
    add_cases(engine, number, snapshot=snapshot, last_day=closed.date(), **values)


async def test_a_period_stands_beside_the_one_before_it(api: Api) -> None:
    """Sealed after 10, 20 and 33 days: 20 in the middle; one never; of 16 items one was missed, 1 of 16 is 6.25 %."""
    last = figures.today()
    for number, days in enumerate((10, 20, 33, None), 1):
        sealed = ago(5) if days else None
        handed_over(api.engine, number, ago(5 + (days or 40)), sealed, ago(4))
    handed_over(api.engine, 9, ago(60), ago(52), ago(50))
    told = {"what": "x", "found_on": last.isoformat()}
    assert (await api.person("hr").post(f"/cases/{case_id(1)}/missed-items", told)).status_code == 201
    found = await read_figures(api, last - timedelta(days=29), last)
    assert found["period"]["handover"] == {
        "cases": 4,
        "never_sealed": 1,
        "median": "20.0",
        "shortest": 10,
        "longest": 33,
    }
    assert found["period"]["missed"] == {"items": 16, "missed": 1, "cases_with_missed": 1, "share": "0.0625"}
    assert found["baseline"]["last"] == (last - timedelta(days=30)).isoformat()
    assert (found["baseline"]["handover"]["cases"], found["baseline"]["handover"]["median"]) == (1, "8.0")
    early = (last - timedelta(days=400)).isoformat()
    far = await read_figures(api, last, last, baseline_first=early, baseline_last=early)
    assert (far["baseline"]["first"], far["baseline"]["handover"]["cases"]) == (early, 0)
    assert far["baseline"]["missed"]["share"] is None


async def test_attempts_and_defaults_of_a_period_are_those_of_people_in_notice(api: Api, left: Left) -> None:
    tried(left.engine, left.case_id, "refused", ago(SINCE + 5))
    tried(left.engine, None, "refused", ago(SINCE + 5))
    tried(left.engine, left.case_id, "granted", ago(2))
    default(left.engine, "c1", 100, ago(SINCE + 5))
    default(left.engine, "c1", 20, left.after(2))
    default(left.engine, "c-wang", 4, ago(SINCE + 5))
    last = figures.today()
    period = (await read_figures(api, last - timedelta(days=60), last))["period"]
    assert period["attempts"] == {"allowed": 0, "granted": 1, "refused": 1}
    assert (period["defaulted_orders"], period["defaulted_value"][0]["amount"]) == (1, "1.00")


async def test_figures_of_all_handovers_are_for_those_who_answer_for_them(api: Api) -> None:
    day = figures.today()
    for name in ("hr", "counsel", "auditor", "admin"):
        await read_figures(api, day, day, by=name)
    for name in ("wang", "lin", "finance"):
        answer = await api.person(name).get("/figures", first=day.isoformat(), last=day.isoformat())
        problem(answer, 403, "api.role_needed")
    backwards = {"first": day.isoformat(), "last": (day - timedelta(days=1)).isoformat()}
    problem(await api.person("hr").get("/figures", **backwards), 422, "figures.period")
