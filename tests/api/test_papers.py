"""Papers over HTTP: whom they are for, how they are shown, and the proof that the leaver has got the certificate."""

import asyncio
import hashlib
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from activities.papers import DatabasePapers
from domain import closing
from domain.case import Case, Paper, PaperKind, Stage
from models import deliveries, facts, queries
from models.database import reading, utc_now, writing
from models.documents import store
from models.messages import PaperOrder
from models.tables import Document, FactRow
from models.visibility import may_read, paper_document, paper_kind
from tests import builders
from tests.api.house import Api, problem
from tests.api.rows import START, opened_case, write_case
from tests.domain import pay

CERTIFICATE = PaperKind.CERTIFICATE
READERS = {
    PaperKind.PRIVACY_NOTICE: {"hr", "counsel", "auditor", "lin"},
    PaperKind.FREEZE_AGREEMENT: {"hr", "counsel", "lin"},
    PaperKind.CERTIFICATE: {"hr", "counsel", "auditor", "lin"},
    PaperKind.SETTLEMENT_STATEMENT: {"hr", "counsel", "auditor", "lin"},
    PaperKind.DEDUCTION_NOTICE: {"hr", "counsel", "auditor", "lin"},
}
PEOPLE = ("hr", "counsel", "auditor", "lin", "wang", "zhou", "sec", "it-clerk", "admin", "engineer", "stranger")
NAMES = {
    PaperKind.PRIVACY_NOTICE: "离职个人信息处理告知书.pdf",
    PaperKind.FREEZE_AGREEMENT: "劳动合同补充协议（草案）.pdf",
    PaperKind.CERTIFICATE: "离职证明.pdf",
    PaperKind.SETTLEMENT_STATEMENT: "离职结算单.pdf",
    PaperKind.DEDUCTION_NOTICE: "扣款告知书.pdf",
}


@pytest.fixture
def closed(api: Api) -> Case:
    """A case that has closed with all its papers issued."""
    case = opened_case(api.engine)
    papers = DatabasePapers(api.engine, builders.COMPANY)
    claim = pay.proposed(pay.case()).deductions[0]
    for kind in PaperKind:
        about = {"deductions": (claim,), "reply_until": claim.reply_until} if kind is PaperKind.DEDUCTION_NOTICE else {}
        order = PaperOrder(
            case_id=case.case_id, employee_id="e-lin", kind=kind, last_day=case.final_day, now=START, **about
        )
        made = papers.issue(order)
        case = replace(case, papers=(*case.papers, Paper(kind, made.document_id, made.sha256, START)))
    case = closing.close(case, START + timedelta(days=60)).case
    write_case(api.engine, case)
    return case


def address(case: Case, kind: PaperKind) -> str:
    (paper,) = [paper for paper in case.papers if paper.kind is kind]
    return f"/cases/{case.case_id}/documents/{paper.document_id}"


def delivered(engine: Engine) -> list[FactRow]:
    with reading(engine) as session:
        return list(session.exec(select(FactRow).where(FactRow.kind == deliveries.DELIVERED)).all())


@pytest.mark.law("PIP-05")
async def test_the_leaver_and_hr_read_the_papers_also_after_the_case_has_closed(api: Api, closed: Case) -> None:
    assert closed.stage in (Stage.COMPLETED, Stage.COMPLETED_WITH_GAPS)
    for name in ("lin", "hr"):
        listed = (await api.person(name).get(f"/cases/{closed.case_id}/documents")).json()
        assert {line["kind"] for line in listed} == {f"paper:{kind}" for kind in PaperKind}
        for line in listed:
            read = await api.person(name).get(f"/cases/{closed.case_id}/documents/{line['id']}")
            assert (read.status_code, hashlib.sha256(read.content).hexdigest()) == (200, line["sha256"])


@pytest.mark.law("PIP-01")
@pytest.mark.parametrize("kind", PaperKind)
async def test_each_paper_is_for_those_whom_it_concerns_and_for_nobody_else(
    api: Api, closed: Case, kind: PaperKind
) -> None:
    for name in PEOPLE:
        may = name in READERS[kind]
        read = await api.person(name).get(address(closed, kind))
        assert read.status_code == (200 if may else 404), name
        listed = await api.person(name).get(f"/cases/{closed.case_id}/documents")
        kinds = [line["kind"] for line in listed.json()] if listed.status_code == 200 else []
        assert (f"paper:{kind}" in kinds) is may, name


@pytest.mark.parametrize("kind", PaperKind)
async def test_a_paper_is_shown_under_its_name(api: Api, closed: Case, kind: PaperKind) -> None:
    headers = (await api.person("lin").get(address(closed, kind))).headers
    assert headers["content-type"] == "application/pdf"
    assert headers["x-content-type-options"] == "nosniff"
    how, _, name = headers["content-disposition"].partition("; filename*=UTF-8''")
    assert (how, unquote(name)) == ("inline", NAMES[kind])


async def test_a_paper_of_an_earlier_version_is_shown_as_the_page_it_is_and_can_do_nothing(
    api: Api, closed: Case
) -> None:
    with writing(api.engine) as session:
        store(session, closed.case_id, paper_document(CERTIFICATE), "text/html; charset=utf-8", b"<p>", START)
    listed = (await api.person("lin").get(f"/cases/{closed.case_id}/documents")).json()
    (earlier,) = [line["id"] for line in listed if line["media_type"].startswith("text/html")]
    headers = (await api.person("lin").get(f"/cases/{closed.case_id}/documents/{earlier}")).headers
    assert headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert unquote(headers["content-disposition"]).endswith("离职证明.html")


@pytest.mark.law("CRT-01")
async def test_the_leavers_first_look_at_the_certificate_proves_its_delivery_once(api: Api, closed: Case) -> None:
    for name in ("hr", "counsel", "auditor"):
        await api.person(name).get(address(closed, CERTIFICATE))
    await api.person("lin").get(f"/cases/{closed.case_id}/documents")
    assert delivered(api.engine) == []
    for _ in range(3):
        assert (await api.person("lin").get(address(closed, CERTIFICATE))).status_code == 200
    (fact,) = delivered(api.engine)
    (paper,) = [paper for paper in closed.papers if paper.kind is CERTIFICATE]
    assert (fact.by, fact.number) == ("a-lin", None)
    assert (fact.data["paper"], fact.data["document"], fact.data["sha256"]) == (
        "certificate",
        paper.document_id,
        paper.sha256,
    )
    with reading(api.engine) as session:
        assert not facts.verify(closed.case_id, queries.all_facts(session, closed.case_id)).problems


@pytest.mark.law("PAY-02", "PAY-04")
@pytest.mark.parametrize(
    ("kind", "rule"), [(PaperKind.SETTLEMENT_STATEMENT, "HND-04"), (PaperKind.DEDUCTION_NOTICE, "PAY-04")]
)
async def test_statement_and_notice_are_proved_to_have_reached_the_leaver_as_well(
    api: Api, closed: Case, kind: PaperKind, rule: str
) -> None:
    await api.person("lin").get(address(closed, kind))
    (fact,) = delivered(api.engine)
    assert (fact.data["paper"], fact.data["rule"]) == (kind, rule)


@pytest.mark.law("CRT-01")
async def test_many_looks_at_once_are_one_delivery(api: Api, closed: Case) -> None:
    lin = api.person("lin")
    answers = await asyncio.gather(*(lin.get(address(closed, CERTIFICATE)) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(delivered(api.engine)) == 1


async def test_reading_other_papers_or_in_vain_delivers_nothing(api: Api, closed: Case) -> None:
    await api.person("lin").get(address(closed, PaperKind.PRIVACY_NOTICE))
    await api.person("lin").get(address(closed, PaperKind.FREEZE_AGREEMENT))
    other = address(closed, CERTIFICATE)[:-1] + "x"
    problem(await api.person("lin").get(other), 422)
    problem(await api.person("wang").get(address(closed, CERTIFICATE)), 404, "document.unknown")
    assert delivered(api.engine) == []


async def test_another_document_is_another_delivery(api: Api, closed: Case) -> None:
    """A certificate that was issued anew, of mended records, has to reach the leaver as well."""
    with reading(api.engine) as session:
        documents = session.exec(select(Document).where(Document.kind == paper_document(CERTIFICATE))).all()
    (first,) = documents
    for document in (first, first, Document(**{**first.model_dump(), "id": first.id[:-1] + "-"})):
        deliveries.note_delivery(api.engine, document, "a-lin", utc_now())
    assert [fact.data["document"] for fact in delivered(api.engine)] == [first.id, first.id[:-1] + "-"]


def test_what_is_no_paper_is_read_as_before() -> None:
    assert paper_kind("handover_record") is None
    record = {"record": {"document_id": "d1"}}
    assert may_read("d1", "handover_record", ("receiver",), record)
    assert not may_read("d2", "handover_record", ("receiver",), record)
    assert may_read("d2", "handover_record", ("witness",), {})
