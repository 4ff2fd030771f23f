"""The company's own time stamps follow RFC 3161: others believe them, and nothing weak is stamped."""

import hashlib
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from pki.adapters import Stamper
from pki.names import STAMP_POLICY
from pki.stamps import Answer, StampRefused, authority_of, question, time_of, token_of
from pki.tsa import OwnAuthority
from tests.pki import builders

MESSAGE = b"handover record"
DIGEST = hashlib.sha256(MESSAGE).digest()


def authority() -> OwnAuthority:
    pki = builders.pki()
    return OwnAuthority(pki.tsa, pki.issuing)


def status(response: bytes) -> tuple[str, set[str]]:
    found = Answer.load(response)["status"]
    return found["status"].native, set(found["fail_info"].native or ())


def request(**changes: object) -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": DIGEST}
    return bytes(tsp.TimeStampReq({"version": "v1", "message_imprint": imprint, **changes}).dump())


def openssl(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["openssl", "ts", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_openssl_asks_and_believes(algorithm: str, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(builders.pki().root.public_bytes(Encoding.PEM))
    (tmp_path / "a.bin").write_bytes(MESSAGE)
    (tmp_path / "b.bin").write_bytes(b"another text")
    openssl(tmp_path, "-query", "-data", "a.bin", f"-{algorithm}", "-cert", "-out", "q.tsq")
    (tmp_path / "a.tsr").write_bytes(authority().respond((tmp_path / "q.tsq").read_bytes()))
    answer = ("-verify", "-in", "a.tsr", "-CAfile", "root.pem")
    assert "Verification: OK" in openssl(tmp_path, *answer, "-queryfile", "q.tsq")
    assert "Verification: OK" in openssl(tmp_path, *answer, "-data", "a.bin")
    assert "Verification: FAILED" in openssl(tmp_path, *answer, "-data", "b.bin")


def test_another_implementation_believes_it_for_this_message_only() -> None:
    pki = builders.pki()
    answer = decode_timestamp_response(authority().respond(question(DIGEST, "sha256").der()))
    verifier = VerifierBuilder().add_root_certificate(pki.root).build()
    assert verifier.verify_message(answer, MESSAGE)
    with pytest.raises(VerificationError):
        verifier.verify_message(answer, b"another text")


def test_a_token_says_when_under_which_policy_and_that_the_company_made_it_itself() -> None:
    at = datetime(2026, 11, 24, 3, 4, 5, 678, tzinfo=UTC)
    pki = builders.pki()
    own = OwnAuthority(pki.tsa, pki.issuing, clock=lambda: at)
    token = own.stamp(DIGEST)
    assert time_of(token) == at.replace(microsecond=0)
    assert "自建" in own.name
    assert "自建" in authority_of(token)
    info = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    assert info["policy"].native == STAMP_POLICY.dotted_string
    assert "自建" in info["tsa"].chosen.human_friendly


def test_no_two_tokens_share_a_number() -> None:
    own = authority()
    numbers = {
        cms.ContentInfo.load(own.stamp(DIGEST))["content"]["encap_content_info"]["content"]
        .parsed["serial_number"]
        .native
        for _ in range(20)
    }
    assert len(numbers) == 20


@pytest.mark.parametrize(
    ("asked", "failure"),
    [
        (b"", "bad_data_format"),
        (b"<html>no</html>", "bad_data_format"),
        (request() + b"\x00", "bad_data_format"),
        (request(version=2), "bad_request"),
        (
            request(message_imprint={"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)}),
            "bad_alg",
        ),
        (request(message_imprint={"hash_algorithm": {"algorithm": "md5"}, "hashed_message": bytes(16)}), "bad_alg"),
        (
            request(message_imprint={"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(31)}),
            "bad_data_format",
        ),
        (request(req_policy="1.2.3.4"), "unaccepted_policy"),
        (
            request(extensions=[{"extn_id": "1.2.3.4", "critical": True, "extn_value": b"\x05\x00"}]),
            "unaccepted_extensions",
        ),
    ],
)
def test_what_can_not_be_stamped_is_refused_in_the_answer(asked: bytes, failure: str) -> None:
    assert status(authority().respond(asked)) == ("rejection", {failure})


def test_certificates_come_only_if_asked_for() -> None:
    for wanted in (True, False):
        answer = tsp.TimeStampResp.load(authority().respond(request(cert_req=wanted)))
        assert bool(answer["time_stamp_token"]["content"]["certificates"]) is wanted


@pytest.mark.parametrize(("digest", "algorithm"), [(bytes(20), "sha1"), (bytes(31), "sha256"), (bytes(32), "sha512")])
def test_nothing_weak_is_stamped_in_process_either(digest: bytes, algorithm: str) -> None:
    with pytest.raises(StampRefused):
        authority().stamp(digest, algorithm)


def test_the_answer_of_the_own_authority_stands_the_check_of_external_ones() -> None:
    pki = builders.pki()
    asked = question(DIGEST, "sha256")
    token = token_of(authority().respond(asked.der()), asked, [pki.root], builders.now)
    assert (builders.now() - time_of(token)).total_seconds() < 60


async def test_pyhanko_stamps_by_it() -> None:
    stamper = Stamper(authority())
    token = await stamper.async_timestamp(DIGEST, "sha256")
    assert "自建" in authority_of(token.dump())
    assert await stamper.async_dummy_response("sha256") is token
