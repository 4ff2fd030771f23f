"""What a company buys keeps the same contract as what it has: certificates for people, and anchors for evidence."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from cryptography.x509 import ocsp
from standardwebhooks.webhooks import Webhook

from pki.anchors import Anchor, ServiceAnchor, StampAnchor
from pki.authority import Pki
from pki.certificates import PublicKey, evidence_of
from pki.names import Subject
from pki.providers import CertificateProvider, LicensedProvider, NotBelieved, OwnProvider
from pki.register import UnknownCertificate, serial_of
from pki.stamps import time_of
from pki.tsa import OwnAuthority
from pki.webhook import Service, ServiceAway, ServiceRefuses, UnfitService
from tests.pki import builders
from tests.pki.stranger import Answer, Asked, Behaviour, Stranger, stranger

SECRET = "whsec_" + base64.b64encode(b"a secret of at least 24 bytes").decode()
EVIDENCE = hashlib.sha256(b"evidence").hexdigest()
LICENCE = "ECP11010826999"
ELSEWHERE = builders.founded("某某数字认证股份有限公司")


def pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def key() -> PublicKey:
    return ec.generate_private_key(ec.SECP256R1()).public_key()


@dataclass(frozen=True)
class Bureau:
    """A licensed provider: an authority of its own behind the protocol that `pki/providers.py` describes."""

    pki: Pki

    def __call__(self, asked: Asked) -> Answer:
        said = Webhook(SECRET).verify(asked.body, asked.headers)
        data = said["data"]
        answer = self.issue(data) if said["type"] == "certificate.issue" else self.status(data)
        return Answer(json.dumps(answer).encode(), media_type="application/json")

    def issue(self, data: dict[str, Any]) -> dict[str, Any]:
        public = load_pem_public_key(data["public_key"].encode())
        assert isinstance(public, ec.EllipticCurvePublicKey)
        subject = Subject(data["name"], data["number"])
        made = self.pki.person(subject, public, builders.now(), evidence_sha256=data["evidence_sha256"])
        return {"certificates": [pem(made), pem(self.pki.issuing)]}

    def status(self, data: dict[str, Any]) -> dict[str, Any]:
        found = self.pki.revocation(x509.load_pem_x509_certificate(data["certificate"].encode()), at=builders.now())
        return {
            "ocsps": [base64.b64encode(each).decode() for each in found.ocsps],
            "crls": [base64.b64encode(each).decode() for each in found.crls],
        }


def licensed(url: str, register: builders.MemoryRegister | None = None) -> LicensedProvider:
    known = register if register is not None else builders.MemoryRegister()
    return LicensedProvider(Service("某某认证", url, SECRET, 5.0), LICENCE, [ELSEWHERE.keys.root], known)


class ProviderContract:
    def test_certifies_this_key_for_this_person(self, provider: CertificateProvider) -> None:
        public, at = key(), builders.now()
        found = provider.certify(builders.LIN, public, at, evidence_sha256=EVIDENCE)
        assert found.certificate.public_key() == public
        assert "林晓梅" in found.certificate.subject.rfc4514_string()
        assert found.certificate.not_valid_before_utc <= at < found.certificate.not_valid_after_utc
        assert evidence_of(found.certificate) == EVIDENCE

    def test_its_certificates_lead_to_its_roots(self, provider: CertificateProvider) -> None:
        found = provider.certify(builders.LIN, key(), builders.now(), evidence_sha256=EVIDENCE)
        found.certificate.verify_directly_issued_by(found.chain[0])
        assert any(found.chain[-1] == root or _issued(found.chain[-1], root) for root in provider.roots)

    def test_says_whether_a_certificate_still_holds(self, provider: CertificateProvider) -> None:
        found = provider.certify(builders.LIN, key(), builders.now(), evidence_sha256=EVIDENCE)
        answers = provider.revocation(found.certificate, builders.now())
        assert ocsp.load_der_ocsp_response(answers.ocsps[0]).certificate_status is ocsp.OCSPCertStatus.GOOD
        assert answers.crls

    def test_has_a_name_and_says_whether_it_is_licensed(self, provider: CertificateProvider) -> None:
        assert provider.name
        assert bool(provider.licence) is isinstance(provider, LicensedProvider)


def _issued(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    certificate.verify_directly_issued_by(root)
    return True


class TestOwnProvider(ProviderContract):
    @pytest.fixture
    def provider(self) -> CertificateProvider:
        return OwnProvider(builders.pki())


class TestLicensedProvider(ProviderContract):
    @pytest.fixture
    def provider(self) -> Iterator[CertificateProvider]:
        with stranger(Bureau(builders.pki(ELSEWHERE))) as known:
            yield licensed(known.url)


@pytest.mark.law("ESG-03")
def test_the_register_keeps_who_certified_under_which_licence() -> None:
    register = builders.MemoryRegister()
    with stranger(Bureau(builders.pki(ELSEWHERE))) as known:
        found = licensed(known.url, register).certify(builders.LIN, key(), builders.now(), evidence_sha256=EVIDENCE)
    issued = register.entries[serial_of(found.certificate)]
    assert (issued.provider, issued.licence, issued.certificate) == ("某某认证", LICENCE, None)


def changed(change: Callable[[dict[str, Any]], Any]) -> Behaviour:
    """An honest provider's answer, changed on its way."""
    bureau = Bureau(builders.pki(ELSEWHERE))

    def answer(asked: Asked) -> Answer:
        content = json.loads(bureau(asked).body)
        return Answer(json.dumps(change(content) or content).encode())

    return answer


def other(subject: Subject, public: PublicKey, of: Pki) -> dict[str, Any]:
    made = of.person(subject, public, builders.now(), evidence_sha256=EVIDENCE)
    return {"certificates": [pem(made), pem(of.issuing)]}


@pytest.mark.parametrize("what", ["key", "person", "root", "expired", "no chain"])
def test_a_certificate_that_does_not_fit_is_not_believed_and_not_registered(what: str) -> None:
    public, register = key(), builders.MemoryRegister()
    pki, strange = builders.pki(ELSEWHERE), builders.pki(builders.founded("某某数字认证股份有限公司"))
    old = pki.person(builders.LIN, public, builders.now() - timedelta(days=1), evidence_sha256=EVIDENCE)
    answers: dict[str, dict[str, Any]] = {
        "key": other(builders.LIN, key(), pki),
        "person": other(Subject("王五", "E2"), public, pki),
        "root": other(builders.LIN, public, strange),
        "expired": {"certificates": [pem(old), pem(pki.issuing)]},
        "no chain": {"certificates": other(builders.LIN, public, pki)["certificates"][:1]},
    }
    with stranger(changed(lambda _: answers[what])) as known, pytest.raises(NotBelieved, match="某某认证"):
        licensed(known.url, register).certify(builders.LIN, public, builders.now(), evidence_sha256=EVIDENCE)
    assert register.entries == {}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<html>", media_type="text/html"),
        Answer(b"[]"),
        Answer(b"{}"),
        Answer(b'{"certificates": []}'),
        Answer(b'{"certificates": ["-----BEGIN"]}'),
        Answer(b'{"certificates": 7}'),
        Answer(status=503),
        Answer(status=429),
    ],
)
def test_a_provider_that_answers_nonsense_is_asked_again_later(answer: Answer) -> None:
    with stranger(lambda _: answer) as known, pytest.raises(ServiceAway):
        licensed(known.url).certify(builders.LIN, key(), builders.now(), evidence_sha256=EVIDENCE)


def test_a_provider_that_says_nothing_about_revocation_is_asked_again_later() -> None:
    certificate = builders.pki().seal.certificate
    contents: tuple[dict[str, Any], ...] = ({}, {"ocsps": [], "crls": []}, {"ocsps": ["?"]}, {"ocsps": 7})
    for content in contents:
        body = json.dumps(content).encode()
        with stranger(lambda _, body=body: Answer(body)) as known, pytest.raises(ServiceAway):  # type: ignore[misc]
            licensed(known.url).revocation(certificate, builders.now())


def test_a_refusal_needs_a_person() -> None:
    refusal = Answer("姓名与证件不符".encode(), status=422)
    with stranger(lambda _: refusal) as known, pytest.raises(ServiceRefuses, match="姓名与证件不符"):
        licensed(known.url).certify(builders.LIN, key(), builders.now(), evidence_sha256=EVIDENCE)


def keeper(asked: Asked) -> Answer:
    """A service that keeps evidence."""
    said = Webhook(SECRET).verify(asked.body, asked.headers)
    assert said["type"] == "evidence.anchor"
    receipt = {"sha256": said["data"]["sha256"], "at": builders.now().isoformat(), "receipt": "存证编号 2026-118"}
    return Answer(json.dumps(receipt, ensure_ascii=False).encode(), media_type="application/json")


def service_anchor(known: Stranger) -> ServiceAnchor:
    return ServiceAnchor(Service("某某存证", known.url, SECRET, 5.0))


class AnchorContract:
    @pytest.mark.law("EVD-04")
    def test_confirms_this_hash_at_an_instant_in_bytes_that_can_be_kept(self, anchor: Anchor) -> None:
        at = builders.now()
        receipt = anchor.submit(EVIDENCE, at)
        assert receipt.sha256 == EVIDENCE
        assert abs(receipt.at - at) < timedelta(minutes=1)
        assert receipt.content
        assert receipt.media_type
        assert receipt.anchor

    def test_may_be_asked_again(self, anchor: Anchor) -> None:
        at = builders.now()
        assert anchor.submit(EVIDENCE, at).sha256 == anchor.submit(EVIDENCE, at).sha256

    def test_has_a_name(self, anchor: Anchor) -> None:
        assert anchor.name


class TestStampAnchor(AnchorContract):
    @pytest.fixture
    def anchor(self) -> Anchor:
        pki = builders.pki()
        return StampAnchor(OwnAuthority(pki.tsa, pki.issuing))


class TestServiceAnchor(AnchorContract):
    @pytest.fixture
    def anchor(self) -> Iterator[Anchor]:
        with stranger(keeper) as known:
            yield service_anchor(known)


def test_the_companys_own_stamp_says_that_it_is_no_neutral_anchor() -> None:
    pki = builders.pki()
    receipt = StampAnchor(OwnAuthority(pki.tsa, pki.issuing)).submit(EVIDENCE, builders.now())
    assert "自建" in receipt.anchor
    assert time_of(receipt.content) == receipt.at


def test_the_same_question_has_the_same_id_and_body_however_often_it_is_asked() -> None:
    at = datetime.fromisoformat("2026-11-24T02:00:00+00:00")
    with stranger(keeper) as known:
        for sha256 in (EVIDENCE, EVIDENCE, "ab" * 32):
            service_anchor(known).submit(sha256, at)
    ids = [asked.headers["webhook-id"] for asked in known.asked]
    assert ids[0] == ids[1] != ids[2]
    assert known.asked[0].body == known.asked[1].body


@pytest.mark.parametrize(
    "content",
    [
        {"sha256": "ab" * 32, "at": "2026-11-24T02:00:00Z", "receipt": "1"},
        {"sha256": EVIDENCE, "at": "2026-11-24T02:00:00Z"},
        {"sha256": EVIDENCE, "at": "2026-11-24T02:00:00", "receipt": "1"},
        {"sha256": EVIDENCE, "at": "soon", "receipt": "1"},
        {},
    ],
)
def test_a_receipt_for_something_else_or_without_proof_is_none(content: dict[str, str]) -> None:
    body = json.dumps(content).encode()
    with stranger(lambda _: Answer(body)) as known, pytest.raises(ServiceAway):
        service_anchor(known).submit(EVIDENCE, builders.now())


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("ftp://a.example", SECRET),
        ("https://", SECRET),
        ("https://a.example", ""),
        ("https://a.example", "whsec_short"),
    ],
)
def test_a_service_that_can_not_be_one_is_refused_when_it_is_set_up(url: str, secret: str) -> None:
    with pytest.raises(UnfitService):
        Service("某某存证", url, secret)


def test_a_secret_never_shows() -> None:
    assert SECRET not in repr(Service("某某存证", "https://a.example", SECRET))


def test_the_own_authority_says_nothing_about_certificates_of_a_licensed_one() -> None:
    certificate = builders.pki(ELSEWHERE).seal.certificate
    with pytest.raises((UnknownCertificate, ValueError)):
        OwnProvider(builders.pki()).revocation(certificate, builders.now())
