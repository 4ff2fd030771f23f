"""A resignation is registered: what is refused, what is written down, and what happens without the engine."""

import asyncio
import hashlib
import inspect
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, func, select
from temporalio.client import Client

from activities.starter import start_waiting
from domain.law import notice
from domain.timezones import local_date
from models import resignations
from models.database import reading, utc_now, writing
from models.employment import EmploymentTerms
from models.resignations import OLDEST_ARRIVAL
from models.tables import Account, CaseView, Employee, Notice, Participant
from tests.api.house import Api, eventually, new_key, problem

MINUTE = timedelta(minutes=1)


def in_days(days: int) -> str:
    return (utc_now() + timedelta(days=days)).date().isoformat()


REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "resignation.unknown_employee": (404, {"employee_number": "n-nobody"}),
    "resignation.no_account": (409, {"employee_number": "n-it-clerk"}),
    "resignation.own": (409, {"employee_number": "n-hr"}),
    "resignation.already_open": (409, {"employee_number": "n-wang"}),
    "resignation.arrives_in_the_future": (422, {"arrived_at": (utc_now() + timedelta(hours=1)).isoformat()}),
    "resignation.arrived_too_long_ago": (422, {"arrived_at": (utc_now() - OLDEST_ARRIVAL - MINUTE).isoformat()}),
    "resignation.last_day_too_early": (422, {"requested_last_day": in_days(10)}),
    "notice.goes_to_the_agency": (422, {"employee_number": "n-sec"}),
    "notice.grounds_needed": (422, {"ending": "employer_fault"}),
    "notice.agreement_needed": (422, {"ending": "mutual", "requested_last_day": in_days(10)}),
    "notice.agreed_day_needed": (422, {"ending": "mutual", "agreement": "DOC-1", "initiator": "employee"}),
    "notice.contract_end_needed": (422, {"ending": "expiry"}),
    "notice.dismissal_is_not_begun_here": (422, {"ending": "dismissal"}),
    "resignation.last_day_too_far": (422, {"requested_last_day": in_days(400)}),
    "resignation.unknown_receiver": (404, {"receiver": "a-nobody"}),
    "item.leaver_cannot_receive": (422, {"receiver": "a-lin"}),
}


PARTING = {"ending": "mutual", "initiator": "employer", "agreement": "AGR-7", "requested_last_day": in_days(5)}
ENDINGS_REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("notice.grounds_needed", {"ending": "employer_fault"}),
    ("notice.grounds_needed", {"ending": "employer_fault", "grounds": ["bad_mood"]}),
    ("notice.tells_of_employer_fault", {"text": "公司拖欠工资，本人辞职。"}),
    ("notice.offer_takes_an_agreement", {"intent": "offer"}),
    ("notice.agreement_needed", {**PARTING, "agreement": ""}),
    ("notice.agreement_needed", {**PARTING, "initiator": ""}),
    ("notice.agreed_day_needed", {**PARTING, "requested_last_day": None}),
    ("notice.contract_end_needed", {"ending": "expiry"}),
    ("notice.dismissal_is_not_begun_here", {"ending": "dismissal"}),
]


def test_every_refusal_of_a_registration_is_tried_here() -> None:
    tried = {*REFUSALS, *(code for code, _ in ENDINGS_REFUSED), "notice.goes_to_the_agency"}
    tried.add("notice.no_law_for_that_day")  # no arrival lies that far back (test_law)
    for module in (resignations, notice):
        source = inspect.getsource(module)
        assert set(re.findall(r'(?:invalid|conflict|not_found)\("([\w.]+)"', source)) <= tried


async def test_a_registration_that_cannot_be_is_refused_and_leaves_nothing(api: Api) -> None:
    hr = api.person("hr")
    with writing(api.engine) as session:
        session.get_one(Account, "a-it-clerk").active = False
        session.merge(EmploymentTerms(employee_id="e-sec", relation="dispatched"))
    assert (await hr.register(employee_number="n-wang")).status_code == 201
    for code, (status, changes) in REFUSALS.items():
        problem(await hr.register(**changes), status, code)
    problem(await hr.register(receiver="a-it-clerk"), 404, "resignation.unknown_receiver")
    assert (api.count(Notice), api.count(CaseView), api.count(Participant)) == (1, 1, 2)


@pytest.mark.law("NOT-03", "NOT-04", "NOT-15")
async def test_every_ending_takes_what_its_road_in_the_law_asks_for(api: Api) -> None:
    hr = api.person("hr")
    for code, body in ENDINGS_REFUSED:
        problem(await hr.register(**body), 422, code)
    assert api.count(Notice) == 0
    answer = await hr.register(**PARTING)
    assert (answer.status_code, answer.json()["last_day"]) == (201, PARTING["requested_last_day"])
    with reading(api.engine) as session:
        (kept,) = session.exec(select(Notice)).all()
    assert (kept.ending, kept.initiator, kept.agreement) == ("mutual", "employer", "AGR-7")


@pytest.mark.law("NOT-05")
async def test_a_dispatched_workers_notice_is_not_registered_and_a_part_timers_has_no_thirty_days(api: Api) -> None:
    with writing(api.engine) as session:
        session.merge(EmploymentTerms(employee_id="e-lin", relation="dispatched"))
        session.merge(EmploymentTerms(employee_id="e-zhou", relation="part_time"))
    problem(await api.person("hr").register(), 422, "notice.goes_to_the_agency")
    answer = await api.person("hr").register(employee_number="n-zhou", receiver=None)
    assert answer.json()["last_day"] == local_date(utc_now(), "Asia/Shanghai").isoformat()


async def test_whoever_is_leaving_cannot_be_made_the_receiver_of_another_leaver(api: Api) -> None:
    hr = api.person("hr")
    assert (await hr.register(employee_number="n-zhou", receiver="a-wang")).status_code == 201
    problem(await hr.register(receiver="a-zhou"), 409, "item.receiver_is_leaving")
    assert api.count(Notice) == 1
    assert (await hr.register(receiver="a-wang")).status_code == 201


@pytest.mark.law("NOT-07")
async def test_the_notice_is_on_file_exactly_as_it_arrived(api: Api) -> None:
    text = "本人因个人原因，\r\n提出辞职。 \U0001f600"
    arrived = (utc_now() - timedelta(days=2)).replace(microsecond=0)
    answer = await api.person("hr").register(text=text, arrived_at=arrived.isoformat(), channel="paper")
    with reading(api.engine) as session:
        (row,) = session.exec(select(Notice)).all()
    assert (row.text, row.arrived_at, row.channel) == (text, arrived, "paper")
    assert row.text_sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert (row.registered_by, row.receiver, row.open_for) == ("a-hr", "a-zhou", "e-lin")
    assert answer.headers["location"] == f"/api/v1/cases/{row.case_id}"


@pytest.mark.parametrize(
    ("arrived", "last_day", "probation_until"),
    [
        ("2026-10-31T23:59:59+08:00", "2026-11-30", None),
        ("2026-10-31T15:59:59Z", "2026-11-30", None),
        ("2026-10-31T16:00:00Z", "2026-12-01", None),
        ("2026-10-31T12:00:00+08:00", "2026-11-03", date(2026, 10, 31)),
        ("2026-10-31T12:00:00+08:00", "2026-11-30", date(2026, 10, 30)),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_last_day_follows_the_law_in_the_laws_time_zone(
    api: Api, monkeypatch: pytest.MonkeyPatch, arrived: str, last_day: str, probation_until: date | None
) -> None:
    monkeypatch.setattr("api.routes.cases.utc_now", lambda: datetime(2026, 11, 2, tzinfo=UTC))
    with writing(api.engine) as session:
        session.get_one(Employee, "e-lin").probation_until = probation_until
    answer = await api.person("hr").register(arrived_at=arrived)
    assert answer.json()["last_day"] == last_day


async def test_a_later_last_day_that_the_notice_names_is_honoured(api: Api) -> None:
    answer = await api.person("hr").register(requested_last_day=in_days(45))
    assert answer.json()["last_day"] == in_days(45)


async def test_a_person_has_one_open_case_however_many_register_it_at_once(api: Api) -> None:
    answers = await asyncio.gather(*(api.person("hr").register() for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"resignation.already_open"}
    assert (api.count(Notice), api.count(CaseView)) == (1, 1)


async def test_who_left_and_came_back_may_resign_again(api: Api) -> None:
    hr = api.person("hr")
    first = (await hr.register()).json()["case_id"]
    with writing(api.engine) as session:
        session.get_one(Notice, first).open_for = None
    second = await hr.register()
    assert second.status_code == 201
    assert second.json()["case_id"] != first


async def test_while_the_engine_is_away_the_case_is_on_file_and_says_that_it_has_not_started(api: Api) -> None:
    answer = await api.person("hr").register()
    assert (answer.status_code, answer.json()["started"]) == (201, False)
    shown = await api.person("hr").get(f"/cases/{answer.json()['case_id']}")
    assert (shown.json()["stage"], shown.json()["open"]) == ("opening", True)
    assert (await api.person("lin").get(f"/cases/{answer.json()['case_id']}")).status_code == 200


async def test_what_waited_for_the_engine_is_started_exactly_once(api: Api, temporal: Client) -> None:
    hr = api.person("hr")
    waiting = [(await hr.register(employee_number=f"n-{name}")).json()["case_id"] for name in ("lin", "wang")]
    counts = await asyncio.gather(*(start_waiting(api.engine, temporal) for _ in range(3)))
    assert max(counts) == 2
    assert await start_waiting(api.engine, temporal) == 0
    for case_id in waiting:
        assert await _runs(temporal, case_id) == 1
    with reading(api.engine) as session:
        assert not _unstarted(session)


async def test_a_case_that_started_without_the_api_hearing_of_it_is_not_started_again(
    workerless: Api, temporal: Client
) -> None:
    key, hr = new_key(), workerless.person("hr")
    case_id = (await hr.register(key)).json()["case_id"]
    with writing(workerless.engine) as session:
        session.get_one(Notice, case_id).started_at = None
    assert await start_waiting(workerless.engine, temporal) == 1
    assert (await hr.register(key)).json()["started"]
    assert await _runs(temporal, case_id) == 1


async def test_with_the_engine_there_a_case_starts_at_once(workerless: Api) -> None:
    answer = await workerless.person("hr").register()
    assert answer.json()["started"]
    with reading(workerless.engine) as session:
        assert not _unstarted(session)


def _unstarted(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Notice).where(col(Notice.started_at).is_(None))).one()


async def _runs(temporal: Client, case_id: str) -> int:
    """How often the case's workflow was started, as soon as the server lists it."""

    async def listed() -> int:
        return (await temporal.count_workflows(f"WorkflowId='offboarding-{case_id}'")).count

    return await eventually(listed)
