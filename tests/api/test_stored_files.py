"""A file that is only stored is read by counsel, auditors and the person whom it is about, by nobody else (PIP-04)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from activities.files import DatabaseFiles
from domain.case import Case, Stage
from domain.obligations import Aftercare, FileKind, KeptFile
from domain.retention import erased
from models.database import writing
from models.messages import EraseOrder
from models.tables import Document
from tests.api.house import Api, problem
from tests.api.rows import START, add_facts, opened_case, write_case

pytestmark = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.law("PIP-04", "PIP-05"),
]
MAY_READ = ("counsel", "auditor", "lin")
MAY_NOT = ("hr", "wang", "zhou", "admin", "engineer")
COMPANY = "华东示例物流有限公司"


@pytest.fixture
def stored(api: Api) -> Case:
    """Closed a year ago; nothing is left to look after."""
    case = opened_case(api.engine)
    files = (KeptFile(FileKind.CASE_FILE, case.final_day + timedelta(days=1096)),)
    care = Aftercare(case.final_day, (), alone=True, restricted_at=START, files=files)
    case = replace(case, stage=Stage.COMPLETED, closed_at=START, aftercare=care)
    write_case(api.engine, case)
    add_facts(api.engine, case.case_id, 2)
    return case


def add_document(engine: Engine, case_id: str) -> None:
    about = {"case_id": case_id, "kind": "handover_record", "media_type": "application/json", "sha256": "1" * 64}
    with writing(engine) as session:
        session.add(Document(id=f"{case_id}-{'0' * 16}", content=b"secret", at=START, **about))


async def test_only_those_with_a_reason_read_it(api: Api, stored: Case) -> None:
    for name in MAY_READ:
        answer = (await api.person(name).get(f"/cases/{stored.case_id}")).json()
        assert (answer["restricted"], bool(answer["case"]["items"]), bool(answer["name"])) == (True, True, True), name
        assert (await api.person(name).get(f"/cases/{stored.case_id}/facts")).status_code == 200, name
    for name in MAY_NOT:
        answer = (await api.person(name).get(f"/cases/{stored.case_id}")).json()
        assert answer["relations"] == ["restricted"], name
        assert (answer["name"], answer["employee_id"], answer["people"]) == ("", "", {}), name
        assert "e-lin" not in str(answer), name
        assert answer["case"]["aftercare"]["files"][0]["kind"] == "case_file", name
        problem(await api.person(name).get(f"/cases/{stored.case_id}/facts"), 403, "case.restricted")


async def test_lists_name_the_person_to_nobody_else(api: Api, stored: Case) -> None:
    for name in (*MAY_READ[:2], *MAY_NOT):
        [line] = (await api.person(name).get("/cases")).json()["items"]
        assert (line["restricted"], bool(line["name"])) == (True, name in MAY_READ), name


async def test_what_is_left_of_an_erased_file_is_its_certificate(api: Api, stored: Case) -> None:
    order = EraseOrder(
        case_id=stored.case_id,
        employee_id=stored.employee_id,
        file=FileKind.CASE_FILE,
        also_kept=(),
        last_day=stored.final_day,
        now=START,
    )
    add_document(api.engine, stored.case_id)
    certificate = DatabaseFiles(api.engine, COMPANY).erase(order).certificate
    write_case(api.engine, erased(stored, FileKind.CASE_FILE, certificate, START).case, 2)
    for name in ("hr", "counsel", "auditor"):
        [document] = (await api.person(name).get(f"/cases/{stored.case_id}/documents")).json()
        assert document["id"] == certificate
        read = await api.person(name).get(f"/cases/{stored.case_id}/documents/{certificate}")
        assert (read.status_code, "个人信息删除证明" in read.text) == (200, True), name
        [line] = (await api.person(name).get("/cases")).json()["items"]
        assert (line["name"], line["employee_id"]) == ("", "")
        gone = await api.person(name).get(f"/cases/{stored.case_id}/documents/{stored.case_id}-{'0' * 16}")
        assert problem(gone)["code"] in ("case.restricted", "document.erased"), name
    chain = (await api.person("auditor").get(f"/cases/{stored.case_id}/chain")).json()
    assert (chain["intact"], chain["problems"]) == (True, [])
    problem(await api.person("lin").get(f"/cases/{stored.case_id}"), 401, "api.token_not_valid")
