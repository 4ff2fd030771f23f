"""How long temporary access lasts: to the hour, under the cap, within the employment, whatever the clocks do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import access, agenda, grants, last_day
from domain.case import Case
from domain.change import Change
from domain.errors import Refusal
from domain.plan import Plan, Policy
from domain.rights import GrantStatus
from domain.timezones import at_local, end_of
from domain.working_days import WorkingCalendar
from tests.domain import cases as c

EMPLOYED_UNTIL = end_of(c.LAST_DAY, c.SHANGHAI)


def granted(hours: int = 24, now: datetime = c.NOW, case: Case | None = None) -> Case:
    asked = grants.request(case or c.handing_over(), c.LEAVER, "erp", ("create_orders",), "r", hours, now).case
    return grants.decide(asked, c.SECURITY, "g1", True, "", None, now).case


@pytest.mark.parametrize(
    ("start", "ends"),
    [(EMPLOYED_UNTIL - timedelta(hours=25), EMPLOYED_UNTIL - timedelta(hours=1))]
    + [(EMPLOYED_UNTIL - timedelta(hours=hours), EMPLOYED_UNTIL) for hours in (24, 23, 1)],
)
def test_a_grant_ends_with_the_last_day_at_the_latest(start: datetime, ends: datetime) -> None:
    assert c.find_grant(granted(24, start)).expires_at == ends


def test_a_grant_is_warned_of_an_hour_before_it_ends_and_then_expires_by_itself() -> None:
    case = granted(2)
    warned = agenda.advance(case, c.NOW + timedelta(hours=1))
    assert (c.kinds(warned), c.told(warned, "grant_expiring")) == (("GrantExpiryWarned",), ("lin",))
    early = agenda.advance(warned.case, c.NOW + timedelta(hours=2, seconds=-1))
    assert early.facts == ()
    expired = agenda.advance(early.case, c.NOW + timedelta(hours=2))
    assert (c.kinds(expired), c.told(expired, "grant_expired")) == (("GrantExpired",), ("lin",))
    assert c.find_grant(expired.case).status is GrantStatus.EXPIRED
    assert access.find(c.after(expired), "erp").desired == ("view_orders",)


def test_a_grant_of_an_hour_gets_no_warning() -> None:
    assert c.find_grant(granted(1)).warn_at is None


def test_a_grant_that_nobody_saw_end_expires_without_a_late_warning() -> None:
    late = agenda.advance(granted(2), c.NOW + timedelta(hours=3))
    assert "GrantExpired" in c.kinds(late)
    assert "GrantExpiryWarned" not in c.kinds(late)


def test_an_extension_adds_to_the_end_and_arms_the_warning_anew() -> None:
    warned = agenda.advance(granted(2), c.NOW + timedelta(hours=1)).case
    change = grants.extend(warned, c.SECURITY, "g1", 3, "order still open", c.NOW + timedelta(hours=1))
    grant = c.find_grant(change.case)
    assert (grant.expires_at, grant.warn_at) == (c.NOW + timedelta(hours=5), c.NOW + timedelta(hours=4))
    assert (c.kinds(change), c.told(change, "grant_extended")) == (("GrantExtended",), ("lin",))


def test_the_whole_life_of_a_grant_stays_under_the_cap() -> None:
    """72 hours given, 168 allowed: 72 and 24 more are allowed, one hour beyond is not."""
    twice = grants.extend(granted(72), c.SECURITY, "g1", 72, "r", c.NOW).case
    with c.invalid("grant.total_too_long"):
        grants.extend(twice, c.SECURITY, "g1", 25, "r", c.NOW)
    full = grants.extend(twice, c.SECURITY, "g1", 24, "r", c.NOW).case
    assert c.find_grant(full).expires_at == c.NOW + timedelta(hours=168)


@pytest.mark.parametrize("hours", [0, 73])
def test_an_extension_is_one_decision_and_capped_like_one(hours: int) -> None:
    with c.invalid("grant.hours_out_of_range"):
        grants.extend(granted(), c.SECURITY, "g1", hours, "r", c.NOW)


def test_only_an_active_grant_is_extended() -> None:
    with c.conflict("grant.not_active"):
        grants.extend(grants.revoke(granted(), c.LEAVER, "g1", "", c.NOW).case, c.SECURITY, "g1", 1, "r", c.NOW)


def test_a_grant_whose_time_has_come_is_not_revived_even_before_the_case_noticed() -> None:
    case = granted(2)
    with c.conflict("grant.not_active"):
        grants.extend(case, c.SECURITY, "g1", 24, "r", c.NOW + timedelta(hours=2))
    in_time = grants.extend(case, c.SECURITY, "g1", 24, "r", c.NOW + timedelta(hours=2, seconds=-1)).case
    assert c.find_grant(in_time).expires_at == c.NOW + timedelta(hours=26)


def moved(case: Case, day: date, now: datetime = c.NOW) -> Change:
    proposed = last_day.propose(case, c.LEAVER, day, "r", now).case
    return last_day.answer(proposed, c.HR, day, True, "", now)


def test_a_last_day_that_comes_nearer_cuts_active_grants_short() -> None:
    """NOT-11: an early release ends the employment, and with it whatever was granted beyond."""
    change = moved(granted(72), date(2026, 11, 24))
    grant = c.find_grant(change.case)
    assert grant.expires_at == end_of(date(2026, 11, 24), c.SHANGHAI)
    assert grant.warn_at == grant.expires_at - timedelta(hours=1)
    assert c.kinds(change) == ("LastDayMoved", "GrantShortened")


def test_a_last_day_that_moves_away_gives_no_hour_back() -> None:
    shortened = moved(granted(72), date(2026, 11, 24)).case
    again = moved(shortened, date(2027, 1, 29))
    assert c.find_grant(again.case).expires_at == end_of(date(2026, 11, 24), c.SHANGHAI)
    assert c.kinds(again) == ("LastDayMoved",)


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    """New York, 1 November 2026: the day has 25 hours, and 24 of them are all that was given."""
    zone, day = "America/New_York", date(2026, 10, 31)
    now = at_local(day, WorkingCalendar(zone).opens_at, zone).astimezone(UTC)
    here = c.handing_over(now, calendar=WorkingCalendar(zone), last_day=day, earliest_last_day=day)
    clipped = granted(24, now, here)
    midnight = end_of(day, zone)
    assert c.find_grant(clipped).expires_at == midnight
    later = moved(clipped, date(2026, 11, 30), now).case
    extended = c.find_grant(grants.extend(later, c.SECURITY, "g1", 24, "r", now).case)
    assert extended.expires_at is not None
    assert extended.expires_at - midnight.astimezone(UTC) == timedelta(hours=24)


def _policy_plan(most: int, total: int) -> Plan:
    return c.plan(policy=Policy(grant_max_hours=most, grant_total_hours=total))


@settings(settings.get_profile("domain"))
@given(
    most=st.integers(1, 100),
    slack=st.integers(0, 100),
    asked=st.integers(-5, 120),
    steps=st.lists(st.tuples(st.integers(0, 40), st.integers(-5, 120)), max_size=6),
    before_the_end=st.integers(1, 24 * 40),
)
def test_no_series_of_extensions_outlives_cap_or_employment(
    most: int, slack: int, asked: int, steps: list[tuple[int, int]], before_the_end: int
) -> None:
    now = EMPLOYED_UNTIL.astimezone(UTC) - timedelta(hours=before_the_end)
    case = replace(c.handing_over(), plan=_policy_plan(most, most + slack))
    try:
        case = granted(asked, now, case)
    except Refusal:
        assert not 1 <= asked <= most
        return
    start = now
    for wait, hours in steps:
        now += timedelta(hours=wait)
        try:
            case = grants.extend(case, c.SECURITY, "g1", hours, "r", now).case
        except Refusal:
            continue
    ends = c.find_grant(case).expires_at
    assert ends is not None
    assert start < ends <= min(start + timedelta(hours=most + slack), EMPLOYED_UNTIL)
