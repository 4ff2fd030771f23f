"""Erasing a file: what goes, what stays as proof, once, on both databases (PIP-04)."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from activities.files import DatabaseFiles
from domain.case import Case
from domain.change import Notification
from domain.obligations import Aftercare, FileKind, KeptFile
from models import facts, projection
from models.database import reading, writing
from models.employment import EmploymentTerms
from models.messages import EraseOrder, NumberedFact
from models.signing.attempt_tables import SigningAttempt
from models.signing.tables import RecordRevision
from models.tables import Account, CaseView, Document, Employee, FactRow, Notice, NotificationRow, Participant
from tests import builders as b
from tests.models import written
from tests.pdf import Page, read_pdf

COMPANY = "华东示例物流有限公司"
LATER = b.ARRIVAL + timedelta(days=3 * 366)
SECRET = "the customer list is at home"  # a text, not a password


def order(file: FileKind, *also_kept: FileKind) -> EraseOrder:
    return EraseOrder(
        case_id="c1", employee_id="e-lin", file=file, also_kept=also_kept, last_day=date(2026, 12, 23), now=LATER
    )


TOLD = (
    *written.facts(1, "CaseOpened", "ItemsHandedOver", by="a-lin", note=SECRET),
    *written.facts(3, "CompensationPaid", by="a-hr", reference=SECRET),
    *written.facts(4, "ErasureOrdered", file="case_file"),
)


@pytest.fixture
def kept(engine: Engine) -> Case:
    """A case with four facts, a message and a document."""
    b.company(engine)
    case = written.opened(engine, agreement=SECRET)
    note = Notification("duty_missed", ("a-hr",), ("archives",))
    written.ledger(engine).record(written.request(case, 1, TOLD, notifications=[note]))
    with writing(engine) as session:
        session.add(
            Document(
                id="d1", case_id="c1", kind="record", media_type="x", sha256="5" * 64, content=b"whole", at=b.ARRIVAL
            )
        )
        session.add(
            SigningAttempt(
                id="t1",
                case_id="c1",
                document_id="d1",
                account="a-lin",
                method="code",
                state="counted",
                intent="{}",
                seen="5" * 64,
                field="leaver",
                evidence="user agent",
                asked_at=b.ARRIVAL,
                expires_at=b.ARRIVAL,
            )
        )
    with writing(engine) as session:
        session.add(
            RecordRevision(
                document_id="d1",
                number=1,
                field="leaver",
                account="a-lin",
                seen="5" * 64,
                added=b"her stamp",
                sha256="6" * 64,
                at=b.ARRIVAL,
            )
        )
    return case


@pytest.fixture
def files(engine: Engine) -> DatabaseFiles:
    return DatabaseFiles(engine, COMPANY)


def certificate(engine: Engine, document_id: str) -> Page:
    with reading(engine) as session:
        return read_pdf(session.get_one(Document, document_id).content)


def everything(engine: Engine) -> str:
    """Every text that the database holds of the case and its people, but the certificates."""
    with reading(engine) as session:
        rows = [
            row.model_dump()
            for table in (FactRow, Notice, NotificationRow, Participant, CaseView, Employee, Account, SigningAttempt)
            for row in session.exec(select(table)).all()
        ]
        documents = [d.content for d in session.exec(select(Document)).all() if d.kind != "erase_certificate"]
        signatures = [revision.added for revision in session.exec(select(RecordRevision)).all()]
    return f"{rows} {documents} {signatures}"


@pytest.mark.law("PIP-04")
def test_a_case_file_loses_its_content_and_stays_one_provable_chain(
    engine: Engine, kept: Case, files: DatabaseFiles
) -> None:
    before = [row.hash for row in written.chain(engine)]
    files.erase(order(FileKind.CASE_FILE))
    left = everything(engine)
    for gone in (SECRET, "我辞职", "whole", "duty_missed", "user agent", "her stamp"):
        assert gone not in left
    rows = written.chain(engine)
    assert [row.hash for row in rows][: len(before)] == before
    assert [row.kind for row in rows if not facts.is_erased(row)] == ["ErasureOrdered", "FileErased"]
    assert facts.verify("c1", rows).problems == ()


@pytest.mark.law("PIP-04")
def test_what_was_erased_without_a_certificate_is_found_out(engine: Engine, kept: Case) -> None:
    with writing(engine) as session:
        session.execute(
            update(FactRow).where(FactRow.seq == 2).values(by="", data={"erased": True})  # type: ignore[arg-type]
        )
    assert facts.verify("c1", written.chain(engine)).problems == ("fact 2 was erased, and nothing says why",)


@pytest.mark.law("EVD-03")
@pytest.mark.parametrize(
    "change",
    [
        {"data": {"note": "another"}},
        {"by": "", "data": {"erased": True}, "kind": "Harmless"},
        {"by": "", "data": {"erased": True}, "hash": "0" * 64},
        {"by": "somebody", "data": {"erased": True}},
        {"by": ""},
    ],
)
def test_no_other_change_of_a_fact_is_let_through(engine: Engine, kept: Case, change: dict[str, object]) -> None:
    with pytest.raises(DBAPIError, match="append-only"), writing(engine) as session:
        session.execute(update(FactRow).where(FactRow.seq == 2).values(**change))  # type: ignore[arg-type]


def test_asked_again_nothing_more_happens_and_the_same_certificate_is_named(
    engine: Engine, kept: Case, files: DatabaseFiles
) -> None:
    first = files.erase(order(FileKind.CASE_FILE))
    text, length = certificate(engine, first.certificate), len(written.chain(engine))
    assert files.erase(order(FileKind.CASE_FILE)) == first
    assert (certificate(engine, first.certificate), len(written.chain(engine))) == (text, length)


@pytest.mark.law("PIP-04", "RET-01")
def test_the_certificate_says_what_is_gone_in_both_languages_and_names_nobody(
    engine: Engine, kept: Case, files: DatabaseFiles
) -> None:
    shown = certificate(engine, files.erase(order(FileKind.CASE_FILE)).certificate)
    with reading(engine) as session:
        assert session.get(Notice, "c1") is None
    for said in ("个人信息删除证明", "Certificate of erasure", "3条", "5" * 64, COMPANY, "2026年12月23日"):
        assert shown.says(said), said
    assert shown.mentions(("e-lin", "n-lin", "林", SECRET, "S1001", "a-hr")) == []
    for nobody in ("lin", "林", SECRET, "S1001", "a-hr"):
        assert nobody not in json.dumps(shown.data, ensure_ascii=False)


@pytest.mark.law("RET-01")
def test_what_concerns_a_non_compete_is_kept_while_it_has_more_time(
    engine: Engine, kept: Case, files: DatabaseFiles
) -> None:
    files.erase(order(FileKind.CASE_FILE, FileKind.NON_COMPETE))
    assert [row.kind for row in written.chain(engine) if row.data.get("reference")] == ["CompensationPaid"]
    files.erase(order(FileKind.NON_COMPETE))
    assert SECRET not in everything(engine)
    assert facts.verify("c1", written.chain(engine)).problems == ()


@pytest.mark.law("RET-01")
def test_the_terms_of_the_contract_go_alone(engine: Engine, kept: Case, files: DatabaseFiles) -> None:
    with writing(engine) as session:
        if session.get(EmploymentTerms, "e-lin") is None:
            session.add(EmploymentTerms(employee_id="e-lin"))
    files.erase(order(FileKind.CONTRACT))
    with reading(engine) as session:
        assert session.get(EmploymentTerms, "e-lin") is None
    assert [row for row in written.chain(engine) if facts.is_erased(row)] == []


def test_a_person_is_forgotten_with_the_file(engine: Engine, kept: Case, files: DatabaseFiles) -> None:
    files.erase(order(FileKind.CASE_FILE))
    with reading(engine) as session:
        account, employee = session.get_one(Account, "a-lin"), session.get_one(Employee, "e-lin")
    assert (account.name, account.email, account.password_hash, account.active, account.employee_id) == (
        ("", "", "", False, None)
    )
    assert (employee.name, employee.number, employee.active) == ("", "erased-e-lin", False)


@pytest.mark.parametrize("why", ["employed_anew", "named_in_other_files"])
def test_a_person_whom_something_else_still_names_is_not_forgotten(
    engine: Engine, kept: Case, files: DatabaseFiles, why: str
) -> None:
    with writing(engine) as session:
        if why == "employed_anew":
            session.get_one(Employee, "e-lin").hired_on = date(2028, 3, 1)
        else:
            session.add(Participant(account="a-lin", case_id="c2", last_day=date(2028, 1, 1), arrived_at=LATER))
    shown = certificate(engine, files.erase(order(FileKind.CASE_FILE)).certificate)
    assert (shown.says("employed anew"), shown.says("other files")) == (why == "employed_anew", why != "employed_anew")
    with reading(engine) as session:
        assert session.get_one(Employee, "e-lin").name
        assert session.get_one(CaseView, "c1").employee_id == "", "the case itself knows nobody"


def test_a_write_that_repeats_erased_facts_finds_them_there(engine: Engine, kept: Case, files: DatabaseFiles) -> None:
    files.erase(order(FileKind.CASE_FILE))
    done = written.facts(5, "ErasureDone", file="case_file")
    request = written.request(replace(kept, employee_id=""), 2, done, now=LATER)
    written.ledger(engine).record(request.model_copy(update={"confirmed": TOLD}))
    rows = written.chain(engine)
    assert [row.kind for row in rows][-2:] == ["FileErased", "ErasureDone"], "nothing was voided, nothing doubled"
    assert facts.differences(rows, [*TOLD, *done]) == ()
    forgotten = [_without_content(fact) for fact in TOLD[:3]]
    assert facts.differences(rows, [*forgotten, TOLD[3], *done]) == ()


def test_what_a_backup_brought_back_is_erased_again(engine: Engine, kept: Case, files: DatabaseFiles) -> None:
    first = files.erase(order(FileKind.CASE_FILE, FileKind.NON_COMPETE))
    care = Aftercare(
        date(2027, 12, 23),
        (),
        files=(
            KeptFile(FileKind.CASE_FILE, date(2029, 12, 23), erased_at=LATER, certificate=first.certificate),
            KeptFile(FileKind.NON_COMPETE, date(2031, 12, 23)),
        ),
    )
    forgotten = replace(kept, employee_id="", aftercare=care)
    assert files.erase_again(forgotten) == 0, "it is erased"
    absent = replace(care.files[0], certificate=f"c1-{'0' * 16}")
    back = replace(forgotten, case_id="c2", aftercare=replace(care, files=(absent, care.files[1])))
    with writing(engine) as session:
        session.add(projection.new_row(replace(kept, case_id="c2"), b.ARRIVAL))
        session.flush()
        facts.append(session, "c2", TOLD, b.ARRIVAL)
    assert files.erase_again(back) == 1
    assert [row.kind for row in written.chain(engine, "c2") if row.data.get("reference")] == ["CompensationPaid"]


def _without_content(fact: NumberedFact) -> NumberedFact:
    return fact.model_copy(update={"by": "", "data": {"erased": True}})
