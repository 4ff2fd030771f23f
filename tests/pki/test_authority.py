"""Certificates say what they are for, hold no longer than their issuer, and anybody's openssl believes them."""

import hashlib
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ReasonFlags, ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

from pki.authority import NotOurs, Pki, UnfitKey
from pki.certificates import Kind, evidence_of
from pki.names import EVIDENCE, Subject, UnfitName
from pki.register import UnknownCertificate, serial_of
from tests.builders import COMPANY
from tests.pki import builders

LIN = builders.LIN
EVIDENCE_SHA256 = hashlib.sha256(b"evidence").hexdigest()
YEAR = timedelta(days=365)


def issue(pki: Pki, subject: Subject = LIN) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    return pki.person(subject, key.public_key(), builders.now(), evidence_sha256=EVIDENCE_SHA256)


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def usage(certificate: x509.Certificate) -> set[str]:
    found = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert found.critical
    names = ("digital_signature", "content_commitment", "key_cert_sign", "crl_sign", "key_agreement")
    return {name for name in names if getattr(found.value, name)}


def test_the_chain_is_a_root_of_thirty_years_and_an_authority_of_twenty_that_can_make_no_other() -> None:
    pki = builders.pki()
    for certificate, years, pathlen in ((pki.root, 30, 1), (pki.issuing, 20, 0)):
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, pathlen)
        assert usage(certificate) == {"key_cert_sign", "crl_sign"}
        assert certificate.public_key().curve.name == "secp384r1"  # type: ignore[union-attr]
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc >= years * YEAR
    pki.root.verify_directly_issued_by(pki.root)
    pki.issuing.verify_directly_issued_by(pki.root)
    assert pki.chain == [pki.issuing, pki.root]


@pytest.mark.parametrize(
    ("kind", "years", "usages", "purpose"),
    [
        (Kind.SEAL, 3, {"digital_signature", "content_commitment"}, None),
        (Kind.CERTIFYING, 3, {"digital_signature", "content_commitment"}, None),
        (Kind.TSA, 15, {"digital_signature"}, ExtendedKeyUsageOID.TIME_STAMPING),
        (Kind.OCSP, 19, {"digital_signature"}, ExtendedKeyUsageOID.OCSP_SIGNING),
    ],
)
def test_each_service_has_a_certificate_for_its_purpose(
    kind: Kind, years: int, usages: set[str], purpose: x509.ObjectIdentifier | None
) -> None:
    keys = builders.shared().keys
    certificate = keys.certificates()[kind]
    certificate.verify_directly_issued_by(keys.issuing.certificate)
    assert usage(certificate) == usages
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc >= years * YEAR
    assert certificate.not_valid_after_utc <= keys.issuing.certificate.not_valid_after_utc
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    (place,) = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert place.access_method == AuthorityInformationAccessOID.OCSP
    if purpose:
        found = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
        assert list(found.value) == [purpose]
        assert found.critical is (kind is Kind.TSA)
    no_check = [extension for extension in certificate.extensions if isinstance(extension.value, x509.OCSPNoCheck)]
    assert bool(no_check) is (kind is Kind.OCSP)


def test_the_seal_bears_the_companys_name() -> None:
    (name,) = builders.pki().seal.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert name.value == COMPANY


@pytest.mark.law("ESG-02")
def test_a_person_gets_a_certificate_of_thirty_minutes_for_the_key_that_only_they_hold() -> None:
    pki = builders.pki()
    key = ec.generate_private_key(ec.SECP256R1())
    at = builders.now()
    certificate = pki.person(LIN, key.public_key(), at, evidence_sha256=EVIDENCE_SHA256)
    assert certificate.public_key() == key.public_key()
    assert certificate.not_valid_before_utc <= at
    assert timedelta(minutes=29) < certificate.not_valid_after_utc - at <= timedelta(minutes=30)
    assert usage(certificate) == {"digital_signature", "content_commitment"}
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "林晓梅 E10086"
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == COMPANY
    assert evidence_of(certificate) == EVIDENCE_SHA256
    assert not certificate.extensions.get_extension_for_oid(EVIDENCE).critical


def test_the_register_holds_no_name_of_a_person() -> None:
    register = builders.MemoryRegister()
    certificate = issue(builders.pki(register=register))
    issued = register.entries[serial_of(certificate)]
    assert (issued.certificate, issued.evidence_sha256) == (None, EVIDENCE_SHA256)
    assert "林晓梅" not in repr(issued)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP521R1()).public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
        ed25519.Ed25519PrivateKey.generate().public_key(),
    ],
)
def test_no_certificate_for_a_key_on_another_curve(key: ec.EllipticCurvePublicKey) -> None:
    with pytest.raises(UnfitKey):
        builders.pki().person(LIN, key, builders.now(), evidence_sha256=EVIDENCE_SHA256)


@pytest.mark.parametrize("evidence", ["", "ab", EVIDENCE_SHA256.upper(), EVIDENCE_SHA256 + "\n"])
def test_no_certificate_without_the_hash_of_its_evidence(evidence: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(ValueError, match="SHA-256"):
        builders.pki().person(LIN, key.public_key(), builders.now(), evidence_sha256=evidence)


@pytest.mark.parametrize("name", ["欧阳\n㛃", "", "阿" * 70, "\x00"])
def test_a_name_that_no_certificate_can_hold_is_refused(name: str) -> None:
    with pytest.raises(UnfitName):
        issue(builders.pki(), Subject(name, "" if not name else "E1"))


@pytest.mark.parametrize("company", ["甲" * 22, "甲" * 64])
def test_a_long_chinese_name_is_kept_whole_and_believed_by_openssl(company: str, tmp_path: Path) -> None:
    pki = builders.pki(builders.founded(company))
    certificate = issue(pki, Subject("买买提·" + "阿" * 20, "E10086"))
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == company
    assert verify(tmp_path, pki, certificate).returncode == 0


def verify(folder: Path, pki: Pki, certificate: x509.Certificate, *options: str) -> subprocess.CompletedProcess[str]:
    for name, each in (("root", pki.root), ("issuing", pki.issuing), ("leaf", certificate)):
        (folder / f"{name}.pem").write_bytes(each.public_bytes(Encoding.PEM))
    return openssl(
        folder, "verify", "-x509_strict", *options, "-CAfile", "root.pem", "-untrusted", "issuing.pem", "leaf.pem"
    )


@pytest.mark.parametrize("kind", [Kind.SEAL, Kind.CERTIFYING, Kind.TSA, Kind.OCSP, Kind.PERSON])
def test_openssl_believes_each_certificate_by_the_strict_rules(kind: Kind, tmp_path: Path) -> None:
    pki = builders.pki()
    known = {**builders.shared().keys.certificates(), Kind.PERSON: issue(pki)}
    done = verify(tmp_path, pki, known[kind])
    assert done.returncode == 0, done.stderr


def test_after_half_an_hour_openssl_believes_a_persons_certificate_no_longer(tmp_path: Path) -> None:
    pki = builders.pki()
    later = str(int((builders.now() + timedelta(minutes=31)).timestamp()))
    done = verify(tmp_path, pki, issue(pki), "-attime", later)
    assert "certificate has expired" in done.stderr


def test_another_companys_root_of_the_same_name_vouches_for_nothing(tmp_path: Path) -> None:
    other = builders.pki(builders.founded())
    pki = builders.pki()
    (tmp_path / "other.pem").write_bytes(other.root.public_bytes(Encoding.PEM))
    verify(tmp_path, pki, pki.seal.certificate)
    done = openssl(tmp_path, "verify", "-CAfile", "other.pem", "-untrusted", "issuing.pem", "leaf.pem")
    assert done.returncode != 0


def test_answers_about_revocation_are_fresh_and_long_enough_for_an_archive() -> None:
    pki = builders.pki()
    certificate = issue(pki)
    at = builders.now()
    found = pki.revocation(certificate, pki.tsa.certificate, at=at)
    answer = ocsp.load_der_ocsp_response(found.ocsps[0])
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == certificate.serial_number
    assert answer.this_update_utc == at.replace(microsecond=0)
    assert answer.next_update_utc is not None
    assert answer.next_update_utc - at > 14 * YEAR
    assert len(found.ocsps) == 2
    root_list = x509.load_der_x509_crl(found.crls[0])
    assert root_list.is_signature_valid(pki.root.public_key())  # type: ignore[arg-type]


def test_a_revoked_certificate_is_said_to_be_revoked_and_since_when() -> None:
    register = builders.MemoryRegister()
    pki = builders.pki(register=register)
    at = builders.now()
    register.revoke(serial_of(pki.seal.certificate), ReasonFlags.key_compromise, at)
    (answer,) = pki.revocation(pki.seal.certificate, at=at).ocsps
    said = ocsp.load_der_ocsp_response(answer)
    assert said.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert (said.revocation_time_utc, said.revocation_reason) == (at.replace(microsecond=0), ReasonFlags.key_compromise)


def test_nothing_is_said_about_certificates_of_others_or_never_issued() -> None:
    pki = builders.pki()
    with pytest.raises(NotOurs):
        pki.revocation(pki.root, at=builders.now())
    with pytest.raises(UnknownCertificate):
        pki.revocation(issue(builders.pki()), at=builders.now())


def test_openssl_sees_in_the_list_that_a_certificate_is_revoked(tmp_path: Path) -> None:
    register = builders.MemoryRegister()
    pki = builders.pki(register=register)
    lists = [x509.load_der_x509_crl(builders.shared().keys.root_list)]
    for revoked, sentence in ((False, "leaf.pem: OK"), (True, "certificate revoked")):
        if revoked:
            register.revoke(serial_of(pki.seal.certificate), ReasonFlags.superseded, builders.now())
        current = x509.load_der_x509_crl(pki.revocation_list(builders.now()))
        pem = b"".join(each.public_bytes(Encoding.PEM) for each in (*lists, current))
        (tmp_path / "lists.pem").write_bytes(pem)
        done = verify(tmp_path, pki, pki.seal.certificate, "-crl_check_all", "-CRLfile", "lists.pem")
        assert sentence in done.stdout + done.stderr


@pytest.mark.parametrize("revoked", [False, True])
def test_openssl_asks_the_responder_and_believes_it(tmp_path: Path, revoked: bool) -> None:
    register = builders.MemoryRegister()
    pki = builders.pki(register=register)
    if revoked:
        register.revoke(serial_of(pki.seal.certificate), ReasonFlags.key_compromise, builders.now())
    verify(tmp_path, pki, pki.seal.certificate)
    request = ("-issuer", "issuing.pem", "-cert", "leaf.pem", "-CAfile", "root.pem")
    openssl(tmp_path, "ocsp", *request, "-reqout", "q.der")
    (tmp_path / "a.der").write_bytes(pki.responder.respond((tmp_path / "q.der").read_bytes(), builders.now()))
    done = openssl(tmp_path, "ocsp", *request, "-no_nonce", "-reqin", "q.der", "-respin", "a.der")
    assert f"leaf.pem: {'revoked' if revoked else 'good'}" in done.stdout
    assert "Response verify OK" in done.stderr
    assert "WARNING" not in done.stderr  # the nonce came back


def test_the_responder_says_that_it_does_not_know_what_was_never_issued() -> None:
    pki = builders.pki()
    stranger = issue(builders.pki())
    request = ocsp.OCSPRequestBuilder().add_certificate(stranger, pki.issuing, hashes.SHA1()).build()  # noqa: S303
    answer = pki.responder.respond(request.public_bytes(Encoding.DER), builders.now())
    assert ocsp.load_der_ocsp_response(answer).certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_the_responder_refuses_nonsense_and_questions_about_others() -> None:
    pki, other = builders.pki(), builders.pki(builders.founded("另一家有限公司"))
    nonsense = ocsp.load_der_ocsp_response(pki.responder.respond(b"<html>", builders.now()))
    assert nonsense.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    request = ocsp.OCSPRequestBuilder().add_certificate(issue(other), other.issuing, hashes.SHA256()).build()
    foreign = pki.responder.respond(request.public_bytes(Encoding.DER), builders.now())
    assert ocsp.load_der_ocsp_response(foreign).response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
