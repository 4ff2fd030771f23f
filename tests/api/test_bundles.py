"""One file that proves a case, for whoever may take it out of the house; anybody verifies it without us."""

import hashlib
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import Engine
from sqlmodel import select

from domain.case import Case
from models import facts
from models.database import reading, utc_now, writing
from models.evidence.packing import Seals
from models.evidence.tables import EvidenceBundle, EvidenceBundlePart
from models.log.tables import LogAlarm
from models.tables import Document, FactRow, NotificationRow
from tests import builders
from tests.api.house import Api, EngineAway, problem, serving
from tests.api.rows import START
from tests.api.test_evidence import HAPPENED, closed
from tests.authority import Authority
from tests.models.log.facts import tamper
from verifier import container
from verifier.bundle import Trust, verify

__all__ = ["closed"]
PURPOSE = {"purpose": "劳动仲裁举证"}


@pytest.fixture(scope="module")
def authority() -> Authority:
    """Its clock shows what ours shows."""
    return Authority(now=utc_now())


@pytest.fixture
def case(api: Api, closed: Case) -> Case:
    """The closed case, in whose chain every paper is named."""
    with writing(api.engine) as session:
        for document in session.exec(select(Document).where(Document.case_id == closed.case_id)).all():
            named = {"document": document.id, "sha256": document.sha256}
            facts.append_foreign(session, closed.case_id, "PaperIssued", "", named, START)
    return closed


@pytest_asyncio.fixture(name="api")
async def _api(company: Engine, tmp_path: Path, authority: Authority) -> AsyncIterator[Api]:
    """The API of a company that has a seal, and an authority that stamps."""
    async with serving(company, builders.settings(tmp_path), EngineAway(), Seals(authority, authority)) as here:
        yield here


async def exported(api: Api, case: Case, name: str = "hr", key: str | None = None) -> tuple[dict[str, Any], bytes]:
    """A bundle's line and its bytes."""
    answer = await api.person(name).post(f"/cases/{case.case_id}/bundle", PURPOSE, key)
    assert answer.status_code == 201, answer.text
    line: dict[str, Any] = answer.json()
    found = await api.person(name).get(f"/cases/{case.case_id}/bundles/{line['id']}")
    assert found.status_code == 200
    digest = found.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(digest).hex() == line["sha256"] == hashlib.sha256(found.content).hexdigest()
    assert int(found.headers["content-length"]) == line["size"] == len(found.content)
    return line, found.content


def facts_of(api: Api, case: Case, kind: str) -> list[FactRow]:
    with reading(api.engine) as session:
        return list(session.exec(select(FactRow).where(FactRow.case_id == case.case_id, FactRow.kind == kind)).all())


@pytest.mark.law("EVD-01", "EVD-02")
@pytest.mark.parametrize("name", ["hr", "counsel", "auditor"])
async def test_who_answers_for_the_company_gets_a_bundle_that_anybody_can_verify(
    api: Api, case: Case, authority: Authority, name: str
) -> None:
    line, content = await exported(api, case, name)
    report = verify(content, Trust(authority.fingerprint))
    assert [check.line() for check in report.broken] == []
    assert report.valid
    assert report.about["company"] == builders.COMPANY
    files = container.unpack(content)
    kinds = [fact["kind"] for fact in json.loads(bytes(files["facts.json"]))["facts"]]
    assert kinds == [*(kind for kind, _, _ in HAPPENED), "NotificationFailed", *["PaperIssued"] * 3]
    papers = json.loads(bytes(files["notices.json"]))["papers"]
    assert {paper["kind"] for paper in papers} == {"handover_record", "paper:privacy_notice", "paper:certificate"}
    assert line["log_size"] == report.about["log_size"] == len(kinds)


@pytest.mark.law("EVD-03")
async def test_taking_evidence_out_of_the_house_is_a_fact_of_the_case(api: Api, case: Case) -> None:
    line, _ = await exported(api, case)
    (fact,) = facts_of(api, case, "BundleExported")
    assert (fact.by, fact.number) == ("a-hr", None)
    assert fact.data == {
        "bundle": line["id"], "purpose": PURPOSE["purpose"], "sha256": line["sha256"], "log_size": line["log_size"],
    }  # fmt: skip
    listed = (await api.person("counsel").get(f"/cases/{case.case_id}/bundles")).json()
    assert listed == [line]


async def test_the_same_request_makes_one_bundle_and_another_one_a_later_one(
    api: Api, case: Case, authority: Authority
) -> None:
    first, content = await exported(api, case, key="key-of-the-bundle")
    again, same = await exported(api, case, key="key-of-the-bundle")
    assert (first, content) == (again, same)
    assert len(facts_of(api, case, "BundleExported")) == 1
    second, later = await exported(api, case)
    report = verify(later, Trust(authority.fingerprint))
    assert report.valid
    assert second["log_size"] == first["log_size"] + 1, "that the first was made is in the second"
    assert any("only grew" in check.en and check.detail for check in report.checks)


async def test_an_attempt_that_was_cut_short_is_finished_by_the_next(
    api: Api, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, path = "key-of-the-attempt", f"/cases/{case.case_id}/bundle"

    def away(*_: object) -> bytes:
        raise TimeoutError

    with monkeypatch.context() as patch:
        patch.setattr(Authority, "stamp", away)
        problem(await api.person("hr").post(path, PURPOSE, key), 503, "bundle.nobody_stamps")
    assert facts_of(api, case, "BundleExported") == []
    assert api.count(EvidenceBundle) == api.count(EvidenceBundlePart) == 0
    assert (await api.person("hr").post(path, PURPOSE, key)).status_code == 201


@pytest.mark.law("PIP-01")
async def test_nobody_else_takes_evidence_out_of_the_house_and_strangers_see_no_case(api: Api, case: Case) -> None:
    line, _ = await exported(api, case)
    for name in ("lin", "wang", "zhou", "it-clerk", "admin", "engineer", "sec", "stranger", "finance"):
        person = api.person(name)
        for answer in (
            await person.post(f"/cases/{case.case_id}/bundle", PURPOSE),
            await person.get(f"/cases/{case.case_id}/bundles"),
            await person.get(f"/cases/{case.case_id}/bundles/{line['id']}"),
        ):
            assert problem(answer, (403, 404))["code"] in ("bundle.only_for_the_company", "case.unknown"), name
    assert len(facts_of(api, case, "BundleExported")) == 1


async def test_a_bundle_is_found_in_its_own_case_only(api: Api, case: Case) -> None:
    hr = api.person("hr")
    problem(await hr.get(f"/cases/{case.case_id}/bundles/{'0' * 32}"), 404, "bundle.unknown")
    problem(await hr.post(f"/cases/{'0' * 32}/bundle", PURPOSE), 404, "case.unknown")


@pytest.mark.parametrize("purpose", ["", "  ", "x" * 501, "hidden\u202e"])
async def test_a_bundle_needs_a_purpose_that_people_can_read(api: Api, case: Case, purpose: str) -> None:
    problem(await api.person("hr").post(f"/cases/{case.case_id}/bundle", {"purpose": purpose}), 422)


async def test_a_company_without_a_seal_makes_no_bundle(company: Engine, tmp_path: Path) -> None:
    async with serving(company, builders.settings(tmp_path), EngineAway()) as here:
        problem(await here.person("hr").post(f"/cases/{'0' * 32}/bundle", PURPOSE), 409, "bundle.no_seal")


@pytest.mark.law("EVD-03")
async def test_a_broken_log_proves_nothing_and_the_administrators_hear_of_it_once(api: Api, case: Case) -> None:
    await exported(api, case)
    tamper(api.engine, "log_node", "DELETE FROM log_node WHERE level = 0 AND place = 2")
    tamper(api.engine, "log_node", "DELETE FROM log_node WHERE level > 0")
    for _ in range(2):
        problem(await api.person("hr").post(f"/cases/{case.case_id}/bundle", PURPOSE), 503, "log.broken")
    with reading(api.engine) as session:
        told = session.exec(select(NotificationRow).where(NotificationRow.kind == "log_broken")).all()
        alarms = session.exec(select(LogAlarm)).all()
    assert {row.account for row in told} == {"a-admin", "a-auditor"}
    assert len(told) == 2 * len(alarms) > 0
    messages = (await api.person("admin").get("/inbox/messages")).json()["items"]
    assert [message["kind"] for message in messages] == ["log_broken"] * len(alarms)
    assert messages[0]["title"]


async def test_heads_and_proofs_are_read_over_http(api: Api, case: Case) -> None:
    await exported(api, case)
    await exported(api, case)
    stranger, hr = api.person("stranger"), api.person("hr")
    page = (await stranger.get("/log/heads", limit=1)).json()
    rest = (await stranger.get("/log/heads", limit=1, cursor=page["next"])).json()
    (second,), (first,) = page["items"], rest["items"]
    assert rest["next"] is None
    assert first["size"] < second["size"]
    assert (await stranger.get(f"/log/heads/{first['size']}")).json() == first
    problem(await stranger.get("/log/heads/999"), 404, "log.no_head")
    sizes = {"first": first["size"], "second": second["size"]}
    grown = (await stranger.get("/log/consistency", **sizes)).json()
    assert (grown["first_root"], grown["second_root"]) == (first["root"], second["root"])
    problem(await stranger.get("/log/consistency", first=6, second=5), 422, "log.sizes_swapped")
    proof = (await hr.get(f"/cases/{case.case_id}/facts/2/inclusion")).json()
    assert (proof["size"], proof["index"], proof["root"]) == (second["size"], 1, second["root"])
    older = (await hr.get(f"/cases/{case.case_id}/facts/2/inclusion", size=first["size"])).json()
    assert older["root"] == first["root"]
    problem(await hr.get(f"/cases/{case.case_id}/facts/9/inclusion", size=first["size"]), 404, "log.not_covered")
    problem(await hr.get(f"/cases/{case.case_id}/facts/99/inclusion"), 404, "log.no_such_fact")
    problem(await stranger.get(f"/cases/{case.case_id}/facts/2/inclusion"), 404, "case.unknown")


VERIFY = "/verify"


async def sent(api: Api, content: bytes, root: str, accept: str = "application/json") -> httpx.Response:
    files, data = {"bundle": ("bundle.zip", content, "application/zip")}, {"root": root}
    return await api.http.post(VERIFY, files=files, data=data, headers={"accept": accept})


@pytest.mark.law("EVD-02")
async def test_anybody_verifies_a_bundle_on_a_public_page_without_script(
    api: Api, case: Case, authority: Authority
) -> None:
    form = await api.http.get(VERIFY)
    assert form.status_code == 200
    assert authority.fingerprint in form.text
    _, content = await exported(api, case)
    report = (await sent(api, content, authority.fingerprint)).json()
    assert report["valid"] is True
    page = await sent(api, content, authority.fingerprint.upper(), "text/html")
    for answer in (form, page):
        assert "<script" not in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
        assert answer.headers["cache-control"] == "no-store"
    assert "有效" in page.text
    assert "Valid: all" in page.text


@pytest.mark.law("EVD-03")
async def test_the_page_says_what_is_broken_and_never_that_it_is_valid(
    api: Api, case: Case, authority: Authority
) -> None:
    _, content = await exported(api, case)
    damaged = content.replace(b"customer_files", b"customer_fires")
    report = (await sent(api, damaged, authority.fingerprint)).json()
    assert report["valid"] is False
    page = await sent(api, damaged, authority.fingerprint, "text/html,application/json")
    assert page.status_code == 200
    assert "Not valid" in page.text
    assert "Valid: all" not in page.text


async def test_the_page_says_what_is_missing(api: Api) -> None:
    problem(await sent(api, b"", "0" * 64), 422, "verify.no_bundle")
    problem(await sent(api, b"x", "not a fingerprint"), 422, "verify.no_root")
    page = await sent(api, b"x", "<script>alert(1)</script>", "text/html")
    assert page.status_code == 422
    assert "<script" not in page.text
    assert "64 位" in page.text


async def test_a_file_that_takes_too_long_or_too_much_is_given_up_and_is_not_valid(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.verification.SECONDS", 0.0)
    problem(await sent(api, b"x", "0" * 64), 422, "verify.gave_up")
    monkeypatch.setattr("api.routes.verification.SECONDS", 60.0)
    monkeypatch.setattr("api.routes.verification.MEMORY", 1)
    problem(await sent(api, b"x", "0" * 64), 422, "verify.gave_up")


async def test_no_more_than_a_few_files_are_verified_at_once(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.routes.verification.AT_ONCE", 0)
    problem(await sent(api, b"x", "0" * 64), 503, "verify.busy")


async def test_a_file_larger_than_any_bundle_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.middleware.LARGEST_BUNDLE", 1000)
    problem(await sent(api, b"x" * 2000, "0" * 64), 413, "api.too_large")
