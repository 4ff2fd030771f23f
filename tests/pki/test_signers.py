"""A key in memory and a key in a token sign alike: certificates, answers, stamps and documents come out right."""

import hashlib
import subprocess
import sys
from copy import copy, deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from pkcs11.exceptions import SessionHandleInvalid
from pyhanko.sign.general import find_unique_cms_attribute
from pyhanko_certvalidator import ValidationContext

from pki import ceremony
from pki.adapters import KeySigner, Stamper, asn1
from pki.authority import Pki
from pki.ceremony import InMemory, KeyMaker
from pki.certificates import Kind
from pki.keyfile import Custody, KeyFile, UnfitKeys
from pki.register import entry
from pki.stamps import question, token_of
from pki.token import Token, TokenFails
from pki.tsa import OwnAuthority
from pki.wrapping import Passphrase
from tests.builders import COMPANY
from tests.pki import builders
from tests.pki.softhsm import LABEL, LIBRARY, PIN, token

__all__ = ["token"]


@dataclass(frozen=True)
class House:
    maker: KeyMaker
    custody: Custody


@pytest.fixture(params=["memory", "token"])
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "memory":
        return House(InMemory(), Custody(Passphrase("a passphrase for tests")))
    found: Token = request.getfixturevalue("token")
    return House(found, Custody(token=found))


class TestEveryKey:
    """The contract of whatever signs."""

    def test_signs_by_ecdsa_what_its_public_key_verifies(self, house: House) -> None:
        for kind, curve in ((Kind.SEAL, "secp256r1"), (Kind.ISSUING, "secp384r1")):
            key = house.maker.make(kind)
            assert key.curve.name == curve
            assert key.key_size == key.public_key().key_size
            for algorithm in (hashes.SHA256(), hashes.SHA384()):
                signature = key.sign(b"text", ec.ECDSA(algorithm))
                key.public_key().verify(signature, b"text", ec.ECDSA(algorithm))
                with pytest.raises(InvalidSignature):
                    key.public_key().verify(signature, b"other", ec.ECDSA(algorithm))

    def test_signs_a_digest_made_before(self, house: House) -> None:
        key = house.maker.make(Kind.SEAL)
        ready = ec.ECDSA(utils.Prehashed(hashes.SHA256()))
        key.public_key().verify(key.sign(hashlib.sha256(b"text").digest(), ready), b"text", ec.ECDSA(hashes.SHA256()))

    def test_two_keys_are_never_the_same(self, house: House) -> None:
        assert house.maker.make(Kind.SEAL).public_key() != house.maker.make(Kind.SEAL).public_key()

    def test_carries_a_whole_authority(self, house: House, tmp_path: Path) -> None:
        made = ceremony.found(COMPANY, builders.now(), builders.OCSP_URL, maker=house.maker, development=False)
        file = KeyFile(tmp_path / "keys")
        file.create(made.keys, house.custody)
        pki = self._pki(file, house)
        at = builders.now()
        key = ec.generate_private_key(ec.SECP256R1())
        person = pki.person(builders.LIN, key.public_key(), at, evidence_sha256="ab" * 32)
        person.verify_directly_issued_by(pki.issuing)
        (answer,) = pki.revocation(person, at=at).ocsps
        assert ocsp.load_der_ocsp_response(answer).certificate_status is ocsp.OCSPCertStatus.GOOD
        listed = x509.load_der_x509_crl(pki.revocation_list(at))
        assert listed.is_signature_valid(pki.issuing.public_key())  # type: ignore[arg-type]
        asked = question(bytes(32), "sha256")
        assert token_of(OwnAuthority(pki.tsa, pki.issuing).respond(asked.der()), asked, [pki.root], builders.now)

    def _pki(self, file: KeyFile, house: House) -> Pki:
        register = builders.MemoryRegister()
        keys = file.open(house.custody)
        for kind, certificate in keys.certificates().items():
            register.add(entry(kind, certificate, builders.now()))
        return Pki(keys, register, builders.OCSP_URL)

    async def test_signs_for_pyhanko_with_a_stamp(self, house: House) -> None:
        made = ceremony.found(COMPANY, builders.now(), builders.OCSP_URL, maker=house.maker, development=False).keys
        signer = KeySigner(made.seal, [made.issuing.certificate, made.root])
        stamper = Stamper(OwnAuthority(made.tsa, made.issuing.certificate))
        digest = hashlib.sha256(b"document").digest()
        signed = await signer.async_sign(digest, "sha256", use_pades=True, timestamper=stamper)
        info = signed["content"]["signer_infos"][0]
        key = made.seal.certificate.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(info["signature"].native, info["signed_attrs"].untag().dump(), ec.ECDSA(hashes.SHA256()))
        assert find_unique_cms_attribute(info["signed_attrs"], "message_digest").native == digest
        assert find_unique_cms_attribute(info["unsigned_attrs"], "signature_time_stamp_token") is not None
        assert ValidationContext(trust_roots=[asn1(made.root)]).certificate_registry is not None


def test_a_key_in_a_token_can_not_be_taken_out(token: Token) -> None:
    key = token.make(Kind.SEAL)
    with pytest.raises(TokenFails, match="never leaves"):
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(TokenFails, match="never leaves"):
        key.private_numbers()
    with pytest.raises(TokenFails):
        key.exchange(ec.ECDH(), key.public_key())
    assert copy(key) is deepcopy(key) is key


def test_the_file_names_a_key_in_a_token_and_holds_nothing_of_it(token: Token, tmp_path: Path) -> None:
    made = ceremony.found(COMPANY, builders.now(), builders.OCSP_URL, maker=token, development=False)
    file = KeyFile(tmp_path)
    file.create(made.keys, Custody(token=token))
    assert set(file.public().tokens) == {Kind.ISSUING, Kind.SEAL, Kind.CERTIFYING, Kind.TSA, Kind.OCSP}
    assert "wrapped" not in file.path.read_text()
    with pytest.raises(UnfitKeys, match="WANBI_PKCS11_LIBRARY"):
        file.open(Custody(Passphrase("x")))


def test_a_destroyed_key_is_missed_by_name(token: Token) -> None:
    key = token.make(Kind.SEAL)
    token.destroy(key.label)
    token.destroy(key.label)
    with pytest.raises(TokenFails, match=f"holds no key '{key.label}'"):
        token.key(key.label)
    with pytest.raises(TokenFails, match="does not sign"):
        key.sign(b"text", ec.ECDSA(hashes.SHA256()))


def test_a_session_that_broke_is_made_anew(token: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    key = token.make(Kind.SEAL)
    sign, calls = Token._sign, []

    def breaks_once(self: Token, label: str, digest: bytes) -> bytes:
        calls.append(label)
        if len(calls) == 1:
            raise SessionHandleInvalid
        return sign(self, label, digest)

    monkeypatch.setattr(Token, "_sign", breaks_once)
    key.public_key().verify(key.sign(b"text", ec.ECDSA(hashes.SHA256())), b"text", ec.ECDSA(hashes.SHA256()))
    assert len(calls) == 2


def test_what_is_wrong_with_a_token_is_said(token: Token, tmp_path: Path) -> None:
    with pytest.raises(TokenFails, match="no token 'other'"):
        Token(LIBRARY, "other", PIN)
    with pytest.raises(TokenFails, match="there is no token"):
        Token(str(tmp_path / "nothing.so"), LABEL, PIN)
    code = f"from pki.token import Token; Token({LIBRARY!r}, {LABEL!r}, '0000')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "refuses WANBI_PKCS11_PIN: PinIncorrect" in done.stderr
