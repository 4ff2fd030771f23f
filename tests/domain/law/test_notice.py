"""The notice period, counted as the law counts it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law.endings import Ending, Relation
from domain.law.notice import NoticeAnswer, judge
from domain.law.notice_facts import Intent, NoticeFacts
from domain.law.rulebook import NoRule
from domain.law.rules import Review
from domain.timezones import zone
from models.law import library
from tests.domain import cases as c

CHINA = library().book()
SHANGHAI = zone("Asia/Shanghai")


def resigns(arrived_at: datetime, region: str = "", **facts: Any) -> NoticeAnswer:
    return judge(library().book(region), NoticeFacts(arrived_at, **facts))


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


@pytest.mark.law("NOT-01", "NOT-06")
@pytest.mark.parametrize(
    ("arrived", "last_day"),
    [
        (date(2023, 5, 25), date(2023, 6, 24)),
        (date(2017, 8, 29), date(2017, 9, 28)),
        (date(2021, 11, 17), date(2021, 12, 17)),
        (date(2026, 1, 31), date(2026, 3, 2)),
        (date(2026, 9, 1), date(2026, 10, 1)),
        (date(2026, 11, 23), date(2026, 12, 23)),
        (date(2026, 12, 15), date(2027, 1, 14)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2028, 2, 29), date(2028, 3, 30)),
        (date(2027, 1, 30), date(2027, 3, 1)),
    ],
)
def test_thirty_days_are_counted_from_the_day_after_arrival(arrived: date, last_day: date) -> None:
    """NOT-01, NOT-06: calendar days; the day of arrival is not one of them; neither Saturday nor holiday rolls over."""
    judged = resigns(noon(arrived))
    (answer,) = judged.law
    assert (judged.earliest_last_day, judged.last_day) == (last_day, last_day)
    assert (answer.rule_id, answer.pack, answer.pack_version) == ("NOT-01", "cn", CHINA.national.version)
    assert answer.answer == f"{arrived} + 30 = {last_day}"


@pytest.mark.law("NOT-07")
@pytest.mark.parametrize(
    ("instant", "last_day"),
    [
        (datetime(2026, 11, 23, 15, 59, tzinfo=UTC), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 12, 24)),
        (datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 10, 59, tzinfo=zone("America/New_York")), date(2026, 12, 23)),
        (datetime(2026, 11, 23, 11, 0, tzinfo=zone("America/New_York")), date(2026, 12, 24)),
    ],
)
def test_the_day_of_arrival_is_the_one_in_the_zone_of_the_law(instant: datetime, last_day: date) -> None:
    """NOT-07: arrival starts the clock, wherever it was sent from: 23:59 in Shanghai is still that day."""
    assert resigns(instant).last_day == last_day


@pytest.mark.law("NOT-02")
@pytest.mark.parametrize(
    ("arrived", "last_day", "rule"),
    [
        (date(2026, 11, 23), date(2026, 11, 26), "NOT-02"),
        (date(2026, 11, 30), date(2026, 12, 3), "NOT-02"),
        (date(2026, 12, 1), date(2026, 12, 31), "NOT-01"),
    ],
)
def test_three_days_in_probation_judged_on_the_day_of_arrival(arrived: date, last_day: date, rule: str) -> None:
    """NOT-02: probation up to 30 November includes that day."""
    judged = resigns(noon(arrived), probation_until=date(2026, 11, 30))
    assert (judged.last_day, judged.law[0].rule_id) == (last_day, rule)


@pytest.mark.law("NOT-01")
@settings(settings.get_profile("domain"))
@given(st.integers(0, 43_000_000), st.none() | st.dates(date(2008, 1, 1)))
def test_the_notice_is_three_or_thirty_days_and_nothing_else(minutes: int, probation: date | None) -> None:
    arrived = noon(date(2008, 1, 1)) + timedelta(minutes=minutes)
    judged = resigns(arrived, probation_until=probation)
    days = (judged.last_day - arrived.astimezone(SHANGHAI).date()).days
    assert days == {"NOT-01": 30, "NOT-02": 3}[judged.law[0].rule_id]


def test_before_the_law_was_in_force_there_is_no_answer() -> None:
    assert resigns(noon(date(2008, 1, 1))).last_day == date(2008, 1, 31)
    with pytest.raises(NoRule, match="NOT-01 for 2007-12-31"):
        resigns(noon(date(2007, 12, 31)))


TODAY = date(2026, 11, 23)


@pytest.mark.law("NOT-01", "NOT-11")
def test_a_later_day_may_be_named_and_an_earlier_one_takes_an_agreement() -> None:
    judged = resigns(noon(TODAY), wished_last_day=date(2027, 1, 15))
    assert (judged.earliest_last_day, judged.last_day) == (date(2026, 12, 23), date(2027, 1, 15))
    with c.invalid("resignation.last_day_too_early"):
        resigns(noon(TODAY), wished_last_day=date(2026, 12, 22))


@pytest.mark.law("NOT-05")
def test_part_time_work_may_end_on_the_day_of_the_notice() -> None:
    judged = resigns(noon(TODAY), relation=Relation.PART_TIME)
    assert (judged.last_day, judged.law[0].rule_id) == (TODAY, "NOT-05")


@pytest.mark.law("NOT-05")
def test_a_dispatched_workers_notice_goes_to_the_agency() -> None:
    with c.invalid("notice.goes_to_the_agency"):
        resigns(noon(TODAY), relation=Relation.DISPATCHED)


@pytest.mark.law("NOT-03")
def test_the_employers_fault_ends_it_at_once_and_is_never_taken_for_an_ordinary_resignation() -> None:
    judged = resigns(noon(TODAY), ending=Ending.EMPLOYER_FAULT, grounds=("unpaid_wages",))
    assert judged.last_day == TODAY
    assert [(answer.rule_id, answer.action) for answer in judged.warnings] == [("NOT-03", "warn")]


@pytest.mark.law("NOT-03")
@pytest.mark.parametrize("grounds", [(), ("bad_mood",), ("unpaid_wages", "bad_mood")])
def test_the_employers_fault_takes_grounds_that_the_law_knows(grounds: tuple[str, ...]) -> None:
    with c.invalid("notice.grounds_needed"):
        resigns(noon(TODAY), ending=Ending.EMPLOYER_FAULT, grounds=grounds)


@pytest.mark.law("NOT-04")
def test_both_sides_part_on_the_day_they_agreed_on() -> None:
    agreed: dict[str, Any] = {
        "ending": Ending.MUTUAL,
        "initiator": "employer",
        "agreement": "AGR-7",
        "wished_last_day": TODAY,
    }
    assert resigns(noon(TODAY), **agreed).last_day == TODAY
    for lacking in ({"agreement": ""}, {"initiator": ""}):
        with c.invalid("notice.agreement_needed"):
            resigns(noon(TODAY), **{**agreed, **lacking})
    with c.invalid("notice.agreed_day_needed"):
        resigns(noon(TODAY), **{**agreed, "wished_last_day": None})


def test_a_contract_runs_out_on_its_last_day() -> None:
    ends = date(2026, 12, 31)
    assert resigns(noon(TODAY), ending=Ending.EXPIRY, contract_until=ends).last_day == ends
    for ended in (None, date(2026, 11, 22)):
        with c.invalid("notice.contract_end_needed"):
            resigns(noon(TODAY), ending=Ending.EXPIRY, contract_until=ended)


@pytest.mark.law("NOT-15")
def test_a_dismissal_is_not_begun_here() -> None:
    with c.invalid("notice.dismissal_is_not_begun_here"):
        resigns(noon(TODAY), ending=Ending.DISMISSAL)


@pytest.mark.law("NOT-12")
def test_a_longer_notice_in_the_contract_does_not_bind_and_hr_is_warned() -> None:
    judged = resigns(noon(TODAY), agreed_notice_days=60, keeps_secrets=True)
    assert judged.last_day == date(2026, 12, 23)
    assert [answer.rule_id for answer in judged.warnings] == ["NOT-12"]


@pytest.mark.law("SH-01", "NOT-12")
@pytest.mark.parametrize(("agreed", "days"), [(60, 60), (180, 180), (400, 180), (10, 30)])
def test_in_shanghai_who_keeps_secrets_may_have_agreed_on_up_to_six_months(agreed: int, days: int) -> None:
    judged = resigns(noon(TODAY), "CN-SH", agreed_notice_days=agreed, keeps_secrets=True)
    assert judged.last_day == TODAY + timedelta(days=days)
    assert resigns(noon(TODAY), "CN-SH", agreed_notice_days=agreed).last_day == date(2026, 12, 23)


@pytest.mark.law("NOT-06")
def test_a_last_day_on_a_holiday_stays_and_is_pointed_out() -> None:
    facts = NoticeFacts(noon(date(2026, 9, 1)))
    judged = judge(CHINA, facts, holidays=(date(2026, 10, 1),))
    assert judged.last_day == date(2026, 10, 1)
    assert [(answer.rule_id, answer.reason) for answer in judged.warnings] == [("NOT-06", "holiday")]


@pytest.mark.law("NOT-01", "NOT-12")
@settings(settings.get_profile("domain"))
@given(st.integers(0, 400), st.booleans(), st.sampled_from(["", "CN-SH", "CN-GD", "CN-BJ"]))
def test_the_last_day_is_never_earlier_than_the_notice_and_never_later_than_the_law_allows(
    agreed: int, keeps_secrets: bool, region: str
) -> None:
    judged = resigns(noon(TODAY), region, agreed_notice_days=agreed, keeps_secrets=keeps_secrets)
    longest = 180 if region == "CN-SH" and keeps_secrets else 30
    assert 30 <= (judged.last_day - TODAY).days <= longest


@pytest.mark.law("NOT-03")
@pytest.mark.parametrize("text", ["因公司拖欠工资三个月，本人提出辞职。", "依据劳动合同法第三十八条解除合同。"])
def test_a_notice_that_tells_of_the_employers_fault_is_not_taken_for_an_ordinary_one(text: str) -> None:
    with c.invalid("notice.tells_of_employer_fault"):
        resigns(noon(TODAY), text=text)
    answered_for = resigns(noon(TODAY), text=text, not_fault_because="wages were paid on the 10th")
    assert [(answer.rule_id, answer.reason) for answer in answered_for.warnings] == [("NOT-03", "fault_set_aside")]
    at_once = resigns(noon(TODAY), text=text, ending=Ending.EMPLOYER_FAULT, grounds=("unpaid_wages",))
    assert at_once.last_day == TODAY


@pytest.mark.law("NOT-03")
@pytest.mark.parametrize(
    "text",
    [
        "公司未足额支付劳动报酬，本人提出离职。",
        "公司三个月没发工资，本人离职。",
        "三个月都没有给我发过工资，不干了",
        "欠薪，离职",
        "拖欠我两个月工资，本人辞职。",
        "一直没给我交社保，本人辞职。",
        "没缴社保，辞职",
        "被迫解除劳动合同通知书",
        "经理打我，我不干了",
        "公司强迫我签自愿离职",
        "拖\u200b欠工资",
        "拖 欠 工 资",
        "依据劳动合同法第３８条",
        "I have not been paid for two months and resign.",
        "I resign because of UNPAID  WAGES.",
        "You never paid into my social insurance.",
        "I was forced to sign this resignation.",
        "My manager hit me.",
    ],
)
def test_the_employers_fault_is_heard_in_whatever_words_it_is_told(text: str) -> None:
    with c.invalid("notice.tells_of_employer_fault"):
        resigns(noon(TODAY), text=text)


@pytest.mark.law("NOT-03", "NOT-10")
@pytest.mark.parametrize(
    "text",
    [
        "本人因个人原因提出辞职，将于三十日后离职，特此通知。",
        "感谢公司多年的培养，请按规定结清工资和未休年假，并办理社保转移手续。",
        "因家庭原因辞职，工作交接如有问题请打我电话。",
        "I resign for personal reasons; my last day is in thirty days. Thank you for everything.",
        "Please pay my wages and commission on the last day and transfer my social insurance.",
    ],
)
def test_what_leavers_usually_write_raises_no_alarm(text: str) -> None:
    assert resigns(noon(TODAY), text=text).warnings == ()


@pytest.mark.law("NOT-10")
@pytest.mark.parametrize(
    "text", ["如果公司不加薪，我就辞职", "请调整岗位，否则我只能离职", "I will leave unless you raise my pay."]
)
def test_a_condition_is_pointed_out(text: str) -> None:
    assert [(answer.rule_id, answer.reason) for answer in resigns(noon(TODAY), text=text).warnings] == [
        ("NOT-10", "may_be_conditional")
    ]


@pytest.mark.law("NOT-01", "NOT-02", "NOT-05")
def test_a_spoken_notice_counts_and_has_to_be_confirmed_in_writing_where_the_law_asks_for_writing() -> None:
    spoken = resigns(noon(TODAY), written=False)
    assert spoken.last_day == date(2026, 12, 23)
    assert [(answer.rule_id, answer.reason) for answer in spoken.warnings] == [("NOT-01", "notice_only_spoken")]
    assert resigns(noon(TODAY), written=False, probation_until=TODAY).warnings == ()
    assert resigns(noon(TODAY), written=False, relation=Relation.PART_TIME).warnings == ()


@pytest.mark.law("NOT-15")
@pytest.mark.parametrize(
    ("ends", "wished", "last_day", "warned"),
    [
        (date(2026, 12, 1), None, date(2026, 12, 1), True),
        (date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 1), True),
        (date(2026, 12, 1), date(2027, 1, 15), date(2026, 12, 1), True),
        (date(2026, 12, 31), date(2027, 1, 15), date(2026, 12, 31), True),
        (TODAY, None, TODAY, True),
        (date(2026, 12, 23), None, date(2026, 12, 23), False),
        (date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 31), False),
        (date(2026, 11, 22), None, date(2026, 12, 23), False),
    ],
)
def test_a_fixed_term_that_ends_first_ends_the_employment(
    ends: date, wished: date | None, last_day: date, warned: bool
) -> None:
    judged = resigns(noon(TODAY), contract_until=ends, wished_last_day=wished)
    assert judged.last_day == last_day
    assert judged.earliest_last_day == min(last_day, date(2026, 12, 23))
    assert [(answer.rule_id, answer.reason) for answer in judged.warnings] == [("NOT-15", "term_ends_first")] * warned
    with c.invalid("resignation.last_day_too_early"):
        resigns(noon(TODAY), contract_until=ends, wished_last_day=judged.earliest_last_day - timedelta(days=1))


@pytest.mark.law("NOT-10")
def test_a_letter_that_asks_for_approval_is_warned_of_and_ends_the_employment_all_the_same() -> None:
    asking = resigns(noon(TODAY), text="因个人原因申请辞职，请批准。")
    assert [(answer.rule_id, answer.reason) for answer in asking.warnings] == [("NOT-10", "may_be_an_offer")]
    assert asking.last_day == resigns(noon(TODAY)).last_day
    assert resigns(noon(TODAY), text="本人将于三十日后离职，特此通知。").warnings == ()


@pytest.mark.law("NOT-10", "NOT-04")
def test_an_offer_is_no_notice_and_is_registered_when_both_sides_have_signed() -> None:
    with c.invalid("notice.offer_takes_an_agreement"):
        resigns(noon(TODAY), intent=Intent.OFFER)


@pytest.mark.law("NOT-03")
def test_an_ordinary_notice_is_left_alone_and_violence_is_a_ground_too() -> None:
    assert resigns(noon(TODAY), text="本人因个人原因辞职。").warnings == ()
    assert resigns(noon(TODAY), ending=Ending.EMPLOYER_FAULT, grounds=("violence",)).last_day == TODAY


@pytest.mark.law("NOT-03")
def test_in_production_words_nobody_has_signed_off_only_warn() -> None:
    book = library().book(review=Review(production=True))
    judged = judge(book, NoticeFacts(noon(TODAY), text="拖欠工资"))
    assert [answer.reason for answer in judged.warnings] == ["fault_set_aside"]
