"""The freeze of a case goes as far as its basis, and farther only by counsel's word or a signed agreement."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain import access, freezing, grants, opening, signing
from domain.case import Case, Paper, PaperKind, Stage
from domain.law.freeze import FreezeAnswer, Scope
from domain.people import Actor, Role
from domain.plan import SystemPlan
from domain.rights import Operation
from tests.domain import cases as c

ERP = SystemPlan("erp", ("create_orders", "export", "view_orders"), ("create_orders", "export"), ("export",))


def limited(*, asks: bool = False, **changes: Any) -> Case:
    freeze = FreezeAnswer(Scope.LIMITED, "handbook 3" if asks else "", asks)
    return c.handing_over(systems=(ERP,), freeze=freeze, counsel=("counsel",), **changes)


def rights(case: Case) -> tuple[str, ...]:
    return access.settle(case, c.NOW).systems[0].desired


@pytest.mark.law("FRZ-01", "FRZ-05", "TS-05")
def test_without_a_basis_only_what_protects_data_is_taken_away() -> None:
    assert rights(limited()) == ("create_orders", "view_orders")
    assert rights(c.handing_over(systems=(ERP,))) == ("view_orders",)


def test_whoever_can_help_hears_that_the_freeze_is_limited() -> None:
    for asks, kind, told in ((False, "freeze_limited", ("hr",)), (True, "freeze_waits_for_counsel", ("counsel", "hr"))):
        freeze = FreezeAnswer(Scope.LIMITED, "", asks)
        plan = c.plan(systems=(ERP,), freeze=freeze, counsel=("counsel",))
        change = opening.open_case(Case("c1", "e1", c.NOW), plan, c.NOW)
        assert c.told(change, kind) == told
        (judged,) = [fact for fact in change.facts if fact.kind == "FreezeJudged"]
        assert judged.data["scope"] == "limited"


@pytest.mark.law("FRZ-02")
def test_counsel_may_answer_for_a_basis_that_is_not_fully_proved() -> None:
    change = freezing.confirm(limited(asks=True), c.COUNSEL, True, "the minutes are there", c.NOW)
    assert rights(change.case) == ("view_orders",)
    assert change.facts[0].data["rule"] == "FRZ-02"
    settled = access.settle(change.case, c.NOW).systems[0]
    assert settled.operation is Operation.FREEZE


def test_counsel_may_refuse_and_then_only_data_stay_protected() -> None:
    change = freezing.confirm(limited(asks=True), c.COUNSEL, False, "no minutes", c.NOW)
    assert rights(change.case) == ("create_orders", "view_orders")
    with c.conflict("freeze.nothing_to_confirm"):
        freezing.confirm(change.case, c.COUNSEL, True, "after all", c.NOW)


def test_only_counsel_answers_and_gives_a_reason() -> None:
    with c.forbidden("freeze.only_counsel"):
        freezing.confirm(limited(asks=True), c.HR, True, "x", c.NOW)
    with c.forbidden("freeze.only_counsel"):
        freezing.confirm(limited(asks=True), Actor("lin", (Role.COUNSEL,)), True, "x", c.NOW)
    with c.invalid("reason.required"):
        freezing.confirm(limited(asks=True), c.COUNSEL, True, "", c.NOW)


@pytest.mark.law("FRZ-01")
@pytest.mark.parametrize("asks", [False, True])
def test_a_signed_agreement_carries_the_whole_freeze_from_then_on(asks: bool) -> None:
    change = freezing.record_agreement(limited(asks=asks), c.HR, "AGR-31", c.NOW.date(), c.NOW)
    assert (change.case.freeze.scope, change.case.freeze.basis) == (Scope.FULL, "AGR-31")
    assert rights(change.case) == ("view_orders",)
    assert not change.case.freeze.waits_for_counsel


def test_an_agreement_is_filed_by_hr_once_it_is_signed_and_needed() -> None:
    today = c.NOW.date()
    with c.forbidden("freeze.only_hr_files"):
        freezing.record_agreement(limited(), c.COUNSEL, "AGR-31", today, c.NOW)
    with c.invalid("freeze.signed_in_the_future"):
        freezing.record_agreement(limited(), c.HR, "AGR-31", today + timedelta(days=2), c.NOW)
    with c.conflict("freeze.already_full"):
        freezing.record_agreement(c.handing_over(systems=(ERP,)), c.HR, "AGR-31", today, c.NOW)


@pytest.mark.law("ESG-02")
@pytest.mark.parametrize("by", [c.LEAVER, c.WITNESS, c.RECEIVER])
def test_no_confirmation_in_the_app_restricts_work_only_an_agreement_signed_outside_and_filed_by_hr(by: Actor) -> None:
    case = replace(limited(), papers=(Paper(PaperKind.FREEZE_AGREEMENT, "d9", "9" * 64, c.NOW),))
    case = c.presented(c.in_stage(case, Stage.SIGNING))
    with c.conflict("signature.other_document"):
        signing.sign(case, by, "9" * 64, c.EVIDENCE, c.SEEN, c.NOW)
    with c.forbidden("freeze.only_hr_files"):
        freezing.record_agreement(case, by, "AGR-31", c.NOW.date(), c.NOW)
    confirmed = signing.sign(case, by, c.SHA, c.EVIDENCE, c.SEEN, c.NOW).case
    assert (confirmed.freeze, rights(confirmed)) == (case.freeze, rights(limited()))
    filed = freezing.record_agreement(confirmed, c.HR, "AGR-31", c.NOW.date(), c.NOW)
    assert (filed.facts[0].data["basis"], filed.facts[0].data["signed_on"]) == ("AGR-31", c.NOW.date().isoformat())


@pytest.mark.law("FRZ-06")
@pytest.mark.parametrize("stage", [Stage.LEAVING, Stage.PURSUING, Stage.WITHDRAWING])
def test_outside_the_notice_the_freeze_is_nobodys_to_change(stage: Stage) -> None:
    with c.conflict("freeze.not_in_notice"):
        freezing.record_agreement(c.in_stage(limited(), stage), c.HR, "AGR-31", date(2026, 1, 1), c.NOW)


def test_nobody_is_granted_what_was_never_taken_away() -> None:
    with c.invalid("grant.wider_than_frozen"):
        grants.request(limited(), c.LEAVER, "erp", ("create_orders",), "x", 2, c.NOW)
    assert grants.request(limited(), c.LEAVER, "erp", ("export",), "x", 2, c.NOW).case.grants


@pytest.mark.law("FRZ-01")
def test_nobody_signs_before_being_hired() -> None:
    hired = date(2021, 3, 1)
    case = limited()
    case = replace(case, plan=replace(case.agreed, hired_on=hired))
    with c.invalid("freeze.signed_before_hiring"):
        freezing.record_agreement(case, c.HR, "AGR-31", date(2000, 1, 1), c.NOW)
    assert freezing.record_agreement(case, c.HR, "AGR-31", hired, c.NOW).facts


@pytest.mark.law("FGN-01")
def test_where_only_a_template_is_known_counsel_names_what_the_freeze_rests_on() -> None:
    doubtful = c.handing_over(
        systems=(ERP,), freeze=FreezeAnswer(Scope.LIMITED, "", True), counsel=("counsel",), notice_template=True
    )
    with c.invalid("freeze.basis_needed"):
        freezing.confirm(doubtful, c.COUNSEL, True, "fine", c.NOW)
    change = freezing.confirm(doubtful, c.COUNSEL, True, "fine", c.NOW, "contract, clause 9")
    assert (change.case.freeze.basis, change.facts[0].data["basis"]) == ("contract, clause 9", "contract, clause 9")
    assert freezing.confirm(doubtful, c.COUNSEL, False, "no clause", c.NOW).facts
