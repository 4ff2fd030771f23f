"""Temporary access: asked for by the leaver, decided by somebody else, never wider or longer than allowed."""

from datetime import datetime, timedelta

import pytest

from domain import access, closing, grants
from domain.case import Case, Stage
from domain.change import Change
from domain.people import Actor, Role
from domain.rights import GrantStatus
from domain.timezones import end_of
from tests.domain import cases as c

RIGHTS = ("create_orders",)
EMPLOYED_UNTIL = end_of(c.LAST_DAY, c.SHANGHAI)


def ask(case: Case, hours: int = 24, rights: tuple[str, ...] = RIGHTS, now: datetime = c.NOW) -> Change:
    return grants.request(case, c.LEAVER, "erp", rights, "one last order", hours, now)


def granted(hours: int = 24, now: datetime = c.NOW, case: Case | None = None) -> Case:
    asked = ask(case or c.handing_over(), hours, now=now).case
    return grants.decide(asked, c.SECURITY, "g1", True, "", None, now).case


def test_the_leaver_asks_and_security_is_told() -> None:
    change = ask(c.handing_over(), rights=("create_orders", "change_orders", "create_orders"))
    grant = c.find_grant(change.case)
    assert (grant.status, grant.rights, grant.hours) == (GrantStatus.REQUESTED, ("change_orders", "create_orders"), 24)
    assert (c.kinds(change), c.told(change, "grant_requested")) == (("GrantRequested",), ("sec",))
    assert access.settle(change.case, c.NOW) == change.case


@pytest.mark.parametrize("by", [c.RECEIVER, c.WITNESS, c.HR, c.SECURITY])
def test_only_the_leaver_asks(by: Actor) -> None:
    with c.forbidden("grant.only_leaver_asks"):
        grants.request(c.handing_over(), by, "erp", RIGHTS, "r", 1, c.NOW)


def test_a_system_outside_the_case_is_not_found() -> None:
    with c.not_found("grant.unknown_system"):
        grants.request(c.handing_over(), c.LEAVER, "payroll", RIGHTS, "r", 1, c.NOW)


def test_a_request_names_rights() -> None:
    with c.invalid("grant.no_rights"):
        ask(c.handing_over(), rights=())


@pytest.mark.parametrize("right", ["approve_orders", "view_orders", "export"])
def test_a_grant_is_never_wider_than_the_freeze(right: str) -> None:
    with c.invalid("grant.wider_than_frozen"):
        ask(c.handing_over(), rights=("create_orders", right))


@pytest.mark.parametrize("hours", [0, -1, 73])
def test_hours_lie_within_the_policy(hours: int) -> None:
    with c.invalid("grant.hours_out_of_range"):
        ask(c.handing_over(), hours)


@pytest.mark.parametrize("hours", [1, 72])
def test_the_policys_limits_themselves_are_allowed(hours: int) -> None:
    assert c.find_grant(granted(hours)).expires_at == c.NOW + timedelta(hours=hours)


def test_one_request_a_system_waits_at_a_time() -> None:
    with c.conflict("grant.already_requested"):
        ask(ask(c.handing_over()).case)
    other = grants.request(ask(c.handing_over()).case, c.LEAVER, "crm", ("export",), "r", 1, c.NOW).case
    assert [g.id for g in other.grants] == ["g1", "g2"]


@pytest.mark.parametrize("stage", [Stage.FREEZING, Stage.LEAVING, Stage.PURSUING, Stage.WITHDRAWING])
def test_access_is_asked_for_and_given_only_during_the_handover(stage: Stage) -> None:
    with c.conflict("grant.not_in_this_stage"):
        ask(c.in_stage(c.handing_over(), stage))
    with c.conflict("grant.not_in_this_stage"):
        grants.decide(c.in_stage(ask(c.handing_over()).case, stage), c.SECURITY, "g1", True, "", None, c.NOW)


def test_nothing_is_given_once_the_last_day_is_over_even_before_the_case_noticed() -> None:
    case = ask(c.handing_over()).case
    with c.conflict("grant.not_in_this_stage"):
        grants.decide(case, c.SECURITY, "g1", True, "", None, EMPLOYED_UNTIL)
    just_before = EMPLOYED_UNTIL - timedelta(seconds=1)
    active = c.find_grant(grants.decide(case, c.SECURITY, "g1", True, "", None, just_before).case)
    assert active.expires_at == EMPLOYED_UNTIL


def test_security_gives_what_was_asked_and_the_systems_are_told() -> None:
    change = grants.decide(ask(c.handing_over()).case, c.SECURITY, "g1", True, "ok", None, c.NOW)
    grant = c.find_grant(change.case)
    assert (grant.status, grant.decided_by, grant.starts_at) == (GrantStatus.ACTIVE, "sec", c.NOW)
    assert (c.kinds(change), c.told(change, "grant_approved")) == (("GrantApproved",), ("lin",))
    assert access.find(c.after(change), "erp").desired == ("create_orders", "view_orders")


def test_security_may_give_fewer_hours_but_not_more() -> None:
    asked = ask(c.handing_over(), 24).case
    fewer = grants.decide(asked, c.SECURITY, "g1", True, "", 2, c.NOW).case
    assert c.find_grant(fewer).expires_at == c.NOW + timedelta(hours=2)
    with c.invalid("grant.longer_than_asked"):
        grants.decide(asked, c.SECURITY, "g1", True, "", 25, c.NOW)
    with c.invalid("grant.hours_out_of_range"):
        grants.decide(asked, c.SECURITY, "g1", True, "", 0, c.NOW)


def test_security_refuses_with_a_reason() -> None:
    asked = ask(c.handing_over()).case
    with c.invalid("reason.required"):
        grants.decide(asked, c.SECURITY, "g1", False, "", None, c.NOW)
    change = grants.decide(asked, c.SECURITY, "g1", False, "no need", None, c.NOW)
    assert c.find_grant(change.case).status is GrantStatus.REFUSED
    assert (c.kinds(change), c.told(change, "grant_refused")) == (("GrantRefused",), ("lin",))
    assert access.settle(change.case, c.NOW) == change.case


def test_nobody_decides_or_extends_the_own_grant_in_any_role() -> None:
    with c.forbidden("grant.self_approval"):
        grants.decide(ask(c.handing_over()).case, c.LEAVER_OF_ALL_ROLES, "g1", True, "", None, c.NOW)
    with c.forbidden("grant.self_approval"):
        grants.extend(granted(), c.LEAVER_OF_ALL_ROLES, "g1", 1, "r", c.NOW)


@pytest.mark.parametrize("by", [c.RECEIVER, c.WITNESS, c.HR, c.COUNSEL, c.ADMINISTRATOR])
def test_only_security_decides_and_extends(by: Actor) -> None:
    with c.forbidden("grant.only_security_decides"):
        grants.decide(ask(c.handing_over()).case, by, "g1", True, "", None, c.NOW)
    with c.forbidden("grant.only_security_decides"):
        grants.extend(granted(), by, "g1", 1, "r", c.NOW)


def test_a_request_is_decided_once() -> None:
    with c.conflict("grant.already_decided"):
        grants.decide(granted(), c.SECURITY, "g1", False, "changed my mind", None, c.NOW)


def test_an_unknown_grant_is_not_found() -> None:
    with c.not_found("grant.unknown"):
        grants.decide(c.handing_over(), c.SECURITY, "g1", True, "", None, c.NOW)


@pytest.mark.parametrize("by", [c.LEAVER, c.SECURITY, c.HR])
def test_a_grant_is_given_back_or_revoked_early(by: Actor) -> None:
    change = grants.revoke(granted(), by, "g1", "done", c.NOW)
    assert c.find_grant(change.case).status is GrantStatus.REVOKED
    assert c.kinds(change) == ("GrantRevoked",)
    assert access.find(c.after(change), "erp").desired == ("view_orders",)


@pytest.mark.parametrize("by", [c.RECEIVER, c.WITNESS, c.COUNSEL])
def test_others_do_not_revoke(by: Actor) -> None:
    with c.forbidden("grant.may_not_revoke"):
        grants.revoke(granted(), by, "g1", "", c.NOW)


def test_only_an_active_grant_is_revoked() -> None:
    with c.conflict("grant.not_active"):
        grants.revoke(ask(c.handing_over()).case, c.SECURITY, "g1", "", c.NOW)


def test_the_last_day_ends_requests_and_grants_alike() -> None:
    case = grants.request(granted(), c.LEAVER, "crm", ("export",), "r", 1, c.NOW).case
    change = closing.leave(case, EMPLOYED_UNTIL)
    assert [g.status for g in change.case.grants] == [GrantStatus.ENDED, GrantStatus.ENDED]
    assert c.kinds(change) == ("GrantEnded", "GrantEnded", "LastDayEnded")


def test_a_role_is_what_lets_security_decide_not_the_plans_list() -> None:
    """Whoever joined security after the case opened may decide; the list only says who was told."""
    newcomer = Actor("sec-2", (Role.SECURITY,))
    assert c.find_grant(grants.decide(ask(c.handing_over()).case, newcomer, "g1", True, "", None, c.NOW).case)
