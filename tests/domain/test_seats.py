"""Who sits in the place of an approver: somebody HR names, or somebody the approver trusts; never the leaver."""

import pytest

from domain import clearances
from domain.case import Case
from domain.handover import ClearanceStatus, Seat
from domain.people import Actor
from tests.domain import cases as c

CHEN = Actor("chen")


def seats(case: Case) -> tuple[str, ...]:
    return tuple(seat.account for seat in c.find_clearance(case, "sales").seats)


def approve(case: Case, by: Actor, department: str = "sales") -> Case:
    return clearances.decide(case, by, department, True, "", c.NOW).case


def delegated() -> Case:
    return clearances.delegate(c.handing_over(), c.CLERK, "sales", "chen", "on leave", c.NOW).case


def status(case: Case) -> ClearanceStatus:
    return c.find_clearance(case, "sales").status


@pytest.mark.parametrize("by", [c.HR, c.ADMINISTRATOR])
def test_hr_asks_somebody_else_instead(by: Actor) -> None:
    change = clearances.reassign(c.handing_over(), by, "sales", "sales-clerk", "chen", "on leave", c.NOW)
    assert seats(change.case) == ("chen",)
    assert (c.kinds(change), c.told(change, "clearance_asked")) == (("ClearanceReassigned",), ("chen",))
    with c.forbidden("clearance.not_asked"):
        approve(change.case, c.CLERK)
    assert status(approve(change.case, CHEN)) is ClearanceStatus.APPROVED


def test_hr_asks_somebody_in_addition() -> None:
    case = clearances.reassign(c.handing_over(), c.HR, "sales", "", "chen", "knows the customers", c.NOW).case
    assert seats(case) == ("sales-clerk", "chen")


@pytest.mark.parametrize("by", [c.LEAVER, c.LEAVER_OF_ALL_ROLES, c.WITNESS, c.CLERK])
def test_nobody_else_reassigns_least_of_all_the_leaver(by: Actor) -> None:
    with c.forbidden("clearance.may_not_reassign"):
        clearances.reassign(c.handing_over(), by, "sales", "sales-clerk", "chen", "r", c.NOW)


def test_a_reassignment_needs_a_reason_a_seat_and_somebody_new_who_is_not_the_leaver() -> None:
    case = c.handing_over()
    with c.invalid("reason.required"):
        clearances.reassign(case, c.HR, "sales", "sales-clerk", "chen", "", c.NOW)
    with c.conflict("clearance.no_such_seat"):
        clearances.reassign(case, c.HR, "sales", "sales-head", "chen", "r", c.NOW)
    with c.conflict("clearance.already_asked"):
        clearances.reassign(case, c.HR, "finance", "bookkeeper", "cashier", "r", c.NOW)
    with c.invalid("clearance.leaver_cannot_approve"):
        clearances.reassign(case, c.HR, "sales", "sales-clerk", "lin", "r", c.NOW)
    sent_back = clearances.decide(case, c.CLERK, "sales", False, "r", c.NOW).case
    with c.conflict("clearance.not_pending"):
        clearances.reassign(sent_back, c.HR, "sales", "sales-clerk", "chen", "r", c.NOW)


def test_one_who_has_approved_is_not_replaced() -> None:
    case = approve(c.handing_over(), c.BOOKKEEPER, "finance")
    with c.conflict("clearance.no_such_seat"):
        clearances.reassign(case, c.HR, "finance", "bookkeeper", "chen", "r", c.NOW)


def test_a_delegate_decides_in_the_place_of_the_approver_and_both_names_are_kept() -> None:
    case = delegated()
    assert c.find_clearance(case, "sales").seats == (Seat("chen", on_behalf_of="sales-clerk"),)
    change = clearances.decide(case, CHEN, "sales", True, "", c.NOW)
    given = c.find_clearance(change.case, "sales").approvals[0]
    assert (given.account, given.on_behalf_of) == ("chen", "sales-clerk")
    assert (change.facts[0].by, change.facts[0].data["on_behalf_of"]) == ("chen", "sales-clerk")


def test_who_delegated_no_longer_decides() -> None:
    with c.forbidden("clearance.not_asked"):
        approve(delegated(), c.CLERK)


@pytest.mark.parametrize("by", [c.HEAD, c.HR, c.LEAVER, CHEN])
def test_only_an_asked_approver_delegates(by: Actor) -> None:
    with c.forbidden("clearance.not_asked"):
        clearances.delegate(c.handing_over(), by, "sales", "somebody", "", c.NOW)


def test_a_delegation_goes_to_somebody_new_who_is_not_the_leaver() -> None:
    with c.conflict("clearance.already_asked"):
        clearances.delegate(c.handing_over(), c.BOOKKEEPER, "finance", "cashier", "", c.NOW)
    with c.invalid("clearance.leaver_cannot_approve"):
        clearances.delegate(c.handing_over(), c.CLERK, "sales", "lin", "", c.NOW)


def test_one_who_has_approved_delegates_nothing_so_no_one_counts_twice() -> None:
    case = approve(c.handing_over(), c.BOOKKEEPER, "finance")
    with c.forbidden("clearance.not_asked"):
        clearances.delegate(case, c.BOOKKEEPER, "finance", "chen", "", c.NOW)
