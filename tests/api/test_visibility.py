"""Who sees what of a case: the matrix of people and secrets, exactly as models/visibility says, and nothing else."""

import hashlib
import json
from dataclasses import replace

import pytest

from domain.case import Case, Gap, Hold, LastDayProposal, Side, Stage, WithdrawalRequest
from domain.handover import HandoverRecord, PartyRole, Proof, Seat, Signature
from domain.rights import Grant
from models.database import writing
from models.tables import Document
from tests.api import contract
from tests.api.house import Api, problem
from tests.api.rows import START, add_facts, opened_case, write_case

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CONTENT = b'{"secret": "of the record"}'
SHA256 = hashlib.sha256(CONTENT).hexdigest()

HEADER, RUNNING = {"header"}, {"header", "systems", "gap"}
EVERYTHING = {
    "header",
    "systems",
    "gap",
    "grant",
    "item of zhou",
    "item of head",
    "it",
    "finance",
    "hold",
    "wish",
    "record",
}
SEEN: dict[str, tuple[set[str], list[str]]] = {
    "hr": (EVERYTHING, ["hr"]),
    "counsel": (EVERYTHING, ["counsel"]),
    "auditor": (EVERYTHING, ["auditor"]),
    "lin": (EVERYTHING, ["leaver"]),
    "wang": (EVERYTHING, ["witness"]),
    "sec": (HEADER | {"systems", "grant"}, ["security"]),
    "zhou": (HEADER | {"item of zhou", "record"}, ["receiver"]),
    "sales-head": (HEADER | {"item of head"}, ["receiver"]),
    "it-clerk": (HEADER | {"item of zhou", "item of head", "it"}, ["approver"]),
    "finance-clerk": (HEADER | {"item of zhou", "item of head", "finance"}, ["approver"]),
    "finance-head": (HEADER | {"item of zhou", "item of head", "finance"}, ["approver"]),
    "it-head": (HEADER, ["earlier_participant"]),
    "admin": (RUNNING, ["administrator"]),
    "engineer": (RUNNING, ["engineer"]),
}
"""Person: the parts that he or she sees, and as what."""
STRANGERS = ("stranger", "hr-clerk", "customer_service-head")
WHOLE = [name for name, (parts, _) in SEEN.items() if parts == EVERYTHING]


def a_case_full_of_secrets(api: Api) -> Case:
    """Each part of the case holds a text `secret <part>`; `it-head` was once asked, and is no more."""
    case = opened_case(api.engine)
    receivers = {"devices": ("a-sales-head", "item of head"), "open_orders": ("a-zhou", "item of zhou")}
    for item in case.items:
        receiver, part = receivers.get(item.id, ("a-zhou", "item of zhou"))
        case = case.with_item(replace(item, receiver=receiver, proof=Proof(f"secret {part}")))
    for clearance in case.clearances:
        seats = (*clearance.seats, Seat("a-finance-head")) if clearance.department == "finance" else clearance.seats
        case = case.with_clearance(replace(clearance, seats=seats, last_reason=f"secret {clearance.department}"))
    for system in case.systems:
        case = case.with_system(replace(system, last_problem="secret systems"))
    signatures = (Signature(PartyRole.LEAVER, "a-lin"), Signature(PartyRole.RECEIVER, "a-zhou"))
    grant = Grant("g1", "erp", ("create_orders",), "secret grant", 4, "a-lin", START)
    return replace(
        case,
        stage=Stage.SIGNING,
        grants=(grant,),
        record=HandoverRecord(f"{case.case_id}-{SHA256[:16]}", SHA256, signatures, START),
        proposal=LastDayProposal(case.final_day, "secret wish", Side.EMPLOYEE, "a-lin", START),
        withdrawal=WithdrawalRequest("secret wish", "a-lin", START),
        hold=Hold("secret hold", "a-counsel", START),
        gaps=(Gap("access", "erp", "secret gap"),),
    )


@pytest.fixture
def case(api: Api) -> Case:
    made = a_case_full_of_secrets(api)
    clearance = next(c for c in made.clearances if c.department == "it")
    write_case(api.engine, made.with_clearance(replace(clearance, seats=(*clearance.seats, Seat("a-it-head")))))
    write_case(api.engine, made, 2)
    add_facts(api.engine, made.case_id, 2)
    with writing(api.engine) as session:
        name = f"{made.case_id}-{SHA256[:16]}"
        about = {"case_id": made.case_id, "kind": "handover_record", "media_type": "application/json"}
        session.add(Document(id=name, sha256=SHA256, content=CONTENT, at=START, **about))
    return made


async def test_everybody_sees_exactly_the_parts_that_are_theirs(api: Api, case: Case) -> None:
    for name, (parts, relations) in SEEN.items():
        answer = await api.person(name).get(f"/cases/{case.case_id}")
        assert answer.status_code == 200, name
        shown = json.dumps(answer.json()["case"], ensure_ascii=False)
        seen = {part for part in EVERYTHING if f'"secret {part}"' in shown}
        seen |= {"header"} if answer.json()["case"]["last_day"] == case.final_day.isoformat() else set()
        seen |= {"record"} if SHA256 in shown else set()
        assert (seen, answer.json()["relations"]) == (parts, relations), name


async def test_a_case_is_not_there_for_whoever_has_no_part_in_it(api: Api, case: Case) -> None:
    document = case.record.document_id if case.record else ""
    for name in STRANGERS:
        for operation in contract.operations():
            if "{case_id}" in operation.path:
                path = operation.address(case_id=case.case_id, document_id=document).removeprefix("/api/v1")
                answer = await api.person(name).write(operation.method, path, operation.example)
                unknown = "signature.unknown_intent" if "{intent_id}" in operation.path else "case.unknown"
                problem(answer, (403, 404), "api.role_needed" if answer.status_code == 403 else unknown)
        assert (await api.person(name).get("/cases")).json()["items"] == []


async def test_what_exists_but_is_not_ours_answers_as_what_does_not_exist(api: Api, case: Case) -> None:
    stranger = api.person("stranger")
    for path in ("/cases/{}", "/cases/{}/facts", "/cases/{}/documents"):
        real, unreal = [await stranger.get(path.format(name)) for name in (case.case_id, "0" * 32)]
        assert (real.status_code, real.json()) == (unreal.status_code, unreal.json())


async def test_tasks_are_ones_own_unless_one_sees_the_whole_case(api: Api, case: Case) -> None:
    for name in SEEN:
        tasks = (await api.person(name).get(f"/cases/{case.case_id}")).json()["tasks"]
        accounts = {task["account"] for task in tasks}
        assert accounts <= {f"a-{name}"} or name in WHOLE
        assert name not in WHOLE or {"a-lin", "a-zhou", "a-it-clerk", "a-sec"} <= accounts


async def test_names_are_given_only_of_people_who_are_shown(api: Api, case: Case) -> None:
    approver = (await api.person("it-clerk").get(f"/cases/{case.case_id}")).json()
    assert set(approver["people"]) <= {"a-it-clerk", "a-it-head", "a-hr", "a-zhou", "a-sales-head"}
    assert approver["people"]["a-zhou"] == "zhou"
    assert "a-lin" in (await api.person("hr").get(f"/cases/{case.case_id}")).json()["people"]


async def test_the_evidence_chain_is_for_those_who_see_the_whole_case(api: Api, case: Case) -> None:
    for name in SEEN:
        facts = await api.person(name).get(f"/cases/{case.case_id}/facts")
        assert facts.status_code == (200 if name in WHOLE else 404), name
        chain = await api.person(name).get(f"/cases/{case.case_id}/chain")
        assert chain.status_code == (200 if name in ("hr", "counsel", "auditor") else 403), name


async def test_the_record_is_for_its_parties_and_those_who_see_the_whole_case(api: Api, case: Case) -> None:
    assert case.record is not None
    name = case.record.document_id
    for person in SEEN:
        may = person in (*WHOLE, "zhou")
        listed = (await api.person(person).get(f"/cases/{case.case_id}/documents")).json()
        assert [document["id"] for document in listed] == [name] * may, person
        read = await api.person(person).get(f"/cases/{case.case_id}/documents/{name}")
        assert read.status_code == (200 if may else 404), person
        assert not may or read.content == CONTENT


async def test_a_document_comes_with_the_hash_that_the_parties_sign(api: Api, case: Case) -> None:
    assert case.record is not None
    read = await api.person("hr").get(f"/cases/{case.case_id}/documents/{case.record.document_id}")
    assert read.headers["repr-digest"].startswith("sha-256=:")
    assert read.headers["content-type"] == "application/json"
    assert hashlib.sha256(read.content).hexdigest() == case.record.sha256


async def test_a_document_of_another_case_is_not_found_under_this_one(api: Api, case: Case) -> None:
    assert case.record is not None
    other = opened_case(api.engine, 2)
    write_case(api.engine, other)
    answer = await api.person("hr").get(f"/cases/{other.case_id}/documents/{case.record.document_id}")
    problem(answer, 404, "document.unknown")


async def test_the_way_into_the_engines_own_pages_is_for_those_who_run_it(api: Api, case: Case) -> None:
    shown = {name: (await api.person(name).get(f"/cases/{case.case_id}")).json()["temporal_url"] for name in SEEN}
    assert {name for name, url in shown.items() if url} == {"hr", "admin", "engineer"}
    assert shown["engineer"].endswith(f"/workflows/offboarding-{case.case_id}")


async def test_lists_show_a_person_only_cases_in_which_he_or_she_takes_part(api: Api, case: Case) -> None:
    everything = ("hr", "counsel", "auditor", "admin", "engineer")
    parts = ("lin", "wang", "sec", "zhou", "sales-head", "it-clerk", "finance-clerk", "finance-head", "it-head")
    for name in (*everything, *parts):
        listed = (await api.person(name).get("/cases")).json()["items"]
        assert [line["case_id"] for line in listed] == [case.case_id], name
    unknown = opened_case(api.engine, 2)
    write_case(api.engine, replace(unknown, items=(), clearances=()))
    for name in SEEN:
        listed = (await api.person(name).get("/cases")).json()["items"]
        assert len(listed) == (2 if name in (*everything, "lin", "wang", "zhou") else 1), name
