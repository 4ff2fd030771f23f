"""How a case opens, moves on and ends: completed only if everything is verified, else with its gaps listed."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain import access, checklist, closing, holds, last_day, opening, signing
from domain.case import Case, Gap, Stage
from domain.law.answers import LegalAnswer
from domain.people import Actor
from domain.plan import Policy
from domain.rights import Operation
from domain.timezones import end_of
from tests.domain import cases as c

OVER = end_of(c.LAST_DAY, c.SHANGHAI)
PURSUED_UNTIL = end_of(date(2027, 1, 22), c.SHANGHAI)


def complete() -> Case:
    """Signed and sealed, past the last day, every access closed: nothing is left to wait for."""
    return c.pursuing(c.sealed(c.signed(c.signing_case()), c.NOW).case)


def failing(case: Case, system: str = "erp") -> Case:
    left = access.find(case, system)
    return access.record_failing(case, system, left.revision, "down", 6, OVER).case


def held(case: Case) -> Case:
    return holds.place_hold(case, c.COUNSEL, "arbitration", c.NOW).case


@pytest.mark.law("HND-01")
def test_opening_pins_the_plan_and_asks_everybody_at_once() -> None:
    law = LegalAnswer("NOT-01", "art. 37", "30 days", "cn", "2026-11")
    change = opening.open_case(Case("c1", "e1", c.NOW), c.plan(law=(law,)), c.NOW)
    assert (change.case.stage, change.case.last_day) == (Stage.FREEZING, c.LAST_DAY)
    assert c.kinds(change) == ("CaseOpened", "LawAsked", "FreezeJudged", "ClearancesOpened")
    assert (change.facts[0].data["systems"], change.facts[1].data["rule"]) == (("crm", "erp", "mail"), "NOT-01")
    assert c.told(change, "case_opened") == ("lin", "wang", "zhou")


@pytest.mark.law("NOT-07")
def test_the_first_fact_holds_the_notice_by_its_hash_and_in_cases_from_before_it_stays_as_it_was() -> None:
    opened, before = (
        opening.open_case(Case("c1", "e1", c.NOW), c.plan(**known), c.NOW).facts[0].data
        for known in ({"notice_sha256": c.SHA}, {})
    )
    assert opened == {**before, "notice_sha256": c.SHA}
    assert "notice_sha256" not in before


def test_an_unopened_case_has_neither_plan_nor_last_day() -> None:
    case = Case("c1", "e1", c.NOW)
    with pytest.raises(ValueError, match="no plan"):
        _ = case.agreed
    with pytest.raises(ValueError, match="no last day"):
        _ = case.final_day


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS, Stage.WITHDRAWN])
def test_in_a_closed_case_nobody_decides_anything(stage: Stage) -> None:
    with c.conflict("case.closed"):
        closing.require_running(c.in_stage(c.handing_over(), stage))


def test_before_the_case_is_open_nobody_decides_anything() -> None:
    with c.conflict("case.not_open_yet"):
        closing.require_running(Case("c1", "e1", c.NOW))


def test_while_a_case_is_undone_only_a_legal_hold_is_decided() -> None:
    case = c.withdrawing(c.handing_over())
    with c.conflict("case.being_withdrawn"):
        closing.require_running(case)
    closing.require_running(case, or_undone=True)
    assert holds.lift_hold(held(case), c.COUNSEL, "", c.NOW).case.hold is None


def test_the_freeze_is_answered_when_each_system_followed_or_raised_its_alarm() -> None:
    case = c.opened()
    assert not closing.freeze_answered(case, c.NOW)
    case = access.record_verified(case, "crm", 1, ("view",), 1, c.NOW).case
    assert not closing.freeze_answered(case, c.NOW)
    assert closing.freeze_answered(failing(case), c.NOW)


def test_a_freeze_that_nobody_answered_does_not_hold_up_the_last_day() -> None:
    """HND-02: the employment ends on its day, even if no connected system has answered since the notice."""
    case = c.opened()
    assert not closing.freeze_answered(case, OVER - timedelta(seconds=1))
    assert closing.freeze_answered(case, OVER)


def test_the_handover_is_complete_with_every_item_and_every_department() -> None:
    case = c.handing_over()
    assert not closing.handover_complete(c.accepted(case))
    assert not closing.handover_complete(c.approved(case))
    assert closing.handover_complete(c.approved(c.accepted(case)))


@pytest.mark.law("HND-02")
def test_the_last_day_ends_every_right_whatever_the_handovers_state() -> None:
    """HND-02: an unfinished handover never extends the employment."""
    case = last_day.propose(c.handing_over(), c.LEAVER, date(2027, 1, 29), "r", c.NOW).case
    change = closing.leave(case, OVER)
    left = c.after(change, OVER)
    assert (left.stage, left.proposal, left.pursue_until) == (Stage.LEAVING, None, PURSUED_UNTIL)
    assert {s.desired for s in left.systems} == {()}
    assert {s.operation for s in left.systems} == {Operation.CLOSE}
    assert change.facts[-1].data == {"last_day": "2026-12-23", "due": "2026-12-24T00:00:00+08:00", "rule": "HND-02"}


def test_a_case_closes_when_nothing_is_left_to_wait_for() -> None:
    case = complete()
    assert closing.may_close(case, OVER)
    change = closing.close(case, OVER)
    assert (change.case.stage, change.case.gaps, change.case.closed_at) == (Stage.COMPLETED, (), OVER)
    assert c.kinds(change) == ("CaseClosed", "CaseArchived")
    assert c.told(change, "case_closed") == ("hr", "wang", "lin")
    assert change.facts[0].data == {"outcome": "completed", "gaps": ()}


def test_a_case_is_not_complete_before_its_record_is_sealed() -> None:
    """All have signed, but the company's seal is still on its way: closing now would leave a record without it."""
    case = c.pursuing(c.signed(c.signing_case()))
    assert not closing.may_close(case, OVER)
    assert closing.gaps(case) == (Gap("record", "handover_record", "not_sealed"),)
    assert closing.may_close(c.sealed(case, OVER).case, OVER)


@pytest.mark.parametrize(
    ("missing", "case"),
    [
        ("item", c.approved(c.handing_over())),
        ("clearance", c.accepted(c.handing_over())),
        ("signature", c.signing_case()),
        ("record", c.approved(c.accepted(c.handing_over()))),
    ],
    ids=["item", "clearance", "signature", "record"],
)
def test_what_is_unfinished_is_pursued_until_the_deadline_and_not_a_second_longer(missing: str, case: Case) -> None:
    case = c.pursuing(case)
    assert not closing.may_close(case, PURSUED_UNTIL - timedelta(seconds=1))
    assert closing.may_close(case, PURSUED_UNTIL)
    closed = closing.close(case, PURSUED_UNTIL).case
    assert closed.stage is Stage.COMPLETED_WITH_GAPS
    assert missing in {gap.kind for gap in closed.gaps}


def test_access_that_is_not_proved_closed_keeps_the_case_open_beyond_every_deadline() -> None:
    left = c.in_stage(complete(), Stage.LEAVING)
    unproved = failing(replace(left, systems=tuple(replace(s, verified_revision=0) for s in left.systems)))
    assert not closing.may_close(unproved, PURSUED_UNTIL + c.days(365))
    gaps = closing.gaps(unproved)
    assert Gap("access", "erp", "down") in gaps
    assert Gap("access", "crm", "not_verified") in gaps


def test_everything_missing_is_listed_in_a_stable_order() -> None:
    case = checklist.waive(c.handed_over(c.handing_over(), "devices"), c.HR, ("open_orders",), "r", c.NOW).case
    assert closing.gaps(c.pursuing(case)) == (
        Gap("item", "customer_files", "open"),
        Gap("item", "devices", "handed_over"),
        Gap("clearance", "sales", "pending"),
        Gap("clearance", "finance", "pending"),
        Gap("clearance", "it", "pending"),
        Gap("record", "handover_record", "not_presented"),
    )


def test_a_witnessed_refusal_lets_the_case_close_and_stays_visible() -> None:
    """K5: a refusal to sign is a result; the case goes on."""
    case = c.signing_case()
    for party in ("lin", "zhou"):
        case = signing.refuse(case, c.WITNESS, party, "no answer", c.NOW).case
    case = c.pursuing(c.sealed(signing.sign(case, c.WITNESS, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case, c.NOW).case)
    assert closing.may_close(case, OVER)
    assert closing.gaps(case) == (
        Gap("signature", "leaver", "refusal_witnessed"),
        Gap("signature", "receiver", "refusal_witnessed"),
    )


@pytest.mark.parametrize("pursue_days", [0, 1, 366])
def test_the_company_says_how_long_it_pursues(pursue_days: int) -> None:
    left = closing.leave(c.handing_over(policy=Policy(pursue_days=pursue_days)), OVER).case
    assert left.pursue_until == end_of(c.LAST_DAY + timedelta(days=pursue_days), c.SHANGHAI)


@pytest.mark.parametrize("case", [c.pursuing(), failing(c.pursuing())], ids=["closed", "failing"])
def test_hr_stops_pursuing_after_the_last_day(case: Case) -> None:
    change = closing.request_close(case, c.OTHER_HR, "written off", OVER)
    assert c.kinds(change) == ("CloseRequested",)
    assert closing.may_close(change.case, OVER)
    closed = closing.close(change.case, OVER)
    assert (closed.facts[0].by, closed.case.stage) == ("hr-2", Stage.COMPLETED_WITH_GAPS)


@pytest.mark.parametrize("by", [c.LEAVER, c.LEAVER_OF_ALL_ROLES, c.WITNESS, c.COUNSEL, c.ADMINISTRATOR])
def test_nobody_else_stops_it_least_of_all_the_leaver(by: Actor) -> None:
    with c.forbidden("close.only_hr"):
        closing.request_close(c.pursuing(), by, "r", OVER)


@pytest.mark.parametrize("stage", [Stage.FREEZING, Stage.HANDING_OVER, Stage.AWAITING_LAST_DAY, Stage.LEAVING])
def test_nothing_is_written_off_before_the_last_day_is_over(stage: Stage) -> None:
    with c.conflict("close.not_before_last_day"):
        closing.request_close(c.in_stage(c.handing_over(), stage), c.HR, "r", c.NOW)


def test_writing_off_needs_a_reason() -> None:
    with c.invalid("reason.required"):
        closing.request_close(c.pursuing(), c.HR, "", OVER)


@pytest.mark.parametrize("now", [OVER, PURSUED_UNTIL + c.days(1000)])
def test_a_case_on_hold_never_closes_by_itself(now: datetime) -> None:
    case = held(complete())
    assert not closing.may_close(case, now)
    assert closing.may_close(holds.lift_hold(case, c.COUNSEL, "settled", now).case, now)


def test_a_hold_comes_before_the_wish_to_close() -> None:
    with c.conflict("close.on_hold"):
        closing.request_close(held(c.pursuing()), c.HR, "r", OVER)
    wished = closing.request_close(c.pursuing(), c.HR, "r", OVER).case
    assert not closing.may_close(held(wished), OVER)


@pytest.mark.parametrize("by", [c.HR, c.WITNESS, c.LEAVER_OF_ALL_ROLES])
def test_only_counsel_holds_a_case_and_not_the_own_one(by: Actor) -> None:
    with c.forbidden("hold.only_counsel"):
        holds.place_hold(c.handing_over(), by, "r", c.NOW)
    with c.forbidden("hold.only_counsel"):
        holds.lift_hold(held(c.handing_over()), by, "r", c.NOW)


def test_a_hold_is_placed_once_with_a_reason_on_a_case_that_is_open() -> None:
    change = holds.place_hold(c.handing_over(), c.COUNSEL, "arbitration", c.NOW)
    assert c.kinds(change) == ("HoldPlaced",)
    with c.conflict("hold.already_placed"):
        holds.place_hold(change.case, c.COUNSEL, "r", c.NOW)
    with c.invalid("reason.required"):
        holds.place_hold(c.handing_over(), c.COUNSEL, "", c.NOW)
    with c.conflict("case.closed"):
        holds.place_hold(closing.close(complete(), OVER).case, c.COUNSEL, "r", OVER)


def test_without_a_hold_there_is_none_to_lift() -> None:
    with c.conflict("hold.none"):
        holds.lift_hold(c.handing_over(), c.COUNSEL, "", c.NOW)
    assert c.kinds(holds.lift_hold(held(c.handing_over()), c.COUNSEL, "", c.NOW)) == ("HoldLifted",)


@pytest.mark.law("HND-02")
def test_a_hold_delays_neither_last_day_nor_the_end_of_access() -> None:
    """HND-02: wages, certificate and last day are untouched by a dispute."""
    left = c.after(closing.leave(held(c.handing_over()), OVER), OVER)
    assert {s.desired for s in left.systems} == {()}
