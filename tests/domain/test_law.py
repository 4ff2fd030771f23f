"""The notice period, counted as the law counts it, and the packs in which the law comes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.law import packs
from domain.law.notice import notice_end
from domain.law.packs import BadPack, parse
from domain.timezones import zone

CHINA = parse((Path(packs.__file__).parent / "china.toml").read_text(encoding="utf-8"))
SHANGHAI = zone("Asia/Shanghai")
PACK = """
pack = "x"
version = "1"
time_zone = "Asia/Shanghai"
[[rule]]
id = "A-01"
cite = "art. 1"
effective_from = 2020-01-01
effective_to = 2025-12-31
action = "block"
confidence = "statute"
params = { days = 10 }
[[rule]]
id = "A-01"
cite = "art. 1 as amended"
effective_from = 2026-01-01
action = "warn"
confidence = "statute"
"""


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


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
    end, answer = notice_end(CHINA, noon(arrived), None)
    assert end == last_day
    assert (answer.rule_id, answer.pack, answer.pack_version) == ("NOT-01", CHINA.name, CHINA.version)
    assert answer.answer == f"{arrived} + 30 = {last_day}"


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
    assert notice_end(CHINA, instant, None)[0] == last_day


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
    end, answer = notice_end(CHINA, noon(arrived), date(2026, 11, 30))
    assert (end, answer.rule_id) == (last_day, rule)


@settings(settings.get_profile("domain"))
@given(st.integers(0, 43_000_000), st.none() | st.dates(date(2008, 1, 1)))
def test_the_notice_is_three_or_thirty_days_and_nothing_else(minutes: int, probation: date | None) -> None:
    arrived = noon(date(2008, 1, 1)) + timedelta(minutes=minutes)
    end, answer = notice_end(CHINA, arrived, probation)
    days = (end - arrived.astimezone(SHANGHAI).date()).days
    assert days == {"NOT-01": 30, "NOT-02": 3}[answer.rule_id]


def test_before_the_law_was_in_force_there_is_no_answer() -> None:
    assert notice_end(CHINA, noon(date(2008, 1, 1)), None)[0] == date(2008, 1, 31)
    with pytest.raises(BadPack, match="NOT-01 for 2007-12-31"):
        notice_end(CHINA, noon(date(2007, 12, 31)), None)


@pytest.mark.parametrize(("on", "cite"), [(date(2025, 12, 31), "art. 1"), (date(2026, 1, 1), "art. 1 as amended")])
def test_a_rule_holds_from_its_first_to_its_last_day(on: date, cite: str) -> None:
    assert parse(PACK).rule("A-01", on).cite == cite


def test_a_pack_says_which_rule_it_lacks() -> None:
    with pytest.raises(BadPack, match="pack x 1 has no A-01 for 2019-12-31"):
        parse(PACK).rule("A-01", date(2020, 1, 1) - timedelta(days=1))
    with pytest.raises(BadPack, match="has no B-99"):
        parse(PACK).rule("B-99", date(2026, 1, 1))


def test_the_shipped_pack_is_dated_and_cites_every_rule() -> None:
    assert CHINA.time_zone == "Asia/Shanghai"
    assert {rule.id: rule.params["notice_days"] for rule in CHINA.rules} == {"NOT-01": 30, "NOT-02": 3}
    assert all("37" in rule.cite for rule in CHINA.rules)


@pytest.mark.parametrize(
    ("found", "instead", "message"),
    [
        ('pack = "x"', "", "the pack lacks 'pack'"),
        ('version = "1"', "", "the pack lacks 'version'"),
        ('time_zone = "Asia/Shanghai"', "", "the pack lacks 'time_zone'"),
        ('pack = "x"', "pack = ", "not TOML"),
        ('id = "A-01"', "", "a rule without id lacks 'id'"),
        ('cite = "art. 1"', "", "A-01 lacks 'cite'"),
        ('cite = "art. 1"', 'cite = ""', "A-01 lacks 'cite'"),
        ("effective_from = 2020-01-01", "", "A-01 lacks 'effective_from'"),
        ('action = "block"', "", "A-01 lacks 'action'"),
        ('confidence = "statute"', "", "A-01 lacks 'confidence'"),
        ("effective_from = 2020-01-01", 'effective_from = "2020"', "must be dates"),
        ("effective_from = 2020-01-01", "effective_from = 2020-01-01T00:00:00", "must be dates"),
        ("effective_to = 2025-12-31", "effective_to = 2025", "must be dates"),
        ("days = 10", "days = -1", "whole numbers"),
        ("days = 10", 'days = "10"', "whole numbers"),
        ("days = 10", "days = true", "whole numbers"),
        ("params = { days = 10 }", "params = 10", "whole numbers"),
    ],
)
def test_a_damaged_pack_is_refused_and_says_where(found: str, instead: str, message: str) -> None:
    assert found in PACK
    with pytest.raises(BadPack, match=message):
        parse(PACK.replace(found, instead, 1))


@pytest.mark.parametrize("rules", ["rule = 3", 'rule = "all"', 'rule = ["A-01"]', "rule = { id = 1 }"])
def test_rules_that_are_no_tables_are_refused(rules: str) -> None:
    with pytest.raises(BadPack, match="tables"):
        parse(f'pack = "x"\nversion = "1"\ntime_zone = "UTC"\n{rules}')


def test_a_pack_without_rules_is_refused() -> None:
    with pytest.raises(BadPack, match="lacks 'rule'"):
        parse('pack = "x"\nversion = "1"\ntime_zone = "UTC"')
