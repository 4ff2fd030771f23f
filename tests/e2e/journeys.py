"""Stretches of a case that several end-to-end tests walk: registered, handed over, cleared, signed."""

import time
from typing import Any

from commands.cast import Cast
from commands.demo_story import entries, named
from commands.person import Person

WITHIN = 60.0
"""Seconds to wait for something that happens by itself."""


def until(person: Person, case_id: str, reached: Any, what: str) -> dict[str, Any]:
    """The case as that person sees it, once `reached(detail)` holds. Fails saying what was waited for."""
    ends = time.monotonic() + WITHIN
    detail: dict[str, Any] = person.get(f"/cases/{case_id}")
    while not reached(detail):
        assert time.monotonic() < ends, f"still not {what}: {detail['stage']}, {detail['tasks']}"
        time.sleep(0.1)
        detail = person.get(f"/cases/{case_id}")
    return detail


def registered(cast: Cast, leaver: str, **more: Any) -> str:
    """A case of that employee whose systems have all been frozen and read back."""
    body = {"employee_number": leaver, "channel": "email", "text": "本人因个人原因提出辞职。", **more}
    case_id: str = cast.hr.post("/cases", body, expect=201)["case_id"]
    until(cast.hr, case_id, lambda d: d["stage"] == "handing_over" and verified(d), "frozen and read back")
    return case_id


def verified(detail: dict[str, Any]) -> bool:
    """Every system of the case shows what is wanted."""
    systems = detail["case"]["systems"]
    return bool(systems) and all(s["revision"] == s["verified_revision"] for s in systems)


def handed_over(cast: Cast, case_id: str) -> None:
    """Every item handed over by the leaver and accepted by its receiver."""
    case = cast.hr.get(f"/cases/{case_id}")["case"]
    open_items = [item for item in case["items"] if item["status"] == "open"]
    leaver = cast.of_account(case["plan"]["leaver"])
    leaver.decide(case_id, "hand_over_items", items=[i["id"] for i in open_items], note="已移交。", reference="D-1")
    for receiver in {item["receiver"] for item in open_items}:
        theirs = [item["id"] for item in open_items if item["receiver"] == receiver]
        cast.of_account(receiver).decide(case_id, "decide_items", items=theirs, answer="accept")

    portfolio_handed_over(cast, case_id)


def portfolio_handed_over(cast: Cast, case_id: str) -> None:
    """Every customer, order and receivable accepted by its receiver, and every customer in contact with them."""
    until(cast.hr, case_id, lambda d: d["case"].get("portfolio"), "written down")
    receiver = cast.of_account(cast.hr.get(f"/cases/{case_id}")["case"]["plan"]["receiver"])
    for step, state, kinds in (
        ("accept", "proposed", ("customer", "order", "receivable")),
        ("confirm", "accepted", ("customer",)),
    ):
        for kind in kinds:
            waiting = [named(entry) for entry in entries(receiver, case_id, kind=kind, state=state)]
            if waiting:
                receiver.post(f"/cases/{case_id}/portfolio/decisions", {"step": step, "entries": waiting})


def cleared(cast: Cast, case_id: str) -> None:
    """Every department that is still asked has confirmed, with as many approvals as it takes.

    What is open of what a department looks after, it says why it confirms all the same.
    """
    for clearance in cast.hr.get(f"/cases/{case_id}")["case"]["clearances"]:
        if clearance["status"] != "pending":
            continue
        given = len(clearance["approvals"])
        decided = {approval["account"] for approval in clearance["approvals"]}
        waiting = [seat["account"] for seat in clearance["seats"] if seat["account"] not in decided]
        why = "未结部分已另行安排" if clearance["portfolio"] else ""
        for account in waiting[: clearance["quorum"] - given]:
            cast.of_account(account).decide(
                case_id, "decide_clearance", department=clearance["department"], verdict="approve", reason=why
            )


def presented(cast: Cast, case_id: str) -> dict[str, Any]:
    """The handover record, once it lies before its parties."""
    detail = until(cast.hr, case_id, lambda d: d["case"].get("record"), "presented for signature")
    record: dict[str, Any] = detail["case"]["record"]
    return record


def signed(cast: Cast, case_id: str) -> None:
    """Every party has signed, and the seal may be used."""
    record = presented(cast, case_id)
    for signature in record["signatures"]:
        if signature["status"] == "waiting":
            cast.of_account(signature["account"]).sign_record(case_id, cast.letters)
    seal_approved(cast, case_id)


def seal_approved(cast: Cast, case_id: str) -> None:
    """Whoever keeps the company's seal lets it be put to the record."""

    def keepers(detail: dict[str, Any]) -> list[str]:
        return [task["account"] for task in detail["tasks"] if task["kind"] == "approve_seal"]

    asked = until(cast.hr, case_id, keepers, "asked for the seal")
    keeper = cast.of_account(keepers(asked)[0])
    keeper.decide(case_id, "approve_seal", sha256=asked["case"]["record"]["sha256"], answer="accept")


def fact_kinds(cast: Cast, case_id: str) -> list[str]:
    """The kinds of all facts of a case, in order."""
    kinds: list[str] = []
    cursor: str | None = None
    while True:
        page = cast.hr.get(f"/cases/{case_id}/facts", limit=200, **({"cursor": cursor} if cursor else {}))
        kinds += [fact["kind"] for fact in page["items"]]
        cursor = page["next"]
        if cursor is None:
            return kinds
