"""The register remembers across processes, lists what is revoked, and loses nothing."""

import hashlib
import threading
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ReasonFlags
from sqlalchemy import Engine

from models.certificates import DatabaseReceipts, DatabaseRegister
from models.database import connect
from pki.anchors import Receipt
from pki.authority import Pki
from pki.certificates import Kind
from pki.register import Register, UnknownCertificate, entry, serial_of
from tests.builders import ARRIVAL
from tests.pki import builders

AT = ARRIVAL


def seal(register: Register) -> str:
    certificate = builders.shared().keys.seal.certificate
    register.add(entry(Kind.SEAL, certificate, AT))
    return serial_of(certificate)


class RegisterContract:
    """Of the database and of the one in memory, on which other tests lean."""

    def test_knows_what_was_issued_and_nothing_else(self, register: Register) -> None:
        assert register.status(seal(register)) is None
        with pytest.raises(UnknownCertificate):
            register.status("abc")
        with pytest.raises(UnknownCertificate):
            register.revoke("abc", ReasonFlags.unspecified, AT)

    def test_a_revocation_stays_as_it_was_first_made(self, register: Register) -> None:
        serial = seal(register)
        first = register.revoke(serial, ReasonFlags.key_compromise, AT)
        again = register.revoke(serial, ReasonFlags.superseded, AT + timedelta(days=1))
        assert first == again == register.status(serial)
        assert (first.reason, first.at) == (ReasonFlags.key_compromise, AT)

    def test_the_list_leaves_out_what_has_expired_by_itself(self, register: Register) -> None:
        serial = seal(register)
        revoked = register.revoke(serial, ReasonFlags.key_compromise, AT)
        assert list(register.revoked(AT, Kind.SEAL, Kind.TSA)) == [revoked]
        assert list(register.revoked(AT + timedelta(days=365 * 4), Kind.SEAL)) == []
        assert list(register.revoked(AT, Kind.ISSUING)) == []

    def test_adding_again_changes_nothing(self, register: Register) -> None:
        serial = seal(register)
        register.revoke(serial, ReasonFlags.key_compromise, AT)
        assert seal(register) == serial
        assert register.status(serial) is not None
        assert [issued.serial for issued in register.services()] == [serial]

    def test_services_are_kept_whole_and_people_are_not_among_them(self, register: Register) -> None:
        keys = builders.shared().keys
        for kind, certificate in keys.certificates().items():
            register.add(entry(kind, certificate, AT))
        pki = Pki(keys, register, builders.OCSP_URL)
        key = ec.generate_private_key(ec.SECP256R1())
        person = pki.person(builders.LIN, key.public_key(), builders.now(), evidence_sha256="ab" * 32)
        assert register.status(serial_of(person)) is None
        services = register.services()
        assert {issued.kind for issued in services} == set(Kind) - {Kind.PERSON}
        assert all(hashlib.sha256(issued.certificate or b"").hexdigest() == issued.sha256 for issued in services)


class TestDatabaseRegister(RegisterContract):
    @pytest.fixture
    def register(self, engine: Engine) -> Register:
        return DatabaseRegister(engine)


class TestMemoryRegister(RegisterContract):
    @pytest.fixture
    def register(self) -> Register:
        return builders.MemoryRegister()


def test_a_revocation_is_seen_by_every_process_and_after_a_restart(engine: Engine, database_url: str) -> None:
    serial = seal(DatabaseRegister(engine))
    other = connect(database_url)
    DatabaseRegister(engine).revoke(serial, ReasonFlags.key_compromise, AT)
    assert DatabaseRegister(other).status(serial) is not None
    other.dispose()


def test_revoking_at_once_in_several_places_gives_one_revocation(engine: Engine) -> None:
    register = DatabaseRegister(engine)
    serial = seal(register)
    found = []

    def revoke(minute: int) -> None:
        found.append(register.revoke(serial, ReasonFlags.superseded, AT + timedelta(minutes=minute)))

    threads = [threading.Thread(target=revoke, args=(minute,)) for minute in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert set(found) == {register.status(serial)}


def test_the_first_receipt_of_an_anchor_stays(engine: Engine) -> None:
    receipts = DatabaseReceipts(engine)
    first = Receipt("存证平台", "ab" * 32, AT, b"first", "application/json")
    assert receipts.keep(first) == first
    assert receipts.keep(Receipt("存证平台", "ab" * 32, AT, b"second", "application/json")) == first
    other = Receipt("时间戳", "ab" * 32, AT - timedelta(hours=1), b"token", "application/timestamp-token")
    receipts.keep(other)
    assert list(receipts.of("ab" * 32)) == [other, first]
    assert list(receipts.of("cd" * 32)) == []
