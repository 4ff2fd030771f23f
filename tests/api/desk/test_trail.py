"""What was said and filed: entered once, kept by its hash, handed out so that no browser runs it."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from api.middleware import LARGEST_BODY, LARGEST_FILE
from domain.rights import Operation
from models.database import reading, utc_now
from models.desk import gate
from models.desk.trail_tables import Attachment, Attempt, Communication, CustomerDocument
from tests.api.desk.trade import facts, gives_notice, set_rights
from tests.api.house import V1, Api, Person, new_key, problem

CALL: dict[str, Any] = {"kind": "call", "direction": "out", "summary": "确认周五前发货。"}
CONTENT = b"%PDF-1.7 <script>alert(1)</script>"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
FILING: dict[str, Any] = {"kind": "contract", "title": "2026 年运输合同", "name": "合同 2026;v1.pdf"}


async def upload(
    person: Person, path: str, *content: bytes, media_type: str = "application/pdf", key: str = "", **query: Any
) -> httpx.Response:
    headers = {**person.headers, "idempotency-key": key or new_key(), "content-type": media_type}
    return await person.http.post(V1 + path, params=query, content=b"".join(content or (CONTENT,)), headers=headers)


async def test_what_was_said_is_listed_with_the_customer_whoever_of_ours_spoke(api: Api) -> None:
    lin, wang = api.person("lin"), api.person("wang")
    earlier = (utc_now() - timedelta(days=2)).isoformat()
    for person, body in ((lin, {**CALL, "at": earlier, "contact": "p-lin", "order": "o-lin"}), (wang, CALL)):
        assert (await person.post("/desk/customers/c-lin/communications", body)).status_code == 201
    shown = (await lin.get("/desk/communications", customer="c-lin")).json()["items"]
    assert [(one["by_name"], one["customer"]["id"], one["contact_id"]) for one in shown] == [
        ("wang", "c-lin", None),
        ("lin", "c-lin", "p-lin"),
    ]
    mine = (await lin.get("/desk/communications")).json()["items"]
    assert [one["by_name"] for one in mine] == ["lin"]
    team = (await wang.get("/desk/communications", employee="n-lin", since=earlier)).json()["items"]
    assert [one["by_name"] for one in team] == ["lin"]
    problem(await lin.get("/desk/communications", customer="c-zhou"), 404, "desk.customer_unknown")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"at": "2199-01-01T00:00:00Z"}, "desk.not_yet_taken_place"),
        ({"contact": "p-zhou"}, "desk.contact_unknown"),
        ({"order": "o-zhou"}, "desk.order_unknown"),
        ({"summary": " "}, "api.invalid_input"),
        ({"kind": "rumour"}, "api.invalid_input"),
    ],
)
async def test_what_can_not_have_been_said_is_refused(api: Api, changes: dict[str, Any], code: str) -> None:
    answer = await api.person("lin").post("/desk/customers/c-lin/communications", {**CALL, **changes})
    problem(answer, (404, 422), code)
    assert api.count(Communication) == 0


async def test_in_notice_nobody_contacts_customers_and_everybody_writes_down_what_customers_say(api: Api) -> None:
    case_id = gives_notice(api.engine)
    set_rights(api.engine, case_id, Operation.FREEZE, 1, "view_customers", system="crm")
    lin = api.person("lin")
    path = "/desk/customers/c-lin/communications"
    problem(await lin.post(path, CALL), 403, "desk.frozen")
    assert (await lin.post(path, {**CALL, "direction": "in"})).status_code == 201
    assert (await lin.post("/desk/customers/c-lin/notes", {"kind": "note", "text": "x"})).status_code == 201
    (fact,) = facts(api.engine, case_id, gate.REFUSED)
    assert (fact.data["kind"], fact.data["record"], fact.data["customer"]) == ("communication", "", "c-lin")
    with reading(api.engine) as session:
        attempts = session.exec(select(Attempt)).all()
    assert sorted((a.action, a.outcome) for a in attempts) == [
        ("add_to_history", "allowed"),
        ("add_to_history", "allowed"),
        ("contact_customer", "refused"),
    ]


async def test_a_file_is_kept_once_and_handed_out_byte_for_byte_to_be_saved(api: Api) -> None:
    lin = api.person("lin")
    made = (await lin.post("/desk/customers/c-lin/communications", CALL)).json()["id"]
    key = new_key()
    for _ in range(2):
        filed = await upload(lin, "/desk/files/customers/c-lin", key=key, **FILING)
        assert (filed.status_code, filed.json()["sha256"]) == (201, SHA256)
    assert (await upload(lin, f"/desk/files/communications/{made}", name="a.pdf")).json()["sha256"] == SHA256
    assert (api.count(Attachment), api.count(CustomerDocument)) == (1, 1)
    (line,) = (await lin.get("/desk/customers/c-lin/documents")).json()["items"]
    assert (line["title"], line["kind"], line["sha256"]) == (FILING["title"], "contract", SHA256)
    (said,) = (await lin.get("/desk/communications")).json()["items"]
    assert said["attachments"] == [{"sha256": SHA256, "name": "a.pdf", "media_type": "application/pdf"}]
    for path in (f"/desk/files/documents/{line['id']}", f"/desk/files/communications/{made}/{SHA256}"):
        file = await lin.get(path)
        assert (file.content, file.headers["content-type"]) == (CONTENT, "application/pdf")
        assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
        assert file.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert file.headers["x-content-type-options"] == "nosniff"
        problem(await api.person("zhou").get(path), 404)
    problem(await lin.get(f"/desk/files/communications/{made}/{'0' * 64}"), 404, "desk.attachment_unknown")


async def test_knowing_a_files_hash_opens_nothing(api: Api) -> None:
    lin, zhou = api.person("lin"), api.person("zhou")
    await upload(lin, "/desk/files/customers/c-lin", **FILING)
    made = (await zhou.post("/desk/customers/c-zhou/communications", CALL)).json()["id"]
    problem(await zhou.get(f"/desk/files/communications/{made}/{SHA256}"), 404, "desk.attachment_unknown")


async def test_what_is_no_file_is_refused(api: Api) -> None:
    lin = api.person("lin")
    path = "/desk/files/customers/c-lin"
    problem(await upload(lin, path, b"", **FILING), 422, "desk.file_empty")
    problem(
        await upload(lin, path, media_type="multipart/form-data; boundary=x", **FILING), 415, "api.send_the_file_itself"
    )
    problem(await upload(lin, path, media_type="text", **FILING), 422, "api.invalid_input")
    problem(await upload(lin, path, b"x" * (LARGEST_FILE + 1), **FILING), 413, "api.too_large")
    problem(await upload(lin, path, order="o-zhou", **FILING), 404, "desk.order_unknown")
    problem(await upload(lin, "/desk/files/customers/c-zhou", **FILING), 404, "desk.customer_unknown")
    assert api.count(Attachment) == 0
    assert (await upload(lin, path, b"x" * (LARGEST_BODY + 1), **FILING)).status_code == 201


@pytest.mark.law("FRZ-01")
async def test_a_frozen_leaver_files_neither_quotations_nor_contracts_and_may_add_the_rest(api: Api) -> None:
    """What is frozen is frozen by every road."""
    case_id = gives_notice(api.engine)
    set_rights(api.engine, case_id, Operation.FREEZE, 1, "view_orders")
    set_rights(api.engine, case_id, Operation.FREEZE, 2, "view_customers", system="crm")
    path, lin = "/desk/files/customers/c-lin", api.person("lin")
    problem(await upload(lin, path, **{**FILING, "kind": "quotation"}), 403, "desk.frozen")
    problem(await upload(lin, path, **{**FILING, "kind": "contract"}), 403, "desk.frozen")
    assert (await upload(lin, path, **{**FILING, "kind": "technical"})).status_code == 201
