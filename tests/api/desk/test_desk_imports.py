"""Files come into the desk by the API: for administrators, with a purpose, in parts, and everybody can see how far."""

import asyncio
import hashlib
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from activities.importer import Importer
from models.database import reading, utc_now, writing
from models.desk.tables import Customer
from models.intake import uploads
from models.intake.claims import Claim, take
from models.intake.job import work_off
from models.intake.tables import DeskImport
from tests.api.house import V1, Api, new_key, problem

FILE = "客户编号;客户名称;业务员\nC1;宁波海潮国际货运;n-lin\nC2;上海东方;n-zhou\n".encode("gb18030")
MAPPING: dict[str, Any] = {
    "kind": "customers",
    "columns": {
        "number": {"from": "客户编号"},
        "name": {"from": "客户名称"},
        "owner": {"from": "业务员"},
        "status": {"constant": "active"},
    },
}


async def announced(api: Api, content: bytes = FILE, **values: Any) -> dict[str, Any]:
    body = {"kind": "customers", "purpose": "从旧CRM迁移", "size": len(content), "mapping": "old-crm", **values}
    body.setdefault("sha256", hashlib.sha256(content).hexdigest())
    answer = await api.person("admin").post("/desk/imports", body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def send(api: Api, import_id: str, number: int, content: bytes, key: str = "") -> httpx.Response:
    headers = {**api.person("admin").headers, "idempotency-key": key or new_key()}
    return await api.http.post(f"{V1}/desk/files/imports/{import_id}/{number}", content=content, headers=headers)


async def started(api: Api, import_id: str, *, dry_run: bool) -> dict[str, Any]:
    """The import when a worker has worked it off."""
    answer = await api.person("admin").post(f"/desk/imports/{import_id}/start", {"dry_run": dry_run})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "queued"
    while found := take(api.engine, "w", utc_now()):
        work_off(Claim(api.engine, found, "w"))
    told: dict[str, Any] = (await api.person("admin").get(f"/desk/imports/{import_id}")).json()
    return told


def loaded(api: Api) -> list[str]:
    """The numbers of the customers that came from the file."""
    with reading(api.engine) as session:
        return sorted(session.exec(select(Customer.number).where(col(Customer.number).in_(["C1", "C2"]))).all())


async def with_mapping(api: Api) -> None:
    assert (await api.person("admin").write("PUT", "/desk/mappings/old-crm", MAPPING)).status_code == 200


async def test_a_file_is_announced_sent_in_parts_checked_and_loaded(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    for number, start in enumerate(range(0, len(FILE), 20), 1):
        assert (await send(api, upload["id"], number, FILE[start : start + 20])).status_code == 200
    checked = await started(api, upload["id"], dry_run=True)
    assert (checked["state"], checked["inserted"], checked["left_out"]) == ("checked", 2, [])
    assert loaded(api) == []
    done = await started(api, upload["id"], dry_run=False)
    assert (done["state"], done["inserted"], done["rows_read"], done["mapping_version"]) == ("done", 2, 2, 1)
    assert loaded(api) == ["C1", "C2"]


async def test_after_an_interruption_the_parts_that_came_are_listed_and_may_be_sent_again(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    await send(api, upload["id"], 1, FILE[:20])
    await send(api, upload["id"], 1, FILE[:20])
    problem(await send(api, upload["id"], 1, FILE[:19]), 409, "desk_import.another_part")
    told = (await api.person("admin").get(f"/desk/imports/{upload['id']}")).json()
    assert [(part["number"], part["size"]) for part in told["parts"]] == [(1, 20)]
    start = f"/desk/imports/{upload['id']}/start"
    problem(await api.person("admin").post(start, {"dry_run": True}), 422, "desk_import.incomplete")
    await send(api, upload["id"], 3, FILE[20:])
    problem(await api.person("admin").post(start, {"dry_run": True}), 422, "desk_import.part_missing")


async def test_what_is_wrong_is_told_by_row_column_and_reason_in_both_languages(api: Api) -> None:
    await with_mapping(api)
    content = FILE.replace(b"n-zhou", b"n-nobody")
    upload = await announced(api, content)
    await send(api, upload["id"], 1, content)
    told = await started(api, upload["id"], dry_run=False)
    assert (told["state"], told["problems"]) == ("has_problems", 1)
    (found,) = (await api.person("admin").get(f"/desk/imports/{upload['id']}/problems")).json()["items"]
    assert (found["row"], found["column"], found["code"], found["value"]) == (3, "owner", "unknown", "n-nobody")
    assert set(found["messages"]) == {"zh", "en"}
    assert loaded(api) == []


async def test_a_mapping_changes_by_new_versions_and_must_fit_its_kind(api: Api) -> None:
    admin = api.person("admin")
    for version, body in ((1, MAPPING), (1, MAPPING), (2, {**MAPPING, "delimiter": ";"})):
        answer = await admin.write("PUT", "/desk/mappings/old-crm", body)
        assert answer.json()["version"] == version
    assert [(m["name"], m["version"]) for m in (await admin.get("/desk/mappings")).json()] == [("old-crm", 2)]
    columns = MAPPING["columns"]
    for code, changed in (
        ("mapping.unknown_columns", {**columns, "colour": {"from": "x"}}),
        ("mapping.columns_missing", {"number": {"from": "x"}}),
    ):
        problem(await admin.write("PUT", "/desk/mappings/bad", {**MAPPING, "columns": changed}), 422, code)
    problem(await admin.write("PUT", "/desk/mappings/bad", {**MAPPING, "kind": "planets"}), 422, "mapping.unknown_kind")


async def test_only_administrators_load_files_and_they_say_what_for(api: Api) -> None:
    body = {"kind": "customers", "purpose": "x", "size": 1, "sha256": "0" * 64}
    for name in ("hr", "auditor", "lin", "stranger"):
        problem(await api.person(name).post("/desk/imports", body), 403)
    problem(await api.person("admin").post("/desk/imports", {**body, "purpose": " "}), 422, "api.invalid_input")
    assert api.count(DeskImport) == 0


async def test_a_mapping_of_another_kind_is_refused(api: Api) -> None:
    await with_mapping(api)
    body = {"kind": "carriers", "purpose": "x", "size": 1, "sha256": "0" * 64, "mapping": "old-crm"}
    problem(await api.person("admin").post("/desk/imports", body), 422, "mapping.of_another_kind")
    problem(await api.person("admin").post("/desk/imports", {**body, "mapping": "none"}), 404, "mapping.unknown")
    problem(await api.person("admin").post("/desk/imports", {**body, "kind": "planets"}), 422, "mapping.unknown_kind")


async def test_a_part_that_is_too_large_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_PART", 10)
    await with_mapping(api)
    upload = await announced(api)
    problem(await send(api, upload["id"], 1, FILE), 413, "desk_import.part_too_large")


async def test_a_file_that_was_given_up_takes_nothing_more(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    cancelled = await api.person("admin").post(f"/desk/imports/{upload['id']}/cancel", None)
    assert cancelled.json()["state"] == "cancelled"
    problem(await send(api, upload["id"], 1, FILE), 409, "desk_import.not_receiving")
    start = f"/desk/imports/{upload['id']}/start"
    problem(await api.person("admin").post(start, {"dry_run": True}), 409, "desk_import.not_startable")
    problem(await api.person("admin").post(f"/desk/imports/{upload['id']}/cancel", None), 409)


async def test_the_list_of_files_is_paged_newest_first(api: Api) -> None:
    await with_mapping(api)
    ids = [(await announced(api))["id"] for _ in range(3)]
    first = (await api.person("admin").get("/desk/imports", limit=2)).json()
    second = (await api.person("admin").get("/desk/imports", limit=2, cursor=first["next"])).json()
    assert [line["id"] for line in (*first["items"], *second["items"])] == ids[::-1]


async def test_the_company_s_own_files_are_read_by_a_mapping_and_as_excel_too(api: Api) -> None:
    admin = api.person("admin")
    columns = {"key": {"from": "代码"}, "name_zh": {"from": "名称"}, "name_en": {"from": "名称"}}
    await admin.write("PUT", "/desk/mappings/teams", {"kind": "departments", "columns": columns})
    headers = {**admin.headers, "idempotency-key": new_key(), "content-type": "text/csv"}
    content = "代码,名称\nlegal,法务部\n".encode("gb18030")
    path = f"{V1}/imports/departments"
    answer = await api.http.post(path, params={"mapping": "teams"}, content=content, headers=headers)
    assert (answer.status_code, answer.json()["inserted"]) == (200, 1)


async def test_the_dispatcher_beside_the_workers_works_a_file_off_and_tidies_up(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    await send(api, upload["id"], 1, FILE)
    await api.person("admin").post(f"/desk/imports/{upload['id']}/start", {"dry_run": False})
    importer, stop = Importer(api.engine), asyncio.Event()
    while importer.work(stop):
        pass
    told = (await api.person("admin").get(f"/desk/imports/{upload['id']}")).json()
    assert (told["state"], told["parts"]) == ("done", [])


async def test_a_long_report_is_paged_and_summed_up_by_reason(api: Api) -> None:
    await with_mapping(api)
    content = ("客户编号;客户名称;业务员\n" + "C1;;n-nobody\n" * 3 + "C2;x;n-nobody\n" * 2).encode("gb18030")
    upload = await announced(api, content)
    await send(api, upload["id"], 1, content)
    told = await started(api, upload["id"], dry_run=True)
    assert [(r["column"], r["code"], r["warning"], r["count"]) for r in told["reasons"]] == [
        ("name", "required", False, 3),
        ("owner", "unknown", False, 2),
        ("number", "duplicate", False, 1),
    ]
    admin, cursor = api.person("admin"), None
    seen: list[tuple[int, str]] = []
    while cursor is not None or not seen:
        page = (await admin.get(f"/desk/imports/{upload['id']}/problems", limit=4, cursor=cursor)).json()
        seen += [(found["row"], found["code"]) for found in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == [
        (2, "required"),
        (3, "required"),
        (4, "required"),
        (5, "unknown"),
        (6, "duplicate"),
        (6, "unknown"),
    ]


async def test_more_than_was_announced_is_not_stored(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    assert (await send(api, upload["id"], 1, FILE[:-1])).status_code == 200
    problem(await send(api, upload["id"], 2, FILE), 422, "desk_import.more_than_announced")


async def test_a_file_that_is_being_written_is_not_given_up_and_nobody_waits_to_hear_it(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    with writing(api.engine) as session:
        session.get_one(DeskImport, upload["id"]).state = "writing"
    path = f"/desk/imports/{upload['id']}/cancel"
    problem(await api.person("admin").post(path, None), 409, "desk_import.being_written")


async def test_an_upload_names_who_answers_for_it(api: Api) -> None:
    await with_mapping(api)
    upload = await announced(api)
    assert (upload["created_by"], upload["started_by"]) == ("a-admin", None)
    await send(api, upload["id"], 1, FILE)
    assert (await started(api, upload["id"], dry_run=True))["started_by"] == "a-admin"
