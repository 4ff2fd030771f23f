"""kill -9 of worker, API and Temporal server while a case runs: nothing is lost, nothing happens twice."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, select

from commands.answers import Unexpected
from commands.cast import Cast
from commands.instance import Instance
from commands.person import Person
from models.database import connect
from models.facts import VOIDED, standing, verify
from models.tables import EffectRow, Entitlement, FactRow
from tests.e2e.journeys import portfolio_handed_over, seal_approved, until, verified

PARTS = ("worker", "api", "temporal")
WITHIN = 90.0


def persistently(person: Person, case_id: str, decision: str, body: dict[str, Any], key: str) -> None:
    """What a patient client does: the same request with the same key until there is an answer."""
    ends = time.monotonic() + WITHIN
    last = "no answer at all"
    while time.monotonic() < ends:
        try:
            response = person.try_post(f"/cases/{case_id}/{decision.replace('_', '-')}", body, key)
        except httpx.HTTPError:
            time.sleep(0.2)
            continue
        if response.status_code == 200:
            return
        last = f"{response.status_code}: {response.text}"
        assert response.status_code in (202, 503), f"{decision}: {last}"
        time.sleep(0.2)
    pytest.fail(f"{decision} was never answered; last {last}")


def persistently_signed(person: Person, case_id: str, letters: Path) -> None:
    """What a patient signer does: begins anew, with another key, until the signature is in the record."""
    ends, last = time.monotonic() + WITHIN, ""
    while time.monotonic() < ends:
        try:
            person.sign_record(case_id, letters)
        except (httpx.HTTPError, Unexpected) as error:
            last = str(error)
        with suppress(httpx.HTTPError, Unexpected):
            told = person.get(f"/cases/{case_id}/record/signatures")["parties"]
            if next(party["signed_at"] for party in told if party["account"] == person.account):
                return  # what is left, the case hears by itself
        time.sleep(0.2)
    pytest.fail(f"never signed; last {last}")


@contextmanager
def killed(instance: Instance, part: str, after: float) -> Iterator[None]:
    """kill -9 of one part some seconds into the block, and its restart."""

    def strike() -> None:
        time.sleep(after)
        instance.kill(part)
        instance.start(part)

    striker = threading.Thread(target=strike)
    striker.start()
    try:
        yield
    finally:
        striker.join()


def story(cast: Cast, case: dict[str, Any]) -> list[tuple[Person, str, dict[str, Any]]]:
    """The decisions of one whole case up to its record, in order."""
    plan = case["plan"]
    leaver, receiver = cast.of_account(plan["leaver"]), cast.of_account(plan["receiver"])
    items = [item["id"] for item in case["items"]]
    frozen = next(s for s in case["systems"] if s["frozen"])
    asked = {"system": frozen["system"], "rights": frozen["frozen"][:1], "reason": "客户更正地址", "hours": 4}
    steps: list[tuple[Person, str, dict[str, Any]]] = [
        (leaver, "request_grant", asked),
        (cast.security, "decide_grant", {"grant": "g1", "answer": "accept"}),
        (leaver, "hand_over_items", {"items": items, "note": "已移交", "reference": "D-7"}),
        (receiver, "decide_items", {"items": items[:1], "answer": "refuse", "reason": "缺少联系人"}),
        (leaver, "hand_over_items", {"items": items[:1], "note": "已补充", "reference": "D-8"}),
        (receiver, "decide_items", {"items": items, "answer": "accept"}),
        (cast.security, "revoke_grant", {"grant": "g1", "reason": "已完成"}),
    ]
    for clearance in case["clearances"]:
        approve = {"department": clearance["department"], "verdict": "approve", "reason": "未结部分已另行安排"}
        for seat in clearance["seats"][: clearance["quorum"]]:
            steps.append((cast.of_account(seat["account"]), "decide_clearance", approve))
    return steps


@pytest.fixture
def running(folder: Path) -> Iterator[tuple[Instance, Cast]]:
    with Instance(folder) as instance:
        cast = Cast(instance)
        yield instance, cast
        cast.leave()


def test_killing_every_part_in_turn_and_at_random_loses_and_doubles_nothing(running: tuple[Instance, Cast]) -> None:
    instance, cast = running
    luck = random.Random(20261123)
    registration = {
        "employee_number": cast.salesperson,
        "channel": "paper",
        "text": "辞职。",
        "receiver": cast.administrator.account,
    }
    with killed(instance, "worker", after=0.05):
        case_id = cast.hr.post("/cases", registration, expect=201)["case_id"]
    opened = until(cast.hr, case_id, lambda d: d["stage"] == "handing_over" and verified(d), "frozen")["case"]
    steps = story(cast, opened)
    for number, (person, decision, body) in enumerate(steps):
        key = f"kill-test-{number:03d}"
        if number % 2 == 0:
            part = PARTS[(number // 2) % 3] if number < 12 else luck.choice(PARTS)
            with killed(instance, part, after=luck.uniform(0.0, 0.06)):
                persistently(person, case_id, decision, body, key)
        else:
            persistently(person, case_id, decision, body, key)
    instance.wait_ready()
    portfolio_handed_over(cast, case_id)
    record = until(cast.hr, case_id, lambda d: d["case"].get("record"), "presented")["case"]["record"]
    for number, signature in enumerate(record["signatures"]):
        signer = cast.of_account(signature["account"])
        with killed(instance, PARTS[number % 3], after=luck.uniform(0.0, 0.06)):
            persistently_signed(signer, case_id, cast.letters)
    instance.wait_ready()
    seal_approved(cast, case_id)
    until(cast.hr, case_id, lambda d: d["stage"] == "awaiting_last_day", "signed")
    cast.fast_forward(case_id, days=40)
    until(cast.hr, case_id, lambda d: d["stage"] == "completed" and d["case"]["aftercare"]["alone"], "looked after")
    _nothing_lost_or_doubled(instance, cast, case_id, opened["employee_id"], steps)


def _nothing_lost_or_doubled(instance: Instance, cast: Cast, case_id: str, employee_id: str, steps: list[Any]) -> None:
    engine = connect(f"sqlite:///{instance.data / 'wanbi.db'}")
    with Session(engine) as session:
        rows = list(session.exec(select(FactRow).where(FactRow.case_id == case_id).order_by(col(FactRow.seq))).all())
        effects = session.exec(select(EffectRow.key).where(EffectRow.case_id == case_id)).all()
        left = session.exec(
            select(Entitlement).where(Entitlement.employee_id == employee_id, col(Entitlement.active))
        ).all()
    engine.dispose()
    assert verify(case_id, rows).problems == ()
    written = [(row.number, row.kind) for row in standing(rows) if row.number is not None]
    assert written == [(fact["number"], fact["kind"]) for fact in cast.workflow_facts(case_id)]
    assert [number for number, _ in written] == list(range(1, len(written) + 1))
    kinds = [kind for _, kind in written]
    counted: dict[str, Callable[[str], bool]] = {
        "GrantRequested": lambda d: d == "request_grant",
        "GrantApproved": lambda d: d == "decide_grant",
        "GrantRevoked": lambda d: d == "revoke_grant",
        "ItemsHandedOver": lambda d: d == "hand_over_items",
        "ClearanceApprovalGiven": lambda d: d == "decide_clearance",
    }
    for kind, made_by in counted.items():
        assert kinds.count(kind) == sum(made_by(decision) for _, decision, _ in steps), kind
    assert kinds.count("RecordSigned") == 3
    assert kinds.count("CaseClosed") == 1
    assert VOIDED not in kinds
    read_back = [(row.data["system"], row.data["revision"]) for row in standing(rows) if row.kind == "AccessVerified"]
    assert len(read_back) == len(set(read_back)), "an effect was recorded twice"
    assert {f"{case_id}:access:{system}:{revision}" for system, revision in read_back} <= set(effects)
    assert left == [], "after the last day no right is left"
