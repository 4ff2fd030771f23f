"""Requests for temporary access find somebody who is there, also when security people leave while the case runs."""

from domain import access, agenda, closing, grants
from domain.case import Case
from domain.change import Change
from domain.people import Actor
from tests.domain import cases as c


def requested(*security: str) -> Change:
    return ask(c.handing_over(security=security))


def ask(case: Case) -> Change:
    return grants.request(case, c.LEAVER, "erp", ("create_orders",), "one last order", 4, c.NOW)


def leave(case: Case, *accounts: str) -> Change:
    return closing.people_left(case, accounts, c.NOW)


def asked(case: Case) -> tuple[str, ...]:
    return next(task.accounts for task in agenda.tasks(case) if task.kind == "decide_grant")


def test_a_security_approver_who_has_left_is_no_longer_asked() -> None:
    case = leave(requested("sec", "sec-2").case, "sec").case
    assert asked(case) == ("sec-2",)
    assert access.alarm_recipients(case) == ("hr", "sec-2")


def test_when_the_last_security_approver_leaves_hr_in_charge_hears_of_every_request_that_waits() -> None:
    change = leave(requested("sec").case, "sec")
    assert asked(change.case) == ("hr",)
    assert c.told(change, "grant_without_approver") == ("hr",)


def test_a_request_made_after_all_security_approvers_left_goes_to_hr_in_charge() -> None:
    change = ask(leave(c.handing_over(), "sec").case)
    assert (c.told(change, "grant_requested"), c.told(change, "grant_without_approver")) == ((), ("hr",))
    assert asked(change.case) == ("hr",)


def test_hr_is_told_once_however_often_the_case_hears_that_somebody_left() -> None:
    case = leave(requested("sec").case, "sec").case
    assert leave(case, "sec").notifications == ()
    assert c.told(leave(case, "sales-clerk"), "grant_without_approver") == ()


def test_hr_who_was_the_last_security_approver_and_leaves_is_not_told_for_ever() -> None:
    case = leave(requested("hr").case, "hr").case
    assert leave(case, "hr") == Change(case)


def test_a_decided_request_troubles_nobody_when_security_leaves() -> None:
    case = grants.decide(requested("sec").case, c.SECURITY, "g1", True, "", None, c.NOW).case
    assert leave(case, "sec").notifications == ()


def test_whoever_has_the_role_decides_a_request_that_hr_was_asked_about() -> None:
    case = leave(requested("sec").case, "sec").case
    newcomer = Actor("sec-new", c.SECURITY.roles)
    assert c.kinds(grants.decide(case, newcomer, "g1", True, "", None, c.NOW)) == ("GrantApproved",)
