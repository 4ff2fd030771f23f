"""The last day: fixed by the notice, moved only by both sides, always within the employment."""

from datetime import date, datetime, timedelta

import pytest

from domain import last_day
from domain.case import Case, Side, Stage
from domain.change import Change
from domain.errors import Refusal
from domain.people import Actor
from domain.timezones import end_of
from domain.working_days import WorkingCalendar
from tests.domain import cases as c

EARLIER, LATER = date(2026, 12, 1), date(2027, 1, 29)
TODAY = date(2026, 11, 23)
OVER = end_of(c.LAST_DAY, c.SHANGHAI)
EMPLOYED = [Stage.FREEZING, Stage.HANDING_OVER, Stage.SIGNING, Stage.AWAITING_LAST_DAY]


def proposed(by: Actor = c.LEAVER, day: date = EARLIER, case: Case | None = None) -> Case:
    return last_day.propose(case or c.handing_over(), by, day, "new job", c.NOW).case


def agreed(by: Actor, day: date, answering: Actor, case: Case | None = None) -> Change:
    return last_day.answer(proposed(by, day, case), answering, day, True, "", c.NOW)


@pytest.mark.parametrize(("by", "side", "told"), [(c.LEAVER, Side.EMPLOYEE, "hr"), (c.HR, Side.EMPLOYER, "lin")])
def test_either_side_proposes_and_the_other_is_asked(by: Actor, side: Side, told: str) -> None:
    change = last_day.propose(c.handing_over(), by, EARLIER, "new job", c.NOW)
    assert change.case.proposal is not None
    assert (change.case.proposal.day, change.case.proposal.side) == (EARLIER, side)
    assert change.case.last_day == c.LAST_DAY, "a proposal moves nothing"
    assert (c.kinds(change), c.told(change, "last_day_proposed")) == (("LastDayProposed",), (told,))


@pytest.mark.law("NOT-11")
def test_an_earlier_day_takes_both_sides() -> None:
    """NOT-11: before the notice has ended, nobody can be released against the will of the other side."""
    change = agreed(c.LEAVER, EARLIER, c.HR)
    assert (change.case.last_day, change.case.proposal) == (EARLIER, None)
    assert change.facts[0].data == {
        "from": "2026-12-23",
        "to": "2026-12-01",
        "proposed_by": "lin",
        "agreed_by": "hr",
        "rule": "NOT-11",
    }
    assert c.told(change, "last_day_moved") == ("lin",)


@pytest.mark.law("NOT-08")
@pytest.mark.parametrize(("by", "answering"), [(c.LEAVER, c.OTHER_HR), (c.HR, c.LEAVER)])
def test_a_later_day_takes_both_sides_too(by: Actor, answering: Actor) -> None:
    """NOT-08: going on after the notice has ended is an agreement as well, in writing."""
    change = agreed(by, LATER, answering)
    assert (change.case.last_day, change.facts[0].data["rule"]) == (LATER, "NOT-08")


@pytest.mark.law("NOT-11")
@pytest.mark.parametrize(("day", "rule"), [(date(2026, 12, 22), "NOT-11"), (c.LAST_DAY, "NOT-08")])
def test_the_end_of_the_notice_parts_early_release_from_extension(day: date, rule: str) -> None:
    case = c.handing_over(last_day=LATER)
    assert agreed(c.LEAVER, day, c.HR, case).facts[0].data["rule"] == rule


@pytest.mark.law("NOT-08")
def test_a_moved_day_is_warned_of_anew() -> None:
    case = last_day.answer(proposed(), c.HR, EARLIER, True, "", c.NOW).case
    assert case.warned_days == ()


@pytest.mark.law("NOT-11")
@pytest.mark.parametrize(
    ("by", "answering"), [(c.LEAVER, c.LEAVER), (c.LEAVER, c.LEAVER_OF_ALL_ROLES), (c.HR, c.HR), (c.HR, c.OTHER_HR)]
)
def test_no_side_answers_its_own_proposal(by: Actor, answering: Actor) -> None:
    with c.forbidden("last_day.own_proposal"):
        agreed(by, EARLIER, answering)


@pytest.mark.parametrize("by", [c.RECEIVER, c.WITNESS, c.COUNSEL, c.ADMINISTRATOR])
def test_only_the_two_sides_of_the_contract_speak(by: Actor) -> None:
    with c.forbidden("last_day.only_the_two_sides"):
        last_day.propose(c.handing_over(), by, EARLIER, "r", c.NOW)
    with c.forbidden("last_day.only_the_two_sides"):
        last_day.answer(proposed(), by, EARLIER, True, "", c.NOW)


def test_agreement_is_to_exactly_the_proposed_day() -> None:
    with c.conflict("last_day.other_day_proposed"):
        last_day.answer(proposed(), c.HR, date(2026, 12, 2), True, "", c.NOW)


def test_without_a_proposal_there_is_nothing_to_answer() -> None:
    with c.conflict("last_day.nothing_proposed"):
        last_day.answer(c.handing_over(), c.HR, EARLIER, True, "", c.NOW)
    with c.conflict("last_day.nothing_proposed"):
        last_day.answer(agreed(c.LEAVER, EARLIER, c.HR).case, c.HR, EARLIER, True, "", c.NOW)


def test_a_declined_proposal_changes_nothing() -> None:
    change = last_day.answer(proposed(), c.HR, EARLIER, False, "too busy", c.NOW)
    assert (change.case.last_day, change.case.proposal) == (c.LAST_DAY, None)
    assert (c.kinds(change), c.told(change, "last_day_declined")) == (("LastDayProposalDeclined",), ("lin",))


def test_the_side_that_proposed_may_propose_another_day_but_the_other_has_to_answer_first() -> None:
    assert proposed(c.LEAVER, LATER, proposed()).proposal != proposed().proposal
    with c.conflict("last_day.answer_first"):
        last_day.propose(proposed(), c.HR, LATER, "r", c.NOW)


def test_a_proposal_needs_a_reason_and_another_day() -> None:
    with c.invalid("reason.required"):
        last_day.propose(c.handing_over(), c.LEAVER, EARLIER, "", c.NOW)
    with c.invalid("last_day.unchanged"):
        last_day.propose(c.handing_over(), c.LEAVER, c.LAST_DAY, "r", c.NOW)


def test_today_can_be_the_last_day_but_yesterday_can_not() -> None:
    assert agreed(c.LEAVER, TODAY, c.HR).case.last_day == TODAY
    with c.invalid("last_day.in_the_past"):
        last_day.propose(c.handing_over(), c.LEAVER, TODAY - timedelta(days=1), "r", c.NOW)


@pytest.mark.parametrize(("hour", "allowed"), [(15, True), (16, False)])
def test_today_is_judged_in_the_zone_of_the_case(hour: int, allowed: bool) -> None:
    """16:00 in UTC is midnight in Shanghai: the day is over there."""
    instant = c.NOW.replace(hour=hour)
    if allowed:
        assert last_day.propose(c.handing_over(), c.HR, TODAY, "r", instant).case.proposal
        return
    with c.invalid("last_day.in_the_past"):
        last_day.propose(c.handing_over(), c.HR, TODAY, "r", instant)


def test_a_day_that_has_passed_since_it_was_proposed_can_be_declined_but_not_agreed_to() -> None:
    case, tomorrow = proposed(day=TODAY), c.NOW + timedelta(days=1)
    with c.conflict("last_day.in_the_past"):
        last_day.answer(case, c.HR, TODAY, True, "", tomorrow)
    assert last_day.answer(case, c.HR, TODAY, False, "too late", tomorrow).case.proposal is None


@pytest.mark.parametrize(("day", "allowed"), [(date(2027, 12, 24), True), (date(2027, 12, 25), False)])
def test_the_last_day_moves_by_a_year_and_a_day_at_most(day: date, allowed: bool) -> None:
    if allowed:
        assert agreed(c.HR, day, c.LEAVER).case.last_day == day
        return
    with c.invalid("last_day.too_far"):
        proposed(c.HR, day)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_no_day_is_so_odd_that_it_crashes(day: date) -> None:
    with pytest.raises(Refusal, match=r"last_day\.(in_the_past|too_far)"):
        proposed(day=day)


@pytest.mark.parametrize("stage", EMPLOYED)
def test_the_day_can_be_moved_as_long_as_the_employment_lasts(stage: Stage) -> None:
    case = c.in_stage(c.handing_over(), stage)
    assert agreed(c.HR, LATER, c.LEAVER, case).case.last_day == LATER


@pytest.mark.parametrize("stage", [Stage.LEAVING, Stage.PURSUING, Stage.WITHDRAWING, Stage.COMPLETED])
def test_after_the_last_day_there_is_none_to_move(stage: Stage) -> None:
    with c.conflict("last_day.over"):
        proposed(case=c.in_stage(c.handing_over(), stage))


@pytest.mark.parametrize(("instant", "over"), [(OVER - timedelta(seconds=1), False), (OVER, True)])
def test_the_employment_ends_at_midnight_whether_or_not_the_case_has_noticed(instant: datetime, over: bool) -> None:
    """Working on past the last day is what NOT-08 warns of; an agreement made afterwards can't undo it."""
    if not over:
        assert last_day.answer(proposed(day=LATER), c.HR, LATER, True, "", instant).case.last_day == LATER
        return
    with c.conflict("last_day.over"):
        last_day.propose(c.handing_over(), c.LEAVER, LATER, "r", instant)
    with c.conflict("last_day.over"):
        last_day.answer(proposed(day=LATER), c.HR, LATER, True, "", instant)


def test_a_moved_day_overtakes_the_unsealed_record_that_names_it() -> None:
    change = agreed(c.LEAVER, EARLIER, c.HR, c.signing_case())
    assert c.kinds(change) == ("LastDayMoved", "RecordOvertaken")


def test_the_zone_of_the_case_decides_when_the_last_day_ends() -> None:
    case = c.handing_over(calendar=WorkingCalendar("America/New_York"))
    still_employed = end_of(c.LAST_DAY, "America/New_York") - timedelta(seconds=1)
    assert still_employed > OVER
    assert last_day.propose(case, c.LEAVER, LATER, "r", still_employed).case.proposal
