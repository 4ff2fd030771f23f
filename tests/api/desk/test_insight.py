"""Prevention: files, concentration and habits, explained, for those who lead; nothing follows by itself."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from activities import weeks
from domain.timezones import at_local
from models.database import reading, utc_now, writing
from models.desk import figures, weekly
from models.desk.figure_tables import WeeklyFigure
from models.desk.tables import Contact, Customer
from models.desk.trail_tables import Attempt, RecordRead
from models.tables import Employee
from tests.api.desk.sales import acquire, ago, merge, sell, talk
from tests.api.house import Api, eventually, problem
from tests.api.test_query_plans import statements

INSIGHT = "/desk/insight"
ZONE = "Asia/Shanghai"


async def shown(api: Api, what: str, by: str = "hr", **params: Any) -> Any:
    answer = await api.person(by).get(f"{INSIGHT}/{what}", **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def of(found: dict[str, Any], number: str) -> dict[str, tuple[int, int]]:
    """One person's figures: fulfilled and asked, by criterion."""
    (line,) = (one for one in found["people"] if one["person"]["number"] == number)
    return {figure["criterion"]: (figure["fulfilled"], figure["asked"]) for figure in line["figures"]}


async def test_every_criterion_is_counted_by_its_rule(api: Api) -> None:
    """`lin` has c-lin, with a contact and a draft; x1, an empty file; x2, with an industry and a contact who left."""
    with writing(api.engine) as session:
        acquire(session, "x1", "lin")
        acquire(session, "x2", "lin", industry="retail")
        made: dict[str, Any] = {"created_at": utc_now(), "created_by": "a-lin", "updated_at": utc_now()}
        session.add(Contact(customer_id="x2", name="离职", phone="1", active=False, **made))
        session.add(Contact(customer_id="x1", name="无电话", **made))
    talk(api.engine, "x1", ago(10))
    talk(api.engine, "c-lin", ago(100), kind="follow_up")
    found = await shown(api, "completeness")
    assert of(found, "n-lin") == {
        "contact": (2, 3),
        "reachable": (1, 3),
        "industry": (1, 3),
        "recent_contact": (1, 3),
        "followed_up": (0, 1),
    }
    assert of(await shown(api, "completeness", within_days=120), "n-lin")["followed_up"] == (1, 1)
    assert set(found["rules"]) == set(found["lists"]) == {line["criterion"] for line in found["people"][0]["figures"]}
    assert "90" in found["rules"]["recent_contact"]["en"]


async def test_teams_are_their_people_added_up_and_pages_show_each_person_once(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(Employee, "e-wang").department = "it"
    found = await shown(api, "completeness")
    assert [(team["department"], team["people"], team["customers"]) for team in found["teams"]] == [
        ("it", 1, 1),
        ("sales", 3, 3),
    ]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await shown(api, "completeness", limit=1, **cursor)
        seen += [line["person"]["number"] for line in page["people"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["n-lin", "n-sales-head", "n-wang", "n-zhou"]


async def test_a_figure_opens_the_list_behind_it(api: Api) -> None:
    found = await shown(api, "completeness", by="wang")
    for line in found["teams"][0]["figures"]:
        answer = await api.http.get(found["lists"][line["criterion"]], headers=api.person("wang").headers)
        assert len(answer.json()["items"]) == line["asked"] - line["fulfilled"], line
    rows = (await shown(api, "completeness/industry", by="wang", owner="n-lin"))["items"]
    assert [(row["customer"]["id"], row["owner"]["number"]) for row in rows] == [("c-lin", "n-lin")]
    answer = await api.person("hr").get(f"{INSIGHT}/completeness/industry")
    problem(answer, 403)


async def test_lists_behind_figures_are_paged_and_reach_no_further_than_customers_do(api: Api) -> None:
    path = "completeness/industry"
    first = await shown(api, path, by="wang", limit=2)
    second = await shown(api, path, by="wang", limit=2, cursor=first["next"])
    shown_ids = [row["customer"]["id"] for page in (first, second) for row in page["items"]]
    assert (sorted(shown_ids), second["next"]) == (["c-lin", "c-wang", "c-zhou"], None)
    assert len((await shown(api, path, by="lin"))["items"]) == 1
    assert (await shown(api, path, by="lin", owner="n-zhou"))["items"] == []
    assert (await shown(api, path, by="wang", owner="n-nobody"))["items"] == []


async def test_a_duplicates_file_is_part_of_the_firms(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(Customer, "c-zhou").industry = "retail"
    merge(api.engine, "c-zhou", "c-lin")
    found = await shown(api, "completeness")
    assert of(found, "n-lin")["industry"] == (1, 1)
    assert "n-zhou" not in [line["person"]["number"] for line in found["people"]]


async def test_completeness_is_of_ones_own_tree(api: Api) -> None:
    numbers = {}
    for name in ("lin", "wang", "sales-head", "auditor"):
        numbers[name] = {line["person"]["number"] for line in (await shown(api, "completeness", by=name))["people"]}
    assert numbers["lin"] == {"n-lin"}
    assert numbers["wang"] == {"n-lin", "n-zhou", "n-wang"}
    assert numbers["sales-head"] == numbers["auditor"] == {"n-lin", "n-zhou", "n-wang", "n-sales-head"}
    for what in ("completeness", "concentration", "unusual", "history"):
        problem(await api.person("finance").get(f"{INSIGHT}/{what}"), 403, "api.role_needed")


async def test_turnover_by_head_and_how_concentrated_it_is(api: Api) -> None:
    """50 %, 30 % and 20 %: 0.25 + 0.09 + 0.04 = 0.38."""
    for customer, minor in {"c-lin": 50_000, "c-zhou": 30_000, "c-wang": 20_000}.items():
        sell(api.engine, customer, minor, ago(3))
    sell(api.engine, "c-zhou", 777, ago(3), currency="JPY", owner="e-lin")
    cny, jpy = (await shown(api, "concentration"))["currencies"]
    assert (cny["turnover"]["amount"], cny["heads"], cny["herfindahl"]) == ("1000.00", 3, "0.3800")
    assert [(head["person"]["number"], head["share"]) for head in cny["largest"]] == [
        ("n-lin", "0.5000"),
        ("n-zhou", "0.3000"),
        ("n-wang", "0.2000"),
    ]
    assert cny["largest_share"] == "0.5000"
    assert (jpy["largest"][0]["person"]["number"], jpy["turnover"]["amount"]) == ("n-zhou", "777")
    assert sum(Decimal(head["share"]) for head in cny["largest"]) == 1


async def test_customers_known_through_one_person_only_are_counted(api: Api) -> None:
    with writing(api.engine) as session:
        session.get_one(Contact, "p-lin").active = False
    found = await shown(api, "concentration")
    assert (found["customers"], found["with_one_contact"], found["without_contact"]) == (4, 3, 1)
    assert {"share", "herfindahl", "one_contact"} == set(found["rules"])


def reads(engine: Engine, name: str, by_day: dict[date, int], action: str = "read_customers", hour: int = 10) -> None:
    """So many records read on each of these days, in two reads."""
    with writing(engine) as session:
        for day, count in by_day.items():
            at = at_local(day, datetime.min.time(), ZONE) + timedelta(hours=hour)
            row: dict[str, Any] = {"account": f"a-{name}", "employee_id": f"e-{name}", "kind": "customer"}
            for part in (count // 2, count - count // 2):
                session.add(RecordRead(**row, action=action, at=at, records=part, purpose="work"))


def usually(records: int, days: int = 20) -> dict[date, int]:
    return {figures.today() - timedelta(days=number + 2): records for number in range(days)}


def habits(found: dict[str, Any], number: str) -> dict[str, Any]:
    (person,) = (one for one in found["people"] if one["person"]["number"] == number)
    line: dict[str, Any] = person
    return line


async def test_a_day_far_above_the_persons_own_days_is_shown_with_its_figures(api: Api) -> None:
    yesterday = figures.today() - timedelta(days=1)
    reads(api.engine, "lin", {**usually(20), yesterday: 400})
    reads(api.engine, "zhou", {**usually(400), yesterday: 400})
    found = await shown(api, "unusual", by="wang")
    lin, zhou = habits(found, "n-lin"), habits(found, "n-zhou")
    assert (lin["days"], lin["reads"]["median"], lin["reads"]["above"]) == (21, "20.0", "20.0")
    assert lin["reads"]["unusual"] == [{"day": yesterday.isoformat(), "records": 400}]
    assert zhou["reads"]["unusual"] == [], "the same count is usual for somebody else"
    assert (await shown(api, "unusual", by="wang", least=401))["people"][0]["reads"]["unusual"] == []
    assert "50" in found["rule"]["en"]


async def test_exports_are_measured_by_the_days_on_which_the_person_was_at_work(api: Api) -> None:
    day = figures.today() - timedelta(days=5)
    reads(api.engine, "lin", usually(20))
    reads(api.engine, "lin", {day: 900}, "export_customers")
    lin = habits(await shown(api, "unusual"), "n-lin")
    assert lin["exports"]["median"] == "0.0"
    assert lin["exports"]["unusual"] == [{"day": day.isoformat(), "records": 900}]
    assert lin["reads"]["unusual"] == []


async def test_a_day_is_the_companys_and_today_is_not_over(api: Api) -> None:
    day = figures.today() - timedelta(days=3)
    reads(api.engine, "lin", usually(20))
    reads(api.engine, "lin", {day: 60}, hour=0)
    reads(api.engine, "lin", {day: 40}, hour=23)
    reads(api.engine, "lin", {figures.today(): 5_000}, hour=0)
    reads(api.engine, "lin", {figures.today() - timedelta(days=91): 5_000}, hour=23)
    assert habits(await shown(api, "unusual"), "n-lin")["reads"]["unusual"] == [
        {"day": day.isoformat(), "records": 120}
    ]


async def test_habits_are_seen_by_who_leads_and_nobody_sees_the_own_and_nothing_happens_by_itself(api: Api) -> None:
    reads(api.engine, "lin", {**usually(20), figures.today() - timedelta(days=1): 9_000})
    numbers = {one["person"]["number"] for one in (await shown(api, "unusual", by="wang"))["people"]}
    assert numbers == {"n-lin", "n-zhou"}
    assert "n-hr" not in {one["person"]["number"] for one in (await shown(api, "unusual"))["people"]}
    assert (await shown(api, "unusual", by="lin"))["people"] == []
    assert api.count(Attempt) == 0
    assert (await api.person("lin").get("/desk/customers")).status_code == 200
    with reading(api.engine) as session:
        looks = session.exec(select(RecordRead).where(RecordRead.action == "read_figures")).all()
    assert {row.account for row in looks} == {"a-wang", "a-hr", "a-lin"}


async def test_pages_of_people_show_each_once(api: Api) -> None:
    first = await shown(api, "unusual", by="sales-head", limit=2)
    second = await shown(api, "unusual", by="sales-head", limit=2, cursor=first["next"])
    numbers = [one["person"]["number"] for page in (first, second) for one in page["people"]]
    assert (numbers, second["next"]) == (["n-lin", "n-sales-clerk", "n-wang", "n-zhou"], None)


def rows(engine: Engine) -> list[WeeklyFigure]:
    with reading(engine) as session:
        order = (col(WeeklyFigure.week), col(WeeklyFigure.employee_id), col(WeeklyFigure.figure))
        return list(session.exec(select(WeeklyFigure).order_by(*order)).all())


async def test_a_week_is_written_once_however_often_it_is_tried_and_never_changes(api: Api) -> None:
    sell(api.engine, "c-lin", 300, ago(3))
    sell(api.engine, "c-zhou", 100, ago(3))
    today = figures.today()
    written = weekly.write_week(api.engine, today)
    assert written == len(rows(api.engine)) == 4 * 5 + 2
    talk(api.engine, "c-lin", ago(1))
    assert weekly.write_week(api.engine, today) == 0
    later = weekly.week_of(today) + timedelta(days=7)
    assert weekly.write_week(api.engine, later) == written
    found = await shown(api, "history", employee="n-lin")
    by_figure = {(row["week"], row["figure"]): (row["part"], row["whole"], row["share"]) for row in found}
    weeks_shown = [weekly.week_of(today).isoformat(), later.isoformat()]
    assert [by_figure[week, "recent_contact"] for week in weeks_shown] == [(0, 1, "0.0000"), (1, 1, "1.0000")]
    assert by_figure[weeks_shown[0], "turnover:CNY"] == (300, 400, "0.7500")
    together = {row["figure"]: row["share"] for row in await shown(api, "history", department="sales", weeks=1)}
    assert (together["contact"], together["turnover:CNY"]) == ("1.0000", "1.0000")


async def test_histories_are_of_ones_own_tree(api: Api) -> None:
    weekly.write_week(api.engine, figures.today())
    mine = {row["figure"]: row["whole"] for row in await shown(api, "history", by="wang")}
    assert mine["contact"] == 3
    answer = await api.person("wang").get(f"{INSIGHT}/history", employee="n-sales-head")
    problem(answer, 404, "employee.unknown")


async def test_the_week_is_written_beside_the_workers(api: Api) -> None:
    stop = asyncio.Event()
    keeping = [asyncio.create_task(weeks.keep_weeks(api.engine, stop)) for _ in range(2)]

    async def written() -> bool:
        return bool(rows(api.engine))

    await eventually(written)
    stop.set()
    await asyncio.gather(*keeping)
    assert len(rows(api.engine)) == 4 * 5


async def test_it_takes_as_many_statements_for_many_files_as_for_few(api: Api) -> None:
    api.person("wang")
    paths = ("completeness", "concentration", "unusual", "history", "completeness/industry")
    counts: list[list[int]] = []
    for _ in range(2):
        counts.append([])
        for path in paths:
            with statements(api.engine) as sent:
                await shown(api, path, by="wang")
            counts[-1].append(len(sent))
        for number in range(6):
            name = f"y{len(counts)}{number}"
            with writing(api.engine) as session:
                acquire(session, name, "zhou")
            sell(api.engine, name, 5, ago(3))
    assert counts[0] == counts[1]
