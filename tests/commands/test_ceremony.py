"""The ceremony founds keys once, hides the root, and leaves what comes after it to two officers of three."""

import json
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.x509 import ReasonFlags, load_der_x509_crl
from pydantic import SecretStr
from sqlalchemy import Engine

from activities.trust import open_trust
from commands import ceremony, custodian, setup
from commands.custodian import CannotDo, House, found, renew_list, revoke, rotate
from config import Settings
from models.database import utc_now
from pki import wrapping
from pki.certificates import Kind, is_development
from pki.keyfile import KeyFile, UnfitKeys
from pki.register import UnknownCertificate, serial_of
from pki.shares import BadShares
from pki.wrapping import Locked
from tests.builders import COMPANY, settings
from tests.pki.softhsm import LABEL, LIBRARY, PIN, token

__all__ = ["token"]

PASSPHRASE = "a passphrase for tests"
SHARE = re.compile(r"share \d of 3: (\S+)")


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are wrapped as in production, but for what an attacker would have to pay."""
    monkeypatch.setattr(wrapping, "COST", 2**4)


class Office:
    """An installation with its operator: what was said, and what officers type."""

    def __init__(self, folder: Path, engine: Engine, **values: object) -> None:
        self.said: list[str] = []
        self.folder = folder
        self.engine = engine
        self.config: Settings = settings(folder / "data", keys_passphrase=PASSPHRASE, **values)
        self.root_file = folder / "stick" / "root.json"

    @property
    def house(self) -> House:
        """A process of its own: nothing is remembered between two commands."""
        return House(self.config, self.engine, self.said.append)

    def found(self) -> "Office":
        found(self.house, self.root_file)
        return self

    @property
    def shares(self) -> list[str]:
        return SHARE.findall("\n".join(self.said))

    def serial(self, kind: Kind) -> str:
        return serial_of(KeyFile(self.config.keys_folder).public().certificates[kind])


@pytest.fixture
def office(tmp_path: Path, engine: Engine) -> Office:
    return Office(tmp_path, engine)


@pytest.fixture
def officers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets officers type these shares, one after another."""

    def type_in(*given: str) -> None:
        texts: Iterator[str] = iter(given)
        monkeypatch.setattr(custodian, "getpass", lambda _: next(texts))

    return type_in


def test_it_prints_the_roots_fingerprint_and_three_shares_and_hides_the_roots_key(office: Office) -> None:
    office.found()
    root = KeyFile(office.config.keys_folder).public().certificates[Kind.ROOT]
    assert any(custodian.fingerprint(root) in line for line in office.said)
    assert len(set(office.shares)) == 3
    assert stat.S_IMODE(office.root_file.stat().st_mode) == 0o600
    assert set(json.loads((office.config.keys_folder / "keys.json").read_text())["keys"]) == {
        "issuing",
        "seal",
        "certifying",
        "tsa",
        "ocsp",
    }
    assert sorted(path.name for path in office.config.keys_folder.iterdir()) == ["keys.json", "root.pem"]
    assert open_trust(office.config, office.engine).pki.root == root


def test_without_a_root_file_a_development_gets_a_root_that_says_so(office: Office) -> None:
    found(office.house, None)
    assert any("DEVELOPMENT" in line for line in office.said)
    assert office.shares == []
    trust = open_trust(office.config, office.engine)
    assert is_development(trust.pki.root)
    production = office.config.model_copy(update={"environment": "production"})
    with pytest.raises(UnfitKeys, match="for development"):
        open_trust(production, office.engine)


def test_production_never_founds_a_root_for_development(tmp_path: Path, engine: Engine) -> None:
    production = Office(tmp_path, engine, environment="production", database_url="postgresql+psycopg://nowhere/wanbi")
    with pytest.raises(CannotDo, match="--root-file"):
        found(production.house, None)
    production.found()
    assert not is_development(open_trust(production.config, engine).pki.root)


def test_twice_changes_nothing(office: Office) -> None:
    office.found()
    before = (office.config.keys_folder / "keys.json").read_bytes()
    said = len(office.said)
    assert not found(office.house, office.root_file)
    assert not found(office.house, None)
    assert (office.config.keys_folder / "keys.json").read_bytes() == before
    assert len(office.said) == said


def test_a_second_time_completes_a_register_that_was_lost(office: Office, tmp_path: Path, engine: Engine) -> None:
    office.found()
    moved = Office(tmp_path / "restored", engine)
    shutil.copytree(office.config.keys_folder, moved.config.keys_folder)
    moved.found()
    assert len(moved.house.register.services()) == 6
    assert ceremony.show(moved.house)


def test_a_root_file_that_is_there_is_never_overwritten(office: Office) -> None:
    office.root_file.parent.mkdir()
    office.root_file.write_text("another root")
    with pytest.raises(CannotDo, match="there already"):
        office.found()
    assert office.root_file.read_text() == "another root"
    assert not (office.config.keys_folder / "keys.json").exists()


def test_without_a_passphrase_no_share_is_printed_that_would_open_nothing(office: Office) -> None:
    office.config = office.config.model_copy(update={"keys_passphrase": SecretStr("")})
    with pytest.raises(CannotDo, match="WANBI_KEYS_PASSPHRASE"):
        office.found()
    assert (office.said, office.root_file.exists()) == ([], False)


def test_a_medium_that_can_not_be_written_is_named(office: Office) -> None:
    office.root_file = Path("/dev/null/stick/root.json")
    with pytest.raises(CannotDo, match="can't be written"):
        office.found()
    assert office.shares == []


def test_the_roots_key_is_not_put_beside_the_others(office: Office) -> None:
    with pytest.raises(CannotDo, match="must not lie beside"):
        found(office.house, office.config.keys_folder / "root.json")


def test_a_founding_that_was_cut_off_leaves_nothing_in_use(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(KeyFile, "create", broken)
        with pytest.raises(OSError, match="disk full"):
            found(office.house, None)
    found(office.house, None)
    assert open_trust(office.config, office.engine)


def test_two_ceremonies_do_not_run_at_once(office: Office) -> None:
    """The lock is the process's, so the second one is a process of its own."""
    code = (
        "import fcntl, sys; lock = open(sys.argv[1], 'w'); fcntl.lockf(lock, fcntl.LOCK_EX); print(flush=True); input()"
    )
    office.config.keys_folder.mkdir(parents=True)
    command = [sys.executable, "-c", code, str(office.config.keys_folder / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(CannotDo, match="another ceremony"), office.house.alone():
            pass
        other.communicate(b"\n")
    with office.house.alone():
        office.found()


@pytest.mark.parametrize("kind", [Kind.SEAL, Kind.CERTIFYING, Kind.TSA, Kind.OCSP])
def test_a_service_gets_a_new_key_without_the_root(office: Office, kind: Kind) -> None:
    office.found()
    before = KeyFile(office.config.keys_folder).public().certificates
    rotate(office.house, kind, office.serial(kind), None)
    after = KeyFile(office.config.keys_folder).public().certificates
    assert {each for each in Kind if before.get(each) != after.get(each)} == {kind}
    assert before[kind].public_key() != after[kind].public_key()
    pki = open_trust(office.config, office.engine).pki
    assert pki.revocation(after[kind], before[kind], at=utc_now()).ocsps


def test_rotating_the_same_certificate_twice_rotates_once(office: Office) -> None:
    office.found()
    serial = office.serial(Kind.SEAL)
    rotate(office.house, Kind.SEAL, serial, None)
    after = office.serial(Kind.SEAL)
    rotate(office.house, Kind.SEAL, serial, None)
    assert office.serial(Kind.SEAL) == after
    assert "nothing was changed" in office.said[-1]
    for wrong in ("abc", office.serial(Kind.TSA)):
        with pytest.raises(CannotDo, match="no certificate of seal"):
            rotate(office.house, Kind.SEAL, wrong, None)


def test_two_officers_of_three_open_the_root_for_a_new_issuing_authority(
    office: Office, officers: Callable[..., None]
) -> None:
    office.found()
    first, _, third = office.shares
    before = KeyFile(office.config.keys_folder).public().certificates
    officers(third, first)
    rotate(office.house, Kind.ISSUING, office.serial(Kind.ISSUING), office.root_file)
    after = KeyFile(office.config.keys_folder).public().certificates
    assert {each for each in after if before[each] != after[each]} == set(after) - {Kind.ROOT}
    assert ceremony.show(office.house)


def test_one_officer_alone_a_slip_and_another_roots_shares_open_nothing(
    office: Office, officers: Callable[..., None], tmp_path: Path, engine: Engine
) -> None:
    office.found()
    other = Office(tmp_path / "other", engine).found()
    first, second, _ = office.shares
    serial = office.serial(Kind.ISSUING)
    for given, error in (
        ((first, first), BadShares),
        ((first, second[:-1]), BadShares),
        ((first, other.shares[1]), BadShares),
        (tuple(other.shares[:2]), Locked),
    ):
        officers(*given)
        with pytest.raises(error):
            rotate(office.house, Kind.ISSUING, serial, office.root_file)
    officers(*other.shares[:2])
    with pytest.raises(CannotDo, match="another root's key"):
        rotate(office.house, Kind.ISSUING, serial, other.root_file)
    with pytest.raises(CannotDo, match="--root-file"):
        rotate(office.house, Kind.ISSUING, serial, None)
    assert office.serial(Kind.ISSUING) == serial


def test_a_revoked_seal_is_revoked_for_every_process(office: Office) -> None:
    office.found()
    serial = office.serial(Kind.SEAL)
    running = open_trust(office.config, office.engine).pki
    for _ in range(2):
        revoke(office.house, serial.upper(), ReasonFlags.key_compromise, None)
    listed = load_der_x509_crl(running.revocation_list(utc_now()))
    assert [f"{each.serial_number:x}" for each in listed] == [serial]
    assert not ceremony.show(office.house)
    assert any("REVOKED" in line for line in office.said)
    with pytest.raises(UnknownCertificate):
        revoke(office.house, "abcdef", ReasonFlags.key_compromise, None)


def test_the_issuing_authority_is_revoked_by_the_root_in_its_list(
    office: Office, officers: Callable[..., None]
) -> None:
    office.found()
    serial = office.serial(Kind.ISSUING)
    with pytest.raises(CannotDo, match="--root-file"):
        revoke(office.house, serial, ReasonFlags.key_compromise, None)
    assert office.house.register.status(serial) is None
    officers(*office.shares[1:])
    revoke(office.house, serial, ReasonFlags.key_compromise, office.root_file)
    keys = KeyFile(office.config.keys_folder).public()
    assert [f"{each.serial_number:x}" for each in keys.root_list] == [serial]
    officers(*office.shares[1:])
    rotate(office.house, Kind.ISSUING, serial, office.root_file)
    assert [f"{each.serial_number:x}" for each in KeyFile(office.config.keys_folder).public().root_list] == [serial]
    with pytest.raises(CannotDo, match="can't be revoked"):
        revoke(office.house, office.serial(Kind.ROOT), ReasonFlags.key_compromise, office.root_file)


def test_show_warns_in_time_of_what_ends(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.found()
    assert ceremony.show(office.house)
    now = utc_now()
    for days, sentence in ((3 * 365 - 59, "ENDS IN 58 DAYS"), (3 * 365 + 1, "ENDED"), (3651 - 180, "renew-list")):
        monkeypatch.setattr(ceremony, "utc_now", lambda later=now + timedelta(days=days): later)
        office.said.clear()
        assert not ceremony.show(office.house)
        assert any(sentence in line for line in office.said)


def test_show_says_if_the_certificates_name_another_company(office: Office) -> None:
    office.found()
    office.config = office.config.model_copy(update={"company_name": "另一家有限公司"})
    assert not ceremony.show(office.house)
    assert any(COMPANY in line and "另一家有限公司" in line for line in office.said)


def test_the_roots_list_is_signed_anew_before_it_ends(
    office: Office, officers: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.found()
    before = KeyFile(office.config.keys_folder).public().root_list.next_update_utc
    assert before is not None
    now = utc_now()
    monkeypatch.setattr(custodian, "utc_now", lambda: now + timedelta(days=1000))
    officers(*office.shares[:2])
    renew_list(office.house, office.root_file)
    after = KeyFile(office.config.keys_folder).public().root_list.next_update_utc
    assert after is not None
    assert after - before >= timedelta(days=1000)


def test_with_a_token_no_key_of_a_service_is_ever_on_disk(tmp_path: Path, engine: Engine, token: object) -> None:
    office = Office(tmp_path, engine, pkcs11_library=LIBRARY, pkcs11_token=LABEL, pkcs11_pin=PIN).found()
    assert "wrapped" not in (office.config.keys_folder / "keys.json").read_text()
    before = KeyFile(office.config.keys_folder).public().tokens
    rotate(office.house, Kind.SEAL, office.serial(Kind.SEAL), None)
    after = KeyFile(office.config.keys_folder).public().tokens
    assert {kind for kind in after if before[kind] != after[kind]} == {Kind.SEAL}
    assert open_trust(office.config, engine).own_stamps.stamp(bytes(32))


def test_keys_move_into_a_token_with_a_new_issuing_authority(tmp_path: Path, engine: Engine, token: object) -> None:
    office = Office(tmp_path, engine)
    found(office.house, None)
    bought = {"pkcs11_library": LIBRARY, "pkcs11_token": LABEL, "pkcs11_pin": SecretStr(PIN)}
    office.config = office.config.model_copy(update=bought)
    rotate(office.house, Kind.ISSUING, office.serial(Kind.ISSUING), None)
    assert len(KeyFile(office.config.keys_folder).public().tokens) == 5
    assert open_trust(office.config, engine).own_stamps.stamp(bytes(32))


def test_the_commands_say_in_one_line_what_is_wrong(
    office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ceremony, "settings", lambda: office.config)
    monkeypatch.setattr(ceremony, "connect", lambda _: office.engine)
    assert ceremony.main(["show"]) == 1
    assert "python -m commands.ceremony" in capsys.readouterr().err
    assert ceremony.main([]) == 0
    assert ceremony.main(["show"]) == 0
    assert COMPANY not in capsys.readouterr().err
    assert ceremony.main(["rotate", "seal", office.serial(Kind.SEAL)]) == 0
    assert ceremony.main(["revoke", "abc", "superseded"]) == 1
    without = office.config.model_copy(update={"keys_passphrase": SecretStr("")})
    monkeypatch.setattr(ceremony, "settings", lambda: without)
    assert ceremony.main(["rotate", "tsa", office.serial(Kind.TSA)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 2
    assert "WANBI_KEYS_PASSPHRASE" in error


def test_set_up_founds_keys_for_development_once(tmp_path: Path) -> None:
    config = settings(tmp_path, keys_passphrase=PASSPHRASE)
    setup.prepare_database(config)
    for _ in range(2):
        setup.found_keys(config)
    assert is_development(KeyFile(config.keys_folder).public().certificates[Kind.ROOT])


def test_secrets_from_before_there_were_signing_keys_get_a_passphrase_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(setup.PASSPHRASE, raising=False)
    file = tmp_path / "secrets.env"
    setup.make_secrets(tmp_path, file)
    before = [line for line in file.read_text().splitlines(keepends=True) if not line.startswith(setup.PASSPHRASE)]
    file.write_text("".join(before))
    made = [setup.make_secrets(tmp_path, file) for _ in range(2)]
    added = file.read_text().removeprefix("".join(before))
    assert made == [True, False]
    assert re.fullmatch(r"WANBI_KEYS_PASSPHRASE=[0-9a-f]{32}\n", added)
