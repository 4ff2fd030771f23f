"""A time stamp proves one content, at one instant, by an authority that may stamp and leads to the given root."""

import hashlib
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rfc3161_client import VerifierBuilder

from tests.authority import BEGAN, Authority, issue, token
from verifier import certificates, stamps
from verifier.certificates import Untrusted
from verifier.stamps import BadStamp

CONTENT = b"what is stamped"
DIGEST = hashlib.sha256(CONTENT).digest()


def test_a_token_says_when_and_by_whom(authority: Authority) -> None:
    found = stamps.verify(authority.stamp(DIGEST), CONTENT, [], {authority.fingerprint})
    assert (found.at, found.authority, found.root) == (authority.now, "CN=Test TSA", authority.fingerprint)


def test_a_token_proves_no_other_content(authority: Authority) -> None:
    with pytest.raises(BadStamp, match="another content"):
        stamps.verify(authority.stamp(DIGEST), b"something else", [], {authority.fingerprint})


def test_a_token_under_another_root_proves_nothing(authority: Authority) -> None:
    with pytest.raises(Untrusted):
        stamps.verify(authority.stamp(DIGEST), CONTENT, [], {Authority().fingerprint})


def test_no_bit_of_a_token_can_be_changed(authority: Authority) -> None:
    """Every seventh: a different one of each byte; all of them were gone through once."""
    whole = authority.stamp(DIGEST)
    for place in range(0, len(whole) * 8, 7):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        with pytest.raises((ValueError, Warning, x509.UnsupportedGeneralNameType)):
            stamps.verify(bytes(changed), CONTENT, [], {authority.fingerprint})


@pytest.mark.parametrize("length", [0, 1, 100, -1])
def test_a_token_that_is_cut_off_or_goes_on_proves_nothing(authority: Authority, length: int) -> None:
    whole = authority.stamp(DIGEST)
    for damaged in (whole[:length], whole + b"\0", b""):
        with pytest.raises(ValueError, match=r".+"):
            stamps.verify(damaged, CONTENT, [], {authority.fingerprint})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "not made for time stamps"),
        ({"stamping": True, "critical": False}, "not made for time stamps alone"),
        ({"stamping": True, "days": 30}, "was not valid at"),
        ({"stamping": True, "begins": BEGAN + timedelta(days=400)}, "was not valid at"),
    ],
)
def test_a_certificate_that_may_not_stamp_or_not_then_stamps_nothing(
    authority: Authority, options: dict[str, object], said: str
) -> None:
    signer = issue("Other", authority.root, **options)  # type: ignore[arg-type]  # each case its own options
    made = token(DIGEST, signer, [authority.root], authority.now, 1)
    with pytest.raises(Untrusted, match=said):
        stamps.verify(made, CONTENT, [], {authority.fingerprint})


def test_an_authority_without_the_right_to_issue_certificates_can_not_make_others(authority: Authority) -> None:
    impostor = issue("Impostor", authority.seal, stamping=True)
    made = token(DIGEST, impostor, [authority.seal, authority.below, authority.root], authority.now, 1)
    with pytest.raises(Untrusted, match="no valid way"):
        stamps.verify(made, CONTENT, [], {authority.fingerprint})


def test_a_chain_longer_than_the_root_allows_leads_nowhere(authority: Authority) -> None:
    deeper = issue("Deeper", authority.below, ca=0)
    leaf = issue("Leaf", deeper)
    others = [one.certificate for one in (deeper, authority.below, authority.root)]
    with pytest.raises(Untrusted):
        certificates.chain(leaf.certificate, others, {authority.fingerprint}, authority.now)


def test_a_root_is_known_by_its_fingerprint_and_not_by_its_name(authority: Authority) -> None:
    namesake = issue("Test Root", None, ca=1)
    signer = issue("Test TSA", namesake, stamping=True)
    made = token(DIGEST, signer, [namesake], authority.now, 1)
    with pytest.raises(Untrusted):
        stamps.verify(made, CONTENT, [authority.root.certificate], {authority.fingerprint})


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on this machine: not checked against it")
def test_openssl_agrees(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(authority.root.certificate.public_bytes(Encoding.PEM))
    (tmp_path / "token").write_bytes(authority.stamp(DIGEST))
    for content, fine in ((CONTENT, True), (b"something else", False)):
        (tmp_path / "data").write_bytes(content)
        command = "openssl ts -verify -data data -in token -token_in -CAfile root.pem -attime 1795000000"
        done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is fine, done.stderr


def test_our_test_authority_is_a_real_one(authority: Authority) -> None:
    assert VerifierBuilder().add_root_certificate(authority.root.certificate).build()
