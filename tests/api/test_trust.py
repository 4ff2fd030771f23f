"""Anybody may ask for time stamps, whether a certificate is revoked, and for the company's certificates."""

import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, load_der_x509_crl
from sqlalchemy import Engine

from activities.trust import Trust
from commands.custodian import House, found
from pki.register import serial_of
from pki.tsa import LARGEST_REQUEST
from tests import builders
from tests.api.house import Api, EngineAway, serving

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUERY = {"content-type": "application/timestamp-query"}
OCSP = {"content-type": "application/ocsp-request"}


@pytest_asyncio.fixture
async def api(engine: Engine, tmp_path: Path) -> AsyncIterator[Api]:
    """The API of an installation whose keys were founded."""
    config = builders.settings(tmp_path, keys_passphrase="a passphrase for tests")
    found(House(config, engine, lambda _: None), None)
    async with serving(engine, config, EngineAway()) as here:
        yield here


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


async def test_openssl_gets_a_time_stamp_over_http_and_believes_it(api: Api, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"text")
    openssl(tmp_path, "ts", "-query", "-data", "a.bin", "-sha256", "-cert", "-out", "q.tsq")
    answer = await api.http.post("/tsa", content=(tmp_path / "q.tsq").read_bytes(), headers=QUERY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/timestamp-reply")
    (tmp_path / "a.tsr").write_bytes(answer.content)
    (tmp_path / "root.pem").write_bytes((await api.http.get("/pki/root.pem")).content)
    said = openssl(tmp_path, "ts", "-verify", "-in", "a.tsr", "-queryfile", "q.tsq", "-CAfile", "root.pem")
    assert "Verification: OK" in said


@pytest.mark.parametrize("revoked", [False, True])
async def test_openssl_asks_whether_the_seal_is_revoked(api: Api, tmp_path: Path, revoked: bool) -> None:
    trust: Trust = api.app.state.trust
    seal = trust.pki.seal.certificate
    (tmp_path / "seal.pem").write_bytes(seal.public_bytes(Encoding.PEM))
    for name in ("root", "issuing"):
        (tmp_path / f"{name}.pem").write_bytes((await api.http.get(f"/pki/{name}.pem")).content)
    if revoked:
        House(api.config, api.engine).register.revoke(serial_of(seal), ReasonFlags.key_compromise, builders.ARRIVAL)
    ask = ("ocsp", "-issuer", "issuing.pem", "-cert", "seal.pem", "-CAfile", "root.pem")
    openssl(tmp_path, *ask, "-reqout", "q.der")
    answer = await api.http.post("/ocsp", content=(tmp_path / "q.der").read_bytes(), headers=OCSP)
    (tmp_path / "a.der").write_bytes(answer.content)
    said = openssl(tmp_path, *ask, "-no_nonce", "-reqin", "q.der", "-respin", "a.der")
    assert "Response verify OK" in said
    assert f"seal.pem: {'revoked' if revoked else 'good'}" in said


async def test_the_lists_of_root_and_issuing_authority_are_there_and_theirs(api: Api) -> None:
    for name in ("root", "issuing"):
        certificate = x509.load_pem_x509_certificate((await api.http.get(f"/pki/{name}.pem")).content)
        answer = await api.http.get(f"/pki/{name}.crl")
        assert answer.headers["content-type"] == "application/pkix-crl"
        assert load_der_x509_crl(answer.content).is_signature_valid(certificate.public_key())  # type: ignore[arg-type]


async def test_the_address_in_every_certificate_is_where_the_responder_listens(api: Api) -> None:
    trust: Trust = api.app.state.trust
    extension = trust.pki.seal.certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess)
    (place,) = extension.value
    assert httpx.URL(place.access_location.value).path == "/ocsp"


@pytest.mark.parametrize(
    ("path", "headers", "body", "status", "code"),
    [
        ("/tsa", {"content-type": "application/json"}, b"{}", 415, "api.other_media_type"),
        ("/tsa", {}, b"{}", 415, "api.other_media_type"),
        ("/tsa", QUERY, b"0" * (LARGEST_REQUEST + 1), 413, "api.too_large"),
        ("/ocsp", OCSP, b"0" * (LARGEST_REQUEST + 1), 413, "api.too_large"),
    ],
)
async def test_what_is_no_request_of_the_kind_is_refused(
    api: Api, path: str, headers: dict[str, str], body: bytes, status: int, code: str
) -> None:
    answer = await api.http.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(("path", "headers"), [("/tsa", QUERY), ("/ocsp", OCSP)])
async def test_nonsense_is_refused_in_the_answer_of_the_standard(api: Api, path: str, headers: dict[str, str]) -> None:
    answer = await api.http.post(path, content=b"<html>", headers=headers)
    assert answer.status_code == 200
    assert answer.content


async def test_before_a_ceremony_it_is_said_that_there_is_none(engine: Engine, tmp_path: Path) -> None:
    async with serving(engine, builders.settings(tmp_path / "new"), EngineAway()) as here:
        for answer in (
            await here.http.post("/tsa", content=b"x", headers=QUERY),
            await here.http.get("/pki/root.pem"),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "api.no_keys")
            assert "commands.ceremony" in answer.json()["detail"]
