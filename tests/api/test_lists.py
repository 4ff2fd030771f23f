"""Lists: what the filters let through, in which order, and that paging neither loses nor doubles anything."""

import base64
import itertools
import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from models.database import reading, utc_now, writing
from models.projection import participant
from models.queries import encode_cursor
from models.tables import CaseView, NotificationRow
from tests.api.house import Api, Person, problem
from tests.api.rows import START, add_cases, add_facts, add_messages, add_tasks, case_id, case_row

MINE = {"a-lin": range(0, 60, 2), "a-hr": range(0, 60, 3)}
FILTERS: dict[str, tuple[dict[str, Any], Callable[[CaseView], bool]]] = {
    "all": ({}, lambda c: True),
    "one stage": ({"stage": "signing"}, lambda c: c.stage == "signing"),
    "two stages": ({"stage": ["signing", "completed"]}, lambda c: c.stage in ("signing", "completed")),
    "a department": ({"department": "it"}, lambda c: c.department == "it"),
    "open": ({"open": "true"}, lambda c: c.open),
    "closed": ({"open": "false"}, lambda c: not c.open),
    "overdue": ({"overdue": "true"}, lambda c: c.open and (c.failing or late(c))),
    "all at once": (
        {"department": "sales", "open": "true", "overdue": "true", "stage": ["handing_over", "signing"]},
        lambda c: c.department == "sales" and c.stage in ("handing_over", "signing") and (c.failing or late(c)),
    ),
}
SORTS: dict[str, Callable[[CaseView], Any]] = {
    "last_day": lambda c: (c.last_day, c.case_id),
    "arrived_at": lambda c: (c.arrived_at, c.case_id),
}


def late(case: CaseView) -> bool:
    return case.next_due_at is not None and case.next_due_at < utc_now()


async def pages(
    person: Person, path: str, limit: int, between: Callable[[int], None] = lambda _: None, **parameters: Any
) -> list[dict[str, Any]]:
    """Everything that paging through the list shows; `between` happens after each page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for number in itertools.count():
        answer = (await person.get(path, limit=limit, **parameters, **cursor)).json()
        assert len(answer["items"]) <= limit
        found += answer["items"]
        if answer["next"] is None:
            return found
        cursor = {"cursor": answer["next"]}
        between(number)
    raise AssertionError("unreachable")


@pytest.fixture
def sixty(api: Api) -> Api:
    """Sixty cases; some accounts take part in some of them."""
    add_cases(api.engine, *range(60), participants=())
    for account, numbers in MINE.items():
        with writing(api.engine) as session:
            session.add_all(participant(account, case_row(number)) for number in numbers)
    return api


async def test_every_filter_and_sort_shows_exactly_what_it_says(sixty: Api) -> None:
    everything = [case_row(number) for number in range(60)]
    for name, (parameters, fits) in FILTERS.items():
        for sort, key in SORTS.items():
            wanted = [c.case_id for c in sorted(filter(fits, everything), key=key)]
            assert wanted, name
            for order, expected in ((sort, wanted), (f"-{sort}", wanted[::-1])):
                shown = await pages(sixty.person("hr"), "/cases", 7, sort=order, **parameters)
                assert [line["case_id"] for line in shown] == expected, (name, order)


async def test_mine_shows_what_one_takes_part_in_and_nothing_else(sixty: Api) -> None:
    asked: tuple[tuple[str, dict[str, Any]], ...] = (("hr", {"mine": "true"}), ("lin", {}), ("lin", {"mine": "true"}))
    for name, parameters in asked:
        own = [case_row(number) for number in MINE[f"a-{name}"]]
        for (filters, fits), (sort, key) in itertools.product(FILTERS.values(), SORTS.items()):
            wanted = [c.case_id for c in sorted(filter(fits, own), key=key)]
            shown = await pages(sixty.person(name), "/cases", 5, sort=sort, **parameters, **filters)
            assert [line["case_id"] for line in shown] == wanted
    assert await pages(sixty.person("stranger"), "/cases", 5) == []


async def test_a_line_says_whose_case_it_is_and_whether_somebody_is_late(sixty: Api) -> None:
    shown = {line["case_id"]: line for line in await pages(sixty.person("hr"), "/cases", 200)}
    for number in range(60):
        row, line = case_row(number), shown[case_id(number)]
        assert line["name"] == row.employee_id.removeprefix("e-")
        assert line["overdue"] == (row.open and (row.failing or late(row)))
        assert (line["stage"], line["department"], line["open"]) == (row.stage, row.department, row.open)


@pytest.mark.parametrize("mine", ["true", "false"])
async def test_cases_that_arrive_while_somebody_pages_neither_hide_nor_repeat_others(api: Api, mine: str) -> None:
    for number, (sort, key) in enumerate(SORTS.items()):
        for backwards in (False, True):
            department, first = f"{sort}-{backwards}", 1000 * (2 * number + backwards)
            before = [case_row(first + n, department=department) for n in range(40)]
            add_cases(api.engine, *range(first, first + 40), department=department)

            def more(page: int, department: str = department, first: int = first) -> None:
                """New cases before, among and after those already shown."""
                add_cases(api.engine, first - 100 + page, first + 100 + page, department=department)
                row = case_row(first + page * 5)
                moment: dict[str, Any] = {"last_day": row.last_day, "arrived_at": row.arrived_at}
                add_cases(api.engine, first + 500 + page, department=department, **moment)

            order = {"sort": f"-{sort}" if backwards else sort, "mine": mine, "department": department}
            shown = [line["case_id"] for line in await pages(api.person("hr"), "/cases", 6, more, **order)]
            assert len(shown) == len(set(shown))
            expected = [row.case_id for row in sorted(before, key=key, reverse=backwards)]
            assert [found for found in shown if found in set(expected)] == expected


async def test_the_inbox_shows_the_most_urgent_first_and_pages_without_loss(api: Api) -> None:
    add_cases(api.engine, *range(200))
    add_tasks(api.engine, "a-lin", *range(0, 80, 2))
    add_tasks(api.engine, "a-zhou", *range(80))

    def more(page: int) -> None:
        add_tasks(api.engine, "a-lin", 100 + page)

    shown = await pages(api.person("lin"), "/inbox/tasks", 7, more)
    assert [line["case_id"] for line in shown].count(case_id(2)) == 1
    assert {case_id(number) for number in range(0, 80, 2)} <= {line["case_id"] for line in shown}
    assert len(shown) == len({line["case_id"] for line in shown})
    dates = [line["due_at"] for line in shown]
    dated = [due for due in dates if due is not None]
    assert dates == dated + [None] * (len(dates) - len(dated)), "what has no date waits last"
    assert dated == sorted(dated)
    assert all(line["overdue"] == (line["due_at"] is not None) for line in shown), "all dates here are past"


async def test_messages_come_newest_first_and_page_without_loss(api: Api) -> None:
    add_cases(api.engine, *range(60))
    add_messages(api.engine, "a-lin", *range(30))
    add_messages(api.engine, "a-zhou", *range(30, 60))
    shown = await pages(api.person("lin"), "/inbox/messages", 7, lambda n: add_messages(api.engine, "a-lin", 40 + n))
    assert [line["case_id"] for line in shown] == [case_id(number) for number in reversed(range(30))]


async def test_messages_speak_the_readers_language(api: Api) -> None:
    add_cases(api.engine, 1)
    add_messages(api.engine, "a-lin", 1)
    await api.person("admin").patch("/accounts/a-zhou", {"language": "en"})
    add_messages(api.engine, "a-zhou", 1)
    titles = [(await api.person(name).get("/inbox/messages")).json()["items"][0]["title"] for name in ("lin", "zhou")]
    assert "zhou" in titles[0]
    assert "zhou" in titles[1]
    assert titles[0] != titles[1]


async def test_messages_are_read_up_to_one_and_only_ones_own(api: Api) -> None:
    add_cases(api.engine, *range(6))
    for account in ("a-lin", "a-zhou"):
        add_messages(api.engine, account, *range(6))
    lin = api.person("lin")
    ids = [line["id"] for line in (await lin.get("/inbox/messages")).json()["items"]]
    for _ in range(2):
        assert (await lin.post("/inbox/messages/read", {"up_to": ids[2]})).status_code == 204
    assert [line["read"] for line in (await lin.get("/inbox/messages")).json()["items"]] == [False] * 2 + [True] * 4
    with reading(api.engine) as session:
        others = [session.get_one(NotificationRow, number).read_at for number in range(1, 13) if number not in ids]
    assert others == [None] * 6


async def test_facts_come_in_order_and_page_without_loss(api: Api) -> None:
    add_cases(api.engine, 1)
    add_facts(api.engine, case_id(1), 25)
    shown = await pages(api.person("hr"), f"/cases/{case_id(1)}/facts", 10)
    assert [line["seq"] for line in shown] == list(range(1, 26))


async def test_staff_and_accounts_page_without_loss(api: Api) -> None:
    for path, key in (("/employees", "number"), ("/accounts", "login")):
        shown = [line[key] for line in await pages(api.person("admin"), path, 4)]
        assert len(shown) == len(set(shown)) >= 18
        whole = await api.person("admin").get(path, limit=200)
        assert shown == [line[key] for line in whole.json()["items"]]


async def test_a_cursor_that_is_not_ours_is_refused_by_every_list(api: Api) -> None:
    add_cases(api.engine, 1)
    inbox = ("/inbox/tasks", "/inbox/messages", f"/cases/{case_id(1)}/facts")
    lists = ("/cases", "/cases?sort=arrived_at", "/cases?mine=true", *inbox, "/employees", "/accounts")
    bad = ["x", "!!!!", "é", "====", base64.b64encode(b"\xff\xfe").decode()]
    junk: list[Any] = [
        None,
        1,
        "x",
        {},
        [],
        [[]],
        [{}],
        [None],
        [None] * 3,
        ["\x00"],
        ["\ud800"],
        [2**70],
        [1.5],
        [True],
    ]
    junk += [["\x00", "\x00"], ["0001-01-01T00:00:00+23:59", "x", "y"], ["9999-12-31T23:59:59-23:59", "x"], [1] * 50]
    junk += [
        ["2026-01-01", "\ud800"],
        ["2026-01-01", "\x00"],
        ["2026-01-01T00:00:00", "x"],
        ["2026-01-01T00:00:00", "x", "y"],
    ]
    bad += [base64.urlsafe_b64encode(json.dumps(values).encode()).decode() for values in junk]
    for path in lists:
        for cursor in bad:
            person = api.person("admin" if path == "/accounts" else "hr")
            problem(await person.get(path, cursor=cursor), 422, "api.bad_cursor")


async def test_a_cursor_of_another_sort_is_refused(api: Api) -> None:
    day, moment = encode_cursor(date(2026, 4, 1), case_id(1)), encode_cursor(START, case_id(1))
    hr = api.person("hr")
    problem(await hr.get("/cases", sort="arrived_at", cursor=day), 422, "api.bad_cursor")
    problem(await hr.get("/cases", sort="last_day", cursor=moment), 422, "api.bad_cursor")
    problem(await hr.get("/inbox/tasks", cursor=moment), 422, "api.bad_cursor")


async def test_a_cursor_names_a_place_also_when_nothing_is_there_any_more(api: Api) -> None:
    add_cases(api.engine, 1, 50)
    between = encode_cursor(case_row(1).last_day + timedelta(days=1), case_id(1))
    answer = await api.person("hr").get("/cases", cursor=between)
    assert [line["case_id"] for line in answer.json()["items"]] == [case_id(50)]
