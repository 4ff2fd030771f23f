"""Everybody sees the part of a case that their role needs, and no more (PIP-01)."""

from typing import Any

import pytest

from domain.people import Role
from models.accounts import Caller
from models.visibility import relations, visible, visible_fact

SNAPSHOT: dict[str, Any] = {
    "case_id": "c1",
    "employee_id": "e-lin",
    "stage": "handing_over",
    "plan": {"leaver": "lin", "witness": "wang", "hr": "hr"},
    "systems": [{"system": "erp"}],
    "grants": [{"id": "g1", "reason": "更正收货地址"}],
    "items": [{"id": "files", "receiver": "zhou"}, {"id": "laptop", "receiver": "chen"}],
    "clearances": [
        {"department": "it", "seats": [{"account": "it-clerk"}]},
        {"department": "finance", "seats": [{"account": "finance-clerk"}]},
    ],
    "record": {"sha256": "…", "signatures": [{"account": "lin"}, {"account": "zhou"}]},
    "withdrawal": {"reason": "家庭原因"},
    "gaps": [],
}


def sees(account: str, *roles: Role, takes_part: bool = False) -> dict[str, Any]:
    """What this person is shown of the case."""
    caller = Caller(account, account, None, roles, "zh", "Asia/Shanghai")
    return visible(SNAPSHOT, relations(caller, SNAPSHOT, takes_part), account)


@pytest.mark.parametrize(
    ("account", "roles"), [("lin", ()), ("wang", ()), ("x", (Role.HR,)), ("x", (Role.COUNSEL,)), ("x", (Role.AUDITOR,))]
)
def test_the_leaver_the_witness_hr_counsel_and_auditors_see_the_whole(account: str, roles: tuple[Role, ...]) -> None:
    assert sees(account, *roles) == SNAPSHOT


@pytest.mark.law("PIP-01")
def test_what_is_paid_or_deducted_is_between_the_company_and_the_leaver() -> None:
    money = {"payments": [{"kind": "wages"}], "deductions": [{"id": "d1"}]}
    for account, roles in (("lin", ()), ("x", (Role.HR,)), ("x", (Role.COUNSEL,)), ("wang", (Role.AUDITOR,))):
        caller = Caller(account, account, None, roles, "zh", "Asia/Shanghai")
        of = relations(caller, SNAPSHOT, False)
        assert visible(SNAPSHOT | money, of, account) == SNAPSHOT | money
        assert visible_fact("DeductionDecided", {"amount": "9.00"}, of) == {"amount": "9.00"}
    assert visible(SNAPSHOT | money, ("witness",), "wang") == SNAPSHOT
    assert visible_fact("DeductionDecided", {"amount": "9.00"}, ("witness",)) == {}
    assert visible_fact("PaymentConfirmed", {"paid_on": "2026-12-23"}, ("witness",)) == {}
    assert visible_fact("ItemsAccepted", {"items": ["a"]}, ("witness",)) == {"items": ["a"]}


@pytest.mark.law("NOT-03", "PIP-01")
def test_the_witness_may_be_who_the_notice_accuses_and_sees_neither_its_grounds_nor_what_the_leaver_earns() -> None:
    grounds = {
        "rule_id": "NOT-03",
        "citation": "art. 38",
        "answer": "unpaid_wages",
        "reason": "r",
        "values": [["g", "x"]],
    }
    counted = {"rule_id": "NOT-01", "citation": "art. 37", "answer": "2026-11-23 + 30 = 2026-12-23"}
    pay = {"rule_id": "NC-08", "citation": "c", "answer": "100 < 3000"}
    settlement = {"payments": [], "law": [pay], "wage_on_file": {"amount": "7500.00", "currency": "CNY"}}
    whole = SNAPSHOT | {"plan": SNAPSHOT["plan"] | {"law": [counted, grounds], "settlement": settlement}}
    fact = {"rule": "NOT-03", "citation": "art. 38", "answer": "unpaid_wages", "reason": "employer_fault"}
    for readers in (("hr",), ("counsel",), ("auditor",), ("leaver",), ("leaver", "witness")):
        assert visible(whole, readers, "x") == whole
        assert visible_fact("LawAsked", fact, readers) == fact
    shown = visible(whole, ("witness",), "wang")["plan"]
    assert shown["law"] == [counted, {"rule_id": "NOT-03", "citation": "art. 38", "answer": ""}]
    assert shown["settlement"] == {"payments": [], "law": [{"rule_id": "NC-08", "citation": "c", "answer": ""}]}
    assert visible_fact("LawAsked", fact, ("witness",)) == {"rule": "NOT-03", "citation": "art. 38", "answer": ""}
    assert visible_fact("PlanMissing", {"because": "notice.tells_of_employer_fault"}, ("witness",)) == {}
    assert visible_fact("LawAsked", {"rule": "NOT-01", "answer": "+ 30"}, ("witness",))["answer"] == "+ 30"


@pytest.mark.law("PIP-01")
def test_a_receiver_sees_the_own_items_and_the_record_to_sign() -> None:
    shown = sees("zhou")
    assert [item["id"] for item in shown["items"]] == ["files"]
    assert shown["record"] == SNAPSHOT["record"]
    assert not {"clearances", "grants", "withdrawal"} & shown.keys()


def test_a_receiver_who_is_no_party_does_not_see_the_record() -> None:
    assert "record" not in sees("chen")


def test_an_approver_sees_the_checklist_and_the_own_department() -> None:
    shown = sees("it-clerk")
    assert len(shown["items"]) == len(SNAPSHOT["items"])
    assert [clearance["department"] for clearance in shown["clearances"]] == ["it"]
    assert not {"grants", "withdrawal", "record"} & shown.keys()


def test_security_sees_access_and_nothing_of_the_handover() -> None:
    shown = sees("sec", Role.SECURITY)
    assert (shown["systems"], shown["grants"]) == (SNAPSHOT["systems"], SNAPSHOT["grants"])
    assert not {"items", "clearances", "withdrawal", "record"} & shown.keys()


@pytest.mark.law("PIP-01")
@pytest.mark.parametrize("role", [Role.ENGINEER, Role.ADMINISTRATOR])
def test_those_who_keep_it_running_see_systems_and_gaps_but_no_reasons(role: Role) -> None:
    shown = sees("eng", role)
    assert {"systems", "gaps"} <= shown.keys()
    assert not {"items", "clearances", "grants", "withdrawal", "record", "plan"} & shown.keys()


def test_who_took_part_earlier_sees_that_the_case_is_there() -> None:
    shown = sees("formerly-asked", takes_part=True)
    assert shown["stage"] == "handing_over"
    assert not {"items", "clearances", "systems", "grants", "plan"} & shown.keys()


@pytest.mark.law("PIP-01")
def test_a_stranger_is_nothing_to_the_case() -> None:
    stranger = Caller("stranger", "stranger", None, (), "zh", "Asia/Shanghai")
    assert relations(stranger, SNAPSHOT, takes_part=False) == ()
