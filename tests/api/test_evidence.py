"""What the company holds about a departure it can produce, years later and while the engine is away."""

import hashlib
from base64 import b64decode
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import rfc8785

from activities.connectors.pdf_signing import PdfSigning
from activities.papers import DatabasePapers
from domain import closing, signing
from domain.case import Case, Paper, PaperKind
from models import facts
from models.database import reading, writing
from models.messages import NumberedFact, PaperOrder, RecordDraft
from models.tables import CaseView, Document
from tests import builders
from tests.api.house import Api, problem
from tests.api.rows import START, opened_case, write_case
from tests.pades.builders import office
from typesetting.typesetter import Typesetter

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LETTER = "各位领导：\r\n\u3000\u3000本人因家庭原因辞职 😔，最后工作日为 12 月 23 日。\n  Xiao Lin \t\n"
HAPPENED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("CaseOpened", "a-hr", {"systems": ["crm", "erp"], "last_day": "2026-04-01"}),
    ("AccessVerified", "", {"system": "crm", "revision": 1, "observed": ["view_customers"], "attempts": 2}),
    ("ItemsHandedOver", "a-lin", {"items": ["customer_files"], "proof": "共享盘“林晓”文件夹", "reference": ""}),
    ("CaseClosed", "", {"outcome": "completed", "gaps": []}),
)
ELSEWHERE = ("NotificationFailed", "", {"account": "a-zhou", "problem": "没有此邮箱"})
"""What happened outside the workflow has no number."""


@pytest.fixture
def closed(api: Api) -> Case:
    """A case that was signed and has closed, with its papers and its chain; nothing of it runs any more."""
    case = opened_case(api.engine)
    desk = PdfSigning(api.engine, builders.COMPANY, office(), Typesetter())
    signers = signing.parties(case)
    record = desk.present(RecordDraft(case=case, signatures=signers, now=START))
    case = signing.open_record(case, record.document_id, record.sha256, signers, START).case
    for kind in (PaperKind.PRIVACY_NOTICE, PaperKind.CERTIFICATE):
        order = PaperOrder(
            case_id=case.case_id, employee_id="e-lin", kind=kind, last_day=case.final_day, now=START, frozen=()
        )
        made = DatabasePapers(api.engine, builders.COMPANY).issue(order)
        case = replace(case, papers=(*case.papers, Paper(kind, made.document_id, made.sha256, START)))
    case = closing.close(case, START + timedelta(days=60)).case
    write_case(api.engine, case)
    numbered = [
        NumberedFact(number=n, kind=kind, by=by, data=data, at=START + timedelta(hours=n, microseconds=n * 1001))
        for n, (kind, by, data) in enumerate(HAPPENED)
    ]
    with writing(api.engine) as session:
        facts.append(session, case.case_id, numbered, START)
        facts.append_foreign(session, case.case_id, *ELSEWHERE, START + timedelta(days=60))
    return case


@pytest.mark.law("EVD-01", "TS-07")
@pytest.mark.parametrize("name", ["hr", "counsel", "auditor"])
async def test_notice_changes_of_access_handover_and_papers_of_a_closed_case_are_produced_while_the_engine_is_away(
    api: Api, closed: Case, name: str
) -> None:
    """Whoever answers for the company before a tribunal or an authority needs nothing but the database."""
    person, path = api.person(name), f"/cases/{closed.case_id}"
    assert (await person.get(f"{path}/notice")).json()["text"] == "我辞职。"
    told = (await person.get(f"{path}/facts")).json()["items"]
    assert [(line["kind"], line["by"], line["data"]) for line in told] == [*HAPPENED, ELSEWHERE]
    kinds = set()
    for line in (await person.get(f"{path}/documents")).json():
        content = (await person.get(f"{path}/documents/{line['id']}")).content
        assert hashlib.sha256(content).hexdigest() == line["sha256"]
        kinds.add(line["kind"])
    assert kinds == {"handover_record", "paper:privacy_notice", "paper:certificate"}


def recomputed(case_id: str, lines: list[dict[str, Any]]) -> list[str]:
    """The hash of each fact, made of what was exported and of nothing else."""
    found, previous = [], "0" * 64
    for line in lines:
        content = {name: line[name] for name in ("seq", "number", "kind", "by", "data")}
        content |= {"case_id": case_id, "at": datetime.fromisoformat(line["at"]).isoformat(), "previous": previous}
        previous = hashlib.sha256(rfc8785.dumps(content)).hexdigest()
        found.append(previous)
    return found


@pytest.mark.law("EVD-02")
async def test_whoever_has_the_exported_facts_recomputes_the_chain_without_us(api: Api, closed: Case) -> None:
    lines = (await api.person("auditor").get(f"/cases/{closed.case_id}/facts")).json()["items"]
    assert recomputed(closed.case_id, lines) == [line["hash"] for line in lines]
    chain = (await api.person("auditor").get(f"/cases/{closed.case_id}/chain")).json()
    assert (chain["intact"], chain["head"]) == (True, lines[-1]["hash"])
    lines[1]["data"]["observed"] = []
    assert recomputed(closed.case_id, lines)[1:] != [line["hash"] for line in lines[1:]]


@pytest.mark.law("ESG-04")
async def test_a_notice_is_produced_letter_for_letter_with_its_channel_and_both_its_instants(api: Api) -> None:
    arrived = "2026-03-02T09:30:00.123456+08:00"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("api.routes.cases.utc_now", lambda: START + timedelta(hours=6))
        registered = await api.person("hr").register(text=LETTER, channel="email", arrived_at=arrived)
    case_id = registered.json()["case_id"]
    found = (await api.person("lin").get(f"/cases/{case_id}/notice")).json()
    assert found["text"] == LETTER
    assert found["text_sha256"] == hashlib.sha256(LETTER.encode()).hexdigest()
    assert (found["channel"], found["registered_by"], found["registered_by_name"]) == ("email", "a-hr", "hr")
    assert datetime.fromisoformat(found["arrived_at"]) == datetime.fromisoformat(arrived)
    assert datetime.fromisoformat(found["recorded_at"]) == START + timedelta(hours=6)


@pytest.mark.law("ESG-04", "EVD-02")
async def test_a_document_leaves_the_house_as_the_very_bytes_that_were_signed_or_issued(api: Api, closed: Case) -> None:
    with reading(api.engine) as session:
        kept = {paper.document_id: session.get_one(Document, paper.document_id) for paper in closed.papers}
        assert closed.record is not None
        kept[closed.record.document_id] = session.get_one(Document, closed.record.document_id)
    assert {d.sha256 for d in kept.values()} == {closed.record.sha256, *(paper.sha256 for paper in closed.papers)}
    for document in kept.values():
        answer = await api.person("hr").get(f"/cases/{closed.case_id}/documents/{document.id}")
        digest = answer.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
        assert (answer.content, b64decode(digest).hex()) == (document.content, document.sha256)


@pytest.mark.law("PIP-05")
async def test_whoever_has_left_reads_and_copies_what_is_kept_about_them_and_asks_nobody_for_it(
    api: Api, closed: Case
) -> None:
    lin, path = api.person("lin"), f"/cases/{closed.case_id}"
    assert [line["case_id"] for line in (await lin.get("/cases")).json()["items"]] == [closed.case_id]
    shown = (await lin.get(path)).json()
    assert (shown["relations"], shown["open"]) == (["leaver"], False)
    with reading(api.engine) as session:
        assert shown["case"] == session.get_one(CaseView, closed.case_id).snapshot, "the whole case, nothing held back"
    assert (await lin.get(f"{path}/notice")).json()["text"] == "我辞职。"
    assert len((await lin.get(f"{path}/facts")).json()["items"]) == len(HAPPENED) + 1
    documents = (await lin.get(f"{path}/documents")).json()
    assert len(documents) == 3
    for line in documents:
        assert (await lin.get(f"{path}/documents/{line['id']}")).status_code == 200


@pytest.mark.law("PIP-01")
async def test_a_notice_is_between_the_company_and_the_leaver(api: Api, closed: Case) -> None:
    for name in ("wang", "zhou", "sec", "it-clerk", "admin", "engineer", "stranger"):
        answer = await api.person(name).get(f"/cases/{closed.case_id}/notice")
        assert problem(answer, 404)["code"] in ("document.unknown", "case.unknown"), name


@pytest.mark.law("ESG-05")
@pytest.mark.parametrize("name", ["lin", "zhou", "wang"])
async def test_every_party_reads_the_signed_record_free_of_charge_also_when_the_case_has_closed(
    api: Api, closed: Case, name: str
) -> None:
    assert closed.record is not None
    found = await api.person(name).get(f"/cases/{closed.case_id}/documents/{closed.record.document_id}")
    assert (found.status_code, hashlib.sha256(found.content).hexdigest()) == (200, closed.record.sha256)
