"""Notices in other jurisdictions, by templates that nobody has verified: they reckon and warn, and refuse nothing."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from domain.errors import Refusal
from domain.law import aftercare, foreign, freeze, payments
from domain.law.endings import Ending
from domain.law.freeze import Basis, BasisKind, FreezeAnswer, Scope
from domain.law.notice import NoticeAnswer, judge
from domain.law.notice_facts import NoticeFacts
from domain.law.rules import Action
from domain.timezones import zone
from models.law import library
from tests.domain import cases as c

ARRIVED = date(2026, 11, 23)
EVERYWHERE = [pack.jurisdiction for pack in library().templates()]
LONG = date(2015, 1, 1)


def resigns(region: str, arrived: date = ARRIVED, **facts: Any) -> NoticeAnswer:
    book = library().book(region)
    noon = datetime.combine(arrived, time(12), zone(book.national.time_zone))
    return judge(book, NoticeFacts(noon, **facts))


def frozen(region: str, *bases: Basis) -> FreezeAnswer:
    return freeze.judge(library().book(region), ARRIVED, bases)


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize(
    ("region", "facts", "last_day"),
    [
        ("HK", {}, date(2026, 12, 22)),
        ("HK", {"probation_until": ARRIVED}, date(2026, 11, 30)),
        ("HK", {"agreed_notice_days": 3}, date(2026, 11, 29)),
        ("HK", {"agreed_notice_days": 60}, date(2027, 1, 21)),
        ("SG", {"hired_on": ARRIVED - timedelta(weeks=26, days=-1)}, date(2026, 11, 23)),
        ("SG", {"hired_on": ARRIVED - timedelta(weeks=26)}, date(2026, 11, 29)),
        ("SG", {"hired_on": date(2024, 11, 24)}, date(2026, 11, 29)),
        ("SG", {"hired_on": date(2024, 11, 23)}, date(2026, 12, 6)),
        ("SG", {"hired_on": date(2021, 11, 23)}, date(2026, 12, 20)),
        ("JP", {}, date(2026, 12, 7)),
        ("DE", {}, date(2026, 12, 31)),
        ("DE", {"probation_until": ARRIVED}, date(2026, 12, 7)),
        ("DE", {"probation_until": LONG.replace(year=2027), "hired_on": date(2026, 5, 24)}, date(2026, 12, 7)),
        ("DE", {"probation_until": LONG.replace(year=2027), "hired_on": date(2026, 5, 23)}, date(2026, 12, 31)),
        ("SG", {}, date(2026, 12, 20)),
        ("DE", {"agreed_notice_days": 90}, date(2027, 2, 28)),
        ("GB", {"hired_on": date(2026, 10, 24)}, date(2026, 11, 23)),
        ("GB", {"hired_on": date(2026, 10, 23)}, date(2026, 11, 30)),
        ("GB", {"hired_on": LONG, "agreed_notice_days": 30}, date(2026, 12, 23)),
        ("US-CA", {}, date(2026, 11, 23)),
        ("FR", {}, date(2026, 11, 23)),
        ("FR", {"agreed_notice_days": 90}, date(2027, 2, 20)),
        ("IN", {}, date(2026, 12, 23)),
        ("IN", {"agreed_notice_days": 90}, date(2027, 2, 21)),
    ],
)
def test_the_template_counts_as_its_jurisdiction_does(region: str, facts: dict[str, Any], last_day: date) -> None:
    assert resigns(region, **facts).last_day == last_day


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize(
    ("arrived", "last_day"),
    [
        (date(2026, 11, 17), date(2026, 12, 15)),
        (date(2026, 11, 18), date(2026, 12, 31)),
        (date(2027, 2, 1), date(2027, 3, 15)),
        (date(2027, 1, 31), date(2027, 2, 28)),
    ],
)
def test_four_weeks_end_on_the_fifteenth_or_with_the_month(arrived: date, last_day: date) -> None:
    assert resigns("DE", arrived).last_day == last_day


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize("region", EVERYWHERE)
def test_every_answer_warns_and_says_that_a_local_lawyer_has_to_confirm(region: str) -> None:
    judged = resigns(region, hired_on=LONG)
    assert {(law.rule_id, law.action) for law in judged.law} == {(foreign.RULE, Action.WARN)}
    assert "template_unverified" in {law.reason for law in judged.law}
    assert judged.last_day >= ARRIVED


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize(
    ("region", "form"), [("DE", "notice_on_paper_only"), ("SG", "notice_in_writing"), ("JP", "template_unverified")]
)
def test_the_form_that_a_notice_takes_is_told(region: str, form: str) -> None:
    assert resigns(region).law[-1].reason == form


@pytest.mark.law("FGN-01")
def test_other_endings_take_the_day_that_they_name() -> None:
    agreed: dict[str, Any] = {"ending": Ending.MUTUAL, "agreement": "DOC-1", "initiator": "employer"}
    assert resigns("JP", wished_last_day=ARRIVED, **agreed).last_day == ARRIVED
    assert resigns("JP", ending=Ending.EXPIRY, contract_until=date(2026, 12, 31)).last_day == date(2026, 12, 31)
    assert resigns("JP", ending=Ending.EMPLOYER_FAULT).last_day == ARRIVED
    for ending in (Ending.MUTUAL, Ending.EXPIRY, Ending.DISMISSAL):
        with pytest.raises(Refusal):
            resigns("JP", ending=ending)


@pytest.mark.law("FGN-01")
@pytest.mark.parametrize("region", EVERYWHERE)
def test_only_what_both_sides_agreed_carries_a_freeze_and_counsel_decides_the_rest(region: str) -> None:
    clause = Basis(BasisKind.CONTRACT, "clause 9", LONG)
    policy = Basis(BasisKind.POLICY, "handbook", LONG, publication="intranet", procedure="minutes")
    assert frozen(region, policy, clause).scope is Scope.FULL
    doubtful = frozen(region, policy, Basis(BasisKind.CONTRACT, "clause 10", LONG, full_pay=False))
    assert (doubtful.scope, doubtful.waits_for_counsel) == (Scope.LIMITED, True)
    assert doubtful.law[0].action == Action.WARN


@pytest.mark.law("FGN-01")
def test_nothing_of_chinese_law_is_planned_elsewhere() -> None:
    book = library().book("JP")
    assert aftercare.plan(book, ARRIVED) is None
    assert payments.plan(book, ARRIVED, c.plan().calendar, None) is None


@pytest.mark.law("FGN-01")
def test_a_part_of_a_country_has_the_countrys_template() -> None:
    assert library().book("DE-BY").national.name == "de"
    assert library().book("CN").national.name == library().book("CN-XZ").national.name == "cn"
    with c.invalid("law.unknown_jurisdiction"):
        library().book("TH")
    with c.invalid("law.unknown_jurisdiction"):
        library().book("US-NY")


@pytest.mark.law("FGN-01")
def test_where_the_service_decides_and_is_not_known_the_longest_notice_counts_and_it_is_said() -> None:
    judged = resigns("SG")
    assert judged.last_day == resigns("SG", hired_on=LONG).last_day
    assert "service_unknown" in {law.reason for law in judged.law}
    for known in (resigns("SG", hired_on=LONG), resigns("JP")):
        assert "service_unknown" not in {law.reason for law in known.law}


@pytest.mark.law("FGN-01")
def test_nobody_resigns_before_being_hired() -> None:
    with c.invalid("notice.hired_after_arrival"):
        resigns("GB", hired_on=ARRIVED + timedelta(days=1))
